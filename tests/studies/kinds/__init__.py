"""Tests of the kinds of study."""
