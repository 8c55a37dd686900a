"""Asking a study: from its file, read and checked, over what is run to the folder with what it says."""

import contextlib
import itertools
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sxsim.results.result import DEFAULT_OUT
from sxsim.running.cluster import cluster_runner
from sxsim.running.plans import Scenario, load
from sxsim.running.sharing import Progress, ShouldStop, Work
from sxsim.running.task import Failure
from sxsim.scenario.ensemble import Ensemble, judgements_in, parameters_or_ensemble, stated_twice
from sxsim.scenario.loading import line_of, plain, read_yaml
from sxsim.scenario.problems import InvalidInput, Problem, did_you_mean, distinct_names, dotted, from_error
from sxsim.studies.experiment import Experiment, Setup
from sxsim.studies.factors import Factor, check_ends, factors_of
from sxsim.studies.folder import write_study
from sxsim.studies.kinds import KINDS, PARTS
from sxsim.studies.part import Part, Study

__all__ = ["Study", "load_experiment", "parts_of", "planned", "study"]

_TRIAL = 3
_BYTES_A_POINT = 1_100


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
    experiment = _experiment(path, data, samples, uncertain)
    problems = [*experiment.problems(), *experiment.read_files(path.parent)]
    stated, ensemble = _given_parameters(experiment, path, data, parameters)
    problems += [_placed(problem, path, data) for problem in stated_twice(ensemble, [*experiment.set, *sets])]
    overrides = [*(f"{name}={_yaml_text(value)}" for name, value in experiment.set.items()), *sets]
    scenarios, factors = [], []
    for index, file in enumerate(experiment.scenarios):
        asked: dict[str, Any] = {"sets": overrides, "parameters": stated, "unusual": unusual, "trust": trust}
        scenario = _scenario(path, index, data, asked, own=len(experiment.set), file=file)
        unknown = list(experiment.problems_with(scenario))
        problems += unknown
        if unknown:
            continue
        resolved, wrong = _resolved(experiment, scenario)
        problems += wrong if index == 0 else []
        scenarios.append(scenario)
        factors.append(resolved)
    if problems:
        raise InvalidInput([_placed(problem, path, data) for problem in problems])
    called = distinct_names(
        [scenario.name for scenario in scenarios], [Path(file).stem for file in experiment.scenarios]
    )
    for scenario, name in zip(scenarios, called, strict=True):
        scenario.name = name
    return Setup(experiment, path, tuple(scenarios), tuple(factors), ensemble, judgements_in(stated))


def _experiment(path: Path, data: Any, samples: int | None, uncertain: bool) -> Experiment:
    """The fields of a file, of its kind of study. Raises InvalidInput."""
    if not isinstance(data, dict):
        said = f"the file must hold keys and values, beginning with question: it holds {type(data).__name__}"
        raise InvalidInput([Problem((), said, "", str(path), 1)])
    raw = plain(data)
    kind = KINDS.get(str(raw.get("study")))
    if kind is None:
        raise InvalidInput([_no_kind(raw, path, data)])
    if samples is not None:
        what = kind.without_samples(raw)
        if what:
            said = f"(={samples}): {what} has no samples"
            raise InvalidInput([Problem(("samples",), said, "leave --samples out", str(path))])
        raw["samples"] = samples
    if uncertain:
        raw["uncertain"] = True
    try:
        experiment = kind.model_validate(raw)
    except ValidationError as error:
        problems = [from_error(item, raw, kind) for item in error.errors()]
        raise InvalidInput([_placed(problem, path, data) for problem in problems]) from None
    experiment.name = experiment.name or path.stem
    return experiment


def _no_kind(raw: Mapping[str, Any], path: Path, data: Any) -> Problem:
    """What a file is that names no kind of study."""
    if "study" in raw:
        hint = did_you_mean(str(raw["study"]), KINDS) or f"known: {', '.join(KINDS)}"
        return _placed(Problem(("study",), f"(={raw['study']!r}) is no kind of study", hint), path, data)
    if "touchpoints" in raw:
        hint = f"sxsim run {path}, or sxsim compare {path}"
        return Problem((), "this is a scenario, no experiment", hint, str(path), 1)
    hint = did_you_mean("", KINDS) or f"known: {', '.join(KINDS)}"
    return _placed(Problem(("study",), " is missing", hint), path, data)


def _resolved(experiment: Experiment, scenario: Scenario) -> tuple[tuple[Factor, ...], list[Problem]]:
    """The factors of an experiment in a scenario, and what is wrong with them."""
    resolved: list[Factor] = []
    problems: list[Problem] = []
    for number, varied in enumerate(getattr(experiment, "factors", ())):
        try:
            found = factors_of(varied, scenario, experiment.plan)
            check_ends(found, scenario)
            resolved += found
        except InvalidInput as error:
            problems += [_of_factor(problem, number) for problem in error.problems]
    names = [factor.name for factor in resolved]
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        said = f"{', '.join(twice)} {'stands' if len(twice) == 1 else 'stand'} twice"
        problems.append(Problem(("factors",), f": {said}", "take one of them out, or give it another name"))
    else:
        problems += _on_one_field(resolved)
    return tuple(resolved), problems


def _on_one_field(factors: Sequence[Factor]) -> Iterator[Problem]:
    """Refuse factors that set the same field: only the last would count, and the others would rank as idle."""
    for place, one in enumerate(factors):
        for other in factors[place + 1 :]:
            shared = [
                a for a in one.paths for b in other.paths if f"{a}.".startswith(f"{b}.") or f"{b}.".startswith(f"{a}.")
            ]
            if shared:
                said = f": {one.name} and {other.name} both set {shared[0]}"
                yield Problem(("factors",), said, "take one of them out: of two only the last would count")


def _of_factor(problem: Problem, number: int) -> Problem:
    """What is wrong with a field that a factor varies, said of the factor."""
    said = f"{dotted(problem.path)}{problem.message}".strip()
    return replace(problem, path=("factors", number), message=f": {said}")


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


def _yaml_text(value: Any) -> str:
    """A value as `--set` takes it."""
    return json.dumps(value, ensure_ascii=False)


def _placed(problem: Problem, path: Path, data: Any) -> Problem:
    if problem.file not in ("", str(path)):
        return problem  # it stands in another file
    return replace(problem, file=str(path), line=line_of(data, problem.path))


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
    should_stop: ShouldStop | None = None,
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
    file that cannot be used, OSError where results cannot be written, RunFailed for a cluster that cannot be used, Stopped when
    should_stop said so at the end of a simulated month: what is finished is kept.
    """
    asked: dict[str, Any] = {"uncertain": uncertain, "parameters": parameters, "unusual": unusual, "trust": trust}
    setup = load_experiment(experiment, sets=sets, samples=samples, **asked)
    began = time.perf_counter()
    parts = parts_of(setup, engine)
    somewhere: Any = contextlib.nullcontext() if cluster is None else cluster_runner(cluster, jobs)
    with somewhere as runner:
        work = Work(Path(out), jobs=jobs, runner=runner, fresh=fresh, progress=progress, should_stop=should_stop)
        for part in parts:
            part.run(work)
    found = Study(setup, parts, time.perf_counter() - began, work.count, work.failures, work.notes)
    write_study(found, Path(out), tables)
    return found


def parts_of(setup: Setup, engine: str | None = None) -> list[Part]:
    """A study's parts, one a scenario, nothing run yet."""
    kind = PARTS[setup.experiment.study]
    return [
        kind(setup.experiment, scenario, factors, engine, setup.ensemble, setup.judgements)
        for scenario, factors in zip(setup.scenarios, setup.factors, strict=True)
    ]


def planned(setup: Setup, out: str | Path, jobs: int | None = None) -> dict[str, Any]:
    """What a study would run: points, finished ones, what may follow, seconds for all of it (from a short trial, whose points count), and disk."""
    work = Work(Path(out), jobs=1)
    points = finished = after = tried = 0
    seconds = took = 0.0
    at_once = jobs or os.cpu_count() or 1
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
            seconds += took * (size - done) / at_once
        seconds += took * more / at_once  # what may follow is much like what was tried
    return {
        "points": points,
        "finished": finished,
        "tried": tried,
        "to_run": points - finished,
        "after": after,
        "seconds": round(seconds, 1),
        "disk_mib": round((points + after) * _BYTES_A_POINT / 2**20, 1),
    }
