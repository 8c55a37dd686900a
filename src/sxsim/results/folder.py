"""The folder of a run or a comparison: tables, provenance, figures. A folder is either whole or not there."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sxsim.results.provenance import SCHEMA_VERSION, digest, environment, file_digest, software, whole_folder
from sxsim.results.result import DEFAULT_OUT, Comparison, Result
from sxsim.results.tables import suffix_here, write_table
from sxsim.scenario.ensemble import Ensemble
from sxsim.scenario.fields import Decides
from sxsim.scenario.loading import deciding, resolved
from sxsim.scenario.plug_ins import COPIES, plug_in_copies
from sxsim.scenario.problems import in_path
from sxsim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

name_in_path = in_path
SCENARIO_FILE, RUN_FILE, ENSEMBLE_FILE = "scenario.yaml", "run.json", "parameters.csv"


def write_yaml(data: Any, path: Path) -> None:
    """Write data as YAML, keys in their order."""
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = None
    yaml.width = 120
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(data, file)


def write_scenario(scenario: Scenario, written_out: dict[str, Any], path: Path, copies: str = COPIES) -> None:
    """Write a scenario, and beside it copies of its plug-ins with all they import, which the file then names.

    copies: name of the copies' folder.
    """
    said, files = plug_in_copies(scenario, copies)
    for name, content in files.items():
        (path.parent / name).parent.mkdir(parents=True, exist_ok=True)
        (path.parent / name).write_bytes(content)
    write_yaml(written_out | {"plug_ins": said}, path)


def digests(folder: Path, paths: Iterable[Path]) -> dict[str, str]:
    """SHA-256 of files below a folder, by name, in the order of the names."""
    return {path.relative_to(folder).as_posix(): file_digest(path) for path in sorted(paths)}


def write_ensemble(ensemble: Ensemble | None, folder: Path) -> None:
    """Write the sets of parameters that replications ran with, if there are any, as `--parameters` takes them."""
    if ensemble is not None:
        (folder / ENSEMBLE_FILE).write_text(ensemble.written(), encoding="utf-8")


def run_folder_name(result: Result) -> str:
    """`<name>-<plan>-<hash>` of a run; the hash covers everything that decides its figures."""
    return f"{name_in_path(result.scenario.name)}-{name_in_path(result.plan)}-{digest(_figures_of(result))[:10]}"


def _figures_of(result: Result) -> list[Any]:
    """What decides a run's figures: its records, and how KPIs are computed from them."""
    return [result.keys, deciding(result.scenario, result.plan, (Decides.KPIS,))]


def write_run(result: Result, out: Path, suffix: str | None = None) -> Path:
    """Write the run's folder below `out` and return it. suffix: `.parquet` or `.csv`; by default what is possible here."""
    from sxsim.results.pictured import draw_run

    suffix = suffix or suffix_here()
    folder = out / run_folder_name(result)
    with whole_folder(folder) as temporary:
        write_scenario(result.scenario, resolved(result.scenario, result.plan), temporary / SCENARIO_FILE)
        write_ensemble(result.ensemble, temporary)
        tables = {"kpis": result.kpis, "monthly": result.monthly, "touchpoints": result.touchpoints}
        if any(len(record.log) for record in result.records):
            tables["contacts"] = result.contacts
        _write_tables(tables, temporary, suffix)
        (temporary / "figures").mkdir()
        draw_run(result, temporary / "figures")
        described = {
            "kind": "run",
            "plan": result.plan,
            "seed": result.seed,
            "replications": result.replications,
            "contacts": "contacts" in tables,
            "seconds": round(result.seconds, 3),
            "uncertain": result.uncertain,
            "ensemble": len(result.ensemble or ()),
            "replications_reused": result.reused,
            "warnings": result.warnings,
        }
        _write_provenance(temporary, result.scenario, described, suffix)
    return folder


def write_comparison(comparison: Comparison, out: Path, suffix: str | None = None) -> Path:
    """Write the comparison's folder below `out` and return it. suffix: as for a run."""
    from sxsim.results.pictured import draw_comparison

    suffix = suffix or suffix_here()
    base = comparison.base
    key = digest([[result.plan, *_figures_of(result)] for result in (base, *comparison.others)])[:10]
    folder = out / f"{name_in_path(base.scenario.name)}-compare-{key}"
    with whole_folder(folder) as temporary:
        write_scenario(base.scenario, base.scenario.model_dump(mode="json"), temporary / SCENARIO_FILE)
        write_ensemble(base.ensemble, temporary)
        import pandas as pd

        frames = [
            (other.kpis - base.kpis).assign(plan=other.plan, replication=base.kpis["replication"])
            for other in comparison.others
        ]
        columns = ["plan", *base.kpis.columns]
        differences = pd.concat(frames, ignore_index=True)[columns]
        _write_tables({"differences": differences, "differences_monthly": comparison.monthly}, temporary, suffix)
        (temporary / "figures").mkdir()
        draw_comparison(comparison, temporary / "figures")
        described = {
            "kind": "comparison",
            "base": base.plan,
            "plans": [other.plan for other in comparison.others],
            "seed": base.seed,
            "replications": base.replications,
            "uncertain": base.uncertain,
            "ensemble": len(base.ensemble or ()),
            "seconds": round(base.seconds, 3),
            "runs": [run_folder_name(result) for result in (base, *comparison.others)],
        }
        _write_provenance(temporary, base.scenario, described, suffix)
    return folder


def _write_tables(tables: "dict[str, pd.DataFrame]", folder: Path, suffix: str) -> None:
    for name, frame in tables.items():
        write_table(frame, folder / f"{name}{suffix}")


def _write_provenance(folder: Path, scenario: Scenario, described: dict[str, Any], suffix: str) -> None:
    files = [path for path in folder.iterdir() if path.is_file()]
    tables = [path for path in files if path.suffix == suffix and path.name != ENSEMBLE_FILE]
    outputs = digests(folder, tables)
    stated = [path for path in files if path not in tables]
    inputs = digests(folder, [*stated, *folder.glob(f"{COPIES}/**/*.py")])
    data = {
        "schema_version": SCHEMA_VERSION,
        "scenario": scenario.name,
        **described,
        "software": software(),
        "parameters": scenario.parameters,
        "environment": environment(),
        "sha256": {"inputs": inputs, "outputs": outputs},
    }
    (folder / RUN_FILE).write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


@dataclass
class SavedResult(Result):
    """The replications of a plan, and the folder in which they are saved."""

    def save(self, out: str | Path = DEFAULT_OUT, *, tables: str | None = None) -> Path:
        """Write the run folder (tables, provenance, figures) and return it.

        tables: `.parquet` or `.csv`; by default Parquet where pyarrow is installed.
        """
        self.folder = write_run(self, Path(out), tables)
        return self.folder

    def plot(self, out: str | Path = DEFAULT_OUT) -> list[Path]:
        """Draw the pictures of the run into its folder and return their files."""
        folder = self.folder or self.save(out)
        return sorted((folder / "figures").glob("*.png"))


@dataclass
class SavedComparison(Comparison):
    """Plans against a base, and the folder in which they are saved."""

    base: SavedResult
    others: Sequence[SavedResult]

    def save(self, out: str | Path = DEFAULT_OUT, *, tables: str | None = None) -> Path:
        """Write the comparison's folder, and each plan's run folder, and return the comparison's; tables as for a run."""
        for result in (self.base, *self.others):
            result.save(out, tables=tables)
        self.folder = write_comparison(self, Path(out), tables)
        return self.folder

    def plot(self, out: str | Path = DEFAULT_OUT) -> list[Path]:
        """Draw the differences over the months and return the files."""
        folder = self.folder or self.save(out)
        return sorted((folder / "figures").glob("*.png"))
