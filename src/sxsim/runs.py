"""Running plans: replications over cores, finished ones kept."""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sxsim.results.result import DEFAULT_OUT, Comparison, Result
from sxsim.results.store import Store, digest
from sxsim.scenario import loading
from sxsim.scenario.loading import resolved
from sxsim.scenario.plug_ins import load_plug_ins, plug_in_sources
from sxsim.scenario.problems import InvalidInput, Problem, did_you_mean
from sxsim.scenario.scenario import BASE_PLAN
from sxsim.scenario.scenario import Scenario as ScenarioFile

if TYPE_CHECKING:
    from sxsim.engines.records import Records

DEFAULT_REPLICATIONS = 10
STORE_FOLDER = ".replications"
#: Seconds of work below which starting other processes costs more than it saves.
_WORTH_SHARING = 4.0
Progress = Callable[[int, int], None]


class RunFailed(Exception):  # noqa: N818
    """A run could not be finished. Exit code 4. What is finished is kept."""


class Scenario(ScenarioFile):
    """A scenario one can run: `sx.load("hotel.yaml").run(replications=20).plot()`."""

    def run(self, plan: str = BASE_PLAN, **options: Any) -> Result:
        """Run replications of one plan; options as `sxsim.run`."""
        return run(self, plan, **options)

    def compare(self, plans: Sequence[str] | None = None, **options: Any) -> Comparison:
        """Run plans against the base on the same draws; options as `sxsim.compare`."""
        return compare(self, plans, **options)


def load(path: str | Path, *, sets: Sequence[str] = (), parameters: str | Path | None = None) -> Scenario:
    """Load a scenario file. `sets` are `path=value` overrides, `parameters` a CSV or YAML file of parameters.

    Raises InvalidInput with all problems found.
    """
    return loading.load(path, sets=sets, parameters=parameters, model=Scenario)


def replication_key(scenario: ScenarioFile, plan: str, seed: int, replication: int, *, contacts: bool) -> str:
    """The hash of everything that decides a replication."""
    from sxsim.results.provenance import software

    described = {
        "scenario": resolved(scenario, plan) | {"plug_ins": sorted(scenario.plug_ins)},
        "plan": plan,
        "seed": seed,
        "replication": replication,
        "model": software()["model"],
        "plug_ins": plug_in_sources(scenario),
        "contacts": contacts,
    }
    return digest(described)


def simulate_replication(
    scenario: ScenarioFile, plan: str, seed: int, replication: int, store: Path, key: str, contacts: bool
) -> str:
    """Run one replication and keep it; the work of one process."""
    from sxsim.engines.reference import simulate
    from sxsim.engines.start import start

    world = start(scenario, plan, seed=seed, replication=replication, log_contacts=contacts)
    records = simulate(world, plug_ins=load_plug_ins(scenario))
    Store(store).put(key, records)
    return key


def run(
    scenario: ScenarioFile,
    plan: str = BASE_PLAN,
    *,
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = 1,
    jobs: int | None = None,
    out: str | Path = DEFAULT_OUT,
    contacts: bool = False,
    fresh: bool = False,
    progress: Progress | None = None,
) -> Result:
    """Run replications of one plan, on all cores by default; finished ones are taken from the store.

    replications ≥ 1; seed ≥ 0; jobs: processes, by default one a core; out: folder for results; contacts: keep the
    contact log; fresh: compute again what is finished. The figures do not depend on jobs. Raises InvalidInput for an
    unknown plan, RunFailed when a replication cannot be finished.
    """
    check_plan(scenario, plan)
    return run_plans(
        scenario, [plan], replications=replications, seed=seed, jobs=jobs, out=out, contacts=contacts, fresh=fresh,
        progress=progress,
    )[0]  # fmt: skip


def compare(
    scenario: ScenarioFile, plans: Sequence[str] | None = None, *, base: str = BASE_PLAN, **options: Any
) -> Comparison:
    """Run plans (all by default) against the base on the same draws; options as `run`."""
    chosen = list(plans) if plans is not None else [name for name in scenario.plans if name != base]
    chosen = list(dict.fromkeys(chosen))
    for plan in (base, *chosen):
        check_plan(scenario, plan)
    if not chosen:
        hint = "add a plan to the file; sxsim explain plans says how"
        raise InvalidInput([Problem(("plans",), f": there is no plan but {base} to compare", hint)])
    first, *others = run_plans(scenario, [base, *chosen], **options)
    return Comparison(first, others)


def check_plan(scenario: ScenarioFile, plan: str) -> None:
    """Raise InvalidInput when the scenario has no such plan."""
    if plan not in scenario.plans:
        message = f": {scenario.name} has no plan {plan!r}"
        raise InvalidInput([Problem(("plans",), message, did_you_mean(plan, scenario.plans))])


def run_plans(
    scenario: ScenarioFile,
    plans: Sequence[str],
    *,
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = 1,
    jobs: int | None = None,
    out: str | Path = DEFAULT_OUT,
    contacts: bool = False,
    fresh: bool = False,
    progress: Progress | None = None,
) -> list[Result]:
    """Replications of several plans on the same draws, in the order of the plans."""
    if replications < 1:
        raise ValueError(f"replications(={replications}) must be ≥ 1")
    if seed < 0:
        raise ValueError(f"seed(={seed}) must be ≥ 0")
    store = Store(Path(out) / STORE_FOLDER)
    began = time.perf_counter()
    work = [
        (plan, r, replication_key(scenario, plan, seed, r, contacts=contacts))
        for plan in plans
        for r in range(replications)
    ]
    missing = [(plan, r, key) for plan, r, key in dict.fromkeys(work) if fresh or not store.has(key)]
    done = len(work) - len(missing)
    report = progress or (lambda _done, _total: None)
    report(done, len(work))
    _work(scenario, missing, seed, store, contacts, jobs, lambda count: report(done + count, len(work)))
    results = []
    for plan in plans:
        keys = [key for p, _, key in work if p == plan]
        records = [
            store.get(key) or _again(scenario, plan, seed, r, store, key, contacts) for r, key in enumerate(keys)
        ]
        reused = sum(1 for p, _, key in work if p == plan) - sum(1 for p, _, _ in missing if p == plan)
        results.append(Result(scenario, plan, seed, records, keys, time.perf_counter() - began, reused))
    return results


def _again(
    scenario: ScenarioFile, plan: str, seed: int, replication: int, store: Store, key: str, contacts: bool
) -> "Records":
    """A replication whose file was damaged is run again."""
    simulate_replication(scenario, plan, seed, replication, store.folder, key, contacts)
    records = store.get(key)
    if records is None:
        raise RunFailed(f"replication {replication} of {plan} cannot be read back from {store.path(key)}")
    return records


def _work(
    scenario: ScenarioFile,
    missing: list[tuple[str, int, str]],
    seed: int,
    store: Store,
    contacts: bool,
    jobs: int | None,
    report: Callable[[int], None],
) -> None:
    """Run what is missing: the first here, the rest on other cores when that pays."""
    jobs = jobs or os.cpu_count() or 1
    began = time.perf_counter()
    done = 0
    while missing:
        plan, replication, key = missing[0]
        simulate_replication(scenario, plan, seed, replication, store.folder, key, contacts)
        missing, done = missing[1:], done + 1
        report(done)
        spent = time.perf_counter() - began
        if jobs > 1 and len(missing) > 1 and spent / done * len(missing) > _WORTH_SHARING:
            break
    if not missing:
        return
    plain = ScenarioFile.model_validate(scenario.model_dump())
    pool = ProcessPoolExecutor(min(jobs, len(missing)), mp_context=get_context("spawn"))
    try:
        waiting: set[Future[str]] = {
            pool.submit(simulate_replication, plain, plan, seed, replication, store.folder, key, contacts)
            for plan, replication, key in missing
        }
        while waiting:
            finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in finished:
                future.result()
                done += 1
                report(done)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in list((pool._processes or {}).values()):
            process.terminate()
        raise
    pool.shutdown()


def planned(
    scenario: ScenarioFile,
    plans: Sequence[str],
    replications: int,
    seed: int,
    out: str | Path,
    *,
    contacts: bool,
    fresh: bool,
) -> str:
    """What a command would run, in a sentence: how many replications, how many of them are finished."""
    for plan in plans:
        check_plan(scenario, plan)
    store = Store(Path(out) / STORE_FOLDER)
    keys = [
        replication_key(scenario, plan, seed, r, contacts=contacts)
        for plan in dict.fromkeys(plans)
        for r in range(replications)
    ]
    finished = 0 if fresh else sum(store.has(key) for key in keys)
    names = ", ".join(dict.fromkeys(plans))
    return f"{len(keys)} replications ({replications} of each plan: {names}), {finished} finished, {len(keys) - finished} to run"
