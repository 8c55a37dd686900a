"""Running plans: `load`, `run`, `compare`, with finished replications kept; and `replications`, as they come, with nothing kept."""

import functools
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from sxsim.results.folder import SavedComparison, SavedResult
from sxsim.results.intervals import MOST_RUNS, Until
from sxsim.results.kpis import KPIS
from sxsim.results.result import DEFAULT_OUT, unit_of
from sxsim.results.verdicts import primary_kpis
from sxsim.running.asked import CompareOptions, RunOptions, shown_with
from sxsim.running.kept import Kept, check_unchanged, pack, unpack
from sxsim.running.one_run import Stopped, engine_of, kpis_of
from sxsim.running.sharing import Progress, ShouldStop, share
from sxsim.running.task import Point, Task, check_plan
from sxsim.scenario import loading
from sxsim.scenario.ensemble import Ensemble, read_ensemble
from sxsim.scenario.plug_ins import plug_in_sources
from sxsim.scenario.problems import InvalidInput, Problem
from sxsim.scenario.scenario import BASE_PLAN
from sxsim.scenario.scenario import Scenario as ScenarioFile

if TYPE_CHECKING:
    from sxsim.engines.records import Records

DEFAULT_REPLICATIONS = 10


@dataclass(frozen=True)
class Replication:
    """A finished replication of a task: its number, from 0, and all its records."""

    task: Task
    number: int
    records: "Records"

    @cached_property
    def kpis(self) -> dict[str, float]:
        """The KPIs by name."""
        return dict(zip(KPIS, kpis_of(self.records, self.task.scenario), strict=True))


def replications(
    task: Task, numbers: Iterable[int], *, jobs: int | None = None, should_stop: ShouldStop | None = None
) -> Iterator[Replication]:
    """Run replications of a task and yield each as soon as it is finished, in whatever order; nothing is kept on disk.

    numbers: which replications, from 0; may be endless. jobs: threads (compiled engine) or processes (reference engine), by
    default one a core. should_stop: asked at the end of every simulated month; when it says so the iterator ends, and what is
    under way is given up. So does whoever leaves the loop. Raises RunFailed when a replication cannot be finished.

    >>> from sxsim import load, running
    >>> task = running.Task(load("scenarios/corner-cafe.yaml"))
    >>> for done in running.replications(task, range(1000), should_stop=lambda: False):  # doctest: +SKIP
    ...     print(done.number, done.kpis["loyalty"])
    """
    points = (Point((), number) for number in numbers)
    reference = task.engine != "compiled"
    with closing(share(task.records, points, jobs=jobs, processes=reference, should_stop=should_stop)) as finished:
        for point, records in finished:
            yield Replication(task, point.replication, records)


class Scenario(ScenarioFile):
    """A scenario one can run: `sx.load("hotel.yaml").run(replications=20).plot()`."""

    @shown_with(RunOptions)
    def run(self, plan: str = BASE_PLAN, **options: Unpack[RunOptions]) -> SavedResult:
        """Run replications of one plan; options as in `Options`."""
        return run(self, plan, **options)

    @shown_with(CompareOptions)
    def compare(
        self, plans: Sequence[str] | None = None, *, base: str = BASE_PLAN, **options: Unpack[CompareOptions]
    ) -> SavedComparison:
        """Run plans against the base on the same draws; options as in `Options`."""
        return compare(self, plans, base=base, **options)


def load(
    path: str | Path,
    *,
    sets: Sequence[str] = (),
    parameters: str | Path | None = None,
    assessment: str | Path | None = None,
    unusual: bool = False,
    trust: bool | None = None,
) -> Scenario:
    """Load a scenario file, as `scenario.loading.load` says. Raises InvalidInput with all problems found."""
    return loading.load(
        path, sets=sets, parameters=parameters, assessment=assessment, unusual=unusual, trust=trust, model=Scenario
    )


@dataclass(frozen=True)
class Options:
    """How plans are run. The figures do not depend on jobs or engine.

    replications ≥ 1; seed ≥ 0; jobs: threads (compiled engine) or processes (reference engine), by default one a core;
    out: folder for results; contacts: keep the contact log; fresh: compute again what is finished; engine: compiled or
    reference; uncertain: parameters are drawn from their ranges, the same set for every plan of a replication; ensemble: sets
    of parameters, or the CSV file that holds them; every replication runs with one of them, the same for every plan;
    progress: called with replications done and in all; until: go on until a KPI's interval is that narrow, but
    not beyond `MOST_RUNS`; primary: the KPIs on which verdicts of a comparison hold together, by default `verdicts.PRIMARY`;
    should_stop: asked at the end of every simulated month, ends the work with `Stopped`; what is finished is kept.
    """

    replications: int = DEFAULT_REPLICATIONS
    seed: int = 1
    jobs: int | None = None
    out: str | Path = DEFAULT_OUT
    contacts: bool = False
    fresh: bool = False
    engine: str | None = None
    progress: Progress | None = None
    uncertain: bool = False
    until: Until | None = None
    ensemble: Ensemble | str | Path | None = None
    should_stop: ShouldStop | None = None
    primary: Sequence[str] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "primary", primary_kpis(self.primary))
        if isinstance(self.ensemble, str | Path):
            object.__setattr__(self, "ensemble", read_ensemble(Path(self.ensemble)))
        if self.replications < 1:
            raise ValueError(f"replications(={self.replications}) must be ≥ 1")
        if self.seed < 0:
            raise ValueError(f"seed(={self.seed}) must be ≥ 0")

    @property
    def sets(self) -> Ensemble | None:
        """The ensemble, if there is one."""
        assert not isinstance(self.ensemble, str | Path)
        return self.ensemble

    @property
    def assumes(self) -> bool:
        """Whether parameters differ between replications, so that intervals hold assumptions beside chance."""
        return self.uncertain or (self.sets is not None and len(self.sets) > 1)

    @property
    def chance_only(self) -> "Options":
        """The same without what differs between replications but chance: of an ensemble its central set remains."""
        return replace(self, uncertain=False, ensemble=None if self.sets is None else self.sets.central())


@shown_with(RunOptions)
def run(scenario: ScenarioFile, plan: str = BASE_PLAN, **options: Unpack[RunOptions]) -> SavedResult:
    """Run replications of one plan, on all cores by default; finished ones are taken from the store.

    Options as in `Options`. Raises InvalidInput for an unknown plan, RunFailed when a replication cannot be finished.
    """
    check_plan(scenario, plan)
    asked = Options(**options)
    while True:
        result = run_plans(scenario, [plan], asked)[0]
        if asked.assumes:
            result.chance_only = run_plans(scenario, [plan], asked.chance_only)[0]
        if asked.until is None:
            return result
        half = asked.until.widest([result.intervals[asked.until.kpi]])
        if half <= asked.until.half or asked.replications >= MOST_RUNS:
            result.until = asked.until.said(half, result.replications, unit_of(asked.until.kpi, scenario))
            return result
        asked = _more(asked, half)


@shown_with(CompareOptions)
def compare(
    scenario: ScenarioFile,
    plans: Sequence[str] | None = None,
    *,
    base: str = BASE_PLAN,
    **options: Unpack[CompareOptions],
) -> SavedComparison:
    """Run plans (all by default) against the base on the same draws; options as in `Options`."""
    chosen = list(dict.fromkeys(scenario.plans if plans is None else plans))
    for plan in (base, *chosen):
        check_plan(scenario, plan)
    others = [plan for plan in chosen if plan != base]
    if not others:
        hint = "add a plan to the file; sxsim explain plans says how"
        raise InvalidInput([Problem(("plans",), f": there is no plan but {base} to compare", hint)])
    asked = Options(**options)
    while True:
        first, *rest = run_plans(scenario, [base, *others], asked)
        comparison = SavedComparison(first, rest, primary=asked.primary)
        if asked.assumes:
            certain, *others_certain = run_plans(scenario, [base, *others], asked.chance_only)
            comparison.chance_only = SavedComparison(certain, others_certain, primary=asked.primary)
        if asked.until is None:
            return comparison
        half = asked.until.widest([found[asked.until.kpi] for found in comparison.differences.values()])
        if half <= asked.until.half or asked.replications >= MOST_RUNS:
            comparison.until = asked.until.said(half, first.replications, unit_of(asked.until.kpi, scenario))
            return comparison
        asked = _more(asked, half)


def _more(asked: Options, half: float) -> Options:
    """The same with as many replications as should do; finished ones are taken from the store."""
    assert asked.until is not None
    return replace(asked, replications=asked.until.next_runs(half, asked.replications), fresh=False)


def _tasks(scenario: ScenarioFile, plans: Sequence[str], options: Options) -> list[Task]:
    """A task for each plan."""
    return [
        Task(
            scenario, plan, options.seed, engine_of(scenario, options.engine), options.uncertain, options.sets,
            contacts=options.contacts,
        )
        for plan in dict.fromkeys(plans)
    ]  # fmt: skip


def _packed(tasks: Sequence[Task], asked: tuple[int, int]) -> bytes:
    """Run a replication of one of some tasks: its records, packed."""
    place, replication = asked
    return pack(tasks[place].records(Point((), replication)))


def run_plans(scenario: ScenarioFile, plans: Sequence[str], options: Options) -> list[SavedResult]:
    """Replications of several plans on the same draws, in the order of the plans. Raises RunFailed, Stopped."""
    began, sources = time.perf_counter(), plug_in_sources(scenario)
    tasks = _tasks(scenario, plans, options)
    keys = [[task.records_key(Point((), r)) for r in range(options.replications)] for task in tasks]
    places = {key: (place, r) for place, own in enumerate(keys) for r, key in enumerate(own)}  # equal plans run once
    with closing(Kept(Path(options.out))) as kept:
        known = {} if options.fresh else {key: records for key in places if (records := kept.records(key)) is not None}
        missing = {place: key for key, place in places.items() if key not in known}
        new: dict[str, Records] = {}
        report = options.progress or (lambda *_: None)
        report(len(known), len(places))
        for key, packed in _run_missing(tasks, missing, options):
            check_unchanged(tasks[0], sources)
            kept.put_records(key, packed)
            new[key] = unpack(packed)
            report(len(known) + len(new), len(places))
    if len(new) < len(missing):
        raise Stopped(f"stopped after {len(known) + len(new)} of {len(places)} replications, which are kept")
    found, seconds = known | new, time.perf_counter() - began
    return [
        SavedResult(
            scenario, task.plan, options.seed, [found[key] for key in own], own, seconds,
            sum(key not in new for key in own), options.uncertain, options.sets,
        )
        for task, own in zip(tasks, keys, strict=True)
    ]  # fmt: skip


def _run_missing(
    tasks: Sequence[Task], missing: dict[tuple[int, int], str], options: Options
) -> Iterator[tuple[str, bytes]]:
    """Run replications (number of the task, replication): their keys and packed records, as they are finished."""
    shared = share(
        functools.partial(_packed, tasks),
        missing,
        jobs=options.jobs,
        processes=tasks[0].engine != "compiled",
        left=len(missing),
        should_stop=options.should_stop,
    )
    with closing(shared) as finished:
        for asked, packed in finished:
            yield missing[asked], packed


def planned(scenario: ScenarioFile, plans: Sequence[str], options: Options) -> dict[str, Any]:
    """What a command would run: plans, replications in all, how many are finished, how many are to run.

    Plans that are equal are run once.
    """
    for plan in plans:
        check_plan(scenario, plan)
    tasks = _tasks(scenario, plans, options)
    keys = [task.records_key(Point((), r)) for task in tasks for r in range(options.replications)]
    missing = keys
    if not options.fresh and Kept.is_in(Path(options.out)):
        with closing(Kept(Path(options.out))) as kept:
            missing = [key for key in keys if kept.packed_records(key) is None]
    return {
        "plans": list(dict.fromkeys(plans)),
        "replications": len(keys),
        "of_each_plan": options.replications,
        "finished": len(keys) - len(missing),
        "to_run": len(set(missing)),
    }
