"""The model's own arithmetic: exp, log, the normal quantile and gamma, the same bits on every processor.

Libraries of mathematics differ from processor to processor in the last bit, and a simulation makes months out of a last
bit. These functions use only +, −, ×, ÷, √ and whole numbers on doubles, which every processor rounds alike, and give the
same bits in plain Python, compiled, and in a browser.

How: a table brings the argument close to a number whose value is known, a short polynomial does the rest. The tables are
derived, and the errors measured, by `calibration/arithmetic/derive.py`.

Nothing here is ever "not a number": where mathematics defines nothing, or the argument is not a number, the answer is
one constant: ∞ of `exp` and `gamma`, −∞ of `log`.

`check_arithmetic` looks before the first run whether this machine computes as every other: a thousand results must be those
that stand here as a hash.
"""

import hashlib
import math
from functools import cache
from typing import Any

import numpy as np

from sxsim.model.arithmetic import tables
from sxsim.model.rule import exact

# The bits of a double: sign, 11 of exponent, 52 of fraction.
_FRACTION = 52
_BITS_OF_SMALLEST_NORMAL, _BITS_OF_INFINITY = 1 << _FRACTION, 2047 << _FRACTION
#: Added and taken off again, this rounds a number to a whole one.
_ROUNDER = 1.5 * 2.0**52

_EXP_BITS, _EXP_TAILS = tables.EXP_BITS, tables.EXP_TAILS
_EXP_STEPS, _STEP_HIGH, _STEP_LOW = (float(x) for x in tables.EXP_PARTS)
_E2, _E3, _E4, _E5 = (float(x) for x in tables.EXP_POLYNOMIAL)
_EXP_SHIFT = 7
_EXP_PLACES = (1 << _EXP_SHIFT) - 1
#: Within ± this, exp is a normal double; beyond these it is ∞ or 0.
_EXP_NORMAL, _EXP_LAST, _EXP_FIRST = 708.0, 709.782712893384, -745.1332191019412
# Powers of 2, as int64: a Python number would compile a function anew for each value.
_NO_LIFT, _LIFT, _FALL = np.int64(0), np.int64(64), np.int64(-64)
_LIFTED, _LOWERED = 2.0**64, 2.0**-64

_LOG_ROWS = tables.LOG_ROWS
_LOG_2_HIGH, _LOG_2_LOW = (float(x) for x in tables.LOG_PARTS)
_L2, _L3, _L4, _L5, _L6, _L7 = (float(x) for x in tables.LOG_POLYNOMIAL)
_LOG_SHIFT = _FRACTION - 7
_LOG_PLACES = (1 << 7) - 1
_LOG_COLUMNS = 4
#: Bits of 11/16 and half a bin: mantissas are taken from here to twice as much, and 1 is the middle of a bin.
_LOG_BEGIN = 0x3FE6000000000000 + (1 << (_LOG_SHIFT - 1))

_QUANTILE_ROWS = tables.QUANTILE_ROWS
_TAIL_BEGIN, _TAIL_PIECES = (float(x) for x in tables.QUANTILE_TAIL)
_QUANTILE_COLUMNS = 11
_CENTRE_SHIFT = _FRACTION - 3
_CENTRE_BEGIN = (1023 - 6) << 3
_CENTRE_ROWS = 5 << 3
_TAIL_ROWS = 16
#: Below this chance the tail begins, and no draw is below the other.
_TAIL_CHANCE, _SMALLEST_CHANCE = 2.0**-6, 2.0**-53
_IN_PIECE = (1 << _CENTRE_SHIFT) - 1
_BITS_OF_1 = 1023 << _FRACTION
_MIDDLE_OF_PIECE = 1.0 + 2.0**-4

_GAMMA_POLYNOMIAL = tables.GAMMA_POLYNOMIAL
_GAMMA_MIDDLE, _GAMMA_LAST = 1.5, 172.0


@exact
def _exp(x: float, lift: Any) -> float:
    """2^lift · exp x, where that is a normal double."""
    steps = (x * _EXP_STEPS + _ROUNDER) - _ROUNDER
    r = (x - steps * _STEP_HIGH) - steps * _STEP_LOW
    step = int(steps)
    place = step & _EXP_PLACES
    square = r * r
    more = ((_EXP_TAILS[place] + r) + square * (_E2 + r * _E3)) + (square * square) * (_E4 + r * _E5)
    scale = float(np.int64(_EXP_BITS[place] + (((step >> _EXP_SHIFT) + lift) << _FRACTION)).view(np.float64))
    return scale + scale * more


@exact
def _exp_at_the_ends(x: float) -> float:
    """Exp where it is not a normal double, or hardly."""
    if not x <= _EXP_LAST:
        return math.inf
    if x < _EXP_FIRST:
        return 0.0
    if x > 0.0:
        return _exp(x, _FALL) * _LIFTED
    return _exp(x, _LIFT) * _LOWERED


@exact
def exp(x: float) -> float:
    """e^x, within 1 unit in the last place; ∞ beyond the doubles (and of what is not a number), 0 below.

    Source: definition; own derivation.
    """
    if -_EXP_NORMAL < x < _EXP_NORMAL:
        return _exp(x, _NO_LIFT)
    return _exp_at_the_ends(x)


@exact
def _log(x: float, lift: Any) -> float:
    """Log (x / 2^lift) of a normal double x."""
    bits = np.float64(x).view(np.int64)
    place = bits - _LOG_BEGIN
    power = place >> _FRACTION
    z = float(np.int64(bits - (power << _FRACTION)).view(np.float64))
    row = ((place >> _LOG_SHIFT) & _LOG_PLACES) * _LOG_COLUMNS
    r = (z - _LOG_ROWS[row]) * _LOG_ROWS[row + 1]
    powers = float(power - lift)
    whole = powers * _LOG_2_HIGH + _LOG_ROWS[row + 2]
    high = whole + r
    low = ((whole - high) + r) + (powers * _LOG_2_LOW + _LOG_ROWS[row + 3])
    square = r * r
    higher = (_L4 + r * _L5) + square * (_L6 + r * _L7)
    return high + ((low + square * (_L2 + r * _L3)) + (square * square) * higher)


@exact
def _log_at_the_ends(x: float) -> float:
    """Log of what is no normal double above 0."""
    if not x > 0.0:
        return -math.inf
    if x == math.inf:
        return math.inf
    return _log(x * _LIFTED, _LIFT)


@exact
def log(x: float) -> float:
    """Natural logarithm, within 1 unit in the last place; −∞ of 0 and of what has none.

    Source: definition; own derivation.
    """
    if _BITS_OF_SMALLEST_NORMAL <= np.float64(x).view(np.int64) < _BITS_OF_INFINITY:
        return _log(x, _NO_LIFT)
    return _log_at_the_ends(x)


@exact
def normal_quantile(u: float) -> float:
    """The standard normal number that a share u stays below, within 1e-15 of itself.

    u: from 2^−53 to 1 − 2^−53, in steps of 2^−53 (1 − u is then exact); others count as the nearest of these.
    Returns −8.21 … 8.21; the same size for u and 1 − u. Source: definition; own derivation.
    """
    p = min(u, 1.0 - u)
    if p >= _TAIL_CHANCE:
        bits = np.float64(p).view(np.int64)
        row = (bits >> _CENTRE_SHIFT) - _CENTRE_BEGIN
        t = float(np.int64((bits & _IN_PIECE) | _BITS_OF_1).view(np.float64)) - _MIDDLE_OF_PIECE
        size = u - 0.5
    else:
        size = math.sqrt(-2.0 * log(p if p > _SMALLEST_CHANCE else _SMALLEST_CHANCE))
        place = max((size - _TAIL_BEGIN) * _TAIL_PIECES, 0.0)
        row = min(int(place), _TAIL_ROWS - 1)
        t = place - row - 0.5
        row += _CENTRE_ROWS
        size = -size if u < 0.5 else size
    c = row * _QUANTILE_COLUMNS
    rows, square = _QUANTILE_ROWS, t * t
    fourth = square * square
    first = (rows[c] + t * rows[c + 1]) + square * (rows[c + 2] + t * rows[c + 3])
    second = (rows[c + 4] + t * rows[c + 5]) + square * (rows[c + 6] + t * rows[c + 7])
    third = (rows[c + 8] + t * rows[c + 9]) + square * rows[c + 10]
    return size * ((first + fourth * second) + (fourth * fourth) * third)


@exact
def gamma(x: float) -> float:
    """Γ(x) for x > 0, within 1e-14 of itself up to 170; ∞ beyond the doubles and where x is not above 0.

    Source: Γ(x + 1) = x·Γ(x) down to 1 ≤ x ≤ 2, where 1/Γ is a polynomial; own derivation.
    """
    if not 0.0 < x <= _GAMMA_LAST:
        return math.inf
    above, below = 1.0, 1.0
    while x > 2.0:
        x -= 1.0
        above *= x
    if x < 1.0:
        below = x
        x += 1.0
    t, inverse = x - _GAMMA_MIDDLE, 0.0
    for k in range(len(_GAMMA_POLYNOMIAL) - 1, -1, -1):
        inverse = inverse * t + _GAMMA_POLYNOMIAL[k]
    return above / (below * inverse)


#: The hash of a thousand results, on any machine.
EXPECTED = "658bda90768ff463"
_EACH = 250


class ComputesOtherwise(RuntimeError):  # noqa: N818
    """The results of this machine differ from those of others in some bit."""


def results() -> list[float]:
    """A thousand results of the arithmetic, as this machine computes them."""
    shares = [(k + 0.5) / _EACH for k in range(_EACH)]
    found = [exp(80.0 * share - 40.0) for share in shares]
    found += [log(100.0 * share * share * share) for share in shares]
    found += [normal_quantile(share) for share in shares]
    plain_gamma = getattr(gamma, "py_func", gamma)  # compiling it would cost more than the look
    return found + [plain_gamma(0.5 + 20.0 * share) for share in shares]


def hash_of_results() -> str:
    """The first 16 hexadecimal digits of the hash of `results`."""
    return hashlib.sha256(np.array(results(), "<f8").tobytes()).hexdigest()[:16]


@cache
def check_arithmetic() -> None:
    """Compare once a process. Raises ComputesOtherwise when a bit differs."""
    found = hash_of_results()
    if found != EXPECTED:
        raise ComputesOtherwise(
            f"exp, log, the normal quantile and gamma give {found} on this machine, {EXPECTED} on others, so figures would "
            "not be the same: install the tested versions (constraints.txt), and please report it"
        )
