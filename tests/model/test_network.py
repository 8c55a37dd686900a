"""Word of mouth: who knows whom, and what comes of telling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxsim.model import network

from .shapes import SHARE, UNIFORM, P, Shape, shape_tests, within

COUNT = within(0, 1000)
SHAPES = [
    Shape(
        network.reputation_update,
        {"reputation": SHARE, "praise": COUNT, "complaints": COUNT},
        rises="reputation praise",
        falls="complaints",
        low=0,
        high=1,
        typical={"praise": 3.0, "complaints": 1.0},
    ),
    Shape(
        network.heard,
        {"praise": COUNT, "complaints": COUNT},
        rises="praise",
        falls="complaints",
    ),
]
TestShapes = shape_tests(network, SHAPES, tested_apart="neighbour")
PEOPLE = st.integers(1, 100_000)


@given(PEOPLE, st.integers(-5, 5), st.sampled_from([0, 1]), UNIFORM, st.data())
def test_a_neighbour_is_somebody_of_the_market(people, offset, rewired, anywhere, data) -> None:
    person = data.draw(st.integers(0, people - 1))
    assert 0 <= network.neighbour(person, offset, people, rewired, anywhere) < people


def test_the_ring_closes() -> None:
    assert network.neighbour(0, -1, 10, 0, 0.5) == 9
    assert network.neighbour(9, 2, 10, 0, 0.5) == 1
    assert network.neighbour(4, 3, 10, 0, 0.5) == 7


def test_a_rewired_tie_leads_anywhere_alike() -> None:
    places = [network.neighbour(3, 1, 10, 1, (k + 0.5) / 1000) for k in range(1000)]
    assert [places.count(other) for other in range(10)] == [100] * 10
    assert network.neighbour(3, 1, 10, 1, 1.0 - 2**-53) == 9


@given(SHARE)
def test_reputation_stays_where_nobody_tells(reputation) -> None:
    assert network.reputation_update(reputation, 0.0, 0.0, P) == reputation


def test_reputation_goes_to_the_share_of_praise_with_complaints_weighing_more() -> None:
    assert network.reputation_update(0.5, 10.0, 0.0, P) == pytest.approx(0.56)
    assert network.reputation_update(0.5, 0.0, 10.0, P) == pytest.approx(0.44)
    assert network.reputation_update(0.5, 3.0, 2.0, P) == pytest.approx(0.5)
    assert network.reputation_update(0.5, 3.0, 3.0, P) < 0.5


def test_praise_works_at_least_as_strongly_as_complaint() -> None:
    assert network.heard(4.0, 0.0, P) == pytest.approx(1.0)
    assert network.heard(0.0, 4.0, P) == pytest.approx(-1.0)
    assert network.heard(2.0, 1.0, P) == pytest.approx(0.25)
