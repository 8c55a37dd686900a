"""Derive the numbers behind `sxsim.model.arithmetic`, from nothing but definitions, with mpmath.

`python calibration/arithmetic/derive.py` prints what each polynomial reaches; `--write` puts the tables into
`src/sxsim/model/arithmetic/tables.py` and known values into `tests/model/arithmetic_values.csv`; `--check` measures the
functions as they are against mpmath at a million points (`--points` for another number). Needs `pip install mpmath`.

Every polynomial interpolates at the Chebyshev points of its interval, which is within a small factor of the best one; the
tables are short enough that all polynomials are short. Values are worked out with 60 digits and rounded once.
"""

import argparse
import csv
import math
import random
import struct
import sys
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

from mpmath import mp, mpf

ROOT = Path(__file__).resolve().parent.parent.parent
TABLES = ROOT / "src" / "sxsim" / "model" / "arithmetic" / "tables.py"
VALUES = ROOT / "tests" / "model" / "arithmetic_values.csv"
mp.dps = 60

EXP_BITS = 7
LOG_BITS = 7
#: Bits after the point of what has to add up without rounding in a logarithm.
LOG_GRID = 42
#: Where the mantissas of a logarithm begin: 11/16 and half a bin, so that 1 is the middle of a bin.
LOG_FIRST = 0x3FE6000000000000 + (1 << (51 - LOG_BITS))
CENTRE_BINADES, CENTRE_BITS = 5, 3
TAIL_PIECES = 16
QUANTILE_DEGREE = 10
GAMMA_DEGREE = 17
PER_LINE = 7


def chebyshev(f: Callable[[mpf], mpf], low: mpf, high: mpf, degree: int) -> list[mpf]:
    """Coefficients, in t = x − middle, of the polynomial through f at the Chebyshev points of an interval."""
    middle, half = (mpf(low) + high) / 2, (mpf(high) - low) / 2
    n = degree + 1
    places = [mp.cos(mp.pi * (2 * k + 1) / (2 * n)) for k in range(n)]
    values = [f(middle + half * place) for place in places]
    matrix = mp.matrix(n, n)
    for row, place in enumerate(places):
        for column in range(n):
            matrix[row, column] = place**column
    solved = mp.lu_solve(matrix, mp.matrix(values))
    return [solved[k] / half**k for k in range(n)]


def worst(f: Callable[[mpf], mpf], coefficients: list[float], low: mpf, high: mpf, middle: mpf) -> float:
    """The largest difference of a polynomial with rounded coefficients from f, at 200 points."""
    found = mpf(0)
    for k in range(201):
        x = mpf(low) + (mpf(high) - low) * k / 200
        found = max(found, abs(mp.polyval([mpf(c) for c in reversed(coefficients)], x - middle) - f(x)))
    return float(found)


def grid(value: mpf, bits: int) -> float:
    """The nearest number with some bits after the point."""
    return float(mp.ldexp(mp.nint(mp.ldexp(value, bits)), -bits))


# exp: x = (128·e + i)·ln 2/128 + r; 2^e·2^(i/128)·exp(r).


def exp_tables() -> dict[str, list[float]]:
    """2^(i/128) as bits, what its rounding left out, ln 2/128 in two parts, and exp(r) − 1 − r over r²."""
    count = 1 << EXP_BITS
    bits, tails = [], []
    for i in range(count):
        exact = mp.power(2, mpf(i) / count)
        rounded = float(exact)
        bits.append(bits_of(rounded))
        tails.append(float((exact - mpf(rounded)) / mpf(rounded)))
    part = mp.log(2) / count
    high = grid(part, 42)
    limit = part / 2 * mpf("1.001")

    def rest(r: mpf) -> mpf:
        return (mp.expm1(r) - r) / r**2 if abs(r) > mpf(10) ** -30 else mpf("0.5")

    polynomial = [float(c) for c in chebyshev(rest, -limit, limit, 3)]
    error = worst(lambda r: r * r * rest(r), [0.0, 0.0, *polynomial], -limit, limit, mpf(0))
    print(f"exp: polynomial off by {error:.1e} of the result")
    return {
        "EXP_BITS": bits, "EXP_TAILS": tails, "EXP_PARTS": [float(count / mp.log(2)), high, float(part - mpf(high))],
        "EXP_POLYNOMIAL": polynomial,
    }  # fmt: skip


# log: x = 2^k·z, z near c of its bin; k·ln 2 + log c + log(1 + (z − c)/c).


def log_centre(first: float, last: float, random_: random.Random) -> tuple[float, float]:
    """A number c near the middle of a bin and its inverse: both doubles, so that c × inverse is all but 1.

    Near 1 the inverse is short, so that (z − c) × inverse does not round.
    """
    middle = (Fraction(first) + Fraction(last)) / 2
    if first < 1.0 < last:
        return 1.0, 1.0
    found: list[tuple[Fraction, float, float]] = []
    if abs(middle - 1) < Fraction(1, 24):
        for bits in (8, 9):
            near = round((1 / middle) * (1 << bits))
            for number in (near - 1, near, near + 1):
                inverse = number / (1 << bits)
                c = float(1 / Fraction(inverse))
                if abs(Fraction(c) - middle) < Fraction(last - first) / 6:
                    found.append((abs(Fraction(c) * Fraction(inverse) - 1), c, inverse))
    if not found:
        for _ in range(4000):
            c = float(middle) + (last - first) / 64 * random_.uniform(-1.0, 1.0)
            inverse = float(1 / Fraction(c))
            found.append((abs(Fraction(c) * Fraction(inverse) - 1), c, inverse))
    _, c, inverse = min(found)
    return c, inverse


def log_tables() -> dict[str, list[float]]:
    """By bin: c, 1/c, log c in two parts; ln 2 in two parts; and log(1 + r) − r over r²."""
    random_, count, rows = random.Random(23592), 1 << LOG_BITS, []
    step, reach = 1 << (52 - LOG_BITS), mpf(0)
    for i in range(count):
        first, last = float_of(LOG_FIRST + i * step), float_of(LOG_FIRST + (i + 1) * step)
        c, inverse = log_centre(first, last, random_)
        reach = max(reach, (c - mpf(first)) * inverse, (mpf(last) - c) * inverse)
        exact = mp.log(c)
        high = grid(exact, LOG_GRID)
        rows += [c, inverse, high, float(exact - mpf(high))]
    high = grid(mp.log(2), LOG_GRID)
    reach *= mpf("1.001")

    def rest(r: mpf) -> mpf:
        return (mp.log1p(r) - r) / r**2 if abs(r) > mpf(10) ** -30 else mpf("-0.5")

    polynomial = [float(c) for c in chebyshev(rest, -reach, reach, 5)]
    error = worst(lambda r: r * rest(r), [0.0, *polynomial], -reach, reach, mpf(0))
    print(f"log: |r| up to {float(reach):.5f}, polynomial off by {error:.1e} of r")
    return {
        "LOG_ROWS": rows, "LOG_PARTS": [high, float(mp.log(2) - mpf(high))], "LOG_POLYNOMIAL": polynomial,
    }  # fmt: skip


# Normal quantile: with p the smaller of u and 1 − u, (½ − p)·P(p) for p ≥ 2^−6; s·P(s), s = √(−2 log p), below.


def upper(p: mpf) -> mpf:
    """The normal number exceeded with chance p ≤ ½."""
    if p > mpf("0.3"):
        return mp.sqrt(2) * mp.erfinv(1 - 2 * p)
    z = mp.sqrt(-2 * mp.log(p))
    z -= mp.log(z * mp.sqrt(2 * mp.pi)) / z
    while True:
        off = (mp.erfc(z / mp.sqrt(2)) / 2 - p) / (mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi))
        step = off / (1 + z * off / 2)
        z += step
        if abs(step) < mpf(10) ** -45:
            return z


def quantile_tables() -> dict[str, list[float]]:
    """Polynomials of the pieces, in the mantissa of p around the middle of its piece, and in s around the middle of its piece."""
    rows: list[float] = []
    error, pieces = 0.0, 1 << CENTRE_BITS

    def centre(p: mpf) -> mpf:
        return upper(p) / (mpf("0.5") - p)

    for exponent in range(-1 - CENTRE_BINADES, -1):
        for piece in range(pieces):

            def f(m: mpf, exponent: int = exponent) -> mpf:
                return centre(mp.ldexp(m, exponent)) if exponent < -2 or m < 2 else mp.sqrt(2 * mp.pi)

            low, high = 1 + mpf(piece) / pieces, 1 + mpf(piece + 1) / pieces
            coefficients = [float(c) for c in chebyshev(f, low, high, QUANTILE_DEGREE)]
            error = max(error, worst(f, coefficients, low, high, (low + high) / 2) / coefficients[0])
            rows += coefficients
    smallest, largest = mp.ldexp(1, -1 - CENTRE_BINADES), mp.ldexp(1, -53)
    first = math.floor(mp.sqrt(-2 * mp.log(smallest)) * 1000) / 1000
    width = float((mp.sqrt(-2 * mp.log(largest)) - mpf(first)) * mpf("1.0001") / TAIL_PIECES)
    scale = 1.0 / width

    def tail(place: mpf) -> mpf:
        s = first + place / mpf(scale)
        return upper(mp.exp(-s * s / 2)) / s

    for piece in range(TAIL_PIECES):
        coefficients = [float(c) for c in chebyshev(tail, mpf(piece), mpf(piece + 1), QUANTILE_DEGREE)]
        middle = piece + mpf("0.5")
        error = max(error, worst(tail, coefficients, mpf(piece), mpf(piece + 1), middle) / coefficients[0])
        rows += coefficients
    print(f"normal_quantile: polynomials off by {error:.1e} of the result")
    return {"QUANTILE_ROWS": rows, "QUANTILE_TAIL": [first, scale]}


def gamma_tables() -> dict[str, list[float]]:
    """1 / Γ(1.5 + t) for |t| ≤ ½."""

    def inverse(x: mpf) -> mpf:
        return mp.rgamma(x)

    polynomial = [float(c) for c in chebyshev(inverse, mpf(1), mpf(2), GAMMA_DEGREE)]
    error = worst(inverse, polynomial, mpf(1), mpf(2), mpf("1.5"))
    print(f"gamma: polynomial off by {error:.1e}")
    return {"GAMMA_POLYNOMIAL": polynomial}


# Writing.


def bits_of(x: float) -> int:
    """The bits of a double as a whole number."""
    return int.from_bytes(struct.pack(">d", x), "big")


def float_of(bits: int) -> float:
    """The double with some bits."""
    found: float = struct.unpack(">d", bits.to_bytes(8, "big"))[0]
    return found


def short(x: float) -> str:
    """A double in hexadecimal digits, exactly."""
    digits, _, power = x.hex().partition("p")
    return digits.rstrip("0").removesuffix(".") + "p" + power.removeprefix("+") if "." in digits else x.hex()


HEAD = '''"""The numbers behind `arithmetic`, in hexadecimal digits. Made by `calibration/arithmetic/derive.py`; not to be edited.

Source: own derivation, from definitions, with 60 digits; the script says how and what is reached.
"""

import numpy as np
from numpy.typing import NDArray


def _numbers(text: str) -> NDArray[np.float64]:
    return np.array([float.fromhex(word) for word in text.split()])


'''
SAID = {
    "EXP_BITS": "2^(i/128), as the bits of a double.",
    "EXP_TAILS": "What the rounding of 2^(i/128) left out, as a share of it.",
    "EXP_PARTS": "128/ln 2, and ln 2/128 in two parts.",
    "EXP_POLYNOMIAL": "(exp r − 1 − r)/r² by powers of r.",
    "LOG_ROWS": "By bin: c, 1/c, and log c in two parts.",
    "LOG_PARTS": "ln 2 in two parts.",
    "LOG_POLYNOMIAL": "(log(1 + r) − r)/r² by powers of r.",
    "QUANTILE_ROWS": "Polynomials of the pieces, by powers of the distance from the middle: centre, then tail.",
    "QUANTILE_TAIL": "Where the tail begins in √(−2 log p), and pieces per unit.",
    "GAMMA_POLYNOMIAL": "1/Γ(1.5 + t) by powers of t.",
}


def write(tables: dict[str, list[float]]) -> None:
    """The tables as a module."""
    lines = [HEAD.rstrip("\n"), "", ""]
    for name, numbers in tables.items():
        words = [short(float_of(x)) if name == "EXP_BITS" else short(x) for x in numbers]
        kind = ".view(np.int64)" if name == "EXP_BITS" else ""
        if len(words) < PER_LINE:
            lines += [f"#: {SAID[name]}", f'{name} = _numbers("{" ".join(words)}"){kind}']
            continue
        lines += [f"#: {SAID[name]}", f'{name} = _numbers("""']
        lines += [" ".join(words[k : k + PER_LINE]) for k in range(0, len(words), PER_LINE)]
        lines += [f'"""){kind}']
    TABLES.write_text("\n".join(lines) + "\n", encoding="utf-8")


# Known values, and the check.

SMALLEST, LARGEST, TINIEST = 2.0**-1022, sys.float_info.max, 5e-324
EDGES = {
    "exp": [
        0.0, -0.0, TINIEST, -TINIEST, SMALLEST, 2.0**-54, -(2.0**-54), 1.0, -1.0, 708.0, -708.0, 709.782712893384,
        709.7827128933841, 710.0, LARGEST, math.inf, -708.3964185322641, -708.3964185322642, -744.4400719213812,
        -745.1332191019411, -745.1332191019412, -745.2, -LARGEST, -math.inf,
    ],
    "log": [
        TINIEST, 2 * TINIEST, 1e-310, SMALLEST - TINIEST, SMALLEST, 1.0, 1.0 - 2.0**-53, 1.0 + 2.0**-52, 1.0 - 2.0**-9,
        1.0 + 2.0**-8, 0.5, 2.0, LARGEST, math.inf, 0.0,
    ],
    "normal_quantile": [2.0**-53, 1.0 - 2.0**-53, 0.5, 0.5 - 2.0**-53, 0.5 + 2.0**-53, 2.0**-6, 2.0**-6 - 2.0**-53, 1.0 - 2.0**-6],
    "gamma": [TINIEST, 1e-300, 0.5, 1.0, 1.5, 2.0, 2.0 + 2.0**-51, 3.0, 170.0, 171.7, 172.5, math.inf],
}  # fmt: skip


def draws_of(name: str, count: int, random_: random.Random) -> Iterator[float]:
    """Arguments of a function: where it is used, and over the whole of its range."""
    for k in range(count):
        u = (random_.getrandbits(52) + 0.5) * 2.0**-52
        if name == "exp":
            yield (random_.uniform(-746.0, 710.0), random_.uniform(-4.0, 4.0), random_.gauss(0.0, 0.01))[k % 3]
        elif name == "log":
            anything = float_of(random_.randrange(1, bits_of(math.inf)))
            yield (anything, u, 1.0 + random_.uniform(-0.05, 0.05), random_.lognormvariate(0.0, 3.0))[k % 4]
        elif name == "normal_quantile":
            deep = (random_.getrandbits(52 - random_.randrange(52)) + 0.5) * 2.0**-52
            near = 0.5 + (2 * random_.getrandbits(51 - random_.randrange(51)) + 1) * 2.0**-53
            yield (u, deep, 1.0 - deep, near)[k % 4]
        else:
            yield (random_.uniform(0.0, 170.0), 1.0 + random_.uniform(0.0, 4.0), random_.random())[k % 3]


def exact_value(name: str, x: float) -> mpf:
    """The result with many digits."""
    if name == "exp":
        return mp.exp(x)
    if name == "log":
        return mp.log(x)
    if name == "gamma":
        return mp.gamma(x) if x < 1000 else mpf("inf")
    return upper(mpf(1 - x)) if x > 0.5 else -upper(mpf(x)) if x < 0.5 else mpf(0)


def rounded(value: mpf) -> float:
    """The nearest double, below the normal ones too."""
    if not mp.isfinite(value):
        return float(value)
    sign, mantissa, exponent, length = value._mpf_
    if exponent + length > 2000:
        return math.copysign(math.inf, value)
    if exponent + length < -2000:
        return 0.0
    exact = Fraction(int(mantissa)) * Fraction(2) ** int(exponent) * (-1) ** int(sign)
    try:
        return float(exact)
    except OverflowError:
        return math.copysign(math.inf, value)


def write_values() -> None:
    """A few thousand arguments with correctly rounded results."""
    random_ = random.Random(26832)
    with VALUES.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["function", "argument", "result"])
        for name, edges in EDGES.items():
            for x in [*edges, *draws_of(name, 900, random_)]:
                if name == "normal_quantile" and not 0.0 < x < 1.0:
                    continue
                result = -math.inf if name == "log" and x == 0.0 else rounded(exact_value(name, x))
                rows.writerow([name, x.hex(), result.hex()])


def off(name: str, x: float, y: float) -> float:
    """How far a result is from the exact one: in units of the last place for exp and log, relative for the others."""
    if name == "normal_quantile":
        if x == 0.5:
            return abs(y)
        z, p = mpf(abs(y)), min(x, 1.0 - x)
        missed = mp.erf(z / mp.sqrt(2)) / 2 - (mpf("0.5") - p) if p > 0.25 else p - mp.erfc(z / mp.sqrt(2)) / 2
        return float(abs(missed) / (mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi)) / z)
    exact = exact_value(name, x)
    near = rounded(exact)
    if math.isinf(near) or near == 0.0:
        return 0.0 if y == near else math.inf
    return float(abs(mpf(y) - exact) / (math.ulp(near) if name in ("exp", "log") else abs(exact)))


def check(points: int) -> None:
    """The largest error of each function; stops where one is beyond what it promises."""
    from sxsim.model import arithmetic

    mp.dps = 36
    promised = {"exp": 1.0, "log": 1.0, "normal_quantile": 1e-15, "gamma": 1e-14}
    missed = []
    for name, limit in promised.items():
        random_, largest, where, began = random.Random(1), 0.0, 0.0, time.perf_counter()
        count = points // 10 if name == "gamma" else points
        for x in [*(e for e in EDGES[name] if e != 0.0 and math.isfinite(e)), *draws_of(name, count, random_)]:
            if name == "normal_quantile" and not 0.0 < x < 1.0:
                continue
            error = off(name, x, getattr(arithmetic, name)(x))
            if error > largest:
                largest, where = error, x
        unit = "units in the last place" if limit == 1.0 else "of the result"
        print(
            f"{name}: at most {largest:.3g} {unit} off (at {where!r}), {count:,} points, {time.perf_counter() - began:.0f} s"
        )
        if largest > limit:
            missed.append(f"{name}(={largest:.3g}) must be ≤ {limit:g}")
    if missed:
        sys.exit("; ".join(missed))


def main() -> None:
    """Derive, and write or check where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write tables and known values")
    parser.add_argument("--check", action="store_true", help="measure the functions against mpmath")
    parser.add_argument("--points", type=int, default=1_000_000, help="how many points to check")
    options = parser.parse_args()
    if not options.check or options.write:
        tables = exp_tables() | log_tables() | quantile_tables() | gamma_tables()
        if options.write:
            write(tables)
            write_values()
    if options.check:
        check(options.points)


if __name__ == "__main__":
    main()
