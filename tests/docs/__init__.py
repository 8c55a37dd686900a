"""Tests of the documentation: it is up to date, its examples run, its commands exist."""
