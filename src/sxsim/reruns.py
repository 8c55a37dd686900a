"""The same again: a run folder computed anew and compared byte for byte."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from sxsim.results.folder import ENSEMBLE_FILE, RUN_FILE, SCENARIO_FILE
from sxsim.results.provenance import environment, software
from sxsim.results.tables import CSV, PARQUET, parquet_is_here, read_table
from sxsim.results.whole_files import file_digest
from sxsim.running.plans import Scenario, compare, load, run
from sxsim.scenario.problems import InvalidInput, Problem
from sxsim.studies.folder import EXPERIMENT_FILE
from sxsim.studies.study import study


def _described(folder: Path) -> dict[str, Any]:
    try:
        data: dict[str, Any] = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        hint = "name a folder below runs/, one that sxsim run, compare or study has written"
        raise InvalidInput([Problem((), f"{folder} holds no {RUN_FILE}", hint)]) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else f"it is no JSON ({error})"
        raise InvalidInput([Problem((), f"{folder / RUN_FILE} cannot be read: {reason}")]) from None
    needed = _NEEDED.get(data.get("kind") or "", ()) if isinstance(data, dict) else ()
    if not needed or not set(needed) <= set(data):
        raise InvalidInput([Problem((), f"{folder / RUN_FILE} describes no run, comparison or study")])
    return data


#: Tables of what runs give, and how near tables of statistics must be.
_OF_RUNS = ("kpis", "monthly", "touchpoints", "contacts", "points")
_TOLERANCE = 1e-9
_ALWAYS = ("scenario", "seed", "replications", "software", "environment", "sha256")
_NEEDED = {
    "run": ("plan", "contacts", *_ALWAYS),
    "comparison": ("plans", "base", *_ALWAYS),
    "study": tuple(name for name in _ALWAYS if name != "replications"),
}


def _kind_of_tables(folder: Path, data: dict[str, Any]) -> str:
    """How the folder's tables are written, and so those of the second time."""
    if not any(name.endswith(PARQUET) for name in data["sha256"]["outputs"]):
        return CSV
    if not parquet_is_here():
        message = f"{folder} holds Parquet tables, and pyarrow, which writes them, is not installed"
        raise InvalidInput([Problem((), message, "pip install 'sxsim[tables]', then the same command again")])
    return PARQUET


def _scenario(folder: Path, name: str) -> Scenario:
    scenario = load(folder / SCENARIO_FILE)
    scenario.name = name
    return scenario


def rerun(
    folder: Path, *, jobs: int | None = None, progress: Callable[..., None] | None = None
) -> tuple[list[str], bool]:
    """Compute a run, comparison or study again in a temporary folder.

    Returns lines that say what is the same and what differs, and whether everything is the same. Raises InvalidInput
    when the folder holds no run, or tables that cannot be written here.
    """
    data = _described(folder)
    tables = _kind_of_tables(folder, data)
    with tempfile.TemporaryDirectory(prefix="sxsim-rerun-") as temporary:
        again = _again(folder, data, temporary, tables, jobs, progress)
        lines = [
            f"{name}: was changed since the run"
            for name, recorded in data["sha256"].get("inputs", {}).items()
            if not (folder / name).exists() or file_digest(folder / name) != recorded
        ]
        inputs_same, again_same, same = not lines, True, True
        for name, recorded in data["sha256"]["outputs"].items():
            now = file_digest(again / name) if (again / name).exists() else "missing"
            found = file_digest(folder / name) if (folder / name).exists() else "missing"
            if now == recorded == found:
                lines.append(f"{name}: the same, bit for bit")
                continue
            if found == recorded and now != "missing" and _same_statistics(folder / name, again / name):
                lines.append(f"{name}: the same to {_TOLERANCE:g}, as statistics are")
                continue
            same = False
            if found != recorded:
                lines.append(f"{name}: the file in the folder is not the one that was written")
            if now != recorded:
                again_same = False
                lines.append(f"{name}: differs from the first time")
    if not again_same and inputs_same:
        lines += _what_changed(data)
    return lines, same


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
) -> Path:
    """The folder of the same run, comparison or study, computed anew below another."""
    if data["kind"] == "study":
        found = study(folder / EXPERIMENT_FILE, out=out, jobs=jobs, progress=progress, tables=tables)
        assert found.folder is not None
        return found.folder
    scenario = _scenario(folder, data["scenario"])
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
