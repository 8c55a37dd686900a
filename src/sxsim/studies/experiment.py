"""What the files of all studies share: a question, the scenarios it is asked of, and what is checked whatever the kind.

Each kind of study adds its fields and checks in a file of its own: see `kinds`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import Field

from sxsim.results.kpis import KPIS
from sxsim.running.plans import Scenario
from sxsim.scenario import limits
from sxsim.scenario.ensemble import Ensemble
from sxsim.scenario.fields import Name, Part, quantity
from sxsim.scenario.forms.weights import Judgements
from sxsim.scenario.problems import InvalidInput, Problem, did_you_mean
from sxsim.scenario.problems import Path as Place
from sxsim.scenario.scenario import BASE_PLAN
from sxsim.studies.factors import Factor

#: How a kind declares itself: `study: Literal["its name"] = KIND`.
KIND = Field(..., description="kind of study")
#: How a kind declares what varies, where nothing special is to be said.
FACTORS = Field(..., description="what varies", min_length=1)


class Experiment(Part):
    """What every study has: a question asked of many runs of some scenarios."""

    question: str = Field(..., description="the question this study answers", min_length=1)
    name: str = Field("", description="name of the study; default: the file's name")
    study: str
    scenarios: list[str] = Field(..., description="scenario files, seen from this file", min_length=1)
    plan: Name = Field(BASE_PLAN, description="plan under which the scenarios run")
    set: dict[str, Any] = Field(
        default_factory=dict, description="fields and parameters that have another value in this study (path: value)"
    )
    kpis: list[str] = Field(
        default_factory=lambda: ["delight_rate", "loyalty", "churn_rate", "result", "npv"],
        description="KPIs to look at",
        min_length=1,
    )
    seed: int = quantity(1, "number", "seed of samples and of all random numbers", ge=0, le=limits.SEED)
    parameters: str | None = Field(
        None,
        description="file of parameters, seen from this file: CSV (name,value) or YAML, a sheet of weights (sxsim new --weights), or "
        "a calibration's ensemble (CSV), of which every replication runs with one set",
    )
    uncertain: bool = Field(
        False,
        description="whether every replication draws the parameters that are no factors from their ranges, too",
    )

    # What a kind may say beside its fields.

    @classmethod
    def without_samples(cls, raw: Mapping[str, Any]) -> str:
        """What has no number of samples that could be overridden, in words; empty where there is one."""
        return "" if "samples" in cls.model_fields else f"a study of kind {raw['study']}"

    def own_problems(self) -> Iterator[Problem]:
        """What the fields of the kind demand of each other."""
        yield from ()

    def named_kpis(self) -> list[tuple[Place, str]]:
        """Where in the file a KPI is named, and which."""
        return [(("kpis", number), kpi) for number, kpi in enumerate(self.kpis)]

    def named_plans(self) -> list[tuple[Place, str]]:
        """Where in the file a plan of the scenarios is named, and which."""
        return [(("plan",), self.plan)]

    def problems_in(self, scenario: Scenario) -> Iterator[Problem]:
        """What the kind demands of a scenario beside the plans that it names."""
        yield from ()

    def read_files(self, folder: Path) -> list[Problem]:
        """Read what else the file names, seen from its folder, and keep it. Returns what is wrong with it."""
        return []

    # What is checked whatever the kind.

    def problems(self) -> Iterator[Problem]:
        """What the fields demand of each other. Yields every problem."""
        yield from self.own_problems()
        for place, kpi in self.named_kpis():
            if kpi not in KPIS:
                hint = did_you_mean(kpi, KPIS) or "sxsim explain kpis lists them"
                yield Problem(place, f"(={kpi!r}) is no KPI", hint)

    def problems_with(self, scenario: Scenario) -> Iterator[Problem]:
        """Plans that the experiment names and the scenario does not have, and what else the kind demands of it."""
        for place, plan in self.named_plans():
            if plan not in scenario.plans:
                yield Problem(place, f": {scenario.name} has no plan {plan!r}", did_you_mean(plan, scenario.plans))
        yield from self.problems_in(scenario)


def kind_of(experiment: type[Experiment]) -> str:
    """The word that names a kind in the file."""
    return str(get_args(experiment.model_fields["study"].annotation)[0])


def goal_without_direction(goal: str) -> Iterator[Problem]:
    """A goal that is neither better high nor better low."""
    if goal in KPIS and KPIS[goal].better == "neither":
        said = f"(={goal!r}) is neither better high nor better low"
        yield Problem(("goal",), said, "name a KPI with a direction")


def compared_with_itself(plan: str, base: str) -> Iterator[Problem]:
    """A plan that is compared with a base, and is the base."""
    if plan == base:
        yield Problem(("plan",), f"(={plan!r}) must be another plan than base", "name the plan that is looked at")


def problems_in_names(
    lookup: Callable[[Sequence[str], Place], object], names: Sequence[str], place: Place
) -> Iterator[Problem]:
    """What is wrong with names or patterns that stand at a place of the file, by what looks them up."""
    try:
        lookup(names, place)
    except InvalidInput as error:
        yield from error.problems


@dataclass(frozen=True)
class Setup:
    """An experiment with its scenarios read and its factors resolved, the same factors for every scenario by name."""

    experiment: Experiment
    file: Path
    scenarios: tuple[Scenario, ...]
    factors: tuple[tuple[Factor, ...], ...]
    ensemble: Ensemble | None = None
    judgements: Judgements | None = None
