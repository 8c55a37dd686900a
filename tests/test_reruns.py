import json
from pathlib import Path

import pytest

import sxsim
from sxsim.reruns import rerun
from sxsim.results import pictured
from sxsim.results.provenance import file_digest
from sxsim.results.tables import read_table, write_table
from sxsim.scenario.problems import InvalidInput

from .scenario.cafe import CAFE, TEXT
from .without_pyarrow import hide_pyarrow


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("draw_run", "draw_comparison"):
        monkeypatch.setattr(pictured, name, lambda _result, _folder: None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    scenario = sxsim.load(CAFE, sets=["bond_gain=1e-5"])
    return scenario.run("welcome", replications=2, seed=7, jobs=1, contacts=True, out=tmp_path).save(tmp_path)


def changed_file(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"x")


def test_a_run_is_the_same_bit_for_bit(folder: Path) -> None:
    lines, same = rerun(folder, jobs=1)
    assert same
    assert lines == [
        f"{name}.parquet: the same, bit for bit" for name in ("contacts", "kpis", "monthly", "touchpoints")
    ]


def test_what_cannot_be_proved_is_said(folder: Path) -> None:
    whole = (folder / "run.json").read_text(encoding="utf-8")

    def again(change: str) -> str:
        lines, same = rerun(folder, jobs=1)
        assert not same, change
        assert lines[-1] == "so it is not proved that the results are those of the run"
        return "\n".join(lines)

    for part, said in (("outputs", "kpis.parquet: belongs to the results"), ("inputs", "scenario.yaml: went in")):
        data = json.loads(whole)
        data["sha256"][part] = {}
        (folder / "run.json").write_text(json.dumps(data), encoding="utf-8")
        assert said in again(part)
    (folder / "run.json").write_text(whole, encoding="utf-8")
    scenario = folder / "scenario.yaml"
    text = scenario.read_text(encoding="utf-8")
    scenario.write_text(f"{text}# a word\n", encoding="utf-8")
    assert "scenario.yaml: was changed since the run" in again("scenario")
    scenario.write_text(text, encoding="utf-8")
    (folder / "monthly.parquet").unlink()
    assert "monthly.parquet: the file is missing from the folder" in again("table")


def test_a_comparison_is_the_same_bit_for_bit(tmp_path: Path) -> None:
    found = sxsim.load(CAFE).compare(["welcome"], replications=2, jobs=1, contacts=True, out=tmp_path)
    lines, same = rerun(found.save(tmp_path), jobs=1)
    assert same, lines
    assert [line.partition(":")[0] for line in lines] == ["differences.parquet", "differences_monthly.parquet"]


@pytest.fixture
def with_plug_in(tmp_path: Path) -> Path:
    """A scenario whose plug-in imports a helper that lies beside it."""
    (tmp_path / "calm.py").write_text(
        "from house_rules import FLOOR\n\nfrom sxsim.engines.reference.agents import Customer\n\n\nclass Calm(Customer):\n"
        "    def ends_month(self) -> None:\n        super().ends_month()\n        self.row['bond'] = max(self.row['bond'], FLOOR)\n",
        encoding="utf-8",
    )
    (tmp_path / "house_rules.py").write_text("FLOOR = 0.9\n", encoding="utf-8")
    (tmp_path / "cafe.yaml").write_text(f"{TEXT}plug_ins: {{customer: 'calm.py:Calm'}}\n", encoding="utf-8")
    return tmp_path / "cafe.yaml"


def files_gone(folder: Path) -> None:
    """The user's own files are gone."""
    for name in ("calm.py", "house_rules.py", "cafe.yaml"):
        (folder / name).unlink()


def test_a_run_with_a_plug_in_is_the_same_without_its_files(with_plug_in: Path, tmp_path: Path) -> None:
    made = sxsim.load(with_plug_in).run(replications=1, jobs=1, out=tmp_path / "out").save(tmp_path / "out")
    files_gone(tmp_path)
    copy = made / "plug_ins" / "plug_in_customer.py"
    text = copy.read_text(encoding="utf-8")
    copy.write_text(f"raise SystemError('it ran')\n{text}", encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"would run the code of .*plug_in_customer.py, SHA-256 [0-9a-f]{64}"):
        rerun(made, jobs=1)
    copy.write_text(text, encoding="utf-8")
    lines, same = rerun(made, jobs=1, trust=True)
    assert same, lines
    helper = made / "plug_ins" / "house_rules.py"
    helper.write_text("FLOOR = 0.1\n", encoding="utf-8")
    lines, same = rerun(made, jobs=1, trust=True)
    assert not same
    assert "plug_ins/house_rules.py: was changed since the run" in lines
    assert "kpis.parquet: differs from the first time" in lines


def test_a_comparison_with_a_plug_in_is_the_same_without_its_files(with_plug_in: Path, tmp_path: Path) -> None:
    found = sxsim.load(with_plug_in).compare(["welcome"], replications=1, jobs=1, out=tmp_path / "out")
    made = found.save(tmp_path / "out")
    files_gone(tmp_path)
    lines, same = rerun(made, jobs=1, trust=True)
    assert same, lines


def test_a_study_with_a_plug_in_is_the_same_without_its_files(with_plug_in: Path, tmp_path: Path) -> None:
    (tmp_path / "sweep.yaml").write_text(
        "question: How?\nstudy: sweep\nscenarios: [cafe.yaml]\nfactors: [{parameters: bond_gain, values: [0.1, 0.3]}]\n"
        "replications: 1\nkpis: [loyalty]\n",
        encoding="utf-8",
    )
    made = sxsim.study(tmp_path / "sweep.yaml", out=tmp_path / "out", jobs=1, trust=True).folder
    assert made is not None
    files_gone(tmp_path)
    lines, same = rerun(made, jobs=1, trust=True)
    assert same, lines
    assert (
        "plug_ins-cafe/house_rules.py"
        in json.loads((made / "run.json").read_text(encoding="utf-8"))["sha256"]["inputs"]
    )


def test_a_folder_written_as_csv_is_the_same_with_and_without_pyarrow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = sxsim.load(CAFE)
    sets = tmp_path / "sets.csv"
    sets.write_text("bond_gain\n1e-5\n2e-5\n", encoding="utf-8")
    hide_pyarrow(monkeypatch)
    made = scenario.run(replications=2, jobs=1, contacts=True, out=tmp_path / "out", ensemble=sets).save(
        tmp_path / "out"
    )
    same = ([f"{name}.csv: the same, bit for bit" for name in ("contacts", "kpis", "monthly", "touchpoints")], True)
    assert rerun(made, jobs=1) == same
    monkeypatch.undo()
    assert rerun(made, jobs=1) == same


def test_a_comparison_written_as_csv_is_the_same_where_pyarrow_is_installed(tmp_path: Path) -> None:
    found = sxsim.load(CAFE).compare(["welcome"], replications=1, jobs=1, out=tmp_path)
    lines, same = rerun(found.save(tmp_path, tables=".csv"), jobs=1)
    assert same, lines
    assert [line.partition(":")[0] for line in lines] == ["differences.csv", "differences_monthly.csv"]


def test_parquet_tables_without_pyarrow_are_refused_with_what_is_missing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide_pyarrow(monkeypatch)
    with pytest.raises(InvalidInput) as refused:
        rerun(folder, jobs=1)
    assert f"{folder} holds Parquet tables, and pyarrow, which writes them, is not installed" in str(refused.value)
    assert "pip install 'sxsim[tables]'" in str(refused.value)


def test_a_table_that_was_changed_is_named_and_nothing_else_is_blamed(folder: Path) -> None:
    changed_file(folder / "kpis.parquet")
    lines, same = rerun(folder, jobs=1)
    assert not same
    assert "kpis.parquet: the file in the folder is not the one that was written" in lines
    assert "monthly.parquet: the same, bit for bit" in lines
    assert "kpis.parquet: differs from the first time" not in lines
    assert not any("please report" in line for line in lines)


def nudged(path: Path, by: float) -> None:
    """Change every figure of a table by a little, as if it had been computed so at first."""
    table = read_table(path)
    for name in table.columns:
        if table[name].dtype.kind == "f":
            table[name] *= 1.0 + by
    write_table(table, path)
    told = path.parent / "run.json"
    data = json.loads(told.read_text(encoding="utf-8"))
    data["sha256"]["outputs"][path.name] = file_digest(path)
    told.write_text(json.dumps(data), encoding="utf-8")


@pytest.mark.parametrize(("by", "same"), [(1e-12, True), (1e-7, False)])
def test_statistics_may_differ_in_the_last_digits_where_libraries_do(tmp_path: Path, by: float, same: bool) -> None:
    made = sxsim.load(CAFE).compare(["welcome"], replications=3, jobs=1, out=tmp_path).save(tmp_path)
    (table,) = made.glob("differences.*")
    nudged(table, by)
    lines, agrees = rerun(made)
    assert agrees == same
    assert (f"{table.name}: the same to 1e-09, as statistics are" in lines) == same


def test_what_runs_give_may_not_differ_in_any_bit(folder: Path) -> None:
    (table,) = folder.glob("kpis.*")
    nudged(table, 1e-15)
    lines, same = rerun(folder)
    assert not same
    assert f"{table.name}: differs from the first time" in lines


def test_a_table_that_is_gone_is_named(folder: Path) -> None:
    (folder / "monthly.parquet").unlink()
    lines, same = rerun(folder, jobs=1)
    assert not same
    assert any(line.startswith("monthly.parquet:") and "same" not in line for line in lines)


def test_a_scenario_that_was_changed_is_named_as_the_cause(folder: Path) -> None:
    path = folder / "scenario.yaml"
    text = path.read_text(encoding="utf-8")
    assert "visits_per_month: 6.0" in text
    path.write_text(text.replace("visits_per_month: 6.0", "visits_per_month: 7.0"), encoding="utf-8")
    lines, same = rerun(folder, jobs=1)
    assert not same
    assert "kpis.parquet: differs from the first time" in lines
    assert any("scenario.yaml" in line for line in lines)
    assert not any("please report" in line for line in lines)


def described(folder: Path, **changes: object) -> None:
    path = folder / "run.json"
    data = json.loads(path.read_text(encoding="utf-8")) | changes
    path.write_text(json.dumps({k: v for k, v in data.items() if v is not None}), encoding="utf-8")


def test_another_program_and_other_libraries_are_named(folder: Path) -> None:
    data = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    data["environment"]["libraries"]["numpy"] = "1.0"
    data["environment"]["python"] = "2.7"
    described(folder, software={"name": "sxsim", "version": "0.0"}, environment=data["environment"], seed=8)
    lines, same = rerun(folder, jobs=1)
    text = "\n".join(lines)
    assert not same
    assert "the program was {'name': 'sxsim', 'version': '0.0'}, is " in text
    assert "libraries: numpy 1.0 → " in text
    assert "python was 2.7, is " in text


@pytest.mark.parametrize(
    "content",
    [
        None,
        "",
        "{",
        "[]",
        "{}",
        '{"kind": "study"}',
        '{"kind": "run"}',
        '{"kind": "run", "scenario": "cafe", "plan": "today"}',
    ],
)
def test_a_folder_that_holds_no_run_is_refused(folder: Path, content: str | None) -> None:
    (folder / "run.json").unlink()
    if content is not None:
        (folder / "run.json").write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"run\.json"):
        rerun(folder)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"holds no run\.json"):
        rerun(tmp_path / "nothing")


def test_a_folder_without_its_scenario_is_refused(folder: Path) -> None:
    (folder / "scenario.yaml").unlink()
    with pytest.raises(InvalidInput, match=r"scenario\.yaml does not exist"):
        rerun(folder)


def test_running_again_leaves_the_folder_as_it_was(folder: Path) -> None:
    before = {p: p.read_bytes() for p in folder.parent.rglob("*") if p.is_file()}
    rerun(folder, jobs=1)
    assert {p: p.read_bytes() for p in folder.parent.rglob("*") if p.is_file()} == before
