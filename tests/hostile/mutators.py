"""Broken files made from good ones, the same for the same seed, and what the program makes of them."""

import io
import json
import random
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from sxsim.engines.start import start
from sxsim.reruns import _described
from sxsim.running.plans import load
from sxsim.scenario.ensemble import read_ensemble
from sxsim.scenario.forms.assessment import read_assessment, write_form
from sxsim.scenario.parameters import read_parameters
from sxsim.scenario.problems import InvalidInput
from sxsim.studies.methods.observations import Observed, figures_of
from sxsim.studies.study import load_experiment

from ..scenario.cafe import TEXT

#: What may stand where something else was meant.
NASTY = (
    "1e400", "-1e400", "1" + "0" * 400, ".inf", ".nan", "-0", "1e308", "5e-324", "0x1F", "0o17", "1_000", "1:30", "2026-02-30",
    "1767225600", "9999-12-31", "0", "-1", "1e9", "1e12", "95.000", "0,2", "true", "null", "~", "''", "'3'", '"\\e[2J"',
    '"\\ud800"', '"\\0"', "!!bool x", "!!python/object:os.system x", "!x y", "&a [*a]", "*a", "[[[[[[[[[[[[[[]]]]]]]]]]]]]]",
    "{? [a, b] : 1}", "{a: {b: {c: {}}}}", "[1, 2, 3]", "{}", "[]", "=1+1", "[/docs]", "$^$", "\u202etxt", "a" * 300,
    "a" * 20_000, "- - - -", "key: value: other", "%TAG", "@", "`", "|", ">", "today", "counter", "..", "/etc/passwd", "nul\x00",
)  # fmt: skip
_BYTES = b"\x00\x07\x1b\x7f\x80\xc3\xff\xfe\n\t\"'{}[]:,#&*!|>%@`;=-+"

EXPERIMENT = """question: How?
study: sweep
scenarios: [cafe.yaml]
replications: 2
kpis: [loyalty, npv]
seed: 3
set: {market.customers: 30, bond_gain: 0.1}
factors:
  - {path: touchpoints.counter.failure_rate, values: [0.02, 0.1], name: failures}
  - {parameters: bond_fading, low: 0.01, high: 0.02, steps: 3}
"""
CALIBRATION = """question: What fits?
study: calibrate
scenarios: [cafe.yaml]
simulations: 200
factors: [{parameters: [bond_gain]}]
targets: [{kpi: loyalty, observed: 50, error: 2}]
data: [{file: data.csv, holds: satisfaction, column: answer}]
"""
PARAMETERS = "name,value\nbond_gain,0.1\nbond_fading,0.02\nquality_kept,0.7\n"
ENSEMBLE = "bond_gain,bond_fading,weight\n0.1,0.02,1\n0.12,0.03,2\n0.2,0.01,1\n"
DATA = "day;answer\n" + "".join(f"{n % 7};{40 + n % 50}\n" for n in range(60))
DESCRIPTION = {
    "schema_version": 1, "scenario": "cafe", "kind": "run", "plan": "today", "seed": 1, "replications": 2, "contacts": False,
    "uncertain": False, "ensemble": 0, "software": {"name": "sxsim"}, "environment": {"libraries": {}},
    "sha256": {"inputs": {"scenario.yaml": "0" * 64}, "outputs": {"kpis.parquet": "1" * 64}},
}  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """A kind of file: its name, a good one, and how it is read."""

    file: str
    good: bytes
    read: Callable[[Path], Any]


def _scenario(path: Path) -> None:
    scenario = load(path)
    if scenario.market.people <= 10_000:
        start(scenario, "today", seed=1, replication=0)


def _form() -> bytes:
    book = Workbook()
    for row in (
        ("element", "level", "confidence"),
        ("culture", 3, "high"),
        ("7.3.2b", 2.5, None),
        ("design", 4, "low"),
    ):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


KINDS = {
    "scenario": Kind("cafe.yaml", TEXT.encode(), _scenario),
    "experiment": Kind("sweep.yaml", EXPERIMENT.encode(), load_experiment),
    "calibration": Kind("fit.yaml", CALIBRATION.encode(), load_experiment),
    "parameters": Kind("p.csv", PARAMETERS.encode(), read_parameters),
    "parameters in yaml": Kind("p.yaml", b"bond_gain: 0.1\nbond_fading: 0.02\n", read_parameters),
    "ensemble": Kind("e.csv", ENSEMBLE.encode(), read_ensemble),
    "assessment": Kind("a.csv", b"element,level,confidence\nculture,3,high\n7.3.2b,2.5,\ndesign,4,low\n", read_assessment),
    "workbook": Kind("a.xlsx", _form(), read_assessment),
    "data": Kind("data.csv", DATA.encode(), lambda path: figures_of(
        Observed(file="data.csv", holds="satisfaction", column="answer", group="day"), path.parent)),
    "description": Kind("run.json", json.dumps(DESCRIPTION, indent=2).encode(), lambda path: _described(path.parent)),
}  # fmt: skip
#: How often each kind is drawn.
_WEIGHTS = (8, 5, 3, 2, 1, 2, 2, 2, 2, 3)


def surroundings(folder: Path) -> None:
    """The files that others name."""
    (folder / "cafe.yaml").write_text(TEXT, encoding="utf-8")
    (folder / "data.csv").write_text(DATA, encoding="utf-8")
    write_form(folder / "form.csv")


def _a_value(chance: random.Random, text: str) -> str:
    """Something else for what follows a colon, a comma or a line."""
    places = [k for k, c in enumerate(text) if c in ":,[{(;\n"]
    if not places:
        return chance.choice(NASTY)
    place = chance.choice(places) + 1
    end = place
    while end < len(text) and text[end] not in ",]}\n;":
        end += 1
    return f"{text[:place]} {chance.choice(NASTY)}{text[end:]}"


def _lines(chance: random.Random, text: str) -> str:
    lines = text.splitlines(keepends=True) or [""]
    place = chance.randrange(len(lines))
    return "".join(
        chance.choice(
            (
                lines[:place] + lines[place + 1 :],
                lines[:place] + [lines[place]] * 2 + lines[place + 1 :],
                [*lines[:place], f"  {lines[place]}", *lines[place + 1 :]],
                [*lines[:place], f"{chance.choice(NASTY)}: {chance.choice(NASTY)}\n", *lines[place:]],
                lines[:place] + chance.sample(lines[place:], len(lines) - place),
            )
        )
    )


def _bytes(chance: random.Random, content: bytes) -> bytes:
    made = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 8))):
        place = chance.randrange(len(made) + 1)
        if chance.random() < 0.5 and made:
            made[place % len(made)] ^= 1 << chance.randrange(8)
        else:
            made[place:place] = bytes([chance.choice(_BYTES)]) * chance.choice((1, 1, 3, 200))
    return bytes(made)


def _bomb(chance: random.Random, text: str) -> str:
    kind = chance.randrange(4)
    if kind == 0:
        layers = "".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9)}]\n" for n in range(1, 9))
        return f"{text}x0: &x0 [a, a, a]\n{layers}"
    if kind == 1:
        return f"{text}deep: {'[' * 2000}{']' * 2000}\n"
    if kind == 2:
        return f'{text}long: "{"x" * 200_000}"\n'
    return f"{text}{'k' * 140_000},1\n"


def mutated(kind: Kind, chance: random.Random) -> bytes:
    """A broken file of a kind."""
    if kind.file.endswith(".xlsx"):
        return _workbook(kind.good, chance)
    content = kind.good
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        how = chance.random()
        text = content.decode("utf-8", "replace")
        if how < 0.45:
            content = _a_value(chance, text).encode("utf-8", "replace")
        elif how < 0.65:
            content = _lines(chance, text).encode("utf-8", "replace")
        elif how < 0.9:
            content = _bytes(chance, content)
        elif how < 0.97:
            content = content[: chance.randrange(len(content) + 1)]
        else:
            content = _bomb(chance, text).encode()
    return content


def _workbook(good: bytes, chance: random.Random) -> bytes:
    if chance.random() < 0.4:
        return _bytes(chance, good) if chance.random() < 0.7 else good[: chance.randrange(len(good))]
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        chosen = chance.choice(old.namelist())
        for name in old.namelist():
            content = old.read(name)
            if name == chosen:
                how = chance.randrange(5)
                content = (
                    b"" if how == 0
                    else b"\x00" * 70_000_000 if how == 1 and chance.random() < 0.05
                    else _bytes(chance, content) if how < 4
                    else content.replace(b"<sheetData>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><sheetData>")
                )  # fmt: skip
            if name != chosen or chance.random() < 0.9:
                new.writestr(name, content)
    return made.getvalue()


@dataclass
class Tally:
    """What became of some files."""

    files: int = 0
    accepted: int = 0
    refused: int = 0
    without_place: int = 0
    slowest: float = 0.0
    slowest_is: str = ""

    def __post_init__(self) -> None:
        self.crashed: list[str] = []
        self.placeless: list[str] = []
        self.written: list[str] = []


def attack(folder: Path, count: int, seed: int) -> Tally:
    """Let the program read broken files, one after the other, in process."""
    chance, found = random.Random(seed), Tally()
    surroundings(folder)
    before = {path.name for path in folder.iterdir()}
    for number in range(count):
        name = chance.choices(tuple(KINDS), _WEIGHTS)[0]
        kind = KINDS[name]
        path = folder / kind.file
        path.write_bytes(mutated(kind, chance))
        began = time.process_time()
        try:
            kind.read(path)
            found.accepted += 1
        except InvalidInput as error:
            found.refused += 1
            if not all(problem.line or problem.file == "--set" for problem in error.problems):
                found.without_place += 1
                found.placeless.append(f"{number} {name}: {error}"[:400])
            if not error.problems or any(c in str(error) for c in "\x1b\x07\x00"):
                found.crashed.append(f"{number} {name}: says nothing, or steers the screen: {str(error)!r}")
        except Exception as error:
            found.crashed.append(f"{number} {name}: {type(error).__name__}: {error}"[:400])
        if (took := time.process_time() - began) > found.slowest:
            found.slowest, found.slowest_is = took, f"{number} {name}"
        found.files += 1
        if kind.file in ("cafe.yaml", "data.csv"):
            surroundings(folder)
        elif kind.file not in before:
            path.unlink()
    found.written = sorted({path.name for path in folder.iterdir()} - before)
    return found
