"""sxsim simulates service excellence: from investment in the nine elements to delight, loyalty and result.

>>> import sxsim as sx
>>> sx.load("scenarios/corner-cafe.yaml").run(replications=2).plot()  # doctest: +SKIP
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sxsim.results.result import Comparison, Result
    from sxsim.running.plans import Scenario, compare, load, run
    from sxsim.studies.study import Study, study

_HOMES = {
    "Comparison": "sxsim.results.result",
    "Result": "sxsim.results.result",
    "Scenario": "sxsim.running.plans",
    "Study": "sxsim.studies.study",
    "compare": "sxsim.running.plans",
    "load": "sxsim.running.plans",
    "run": "sxsim.running.plans",
    "study": "sxsim.studies.study",
}
__all__ = ["Comparison", "Result", "Scenario", "Study", "compare", "load", "run", "study"]


def __getattr__(name: str) -> Any:
    """Import the public names when they are first used, so that the command line answers fast."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'sxsim' has no attribute {name!r}")
