"""Hypothesis without a time limit (the first call of a rule compiles it) and with fixed examples."""

from hypothesis import settings

settings.register_profile("rules", deadline=None, derandomize=True, max_examples=40)
settings.load_profile("rules")
