"""Luck goes by names: equal names have equal luck, different ones different luck, whatever stands around them."""

from hypothesis import given
from hypothesis import strategies as st

from sxsim.model.luck import KEY_BITS, NAME_BITS, key_of, name_of_place, with_equal_luck
from sxsim.model.parameters import register

NAMES = st.lists(st.text(max_size=12), min_size=1, max_size=3).map(tuple)


@given(st.integers(0, 2**KEY_BITS - 1), NAMES)
def test_a_key_fits_the_generator_and_holds_the_seed(seed: int, names: tuple[str, ...]) -> None:
    key = key_of(seed, *names)
    assert 0 <= key < 2**KEY_BITS
    assert key ^ key_of(0, *names) == seed


@given(NAMES, NAMES)
def test_different_names_have_different_keys(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert (key_of(1, *one) == key_of(1, *other)) == (one == other)


def test_names_do_not_run_into_one_another() -> None:
    assert key_of(1, "ab", "c") != key_of(1, "a", "bc") != key_of(1, "abc")


def test_known_keys_stay_as_they_are() -> None:
    assert key_of(0, "site", "site") == 3072805035270183404
    assert name_of_place("counter") == 8154266


@given(st.text(max_size=30))
def test_a_name_of_a_place_fits_beside_the_purpose(name: str) -> None:
    assert 0 <= name_of_place(name) < 2**NAME_BITS


def test_equal_numbers_of_different_things_are_found() -> None:
    assert list(with_equal_luck([("a", 1), ("b", 2), ("c", 1), ("a", 1)])) == [("a", "c")]


def test_no_two_parameters_are_drawn_with_the_same_luck() -> None:
    import zlib

    assert len({zlib.crc32(name.encode()) for name in register()}) == len(register())
