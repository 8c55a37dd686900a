"""Whether this machine computes as every other: a look at the model's own arithmetic before the first run.

The figures of a run are the same bytes everywhere because its arithmetic is. That is tested, and compared once more where it
matters: a thousand results of `exp`, `log`, the normal quantile and `gamma` must be those that stand here as a hash.
"""

import hashlib
from functools import cache

import numpy as np

from sxsim.model.arithmetic import exp, gamma, log, normal_quantile

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
