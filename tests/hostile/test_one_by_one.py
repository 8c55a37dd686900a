"""Single attacks that once got through: files that bomb, values that are no numbers, names that are data, code in a folder."""

import os
import zipfile
from pathlib import Path

import pytest

from sxsim.reruns import rerun
from sxsim.running.plans import load
from sxsim.scenario.forms.assessment import read_assessment
from sxsim.scenario.parameters import read_parameters
from sxsim.scenario.problems import InvalidInput
from sxsim.studies.study import load_experiment

from ..scenario.cafe import TEXT

AT_THE_END = len(TEXT.splitlines()) + 1
SWEEP = """question: How?
study: sweep
scenarios: [cafe.yaml]
factors: [{parameters: bond_gain, values: [0.1, 0.2]}]
"""


def refusal(folder: Path, more: str = "", old: str = "", new: str = "") -> str:
    assert not old or old in TEXT
    (folder / "cafe.yaml").write_bytes((TEXT.replace(old, new, 1) + more).encode("utf-8", "surrogatepass"))
    with pytest.raises(InvalidInput) as caught:
        load(folder / "cafe.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            "x0: &x0 [a,a]\n" + "".join(f"x{n}: &x{n} [{','.join([f'*x{n - 1}'] * 9)}]\n" for n in range(1, 7)),
            "aliases",
        ),
        (f"deep: {'[' * 500}{']' * 500}\n", "deep within each other"),
        ("me: &me [*me]\n", "stands within itself"),
        ('flag: !!bool "x"\n', "tag 'tag:yaml.org,2002:bool' is not allowed"),
        ("flag: !!python/object/apply:os.system [id]\n", "is not allowed"),
        (f"many: 1{'0' * 400}\n", "a number of 401 characters"),
        ("? [a, b]\n: 1\n", "a key must be text"),
        (".nan: 1\n", "a key(=.nan) must be text"),
        ("3: 1\n", "a key(=3) must be text"),
        ('"\\e[2J": 1\n', r"the character '\x1b' is not allowed"),
        ('name: "a\\ud800"\n', r"the character '\ud800' is not allowed"),
        (f"long: {'x' * 20_000}\n", "a text of 20,000 characters"),
    ],
)
def test_a_bomb_is_refused_with_its_line(tmp_path: Path, more: str, said: str) -> None:
    found = refusal(tmp_path, more)
    assert said in found
    assert f"line {AT_THE_END}" in found or "aliases" in said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("people: 80", 'people: "80"', "take off the quotation marks"),
        ("people: 80", "people: true", "true and false are no numbers"),
        ("people: 80", "people: 80\n  outside_price: 95.5", "outside_price(=95.5) is legal but unusual"),
        ("start: 2026-01-01", "start: 0", "start(=0) must be a day of the calendar"),
        ("start: 2026-01-01", "start: 9990-01-01", "start(=9990-01-01) is legal but unusual"),
        ("staff: 1", "staff: 12000", "staff(=12000) is legal but unusual"),
        ("engagement: 150", "engagement: 150000000", "a month is legal but unusual"),
    ],
)
def test_nonsense_is_asked_back(tmp_path: Path, old: str, new: str, said: str) -> None:
    found = refusal(tmp_path, "", old, new)
    assert said in found
    assert ", line " in found


def test_what_is_meant_can_be_said(tmp_path: Path) -> None:
    (tmp_path / "cafe.yaml").write_text(TEXT.replace("staff: 1", "staff: 12000", 1), encoding="utf-8")
    with pytest.raises(InvalidInput, match="--unusual"):
        load(tmp_path / "cafe.yaml")
    assert load(tmp_path / "cafe.yaml", unusual=True).touchpoints[0].staff == 12_000


def test_thousands_set_apart_by_a_point_are_asked_back(tmp_path: Path) -> None:
    found = refusal(tmp_path, "", "wage: 2000", "wage: 95.000")
    assert "wage(=95.000) is read as 95, which is unusual" in found
    assert "write 95000 or 95; if you mean it" in found


@pytest.mark.parametrize("kind", ["folder", "pipe", "device"])
def test_what_is_no_plain_file_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "p.yaml"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe" and hasattr(os, "mkfifo"):
        os.mkfifo(path)
    else:
        path = Path("/dev/zero")
    with pytest.raises(InvalidInput, match="cannot be read"):
        load(path)
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_parameters(path)


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"\0" * 70_000_000)
    with pytest.raises(InvalidInput, match="70,000,000 bytes unpacked"):
        read_assessment(tmp_path / "a.xlsx")


def test_a_cell_that_is_too_long_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(f"name,value\n{'x' * 140_000},1\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="line 2"):
        read_parameters(tmp_path / "p.csv")


def plug_in(folder: Path) -> str:
    """A plug-in that leaves a trace when it runs."""
    folder.mkdir(exist_ok=True)
    (folder / "own.py").write_text(f"open({str(folder / 'ran')!r}, 'w')\n\n\nclass Own:\n    pass\n", encoding="utf-8")
    return f"{folder / 'own.py'}:Own"


def test_a_plug_in_elsewhere_needs_trust(tmp_path: Path) -> None:
    text = plug_in(tmp_path / "elsewhere")
    (tmp_path / "here").mkdir()
    said = refusal(tmp_path / "here", f"plug_ins: {{customer: '{text}'}}\n")
    assert "SHA-256" in said and "own.py" in said and "--trust" in said and f"line {AT_THE_END}" in said
    assert load(tmp_path / "here" / "cafe.yaml", trust=True).plug_ins
    assert not (tmp_path / "elsewhere" / "ran").exists()


def test_a_plug_in_of_an_experiment_needs_trust(tmp_path: Path) -> None:
    text = plug_in(tmp_path)
    (tmp_path / "cafe.yaml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "sweep.yaml").write_text(f"{SWEEP}set: {{plug_ins.customer: '{text}'}}\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="SHA-256"):
        load_experiment(tmp_path / "sweep.yaml")
    assert load_experiment(tmp_path / "sweep.yaml", trust=True).scenarios[0].plug_ins
    (tmp_path / "sweep.yaml").write_text(SWEEP, encoding="utf-8")
    (tmp_path / "cafe.yaml").write_text(f"{TEXT}plug_ins: {{customer: 'own.py:Own'}}\n", encoding="utf-8")
    assert load(tmp_path / "cafe.yaml").plug_ins  # it lies beside the scenario that the user names
    with pytest.raises(InvalidInput, match="SHA-256"):
        load_experiment(tmp_path / "sweep.yaml")


def test_two_scenarios_of_one_name_are_told_apart(tmp_path: Path) -> None:
    for file in ("a.yaml", "b.yaml"):
        (tmp_path / file).write_text(f"name: shop\n{TEXT}".replace("\nname: cafe", "", 1), encoding="utf-8")
    (tmp_path / "sweep.yaml").write_text(SWEEP.replace("cafe.yaml", "a.yaml, b.yaml"), encoding="utf-8")
    names = [scenario.name for scenario in load_experiment(tmp_path / "sweep.yaml").scenarios]
    assert names == ["shop (a)", "shop (b)"]


def test_a_factor_called_as_a_column_gets_another_name(tmp_path: Path) -> None:
    (tmp_path / "cafe.yaml").write_text(TEXT, encoding="utf-8")
    text = SWEEP.replace("{parameters: bond_gain, ", "{path: bond_gain, name: kpi, ")
    (tmp_path / "sweep.yaml").write_text(text, encoding="utf-8")
    assert [factor.name for factor in load_experiment(tmp_path / "sweep.yaml").factors[0]] == ["kpi (setting)"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ('{"kind": ["run"]}', "describes no run"),
        ('{\n"kind": "run",\n"seed": "x"}', "seed(='x') must be a whole number"),
        ('{"kind": "study", "scenario": "a", "seed": 1, "software": {}, "environment": {}, '
         '"sha256": {"inputs": {}, "outputs": {"../x.csv": "1"}}}', "does not lie in the folder"),
    ],
)  # fmt: skip
def test_a_description_that_is_none_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "run.json").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        rerun(tmp_path)
    assert said in str(caught.value)
    assert ", line " in str(caught.value)
