import pytest

from .cli import call, process


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("delight", ["Customer delight (term)", "ISO 23592:2021", "customer.delight_chance"]),
        ("7.3.2d", ["(sub-element)", "moves", "weight"]),
        ("recovery", ["(lever)", "carried by"]),
        ("touchpoints.staff", ["touchpoints.staff (scenario field)", "≥ 0", "--set touchpoints.staff=VALUE"]),
        ("nps", ["nps (KPI)", "% answers 9–10 minus % answers 0–6", "−100 … 100"]),
        ("customer.delight_chance", ["customer.delight_chance (rule)", "  source  ", "parameters"]),
        ("bond_gain", ["bond_gain (parameter)", "confidence", "range", "used by", "--set bond_gain=VALUE"]),
        ("E056", ["E056 (evidence)", "source", "used by"]),
    ],
)
def test_a_word_is_explained(word: str, pieces: list[str]) -> None:
    said = call("explain", word)
    assert (said.code, said.err) == (0, "")
    for piece in pieces:
        assert piece in said.out


def test_words_may_be_several() -> None:
    assert "Customer delight (term)" in call("explain", "customer", "delight").out


def test_an_unknown_word_is_answered_with_the_nearest() -> None:
    said = process("explain", "bond_gian")
    assert (said.code, said.out) == (3, "")
    assert said.err.startswith("'bond_gian' is unknown\n  did you mean bond_gain")
    assert "Traceback" not in said.err


def test_a_word_like_nothing_is_answered_with_an_example() -> None:
    said = call("explain", "qqqqqqqq")
    assert said.code == 3
    assert "sxsim explain delight shows how it works" in said.err


def test_a_word_is_needed() -> None:
    assert call("explain").code == 2
