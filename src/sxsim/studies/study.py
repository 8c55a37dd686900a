"""Running a study: each scenario's part, then the folder with what they say."""

import contextlib
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sxsim.results.result import DEFAULT_OUT
from sxsim.studies.advise import AdvisePart
from sxsim.studies.calibrate import CalibratePart
from sxsim.studies.cluster import cluster_runner
from sxsim.studies.discover import DiscoverPart
from sxsim.studies.experiment import Experiment, Setup, load_experiment
from sxsim.studies.order import OrderPart
from sxsim.studies.organisations import OrganisationsPart
from sxsim.studies.part import Part
from sxsim.studies.points import Failure
from sxsim.studies.sensitivity import SensitivityPart
from sxsim.studies.sweep import SweepPart
from sxsim.studies.why import WhyPart
from sxsim.studies.work import Progress, Work

PARTS: dict[str, type[Part]] = {
    "sensitivity": SensitivityPart,
    "sweep": SweepPart,
    "why": WhyPart,
    "advise": AdvisePart,
    "order": OrderPart,
    "discover": DiscoverPart,
    "organisations": OrganisationsPart,
    "calibrate": CalibratePart,
}
_TRIAL = 3
_BYTES_A_POINT = 1_100


@dataclass
class Study:
    """A finished study. run: points that were run; notes: what a user should know beside the results."""

    setup: Setup
    parts: list[Part]
    seconds: float
    run: int
    failures: list[Failure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    folder: Path | None = None

    @property
    def experiment(self) -> Experiment:
        """What was asked."""
        return self.setup.experiment

    @property
    def unmet(self) -> list[str]:
        """What was demanded and is not met, like a target that no split reaches."""
        return [text for part in self.parts for text in part.unmet()]


def study(
    experiment: str | Path,
    *,
    sets: Sequence[str] = (),
    samples: int | None = None,
    uncertain: bool = False,
    parameters: str | Path | None = None,
    out: str | Path = DEFAULT_OUT,
    jobs: int | None = None,
    cluster: str | None = None,
    fresh: bool = False,
    engine: str | None = None,
    progress: Progress | None = None,
    tables: str | None = None,
    unusual: bool = False,
    trust: bool = False,
) -> Study:
    """Run a study from its file and write its folder; finished points are not run again.

    parameters: a file of parameters, or an ensemble of which every replication runs with one set, in place of what the
    experiment file names; cluster: address of a Dask cluster on which points run (`tcp://host:port`, or `local` to start one); the results are
    the same; tables: `.parquet` or `.csv` for the table of all points, by default Parquet where pyarrow is installed;
    unusual: take values that are legal but unusual; trust: let plug-ins of the experiment's scenarios run.

    A point that fails is kept with its traceback while the rest goes on (`Study.failures`). Raises InvalidInput for a
    file that cannot be used, OSError where results cannot be written, RunFailed for a cluster that cannot be used.
    """
    from sxsim.studies.folder import write_study

    asked: dict[str, Any] = {"uncertain": uncertain, "parameters": parameters, "unusual": unusual, "trust": trust}
    setup = load_experiment(experiment, sets=sets, samples=samples, **asked)
    began = time.perf_counter()
    parts = parts_of(setup, engine)
    somewhere: Any = contextlib.nullcontext() if cluster is None else cluster_runner(cluster, jobs)
    with somewhere as runner:
        work = Work(Path(out), jobs=jobs, runner=runner, fresh=fresh, progress=progress)
        for part in parts:
            part.run(work)
    found = Study(setup, parts, time.perf_counter() - began, work.count, work.failures, work.notes)
    write_study(found, Path(out), tables)
    return found


def parts_of(setup: Setup, engine: str | None = None) -> list[Part]:
    """A study's parts, one a scenario, nothing run yet."""
    kind = PARTS[setup.experiment.study]
    return [
        kind(setup.experiment, scenario, factors, engine, setup.ensemble)
        for scenario, factors in zip(setup.scenarios, setup.factors, strict=True)
    ]


def planned(setup: Setup, out: str | Path, jobs: int | None = None) -> dict[str, Any]:
    """What a study would run: points, finished ones, seconds (from a short trial, whose points count) and disk."""
    import os

    work = Work(Path(out), jobs=1)
    points = finished = after = tried = 0
    seconds = took = 0.0
    for part in parts_of(setup):
        known, more = part.planned()
        after += more
        for task, asked in known:
            store = work.store(task)
            for trial in list(itertools.islice(store.distinct(asked), _TRIAL)):
                began = time.perf_counter()
                result = next(iter(work.run(task, [trial])))[1]
                took = time.perf_counter() - began
                if not isinstance(result, Failure):
                    store.put(trial, result)
                    tried += 1
            size, done = store.count(asked)
            points += size
            finished += done
            seconds += took * (size - done) / (jobs or os.cpu_count() or 1)
    return {
        "points": points,
        "finished": finished,
        "tried": tried,
        "to_run": points - finished,
        "after": after,
        "seconds": round(seconds, 1),
        "disk_mib": round((points + after) * _BYTES_A_POINT / 2**20, 1),
    }
