"""Five houses at rest over ten years, mean of 40 runs (the bank: 4): within 8 % of customers, and 2 points of loyalty and engagement.

Where a house does not stand still that well, what it does is declared here with its reason, and is not to grow.
"""

import pytest

from tests.face.at_rest import HOUSES, course

ASKED = {"drift": 0.08, "drift_in_a_year": 0.03, "loyalty": 2.0, "engagement": 2.0, "nps": 2.0}
#: What is declared. Staff begin as settled at usual delight and without strain, and so a little too engaged or not enough; image
#: takes years to settle; NPS moves four times as far as loyalty. Café: a team of two, of whom one more or less practises. Bank: its
#: file states engagement .5, and its agents come to more.
DECLARED = {
    "hotel": {"drift": 0.145, "drift_in_a_year": 0.035, "engagement": 3.5, "nps": 8.0},
    "café": {"drift_in_a_year": 0.065, "loyalty": 4.5, "engagement": 8.0, "nps": 18.0},
    "company": {"loyalty": 2.5, "nps": 7.5},
    "bank": {"loyalty": 4.5, "engagement": 12.0, "nps": 11.0},
    "dental": {"loyalty": 2.5, "engagement": 3.5, "nps": 12.0},
}


@pytest.mark.parametrize("house", list(HOUSES))
def test_a_house_at_rest_stays_where_it_is(house: str) -> None:
    found = course(house, 10, 4 if house == "bank" else 40)
    most = ASKED | DECLARED[house]
    moved = {"drift": found.drift, "drift_in_a_year": found.drift_in_a_year}
    moved |= {name: found.moved(name) for name in ("loyalty", "engagement", "nps")}
    assert {name: value for name, value in moved.items() if value > most[name]} == {}
