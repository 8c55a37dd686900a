"""Running plans: replications over cores, finished ones kept."""

import functools
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sxsim.model.parameters import drawn
from sxsim.results.result import DEFAULT_OUT, Comparison, Result, unit_of
from sxsim.results.store import Store, digest
from sxsim.results.until import MOST_RUNS, Until
from sxsim.results.verdicts import primary_kpis
from sxsim.scenario import loading
from sxsim.scenario.deciding import deciding
from sxsim.scenario.ensemble import Ensemble, read_ensemble
from sxsim.scenario.plug_ins import load_plug_ins, plug_in_sources
from sxsim.scenario.problems import InvalidInput, Problem, did_you_mean
from sxsim.scenario.scenario import BASE_PLAN
from sxsim.scenario.scenario import Scenario as ScenarioFile

if TYPE_CHECKING:
    from sxsim.engines.records import Records

DEFAULT_REPLICATIONS = 10
STORE_FOLDER = ".replications"
ENGINES = ("compiled", "reference")
#: Seconds of work below which starting other processes costs more than it saves.
_WORTH_SHARING = 4.0
Progress = Callable[[int, int], None]


class RunFailed(Exception):  # noqa: N818
    """A run could not be finished. Exit code 4. What is finished is kept."""


class Scenario(ScenarioFile):
    """A scenario one can run: `sx.load("hotel.yaml").run(replications=20).plot()`."""

    def run(self, plan: str = BASE_PLAN, **options: Any) -> Result:
        """Run replications of one plan; options as in `Options`."""
        return run(self, plan, **options)

    def compare(self, plans: Sequence[str] | None = None, **options: Any) -> Comparison:
        """Run plans against the base on the same draws; options as in `Options`."""
        return compare(self, plans, **options)


def load(
    path: str | Path,
    *,
    sets: Sequence[str] = (),
    parameters: str | Path | None = None,
    assessment: str | Path | None = None,
) -> Scenario:
    """Load a scenario file. `sets` are `path=value` overrides, `parameters` a CSV or YAML file of parameters,
    `assessment` a CSV or XLSX file with levels of maturity.

    Raises InvalidInput with all problems found.
    """
    return loading.load(path, sets=sets, parameters=parameters, assessment=assessment, model=Scenario)


def engine_of(scenario: ScenarioFile, engine: str | None = None) -> str:
    """The engine that runs a scenario: compiled by default, reference for a scenario with plug-ins.

    Raises InvalidInput when the compiled engine is asked for a scenario with plug-ins.
    """
    if engine is None:
        return "reference" if scenario.plug_ins else "compiled"
    if engine not in ENGINES:
        raise ValueError(f"engine(={engine!r}) must be one of {', '.join(ENGINES)}")
    if engine == "compiled" and scenario.plug_ins:
        message = f": {', '.join(scenario.plug_ins)} is plugged in, which the compiled engine cannot run"
        raise InvalidInput([Problem(("plug_ins",), message, "leave --engine out, or take plug_ins out of the file")])
    return engine


def replication_key(scenario: ScenarioFile, plan: str, seed: int, replication: int, *, contacts: bool) -> str:
    """The hash of everything that decides a replication's records, and of nothing else.

    The engine is not part of it: both give the same bytes. Nor is the plan's name: plans that are equal share their runs.
    """
    from sxsim.results.provenance import software

    described = {
        "scenario": deciding(scenario, plan),
        "seed": seed,
        "replication": replication,
        "model": software()["model"],
        "plug_ins": plug_in_sources(scenario),
        "contacts": contacts,
    }
    return digest(described)


def simulate_replication(
    scenario: ScenarioFile,
    plan: str,
    seed: int,
    replication: int,
    store: Path,
    key: str,
    contacts: bool,
    engine: str,
    jobs: int = 1,
    each_month: Callable[[int], None] | None = None,
) -> str:
    """Run one replication and keep it; the work of one thread or process, or of several when there are several sites.

    Raises RunFailed when it cannot be done.
    """
    from sxsim.engines.start import start

    try:
        world = start(scenario, plan, seed=seed, replication=replication, log_contacts=contacts)
        if engine == "compiled":
            from sxsim.engines import compiled

            records = compiled.simulate(world, jobs=jobs, each_month=each_month)
        else:
            from sxsim.engines import reference  # with Mesa and SimPy, which take their time to import

            records = reference.simulate(world, plug_ins=load_plug_ins(scenario), each_month=each_month)
    except (InvalidInput, OSError, _Stopped):
        raise
    except Exception as error:
        raise RunFailed(f"replication {replication} of plan {plan}: {type(error).__name__}: {error}") from error
    if scenario.plug_ins and replication_key(scenario, plan, seed, replication, contacts=contacts) != key:
        raise RunFailed("a plug-in, or a module it imports, was changed during the run, so its figures are not kept")
    Store(store).put(key, records)
    return key


class _Stopped(Exception):  # noqa: N818
    """Another thread's work was interrupted."""


@dataclass(frozen=True)
class Options:
    """How plans are run. The figures do not depend on jobs or engine.

    replications ≥ 1; seed ≥ 0; jobs: threads (compiled engine) or processes (reference engine), by default one a core;
    out: folder for results; contacts: keep the contact log; fresh: compute again what is finished; engine: compiled or
    reference; uncertain: parameters are drawn from their ranges, the same set for every plan of a replication; ensemble: sets
    of parameters, or the CSV file that holds them; every replication runs with one of them, the same for every plan;
    progress: called with replications done and in all; until: go on until a KPI's interval is that narrow, but
    not beyond `MOST_RUNS`; primary: the KPIs on which verdicts of a comparison hold together, by default `verdicts.PRIMARY`.
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

    @property
    def store(self) -> Store:
        """The store of finished replications."""
        return Store(Path(self.out) / STORE_FOLDER)


def run(scenario: ScenarioFile, plan: str = BASE_PLAN, **options: Any) -> Result:
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


def compare(
    scenario: ScenarioFile, plans: Sequence[str] | None = None, *, base: str = BASE_PLAN, **options: Any
) -> Comparison:
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
        comparison = Comparison(first, rest, primary=asked.primary)
        if asked.assumes:
            certain, *others_certain = run_plans(scenario, [base, *others], asked.chance_only)
            comparison.chance_only = Comparison(certain, others_certain, primary=asked.primary)
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


def check_plan(scenario: ScenarioFile, plan: str) -> None:
    """Raise InvalidInput when the scenario has no such plan."""
    if plan not in scenario.plans:
        message = f": {scenario.name} has no plan {plan!r}"
        raise InvalidInput([Problem(("plans",), message, did_you_mean(plan, scenario.plans))])


@dataclass(frozen=True)
class _Task:
    scenario: ScenarioFile
    plan: str
    replication: int
    key: str


def _tasks(scenario: ScenarioFile, plans: Sequence[str], options: Options) -> list[_Task]:
    variants = [
        assuming(scenario, options.seed, r, uncertain=options.uncertain, ensemble=options.sets)
        for r in range(options.replications)
    ]
    return [
        _Task(variant, plan, r, replication_key(variant, plan, options.seed, r, contacts=options.contacts))
        for plan in dict.fromkeys(plans)
        for r, variant in enumerate(variants)
    ]


def assuming(
    scenario: ScenarioFile, seed: int, replication: int, *, uncertain: bool = False, ensemble: Ensemble | None = None
) -> ScenarioFile:
    """The scenario with what is assumed in a replication.

    uncertain: parameters and uncertain maturity are drawn; stated parameters stay as stated. ensemble: its set of the
    replication replaces what the scenario states.
    """
    if not uncertain and ensemble is None:
        return scenario
    known = scenario.parameters | (ensemble.of(replication) if ensemble else {})
    if not uncertain:
        return scenario.model_copy(update={"parameters": known})
    return scenario.model_copy(
        update={
            "parameters": drawn(seed, replication) | known,
            "organisation": scenario.organisation.with_maturity_drawn(seed, replication),
        }
    )


def run_plans(scenario: ScenarioFile, plans: Sequence[str], options: Options) -> list[Result]:
    """Replications of several plans on the same draws, in the order of the plans."""
    store, engine = options.store, engine_of(scenario, options.engine)
    store.prepare()
    began = time.perf_counter()
    tasks = _tasks(scenario, plans, options)
    distinct = {task.key: task for task in tasks}  # equal plans run once
    missing = {key: task for key, task in distinct.items() if options.fresh or store.get(key) is None}
    done = len(distinct) - len(missing)
    report = options.progress or (lambda _done, _total: None)
    report(done, len(distinct))
    _work(list(missing.values()), options, engine, lambda count: report(done + count, len(distinct)))
    seconds = time.perf_counter() - began
    results = []
    for plan in dict.fromkeys(plans):
        keys = [task.key for task in tasks if task.plan == plan]
        records = [_read(store, key) for key in keys]
        reused = sum(key not in missing for key in keys)
        results.append(
            Result(scenario, plan, options.seed, records, keys, seconds, reused, options.uncertain, options.sets)
        )
    return results


def _read(store: Store, key: str) -> "Records":
    records = store.get(key)
    if records is None:
        raise RunFailed(f"a finished replication cannot be read back from {store.path(key)}")
    return records


def _work(missing: list[_Task], options: Options, engine: str, report: Callable[[int], None]) -> None:
    """Run what is missing: the first here, the rest on other cores when that pays."""
    jobs = options.jobs or os.cpu_count() or 1
    began = time.perf_counter()
    for done, task in enumerate(missing, 1):
        simulate_replication(*_arguments(task, options, engine, jobs))
        report(done)
        rest = missing[done:]
        worth = (time.perf_counter() - began) / done * len(rest) > _WORTH_SHARING
        if jobs > 1 and len(rest) > 1 and (worth or engine == "compiled"):
            share = _in_threads if engine == "compiled" else _in_processes
            share(rest, options, engine, min(jobs, len(rest)), _after(done, report))
            return


def _after(done: int, report: Callable[[int], None]) -> Callable[[int], None]:
    return lambda count: report(done + count)


def _arguments(task: _Task, options: Options, engine: str, jobs: int = 1) -> tuple[Any, ...]:
    store = options.store.folder
    return task.scenario, task.plan, options.seed, task.replication, store, task.key, options.contacts, engine, jobs


def _plain_arguments(task: _Task, options: Options, engine: str) -> tuple[Any, ...]:
    """Arguments that can be sent to another process."""
    plain = ScenarioFile.model_validate(task.scenario.model_dump())
    return plain, *_arguments(task, options, engine)[1:]


def _in_threads(tasks: list[_Task], options: Options, engine: str, jobs: int, report: Callable[[int], None]) -> None:
    """Share tasks among threads: the compiled engine lets others run meanwhile."""
    stop = threading.Event()

    def each_month(_month: int) -> None:
        if stop.is_set():
            raise _Stopped

    with ThreadPoolExecutor(jobs) as pool:
        work = functools.partial(simulate_replication, each_month=each_month)
        futures = {pool.submit(work, *_arguments(task, options, engine)) for task in tasks}
        try:
            _report_each(futures, report)
        except BaseException:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _in_processes(tasks: list[_Task], options: Options, engine: str, jobs: int, report: Callable[[int], None]) -> None:
    """Share tasks among processes, which end at once when the work is interrupted."""
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))
    try:
        with _interrupts_held_back():
            futures = {pool.submit(simulate_replication, *_plain_arguments(t, options, engine)) for t in tasks}
        _report_each(futures, report)
    except BaseException:
        processes = list((pool._processes or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        raise
    pool.shutdown()


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Processes started here never see Ctrl-C themselves: this process ends them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _report_each(futures: "set[Future[str]]", report: Callable[[int], None]) -> None:
    done = 0
    while futures:
        finished, futures = wait(futures, return_when=FIRST_COMPLETED)
        for future in finished:
            future.result()
            done += 1
            report(done)


def planned(scenario: ScenarioFile, plans: Sequence[str], options: Options) -> dict[str, Any]:
    """What a command would run: plans, replications in all, how many are finished, how many are to run.

    Plans that are equal are run once.
    """
    for plan in plans:
        check_plan(scenario, plan)
    tasks = _tasks(scenario, plans, options)
    missing = [task.key for task in tasks if options.fresh or not options.store.has(task.key)]
    return {
        "plans": list(dict.fromkeys(plans)),
        "replications": len(tasks),
        "of_each_plan": options.replications,
        "finished": len(tasks) - len(missing),
        "to_run": len(set(missing)),
    }
