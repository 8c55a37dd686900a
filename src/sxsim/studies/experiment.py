"""Experiment files: a question, the scenarios it is asked of, and what varies."""

import fnmatch
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from sxsim.model.parameters import register
from sxsim.results.kpis import KPIS
from sxsim.runs import Scenario, load
from sxsim.scenario.fields import Name, Part, quantity
from sxsim.scenario.loading import line_of, plain, read_yaml, value_at, with_values
from sxsim.scenario.problems import InvalidInput, Problem, did_you_mean, dotted, from_error
from sxsim.scenario.scenario import BASE_PLAN
from sxsim.standard.catalogue import ELEMENTS, SUB_ELEMENTS, element_of

#: Factors beyond which a sensitivity study screens them by Morris first.
MANY_FACTORS = 15
#: Names of the two factors that every sensitivity study has.
LUCK, DUMMY = "luck", "dummy"
#: Replication numbers that luck chooses from.
REPLICATIONS_TO_CHOOSE = 2**31
_ASPECTS = {"elements": ELEMENTS, "sub_elements": SUB_ELEMENTS}


class Varied(Part):
    """What varies, and between which values: one of path, parameters, elements or sub_elements."""

    path: str | None = Field(None, description="a numeric field of the scenario, like touchpoints.reception.staff")
    parameters: str | list[str] | None = Field(
        None, description="parameters of the register, by name or pattern (bond_*, weight.7.3.2d.*)"
    )
    elements: Literal["maturity", "money"] | None = Field(
        None, description="the nine elements: their maturity at the start, or the plan's money a month for each"
    )
    sub_elements: Literal["maturity", "money"] | None = Field(None, description="the 31 sub-elements, likewise")
    low: float | None = quantity(None, "as the field", "smallest value; of a parameter by default that of its register")
    high: float | None = quantity(None, "as the field", "largest value; likewise")
    values: list[float] | None = Field(
        None, description="the values of a sweep, in place of low and high", min_length=1
    )
    steps: int = quantity(5, "values", "how many values from low to high a grid has", ge=2)
    name: str | None = Field(None, description="what the factor is called; default: its path")

    @model_validator(mode="after")
    def _one_of(self) -> "Varied":
        given = [self.path, self.parameters, self.elements, self.sub_elements]
        if sum(value is not None for value in given) != 1:
            raise ValueError("name one of path, parameters, elements, sub_elements")
        if self.parameters is None and self.values is None and (self.low is None or self.high is None):
            raise ValueError("give low and high")
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError(f"the range is upside down: low(={self.low:g}) must be below high(={self.high:g})")
        return self


class Experiment(Part):
    """One question asked of many runs."""

    question: str = Field(..., description="the question this study answers", min_length=1)
    name: str = Field("", description="name of the study; default: the file's name")
    study: Literal["sensitivity", "sweep"] = Field(..., description="kind of study")
    scenarios: list[str] = Field(..., description="scenario files, seen from this file", min_length=1)
    plan: Name = Field(BASE_PLAN, description="plan under which the scenarios run")
    set: dict[str, Any] = Field(
        default_factory=dict, description="fields and parameters that have another value in this study (path: value)"
    )
    factors: list[Varied] = Field(..., description="what varies", min_length=1)
    kpis: list[str] = Field(
        default_factory=lambda: ["delight_rate", "loyalty", "churn_rate", "result", "npv"],
        description="KPIs to look at",
        min_length=1,
    )
    seed: int = quantity(1, "number", "seed of samples and of all random numbers", ge=0)
    uncertain: bool = Field(
        False,
        description="whether every replication draws the parameters that are no factors from their ranges, too",
    )
    samples: int = quantity(256, "samples", "base samples N of Sobol or Latin hypercube (Sobol: a power of 2)", ge=2)
    method: Literal["sobol", "morris"] | None = Field(
        None, description="of a sensitivity study; default: sobol, after a screening by morris beyond 15 factors"
    )
    second_order: bool = Field(False, description="whether pairs of factors are looked at, too (sobol)")
    trajectories: int = quantity(20, "trajectories", "trajectories of morris", ge=2)
    design: Literal["grid", "list", "latin_hypercube"] = Field(
        "grid", description="of a sweep: every combination, the values side by side, or samples of a Latin hypercube"
    )
    replications: int = quantity(5, "runs", "runs at every setting of a sweep", ge=1)


def _consistent(experiment: Experiment) -> Iterator[Problem]:
    """What the fields of an experiment demand of each other. Yields every problem."""
    sobol = experiment.study == "sensitivity" and experiment.method != "morris"
    if sobol and experiment.samples & (experiment.samples - 1):
        near = 2 ** experiment.samples.bit_length()
        yield Problem(("samples",), f"(={experiment.samples}) must be a power of 2 for sobol, like {near}")
    if experiment.study == "sweep" and experiment.design == "list":
        lengths = {len(factor.values or ()) for factor in experiment.factors}
        if len(lengths) != 1 or 0 in lengths:
            yield Problem(("design",), "(='list'): a sweep by list needs values, equally many for every factor")
    for number, kpi in enumerate(experiment.kpis):
        if kpi not in KPIS:
            hint = did_you_mean(kpi, KPIS) or "sxsim explain kpis lists them"
            yield Problem(("kpis", number), f"(={kpi!r}) is no KPI", hint)


@dataclass(frozen=True)
class Factor:
    """Something that varies: the fields it sets, its range, and whether it takes whole numbers only.

    Luck sets no field but the replication; the dummy sets nothing at all.
    """

    name: str
    paths: tuple[str, ...]
    low: float = 0.0
    high: float = 1.0
    whole: bool = False
    values: tuple[float, ...] | None = None
    steps: int = 5

    def at(self, place: float) -> float:
        """The value at a place of the range, place in [0, 1)."""
        if self.whole:
            return float(int(self.low + place * (self.high - self.low + 1.0)))
        return self.low + place * (self.high - self.low)


@dataclass(frozen=True)
class Setup:
    """An experiment with its scenarios read and its factors resolved, the same factors for every scenario by name."""

    experiment: Experiment
    file: Path
    scenarios: tuple[Scenario, ...]
    factors: tuple[tuple[Factor, ...], ...]


def load_experiment(path: str | Path, *, sets: Sequence[str] = (), samples: int | None = None) -> Setup:
    """Read and check an experiment file.

    `sets` are `path=value` overrides of the scenarios, `samples` another number of samples than the file says.

    Raises InvalidInput with all problems found.
    """
    path = Path(path)
    data = read_yaml(path, "experiments/ holds one of each kind to start from")
    if not isinstance(data, dict):
        raise InvalidInput([Problem((), "the file must hold keys and values, beginning with question:", "", str(path))])
    raw = plain(data)
    if samples is not None:
        raw["samples"] = samples
    try:
        experiment = Experiment.model_validate(raw)
    except ValidationError as error:
        problems = [from_error(item, raw, Experiment) for item in error.errors()]
        raise InvalidInput([_placed(problem, path, data) for problem in problems]) from None
    experiment.name = experiment.name or path.stem
    problems = list(_consistent(experiment))
    scenarios, factors = [], []
    overrides = [*(f"{name}={_yaml_text(value)}" for name, value in experiment.set.items()), *sets]
    for index, file in enumerate(experiment.scenarios):
        scenario = load(path.parent / file, sets=overrides)
        if experiment.plan not in scenario.plans:
            hint = did_you_mean(experiment.plan, scenario.plans)
            problems.append(Problem(("plan",), f": {scenario.name} has no plan {experiment.plan!r}", hint))
            continue
        resolved: list[Factor] = []
        for number, varied in enumerate(experiment.factors):
            try:
                found = factors_of(varied, scenario, experiment.plan)
                _check_ends(found, scenario)
                resolved += found
            except InvalidInput as error:
                problems += [_of_factor(problem, number) for problem in error.problems] if index == 0 else []
        names = [factor.name for factor in resolved]
        for name in {n for n in names if names.count(n) > 1}:
            problems.append(Problem(("factors",), f": {name} stands twice", "give each a name of its own"))
        scenarios.append(scenario)
        factors.append(tuple(resolved))
    if problems:
        raise InvalidInput([_placed(problem, path, data) for problem in problems])
    return Setup(experiment, path, tuple(scenarios), tuple(factors))


def _of_factor(problem: Problem, number: int) -> Problem:
    """What is wrong with a field that a factor varies, said of the factor."""
    return replace(problem, path=("factors", number), message=f": {dotted(problem.path)}{problem.message}".rstrip())


def _yaml_text(value: Any) -> str:
    """A value as `--set` takes it."""
    import json

    return value if isinstance(value, str) else json.dumps(value)


def _placed(problem: Problem, path: Path, data: Any) -> Problem:
    return replace(problem, file=str(path), line=line_of(data, problem.path))


def factors_of(varied: Varied, scenario: Scenario, plan: str) -> list[Factor]:
    """The factors that an entry of the file stands for. Raises InvalidInput."""
    values = tuple(varied.values) if varied.values is not None else None
    if varied.parameters is not None:
        patterns = [varied.parameters] if isinstance(varied.parameters, str) else varied.parameters
        found = []
        for pattern in patterns:
            names = fnmatch.filter(register(), pattern)
            if not names:
                raise InvalidInput([Problem((), f": {pattern!r} is no parameter", did_you_mean(pattern, register()))])
            found += names
        known = [register()[name] for name in dict.fromkeys(found)]
        return [
            Factor(p.name, (p.name,), *_range(varied, values, p.low, p.high), values=values, steps=varied.steps)
            for p in known
        ]
    if varied.path is not None:
        low, high = _range(varied, values)
        current = value_at(scenario, varied.path)
        whole = isinstance(current, int) and not isinstance(current, bool)
        return [Factor(varied.name or varied.path, (varied.path,), low, high, whole, values, varied.steps)]
    kind, what = ("elements", varied.elements) if varied.elements else ("sub_elements", varied.sub_elements)
    low, high = _range(varied, values)
    return [
        Factor(name, _aspect_paths(name, str(what), scenario, plan), low, high, values=values, steps=varied.steps)
        for name in _ASPECTS[kind]
    ]


def _range(
    varied: Varied, values: tuple[float, ...] | None, low: float = 0.0, high: float = 1.0
) -> tuple[float, float]:
    if values is not None:
        return min(values), max(values)
    return (low if varied.low is None else varied.low), (high if varied.high is None else varied.high)


def _aspect_paths(name: str, what: str, scenario: Scenario, plan: str) -> tuple[str, ...]:
    """The fields that set the maturity or the money of an element with its sub-elements, or of a sub-element."""
    if what == "money":
        return (f"plans.{plan}.money.{name}",)
    stated = scenario.organisation.maturity
    own = [
        key
        for key in (stated if isinstance(stated, dict) else {})
        if key in SUB_ELEMENTS and element_of(key) == name and key != name
    ]
    return tuple(f"organisation.maturity.{key}" for key in (name, *own))


def _check_ends(factors: Sequence[Factor], scenario: Scenario) -> None:
    """Refuse a factor whose field does not exist or whose range leaves what the field may be. Raises InvalidInput."""
    for factor in factors:
        for value in factor.values or (factor.low, factor.high):
            given: float | int = int(value) if factor.whole else value
            with_values(scenario, dict.fromkeys(factor.paths, given))
