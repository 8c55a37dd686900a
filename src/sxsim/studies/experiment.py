"""Experiment files: a question, the scenarios it is asked of, and how it is answered. Each kind of study has its fields."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, ValidationError, model_validator

from sxsim.results.kpis import KPIS
from sxsim.runs import Scenario, load
from sxsim.scenario import limits
from sxsim.scenario.fields import Name, Part, quantity
from sxsim.scenario.loading import line_of, plain, read_yaml
from sxsim.scenario.names import distinct_names
from sxsim.scenario.organisation import Aspect
from sxsim.scenario.parameters import Ensemble, parameters_or_ensemble, stated_twice
from sxsim.scenario.plan import Activity
from sxsim.scenario.problems import InvalidInput, Problem, did_you_mean, dotted, from_error
from sxsim.scenario.scenario import BASE_PLAN
from sxsim.studies.factors import Factor, Varied, check_ends, factors_of, parameters_named
from sxsim.studies.facts import facts_named
from sxsim.studies.observations import Observed, Stated, figures_of

_FACTORS = Field(..., description="what varies", min_length=1)


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
        description="file of parameters, seen from this file: CSV (name,value) or YAML, or a calibration's ensemble (CSV), of "
        "which every replication runs with one set",
    )
    uncertain: bool = Field(
        False,
        description="whether every replication draws the parameters that are no factors from their ranges, too",
    )


class Sensitivity(Experiment):
    """Which factor moves a KPI most?"""

    study: Literal["sensitivity"] = Field(..., description="kind of study")
    factors: list[Varied] = _FACTORS
    samples: int = quantity(256, "samples", "base samples N of Sobol (a power of 2)", ge=2, le=limits.SAMPLES)
    method: Literal["sobol", "morris"] | None = Field(
        None, description="default: sobol, after a screening by morris beyond 15 factors"
    )
    second_order: bool = Field(False, description="whether pairs of factors are looked at, too (sobol)")
    trajectories: int = quantity(20, "trajectories", "trajectories of morris", ge=2, le=limits.SAMPLES)


class Sweep(Experiment):
    """What happens along some settings?"""

    study: Literal["sweep"] = Field(..., description="kind of study")
    factors: list[Varied] = _FACTORS
    design: Literal["grid", "list", "latin_hypercube"] = Field(
        "grid", description="every combination, the values side by side, or samples of a Latin hypercube"
    )
    samples: int = quantity(256, "samples", "samples of a Latin hypercube", ge=2, le=limits.SAMPLES)
    replications: int = quantity(5, "runs", "runs at every setting", ge=1, le=limits.REPLICATIONS)


class Why(Experiment):
    """Why does a plan differ from the base?"""

    study: Literal["why"] = Field(..., description="kind of study")
    plan: Name = Field(..., description="plan whose difference to the base is explained")
    base: Name = Field(BASE_PLAN, description="plan it is compared with")
    split: list[Literal["levers", "elements"]] = Field(
        default_factory=lambda: ["levers", "elements"],  # type: ignore[arg-type]
        description="what the difference is split over: the ten levers, or the elements' maturity and commitment; both with money, activities and direct changes",
        min_length=1,
    )
    replications: int = quantity(10, "runs", "replications", ge=2, le=limits.REPLICATIONS)
    orders: int = quantity(
        8,
        "orders",
        "orders in which causes are switched, drawn anew in each replication beyond ten causes",
        ge=2,
        le=limits.SAMPLES,
    )

    @model_validator(mode="after")
    def _pairs(self) -> "Why":
        if self.orders % 2:
            raise ValueError(f"orders(={self.orders}) must be even: every order goes with its reverse")
        return self


class Bounds(Part):
    """Money a month that an element or sub-element gets at least and at most."""

    low: float = quantity(0.0, "money a month", "at least", ge=0)
    high: float | None = quantity(None, "money a month", "at most; default: the budget", ge=0)

    @model_validator(mode="after")
    def _order(self) -> "Bounds":
        if self.high is not None and self.high < self.low:
            raise ValueError(f"the range is upside down: low(={self.low:g}) must be ≤ high(={self.high:g})")
        return self


class Advise(Experiment):
    """How should money be spread over the elements?"""

    study: Literal["advise"] = Field(..., description="kind of study")
    plan: Name = Field(
        BASE_PLAN,
        description="plan that goes on beside the money: its activities and direct changes hold in every split",
    )
    budget: float = quantity(
        ..., "money a month", "money a month for all elements together, from month 0 to the end", gt=0
    )
    goal: str = Field("npv", description="KPI to make as good as the budget allows")
    target: float | None = quantity(
        None, "as the goal", "value the goal must reach; the cheapest split that reaches it is looked for"
    )
    spread_over: Literal["elements", "sub_elements"] = Field(
        "elements", description="the nine elements or the 31 sub-elements"
    )
    bounds: dict[Aspect, Bounds] = Field(default_factory=dict, description="bounds by element or sub-element")
    rivals: list[Name] | None = Field(
        None, description="plans of the scenario that are judged beside the advice; default: all"
    )
    trials: int = quantity(250, "splits", "splits tried in the search", ge=10, le=limits.SAMPLES)
    search_replications: int = quantity(6, "runs", "replications of each split tried", ge=2, le=limits.REPLICATIONS)
    replications: int = quantity(
        20, "runs", "fresh replications on which advice and rivals are judged", ge=4, le=limits.REPLICATIONS
    )
    step: float = quantity(0.1, "share", "extra money of the next-euro table, as a share of the budget", gt=0, le=1)
    flip_points: list[str] | Literal["all", "none"] = Field(
        "all",
        description="assumptions looked at for a flip of the advice: all parameters of confidence C or D, none, or names and patterns",
    )
    flip_replications: int = quantity(
        4, "runs", "replications at each end of an assumption's range", ge=2, le=limits.REPLICATIONS
    )


class Order(Experiment):
    """In which order had a programme's activities better begin?"""

    study: Literal["order"] = Field(..., description="kind of study")
    plan: Name = Field(..., description="plan whose activities are moved; their lengths and efforts stay")
    goal: str = Field("npv", description="KPI to make as good as the order allows")
    move: Literal["activities", "phases"] = Field(
        "activities", description="what is moved: each activity by itself, or the three phases as wholes"
    )
    latest: int | None = quantity(
        None,
        "month",
        "last month in which an activity may begin; in any case all its work must fit into the horizon",
        ge=0,
    )
    rivals: list[Name] = Field(default_factory=list, description="plans of the scenario that are judged beside")
    trials: int = quantity(150, "orders", "orders tried in the search", ge=10, le=limits.SAMPLES)
    search_replications: int = quantity(8, "runs", "replications of each order tried", ge=2, le=limits.REPLICATIONS)
    replications: int = quantity(
        40, "runs", "fresh replications on which orders are judged", ge=4, le=limits.REPLICATIONS
    )


class Fails(Part):
    """When a plan counts as failed."""

    kpi: str = Field("npv", description="KPI to look at")
    below: float | None = quantity(None, "as the KPI", "it fails below this value")
    above: float | None = quantity(None, "as the KPI", "it fails above this value")
    against_base: bool = Field(True, description="whether the difference to the base counts, or the value itself")

    @model_validator(mode="after")
    def _one_bound(self) -> "Fails":
        if (self.below is None) == (self.above is None):
            raise ValueError("give either below or above")
        return self


class Discover(Experiment):
    """Under which conditions does a plan fail?"""

    study: Literal["discover"] = Field(..., description="kind of study")
    plan: Name = Field(..., description="plan that may fail")
    base: Name = Field(BASE_PLAN, description="plan it is compared with")
    fails: Fails = Field(default_factory=lambda: Fails.model_validate({"below": 0}), description="when it fails")
    factors: list[Varied] = _FACTORS
    samples: int = quantity(400, "samples", "conditions drawn (Latin hypercube)", ge=20, le=limits.SAMPLES)
    replications: int = quantity(
        2, "runs", "runs under each condition, whose mean decides", ge=1, le=limits.REPLICATIONS
    )
    smallest: float = quantity(0.05, "share", "share of all conditions that a box must hold at least", gt=0, le=1)


class Reached(Part):
    """When a programme counts as having reached its aim, and as having held it."""

    mean: float = quantity(4.0, "level", "mean maturity of the nine elements at its best, at least", ge=1, le=5)
    weakest: float = quantity(3.5, "level", "maturity of the weakest element at its best, at least", ge=1, le=5)


class Organisations(Experiment):
    """How many of many organisations reach their aim with each programme, and what tells those that do from the others?"""

    study: Literal["organisations"] = Field(..., description="kind of study")
    plans: list[Name] = Field(..., description="programmes, all run in every organisation", min_length=1)
    factors: list[Varied] = Field(..., description="what organisations differ in", min_length=1)
    left_out: list[Name] = Field(
        default_factory=list,
        description="programmes that also run with each of their activities left out, one at a time: what each contributes",
    )
    samples: int = quantity(500, "organisations", "organisations drawn (Latin hypercube)", ge=10, le=limits.SAMPLES)
    reached: Reached = Field(
        default_factory=lambda: Reached.model_validate({}),
        description="the aim; held means: at every month of the last twelve",
    )
    kpis: list[str] = Field(
        default_factory=lambda: ["maturity_mean", "maturity_level", "commitment", "npv"],
        description="KPIs to look at",
        min_length=1,
    )


class Calibrate(Experiment):
    """Which sets of parameters are consistent with what was observed?"""

    study: Literal["calibrate"] = Field(..., description="kind of study")
    factors: list[Varied] = Field(..., description="what is fitted, and the range in which it may lie", min_length=1)
    data: list[Observed] = Field(
        default_factory=list, description="tables of one's own organisation: survey answers, churn, waits, engagement"
    )
    targets: list[Stated] = Field(default_factory=list, description="figures of one's own organisation")
    facts: list[str] = Field(
        default_factory=list,
        description="published facts that the shared behaviour is fitted to, by name or pattern, each measured on a setting of its "
        "own (sxsim verify facts); then only parameters can be fitted",
    )
    simulations: int = quantity(2000, "runs", "runs in which sets are tried", ge=100, le=limits.SAMPLES)
    ensemble: int = quantity(100, "sets", "sets of parameters that the answer holds", ge=10, le=limits.SETS)
    replications: int = quantity(
        20, "runs", "runs with the values as they are, for comparison", ge=5, le=limits.REPLICATIONS
    )

    @model_validator(mode="after")
    def _something_observed(self) -> "Calibrate":
        if not self.data and not self.targets and not self.facts:
            raise ValueError("give data, targets or facts: there is nothing to fit to")
        return self


Kind = Annotated[
    Sensitivity | Sweep | Why | Advise | Order | Discover | Organisations | Calibrate, Field(discriminator="study")
]
#: Kinds of study by name.
KINDS: dict[str, type[Experiment]] = {
    get_args(kind.model_fields["study"].annotation)[0]: kind for kind in get_args(get_args(Kind)[0])
}


def _consistent(experiment: Experiment) -> Iterator[Problem]:
    """What the fields of an experiment demand of each other. Yields every problem."""
    if (
        isinstance(experiment, Sensitivity)
        and experiment.method != "morris"
        and experiment.samples & (experiment.samples - 1)
    ):
        near = 2 ** experiment.samples.bit_length()
        yield Problem(("samples",), f"(={experiment.samples}) must be a power of 2 for sobol, like {near}")
    if isinstance(experiment, Sweep) and experiment.design == "latin_hypercube":
        for number, factor in enumerate(experiment.factors):
            if factor.values is not None:
                yield Problem(
                    ("factors", number),
                    ": a Latin hypercube draws from a range",
                    "give low and high in place of values",
                )
    compares = isinstance(experiment, Why) or (isinstance(experiment, Discover) and experiment.fails.against_base)
    if compares and experiment.plan == getattr(experiment, "base", None):
        yield Problem(
            ("plan",), f"(={experiment.plan!r}) must be another plan than base", "name the plan that is looked at"
        )
    if isinstance(experiment, Sweep) and experiment.design == "grid":
        settings = prod(len(factor.values or ()) or factor.steps for factor in experiment.factors)
        if settings > limits.SETTINGS:
            said = f": a grid of {settings:,} settings, must be ≤ {limits.SETTINGS:,}"
            yield Problem(("factors",), said, "set fewer steps, or design: latin_hypercube")
    if isinstance(experiment, Sweep) and experiment.design == "list":
        lengths = {len(factor.values or ()) for factor in experiment.factors}
        if len(lengths) != 1 or 0 in lengths:
            yield Problem(("design",), "(='list'): a sweep by list needs values, equally many for every factor")
    named: list[tuple[tuple[str | int, ...], str]] = [(("kpis", n), kpi) for n, kpi in enumerate(experiment.kpis)]
    if isinstance(experiment, Advise | Order):
        named.append((("goal",), experiment.goal))
        if experiment.goal in KPIS and KPIS[experiment.goal].better == "neither":
            said = f"(={experiment.goal!r}) is neither better high nor better low"
            yield Problem(("goal",), said, "name a KPI with a direction")
    if isinstance(experiment, Advise):
        yield from _bounds(experiment)
    if isinstance(experiment, Organisations):
        for number, plan in enumerate(experiment.left_out):
            if plan not in experiment.plans:
                yield Problem(
                    ("left_out", number), f"(={plan!r}) must be one of plans", did_you_mean(plan, experiment.plans)
                )
    if isinstance(experiment, Discover):
        named.append((("fails", "kpi"), experiment.fails.kpi))
    if isinstance(experiment, Calibrate):
        yield from _fitted(experiment)
        named += [(("targets", n, "kpi"), target.kpi) for n, target in enumerate(experiment.targets)]
    for path, kpi in named:
        if kpi not in KPIS:
            hint = did_you_mean(kpi, KPIS) or "sxsim explain kpis lists them"
            yield Problem(path, f"(={kpi!r}) is no KPI", hint)


def _fitted(experiment: Calibrate) -> Iterator[Problem]:
    if len(experiment.scenarios) > 1:
        yield Problem(("scenarios",), ": one organisation is fitted at a time", "write one file for each scenario")
    for number, factor in enumerate(experiment.factors):
        if factor.values is not None:
            yield Problem(("factors", number), ": what is fitted has a range", "give low and high in place of values")
        if experiment.facts and factor.parameters is None:
            said = ": facts are measured on settings of their own, which do not have this field"
            yield Problem(("factors", number), said, "fit parameters, or leave facts out")
    try:
        facts_named(experiment.facts)
    except InvalidInput as error:
        yield from (replace(problem, path=("facts",)) for problem in error.problems)


def _bounds(experiment: Advise) -> Iterator[Problem]:
    from sxsim.standard.catalogue import ELEMENTS, SUB_ELEMENTS

    known = ELEMENTS if experiment.spread_over == "elements" else SUB_ELEMENTS
    for name in experiment.bounds:
        if name not in known:
            hint = "set spread_over: sub_elements" if name in SUB_ELEMENTS else "set spread_over: elements"
            yield Problem(("bounds", name), f": the money is spread over the {experiment.spread_over}", hint)
    least = sum(bound.low for bound in experiment.bounds.values())
    if least > experiment.budget:
        yield Problem(("bounds",), f": the lower bounds add up to {least:g}, must be ≤ budget(={experiment.budget:g})")
    if isinstance(experiment.flip_points, list):
        try:
            parameters_named(experiment.flip_points)
        except InvalidInput as error:
            yield from (replace(problem, path=("flip_points",)) for problem in error.problems)


@dataclass(frozen=True)
class Setup:
    """An experiment with its scenarios read and its factors resolved, the same factors for every scenario by name."""

    experiment: Experiment
    file: Path
    scenarios: tuple[Scenario, ...]
    factors: tuple[tuple[Factor, ...], ...]
    ensemble: Ensemble | None = None


def load_experiment(
    path: str | Path,
    *,
    sets: Sequence[str] = (),
    samples: int | None = None,
    uncertain: bool = False,
    parameters: str | Path | None = None,
    unusual: bool = False,
    trust: bool = False,
) -> Setup:
    """Read and check an experiment file.

    `sets` are `path=value` overrides of the scenarios, `samples` another number of samples than the file says; `uncertain`
    draws parameters whatever the file says; `parameters` is a file of parameters or an ensemble in place of the one that the
    experiment names; `unusual` takes values that are legal but unusual; `trust` lets plug-ins of its scenarios run.

    Raises InvalidInput with all problems found.
    """
    path = Path(path)
    data = read_yaml(path, "experiments/ holds one of each kind to start from")
    if not isinstance(data, dict):
        raise InvalidInput(
            [Problem((), "the file must hold keys and values, beginning with question:", "", str(path), 1)]
        )
    raw = plain(data)
    kind = KINDS.get(str(raw.get("study")))
    if kind is None:
        if "study" not in raw and "touchpoints" in raw:
            raise InvalidInput(
                [
                    Problem(
                        (), "this is a scenario, no experiment", f"sxsim run {path}, or sxsim compare {path}", str(path)
                    )
                ]
            )
        said = f"(={raw['study']!r}) is no kind of study" if "study" in raw else " is missing"
        hint = did_you_mean(str(raw.get("study", "")), KINDS) or f"known: {', '.join(KINDS)}"
        raise InvalidInput([_placed(Problem(("study",), said, hint), path, data)])
    if samples is not None:
        grid = kind is Sweep and raw.get("design", "grid") != "latin_hypercube"
        if "samples" not in kind.model_fields or grid:
            what = f"a sweep by {raw.get('design', 'grid')}" if grid else f"a study of kind {raw['study']}"
            raise InvalidInput([Problem(("samples",), f": {what} has no samples", "leave --samples out", str(path))])
        raw["samples"] = samples
    if uncertain:
        raw["uncertain"] = True
    try:
        experiment = kind.model_validate(raw)
    except ValidationError as error:
        problems = [from_error(item, raw, kind) for item in error.errors()]
        raise InvalidInput([_placed(problem, path, data) for problem in problems]) from None
    experiment.name = experiment.name or path.stem
    problems = list(_consistent(experiment))
    if isinstance(experiment, Calibrate):
        for observed in experiment.data:
            try:
                experiment.targets += figures_of(observed, path.parent)
            except InvalidInput as error:
                problems += error.problems
        experiment.data = []  # what is left of the tables are their figures
    scenarios, factors = [], []
    stated, ensemble = _given_parameters(experiment, path, data, parameters)
    problems += [_placed(problem, path, data) for problem in stated_twice(ensemble, [*experiment.set, *sets])]
    overrides = [*(f"{name}={_yaml_text(value)}" for name, value in experiment.set.items()), *sets]
    for index, file in enumerate(experiment.scenarios):
        asked: dict[str, Any] = {"sets": overrides, "parameters": stated, "unusual": unusual, "trust": trust}
        scenario = _scenario(path, index, data, asked, own=len(experiment.set), file=file)
        unknown = list(_unknown_plans(experiment, scenario))
        problems += unknown
        if unknown:
            continue
        resolved: list[Factor] = []
        for number, varied in enumerate(getattr(experiment, "factors", ())):
            try:
                found = factors_of(varied, scenario, experiment.plan)
                check_ends(found, scenario)
                resolved += found
            except InvalidInput as error:
                problems += [_of_factor(problem, number) for problem in error.problems] if index == 0 else []
        names = [factor.name for factor in resolved]
        twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
        if twice and index == 0:
            said = f"{', '.join(twice)} {'stands' if len(twice) == 1 else 'stand'} twice"
            problems.append(Problem(("factors",), f": {said}", "take one of them out, or give it another name"))
        scenarios.append(scenario)
        factors.append(tuple(resolved))
    if problems:
        raise InvalidInput([_placed(problem, path, data) for problem in problems])
    called = distinct_names(
        [scenario.name for scenario in scenarios], [Path(file).stem for file in experiment.scenarios]
    )
    for scenario, name in zip(scenarios, called, strict=True):
        scenario.name = name
    return Setup(experiment, path, tuple(scenarios), tuple(factors), ensemble)


def _given_parameters(
    experiment: Experiment, path: Path, data: Any, parameters: str | Path | None
) -> tuple[Path | None, Ensemble | None]:
    """The file of parameters, or the ensemble, that the study is asked with. Raises InvalidInput."""
    if parameters is not None:
        return parameters_or_ensemble(Path(parameters))
    if experiment.parameters is None:
        return None, None
    named = path.parent / experiment.parameters
    if not named.is_file():
        said = f"(={experiment.parameters!r}): there is no such file"
        raise InvalidInput([_placed(Problem(("parameters",), said, "files are seen from this file"), path, data)])
    return parameters_or_ensemble(named)


def _scenario(path: Path, index: int, data: Any, asked: Mapping[str, Any], own: int, file: str) -> Scenario:
    """A scenario with what the experiment sets in it; own: how many overrides stand in the experiment's file."""
    try:
        return load(path.parent / file, **asked)
    except InvalidInput as error:
        named = {"file": str(path), "line": line_of(data, ("scenarios", index))}
        stated = {"file": str(path), "line": line_of(data, ("set",))}
        raise InvalidInput(
            [
                replace(p, **named)  # type: ignore[arg-type]
                if not p.file
                else replace(p, **stated)  # type: ignore[arg-type]
                if own and p.file == "--set"
                else p
                for p in error.problems
            ]
        ) from None


def _unknown_plans(experiment: Experiment, scenario: Scenario) -> Iterator[Problem]:
    """Plans that the experiment names and the scenario does not have."""
    named: list[tuple[tuple[str | int, ...], str]] = [(("plan",), experiment.plan)]
    if isinstance(experiment, Why | Discover):
        named.append((("base",), experiment.base))
    if isinstance(experiment, Advise | Order):
        named += [(("rivals", n), plan) for n, plan in enumerate(experiment.rivals or ())]
    if isinstance(experiment, Organisations):
        named += [(("plans", n), plan) for n, plan in enumerate(experiment.plans)]
        named += [(("left_out", n), plan) for n, plan in enumerate(experiment.left_out)]
    for path, plan in named:
        if plan not in scenario.plans:
            yield Problem(path, f": {scenario.name} has no plan {plan!r}", did_you_mean(plan, scenario.plans))
    if isinstance(experiment, Order) and experiment.plan in scenario.plans:
        yield from _movable(experiment, scenario.plans[experiment.plan].activities, scenario.horizon.months)
    if isinstance(experiment, Organisations):
        for number, plan in enumerate(experiment.left_out):
            if plan in scenario.plans and not scenario.plans[plan].activities:
                yield Problem(
                    ("left_out", number), f"(={plan!r}) has no activities to leave out", "name a plan with some"
                )


def _movable(experiment: Order, activities: Mapping[str, Activity], months: int) -> Iterator[Problem]:
    """What keeps a plan's activities from being moved with all their work."""
    plan = experiment.plan
    if len(activities) < 2:
        yield Problem(
            ("plan",), f"(={plan!r}) has fewer than two activities: there is no order", "name a plan with more"
        )
    for name, activity in activities.items():
        if activity.again:
            said = f"(={plan!r}): {name} is worked on more than once (again), so it has no single first month"
            yield Problem(("plan",), said, "take again out of it")
        elif activity.months is None:
            said = f"(={plan!r}): {name} goes on to the end, so moving it would change the work"
            yield Problem(("plan",), said, f"give it months, like {max(months - activity.start, 1)}")
        elif activity.start + activity.months > months:
            end = activity.start + activity.months
            said = f"(={plan!r}): {name} ends in month {end}, after the horizon (month {months})"
            yield Problem(("plan",), said, f"set horizon.months to {end} or more")
    if experiment.latest is not None and activities:
        planned = max(activity.start for activity in activities.values())
        if not planned <= experiment.latest < months:
            said = f"(={experiment.latest}) must be from {planned} (the plan's own last beginning) to {months - 1}"
            yield Problem(("latest",), said)


def _of_factor(problem: Problem, number: int) -> Problem:
    """What is wrong with a field that a factor varies, said of the factor."""
    said = f"{dotted(problem.path)}{problem.message}".removeprefix(": ")
    return replace(problem, path=("factors", number), message=f": {said}".rstrip())


def _yaml_text(value: Any) -> str:
    """A value as `--set` takes it."""
    return json.dumps(value, ensure_ascii=False)


def _placed(problem: Problem, path: Path, data: Any) -> Problem:
    if problem.file not in ("", str(path)):
        return problem  # it stands in another file
    return replace(problem, file=str(path), line=line_of(data, problem.path))
