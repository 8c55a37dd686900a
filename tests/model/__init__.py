"""Tests of the rules; asserts in `shapes` speak as plainly as those of a test file."""

import pytest

pytest.register_assert_rewrite(f"{__name__}.shapes")
