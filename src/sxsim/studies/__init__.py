"""Studies: questions asked of many runs."""
