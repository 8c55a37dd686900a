"""sxsim simulates service excellence: from investment in the nine elements to delight, loyalty and result.

>>> import sxsim as sx
>>> sx.load("scenarios/corner-cafe.yaml").run(replications=2).plot()  # doctest: +SKIP
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sxsim.results.result import Comparison, Result
    from sxsim.runs import Scenario, compare, load, run

__all__ = ["Comparison", "Result", "Scenario", "compare", "load", "run"]


def __getattr__(name: str) -> Any:
    """Import the public names when they are first used, so that the command line answers fast."""
    if name in __all__:
        from sxsim import runs as module

        return getattr(module, name)
    raise AttributeError(f"module 'sxsim' has no attribute {name!r}")
