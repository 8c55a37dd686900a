"""Tests of the methods of studies."""
