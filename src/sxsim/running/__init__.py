"""Running anything: what a task is, its one run, where tasks run, what is kept, how work stops and says how far it is.

`task`: a scenario with what is assumed, a plan and a seed; at a point (settings, replication) it is one run. `sharing`: work on
threads, processes or elsewhere, ended cleanly. `cluster`: elsewhere, on Dask. `kept`: finished points and replications in a
file, every one checked. `plans`: `run`, `compare`, and `replications` for a caller who wants them as they come.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sxsim.running.one_run import RunFailed, Stopped
    from sxsim.running.plans import Replication, replications
    from sxsim.running.task import Point, Task

_HOMES = {
    "Point": "sxsim.running.task",
    "Replication": "sxsim.running.plans",
    "RunFailed": "sxsim.running.one_run",
    "Stopped": "sxsim.running.one_run",
    "Task": "sxsim.running.task",
    "replications": "sxsim.running.plans",
}
__all__ = ["Point", "Replication", "RunFailed", "Stopped", "Task", "replications"]


def __getattr__(name: str) -> Any:
    """Import the names when they are first used, so that the command line answers fast."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'sxsim.running' has no attribute {name!r}")
