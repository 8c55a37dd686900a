"""Facts as points: what the model says to them at some values of the shared behaviour, kept like any other point."""

import fnmatch
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sxsim.evidence import facts as evidence
from sxsim.running.task import Point, Task
from sxsim.scenario.problems import InvalidInput, Problem, did_you_mean
from sxsim.studies.posterior import Target

#: What is tolerated of a fact, from end to end, is taken as four standard deviations of what the model may miss.
_TOLERATED = 4.0


def facts_named(patterns: Sequence[str]) -> list[str]:
    """Facts by name or pattern, each once. Raises InvalidInput for a pattern that fits none."""
    known, found = evidence.facts(), []
    for pattern in patterns:
        names = fnmatch.filter(known, pattern)
        if not names:
            hint = did_you_mean(pattern, known) or "sxsim verify facts lists them"
            raise InvalidInput([Problem((), f": {pattern!r} is no fact", hint)])
        found += names
    return list(dict.fromkeys(found))


def target_of(name: str) -> Target:
    """A fact as something to fit to."""
    fact = evidence.facts()[name]
    return Target(name, name.replace("_", " "), fact.figure, 0.0, (fact.high - fact.low) / _TOLERATED, fact.source)


@dataclass(frozen=True)
class FactsTask(Task):
    """Facts to measure on settings of their own; of the scenario only the parameters count."""

    facts: tuple[str, ...] = ()

    @property
    def statistics(self) -> tuple[str, ...]:
        """The facts by name."""
        return self.facts

    def decides(self) -> dict[str, Any]:
        """What decides the points, but for their settings, replication and the version of the model."""
        return {
            "facts": list(self.facts),
            "measured": evidence.version(),
            "parameters": dict(self.scenario.parameters),
            "seed": self.seed,
            "uncertain": self.uncertain,
        }

    def kpis(self, point: Point, each_month: Callable[[int], None] | None = None) -> tuple[float, ...]:
        """Measure the facts at a point, in their order."""
        behaviour = {**self.at(point).parameters, **{name: float(value) for name, value in point.settings}}
        found = evidence.measure(self.facts, behaviour, point.replication)
        return tuple(found[name] for name in self.facts)
