"""Chance: every random number is a pure function of who draws it, for what, and which time.

``draw(key, replication, who, what, nth)`` is Philox 4×32-10 in counter mode. The key is the seed mixed with the *name* of
the group somebody belongs to (the people of a segment at a site, a team, a site), ``who`` the ordinal within it, so
that a group inserted into a scenario moves nobody else's luck. ``nth`` is the *place* of the draw (touchpoint, visit,
step, attempt; month; holder), never a running count, so one extra event does not shift anybody's later luck, and neither
the order of events, the number of cores nor the engine can change a draw.

Source: Salmon, Moraes, Dror, Shaw (2011), Parallel random numbers: as easy as 1, 2, 3, doi:10.1145/2063384.2063405.
"""

from typing import Any

import numpy as np

from sxsim.model.arithmetic import normal_quantile
from sxsim.model.luck import NAME_BITS
from sxsim.model.rule import draw

# The purposes of draws, the `what`: persons first, then accounts, posts and their holders, sites, the market, and parameters. A
# purpose belongs to one kind of entity, so `who` needs no kind of its own. Once released, append only: a number is a purpose's luck.
(
    VISIT_THRESHOLD, JOURNEY, STEP_TAKEN, STEP_DELAY, PATIENCE, BALK, TRY_AGAIN, TRY_AGAIN_DELAY,
    SWITCH_CHANNEL, ANOTHER_DATE, ANOTHER_DATE_DELAY, SERVICE_TIME, AFTER_CONTACT_TIME, PROMISE, SEVERITY,
    QUERY, VOICE, NOTICE, RECOVERY, PUT_RIGHT_NOW, CASE_DELAY, CASE_RECOVERY, INDIVIDUAL, SURPRISE, ENCOUNTER,
    DELIGHT, PERSONAL_RATE, PERSONAL_PATIENCE, PERSONAL_WISH, PERSONAL_EXPECTATION, PERSONAL_SCALE,
    STARTING_SATISFACTION, STARTING_BOND, FEEDBACK, SURVEY_NOISE, TELL, REWIRE, REWIRE_TO, RENEWAL_MONTH, LEAVE,
    JOIN, RETURN, TRAIT, SPEED, STARTING_TENURE, TALENT, QUIT, HIRE, SURVEY_MOOD, DAILY_FACTOR,
    STAFF_ROUNDING, OFFER_QUALITY, OFFER_PRICE, SEEN_MATURITY, TIME_OF_DAY, HAND_OVER,
    PARAMETER_VALUE, STAGE, SETTLING_STAGE, STARTING_STAGE, NEWCOMER_STAGE, SETTLING_QUIT, SETTLING_NEWCOMER,
    STARTING_IMAGE,
) = range(64)  # fmt: skip
#: Bits of a place beside those of the touchpoint's name, which lie beside the purpose in the counter.
VISIT_BITS, STEP_BITS, ATTEMPT_BITS = 16, 8, 8

_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_HALF_WORD = np.uint64(32)
_KEEP = np.uint64(12)
_ROUNDS = 10
_SPACING = 2.0**-52
_WORD = 2**32
_PURPOSE_BITS = np.uint64(8)
_PURPOSES = 2**8
_PLACES = 2 ** (NAME_BITS + VISIT_BITS + STEP_BITS + ATTEMPT_BITS)


@draw
def philox(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> Any:
    """Four 32-bit words of Philox 4×32-10 for a counter (c0…c3) and a key (k0, k1), all uint64 below 2^32.

    Source: doi:10.1145/2063384.2063405, section 3.3; checked against the published known answers.
    """
    for _ in range(_ROUNDS):
        p0 = _M0 * c0
        p1 = _M1 * c2
        c0, c1, c2, c3 = (
            (p1 >> _HALF_WORD) ^ c1 ^ k0,
            p1 & _LOW,
            (p0 >> _HALF_WORD) ^ c3 ^ k1,
            p0 & _LOW,
        )
        k0 = (k0 + _W0) & _LOW
        k1 = (k1 + _W1) & _LOW
    return c0, c1, c2, c3


@draw
def pair(key: Any, replication: Any, who: Any, what: Any, nth: Any) -> Any:
    """Two independent uniforms in (0, 1), 52 bits each, for one place.

    key: int64 ≥ 0, the seed or that of a group (`luck.key_of`); replication, who: 0 … 2^32 − 1; what: a purpose, 0 … 255; nth:
    0 … 2^56 − 1, its upper 24 bits lie beside the purpose (anything else raises OverflowError).
    Source: as `philox`; 52 bits so that the result is never 0 or 1.
    """
    if (
        (replication | who | what | nth) < 0
        or replication >= _WORD
        or who >= _WORD
        or what >= _PURPOSES
        or nth >= _PLACES
    ):
        raise OverflowError(
            "a draw's replication and who must be below 2**32, what below 2**8, nth below 2**56, none < 0"
        )
    word, place = np.uint64(key), np.uint64(nth)
    purpose = np.uint64(what) | ((place >> _HALF_WORD) << _PURPOSE_BITS)
    c0, c1, c2, c3 = philox(
        np.uint64(replication), np.uint64(who), purpose, place & _LOW, word & _LOW, word >> _HALF_WORD
    )
    first = ((c0 << _HALF_WORD) | c1) >> _KEEP
    second = ((c2 << _HALF_WORD) | c3) >> _KEEP
    return (np.float64(np.int64(first)) + 0.5) * _SPACING, (np.float64(np.int64(second)) + 0.5) * _SPACING


@draw
def uniform(key: Any, replication: Any, who: Any, what: Any, nth: Any) -> Any:
    """One uniform in (0, 1). Arguments as `pair`. Source: as `pair`."""
    return pair(key, replication, who, what, nth)[0]


@draw
def normal(key: Any, replication: Any, who: Any, what: Any, nth: Any) -> Any:
    """One standard normal number, of one uniform: the larger that is, the larger the number. Arguments as `pair`.

    Source: inversion (textbook); as `arithmetic.normal_quantile`.
    """
    return normal_quantile(uniform(key, replication, who, what, nth))


@draw
def place(name: Any, visit: Any, step: Any, attempt: Any) -> Any:
    """The `nth` of a draw within a contact, packed.

    name: of the touchpoint (`luck.name_of_place`), 0 for a draw that belongs to none; visit: 0 … 65,535; step: how many steps of
    the journey at this touchpoint came before, 0 … 255; attempt: 0 … 255. Raises OverflowError beyond.
    Source: design of the random numbers (counter-based, see module).
    """
    if visit < 0 or visit >= (1 << VISIT_BITS) or step < 0 or step >= (1 << STEP_BITS):
        raise OverflowError(
            "a customer came 65,536 times, or a journey has 256 steps: lower visits_per_month or the horizon"
        )
    if attempt < 0 or attempt >= (1 << ATTEMPT_BITS):
        raise OverflowError("the number of attempts at a step must be below 256")
    return (((((name << VISIT_BITS) | visit) << STEP_BITS) | step) << ATTEMPT_BITS) | attempt
