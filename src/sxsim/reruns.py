"""The same again: a run folder computed anew and compared byte for byte."""

import json
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from sxsim.results.folder import ENSEMBLE_FILE, RUN_FILE, SCENARIO_FILE
from sxsim.results.provenance import environment, file_digest, software
from sxsim.results.tables import CSV, PARQUET, parquet_is_here, read_table
from sxsim.running.plans import Scenario, compare, load, run
from sxsim.scenario import limits
from sxsim.scenario.plug_ins import COPIES
from sxsim.scenario.problems import InvalidInput, Problem
from sxsim.scenario.reading import read_json
from sxsim.studies.folder import EXPERIMENT_FILE
from sxsim.studies.study import study

#: Tables of what runs give, and how near tables of statistics must be.
_OF_RUNS = ("kpis", "monthly", "touchpoints", "contacts", "points")
_TOLERANCE = 1e-9
_LONGEST = 200
#: What a description must hold, by kind, and of what type each is.
_ALWAYS = {"scenario": str, "seed": int, "software": dict, "environment": dict, "sha256": dict}
_NEEDED: dict[str, dict[str, type]] = {
    "run": _ALWAYS | {"plan": str, "contacts": bool, "replications": int},
    "comparison": _ALWAYS | {"plans": list, "base": str, "replications": int},
    "study": _ALWAYS,
}
_TYPES = {str: "text", int: "a whole number", dict: "keys and values", bool: "true or false", list: "a list"}
_MAY: dict[str, type] = {"uncertain": bool, "ensemble": int}
_HASH = re.compile(r"[0-9a-f]{64}")
_LIMITS = {"seed": (0, limits.SEED), "replications": (1, limits.REPLICATIONS), "ensemble": (0, limits.SETS)}


def _described(folder: Path) -> dict[str, Any]:
    """What the folder says of itself. Raises InvalidInput, with the line of what it cannot say."""
    file, advice = folder / RUN_FILE, "name a folder below runs/, one that sxsim run, compare or study has written"
    if not _is_file(file):
        raise InvalidInput([Problem((), f" {folder} holds no {RUN_FILE}", advice)])
    data = read_json(file, advice)
    kind = data.get("kind") if isinstance(data, dict) else None
    if not isinstance(kind, str) or kind not in _NEEDED:
        said = f"(={kind!r}): {file} describes no run, comparison or study"
        raise InvalidInput([_placed(file, ("kind",), said)])
    problems = [
        _placed(file, (name,), " is missing" if name not in data else f"(={data[name]!r}) must be {_TYPES[type_]}")
        for name, type_ in (_NEEDED[kind] | {k: v for k, v in _MAY.items() if k in data}).items()
        if name not in data or type(data[name]) is not type_
    ]
    problems = problems or list(_wrong(file, data))
    if problems:
        raise InvalidInput(problems)
    return dict(data)


def _wrong(file: Path, data: dict[str, Any]) -> Iterator[Problem]:
    """What is of the right type, and wrong."""
    for name, (low, high) in _LIMITS.items():
        if name in data and not low <= data[name] <= high:
            yield _placed(file, (name,), f"(={data[name]}) must be from {low} to {high}")
    for plan in data.get("plans", []):
        if not isinstance(plan, str):
            yield _placed(file, ("plans",), f" holds {plan!r}, must hold names")
    if not isinstance(data["environment"].get("libraries", {}), dict):
        yield _placed(file, ("libraries",), f"(={data['environment']['libraries']!r}) must be keys and values")
    for part in ("inputs", "outputs"):
        files = data["sha256"].get(part)
        if not isinstance(files, dict):
            yield _placed(file, ("sha256", part), f"(={files!r}) must name files and their hashes")
            continue
        for name, hashed in files.items():
            inside = PurePosixPath(name).parts and ".." not in PurePosixPath(name).parts and not name.startswith("/")
            if not inside or "\\" in name or "\0" in name:
                yield _placed(file, ("sha256", part), f" names {name!r}, which does not lie in the folder")
            elif not isinstance(hashed, str) or not _HASH.fullmatch(hashed):
                yield _placed(file, ("sha256", part, name), f"(={hashed!r}) must be a SHA-256 hash")


def _placed(file: Path, path: tuple[str, ...], said: str) -> Problem:
    """A problem of a description with the line where its last key stands."""
    text = file.read_text(encoding="utf-8-sig", errors="replace")
    place = text.find(json.dumps(path[-1], ensure_ascii=False))
    line = text.count("\n", 0, place) + 1 if place >= 0 else 1
    short = said if len(said) < _LONGEST else f"{said[:_LONGEST]}…"
    return Problem(path, short, "take the folder as it was written", str(file), line)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def code_in(folder: Path) -> list[str]:
    """Files with code in a folder of a run or study, each with its SHA-256."""
    return [
        f"{file}, SHA-256 {file_digest(file)}" for file in sorted(folder.glob(f"{COPIES}*/**/*.py")) if _is_file(file)
    ]


def _kind_of_tables(folder: Path, data: dict[str, Any]) -> str:
    """How the folder's tables are written, and so those of the second time."""
    there = (path.name for path in folder.iterdir())
    if not any(name.endswith(PARQUET) for name in (*data["sha256"]["outputs"], *there)):
        return CSV
    if not parquet_is_here():
        message = f"{folder} holds Parquet tables, and pyarrow, which writes them, is not installed"
        raise InvalidInput([Problem((), message, "pip install 'sxsim[tables]', then the same command again")])
    return PARQUET


def _scenario(folder: Path, name: str, trust: bool) -> Scenario:
    scenario = load(folder / SCENARIO_FILE, unusual=True, trust=trust)
    scenario.name = name
    return scenario


def rerun(
    folder: Path, *, jobs: int | None = None, progress: Callable[..., None] | None = None, trust: bool = False
) -> tuple[list[str], bool]:
    """Compute a run, comparison or study again in a temporary folder.

    Returns lines that say what is the same and what differs, and whether everything is proved to be the same: every table that
    the work gives is named, there, and the same, and nothing that went into it was changed. trust: let plug-ins run that lie in
    the folder. Raises InvalidInput when the folder holds no run, tables that cannot be written here, or code nobody trusts.
    """
    data = _described(folder)
    tables = _kind_of_tables(folder, data)
    with tempfile.TemporaryDirectory(prefix="sxsim-rerun-") as temporary:
        again = _again(folder, data, temporary, tables, jobs, progress, trust)
        named = json.loads((again / RUN_FILE).read_text(encoding="utf-8"))["sha256"]
        lines = _inputs(folder, data["sha256"]["inputs"], named["inputs"])
        inputs_same, again_same, same = not lines, True, not lines
        for name in dict.fromkeys([*data["sha256"]["outputs"], *named["outputs"]]):
            recorded = data["sha256"]["outputs"].get(name)
            now = file_digest(again / name) if _is_file(again / name) else "missing"
            found = file_digest(folder / name) if _is_file(folder / name) else "missing"
            if now == recorded == found:
                lines.append(f"{name}: the same, bit for bit")
                continue
            if found == recorded and now != "missing" and _same_statistics(folder / name, again / name):
                lines.append(f"{name}: the same to {_TOLERANCE:g}, as statistics are")
                continue
            same = False
            if recorded is None:
                lines.append(
                    f"{name}: belongs to the results, and {RUN_FILE} does not name it, so nothing is proved of it"
                )
                continue
            if found != recorded:
                said = (
                    "is missing from the folder"
                    if found == "missing"
                    else "in the folder is not the one that was written"
                )
                lines.append(f"{name}: the file {said}")
            if now != recorded:
                again_same = False
                lines.append(
                    f"{name}: {'is not written this time' if now == 'missing' else 'differs from the first time'}"
                )
    if not again_same and inputs_same:
        lines += _what_changed(data)
    if not same:
        lines.append("so it is not proved that the results are those of the run")
    return lines, same


def _inputs(folder: Path, recorded: dict[str, str], needed: dict[str, str]) -> list[str]:
    """What is wrong with the files that went in, in words."""
    lines = []
    for name in dict.fromkeys([*recorded, *needed]):
        if name not in recorded:
            lines.append(f"{name}: went in, and {RUN_FILE} does not name it, so nobody knows whether it was changed")
        elif not _is_file(folder / name) or file_digest(folder / name) != recorded[name]:
            lines.append(f"{name}: was changed since the run")
    return lines


def _same_statistics(one: Path, other: Path) -> bool:
    """Whether two tables of statistics agree in all that is no number, and to 1e-9 in every number.

    What runs give is the same bytes everywhere, so tables of it must be; statistics rest on libraries (SciPy, BLAS).
    """
    if one.stem.partition("-")[0] in _OF_RUNS:
        return False
    first, second = read_table(one), read_table(other)
    if list(first.columns) != list(second.columns) or len(first) != len(second):
        return False
    for name in first.columns:
        a, b = first[name], second[name]
        if a.dtype.kind == b.dtype.kind == "f":
            near = np.isclose(a, b, rtol=_TOLERANCE, atol=_TOLERANCE, equal_nan=True)
            if not near.all():
                return False
        elif not a.equals(b):
            return False
    return True


def _again(
    folder: Path,
    data: dict[str, Any],
    out: str,
    tables: str,
    jobs: int | None,
    progress: Callable[..., None] | None,
    trust: bool,
) -> Path:
    """The folder of the same run, comparison or study, computed anew below another."""
    if data["kind"] == "study":
        found = study(
            folder / EXPERIMENT_FILE, out=out, jobs=jobs, progress=progress, tables=tables, unusual=True, trust=trust
        )
        assert found.folder is not None
        return found.folder
    scenario = _scenario(folder, data["scenario"], trust)
    options: dict[str, Any] = {
        "replications": data["replications"], "seed": data["seed"], "jobs": jobs, "progress": progress, "out": out, "uncertain": data.get("uncertain", False),
        "ensemble": folder / ENSEMBLE_FILE if data.get("ensemble") else None,
    }  # fmt: skip
    if data["kind"] == "run":
        return run(scenario, data["plan"], contacts=data["contacts"], **options).save(out, tables=tables)
    return compare(scenario, data["plans"], base=data["base"], **options).save(out, tables=tables)


def _what_changed(data: dict[str, Any]) -> list[str]:
    """What is different in the program or its surroundings."""
    lines = []
    if data["software"] != software():
        lines.append(f"the program was {data['software']}, is {software()}")
    now = environment()
    for name, before in data["environment"].items():
        if name == "libraries":
            changed = [
                f"{k} {v} → {now['libraries'].get(k)}" for k, v in before.items() if now["libraries"].get(k) != v
            ]
            lines += [f"libraries: {', '.join(changed)}"] if changed else []
        elif name != "cores" and now.get(name) != before:
            lines.append(f"{name} was {before}, is {now.get(name)}")
    return lines or ["the program and its surroundings are the same: please report this"]
