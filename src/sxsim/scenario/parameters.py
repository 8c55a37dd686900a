"""Parameters in place of the register's: what each can be, what is likely, and the files that give them."""

import csv
import math
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from sxsim.model.parameters import Parameter
from sxsim.scenario.forms.spreadsheets import read_rows
from sxsim.scenario.forms.weights import is_sheet, read_judgements, settable
from sxsim.scenario.problems import InvalidInput, Problem, did_you_mean
from sxsim.scenario.reading import line_of, read_yaml

#: Parameters that rules divide by, or take the logarithm of: 0 has no meaning.
NEVER_ZERO = frozenset(
    [
        "applicants_normal",
        "commitment_normal",
        "idea_delay_fast",
        "idea_delay_slow",
        "lever_normal",
        "money_half",
        "load_borne",
        "quit_tenure_peak",
        "standard_erosion_days",
        "standard_recovery_days",
        "wins_delight_half",
        "wish_normal",
    ]
)
_SMALLEST = 1e-6
#: Digits after the mark that sets thousands apart.
_OF_THOUSANDS = 3
#: Widths of the likely range by which a usual value may lie beside it.
_AROUND = 3.0
#: No parameter is farther from 0 than this, or this many times what is thought likely: within it no rule overflows.
_FARTHEST, _TIMES_LIKELY = 200.0, 10.0


def limits_of(parameter: Parameter) -> tuple[float, float]:
    """What a parameter can be at all, by its unit: a share lies in 0–1, amounts and ratios are not negative.

    Wider than the range of the register, which says what is thought likely.
    """
    farthest = max(_FARTHEST, _TIMES_LIKELY * max(abs(parameter.low), abs(parameter.high)))
    if parameter.unit.startswith("log") or parameter.low < 0.0:
        return -farthest, farthest
    low = _SMALLEST if parameter.name in NEVER_ZERO else 0.0
    high = max(1.0, parameter.high) if parameter.unit.startswith("share") else farthest
    if parameter.name == "utilisation_free":
        high = 1.0 - _SMALLEST  # strain begins between this and a full day
    if parameter.name == "maturity_top":
        low = 2.0  # of levels that begin at 1
    return low, high


def usual_of(parameter: Parameter) -> tuple[float, float]:
    """Beyond what a stated value is asked back: seven times as wide as what the register thinks likely."""
    around = _AROUND * (parameter.high - parameter.low)
    return parameter.low - around, parameter.high + around


def broken_limit(parameter: Parameter, value: float) -> str:
    """What to say of a value that the parameter cannot have, beginning with the value; empty where it can."""
    low, high = limits_of(parameter)
    if low <= value <= high:
        return ""
    rule = f"from {low:g} to {high:g}" if math.isfinite(high) else f"≥ {low:g}"
    return f"(={value:g}) must be {rule} ({parameter.unit})"


def beyond_the_likely(parameters: Mapping[str, float]) -> list[str]:
    """Parameters by name that lie outside the range of the register, each with value and range, in words."""
    known = settable()
    return [
        f"{name} {value:g} ({known[name].low:g} to {known[name].high:g})"
        for name, value in parameters.items()
        if not known[name].low <= value <= known[name].high
    ]


@cache
def parameter_sets() -> dict[str, dict[str, float]]:
    """Versions of the register by name, the newest, which is the register itself, last: so old results can be told apart.

    An older version brings back values, not the rules of its time; parameters that came later have the value that leaves
    them without effect.
    """
    folder = files("sxsim.scenario") / "parameter_sets"
    kept = sorted(folder.iterdir(), key=lambda file: int(file.name.removesuffix(".csv").split("-")[1]))
    return {
        file.name.removesuffix(".csv"): {
            row["name"]: float(row["value"]) for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines())
        }
        for file in kept
    }


def read_parameters(path: Path) -> dict[str, float]:
    """Parameters by name from a CSV with columns name and value, from a YAML mapping, of a version of the register, or from a sheet of weights.

    path: the file, or the name of a version like version-1; of a sheet's assessors the mean counts. Raises InvalidInput.
    """
    here = _is_there(path)
    if not here and path.name in parameter_sets():
        return dict(parameter_sets()[path.name])
    if not here and path.name.startswith("version"):
        hint = f"known versions: {', '.join(parameter_sets())}"
        raise InvalidInput([Problem((), f" {path} is neither a file nor a version of the register", hint)])
    if is_sheet(path):
        return read_judgements(path).pooled()
    advice = f"write a table with the columns name and value, or name a version: {', '.join(parameter_sets())}"
    found: dict[str, float] = {}
    problems: list[Problem] = []
    lines: dict[str, int | None] = {}
    yaml = path.suffix.lower() in (".yaml", ".yml")
    for name, value, line in _of_yaml(path, advice) if yaml else _of_table(path, advice):
        place = (str(path), line)
        if name not in settable():
            problems.append(Problem((name,), " is no parameter", did_you_mean(name, settable()), *place))
        elif name in lines:
            said = f"(={value}) stands twice: here and in line {lines[name]}"
            problems.append(Problem((name,), said, "keep one of the two", *place))
        else:
            lines[name] = line
            found[name] = _number(value)
            if not math.isfinite(found[name]):
                problems.append(Problem((name,), f"(={value!r}) must be a number", _advice_on(value), *place))
    if problems:
        raise InvalidInput(problems)
    return found


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _of_yaml(path: Path, advice: str) -> Iterator[tuple[str, Any, int | None]]:
    data = read_yaml(path, advice)
    if not isinstance(data, dict):
        said = "the file must hold names and values, like bond_gain: 0.2"
        raise InvalidInput([Problem((), said, "", str(path), 1)])
    for name, value in data.items():
        yield str(name), value, line_of(data, (name,))


def _of_table(path: Path, advice: str) -> Iterator[tuple[str, Any, int | None]]:
    rows = iter(read_rows(path, advice))
    heads = next((row.cells for row in rows), [])
    if not {"name", "value"} <= set(heads):
        sets = "an ensemble goes with run, compare and study: sx.run(scenario, ensemble=FILE)"
        hint = sets if set(heads) & set(settable()) else advice
        raise InvalidInput([Problem((), "the file must have the columns name and value", hint, str(path), 1)])
    for row in rows:
        if not any(row.cells):
            continue
        if len(row.cells) != len(heads):
            said = f": the row has {len(row.cells)} cells, and the first row {len(heads)}"
            hint = "write decimals with a point, like 0.2, or cut columns by ;"
            raise InvalidInput([Problem((row.cells[0] or "name",), said, hint, str(path), row.line)])
        cells = dict(zip(heads, row.cells, strict=True))
        yield cells["name"], _text_number(cells["value"]), row.line


def _text_number(cell: str) -> Any:
    """A cell as a number where it is one, a comma standing for the decimal point; else as it is. 1,007 may be thousands."""
    whole, comma, decimals = cell.partition(",")
    clear = comma and "." not in cell and not (len(decimals) == _OF_THOUSANDS and whole.strip("+-0"))
    try:
        return float(f"{whole}.{decimals}" if clear else cell)
    except ValueError:
        return cell


def _number(value: Any) -> float:
    """A value as a number; NaN where it is none: text and true and false are none."""
    if isinstance(value, bool | str) or type(value).__name__ == "ScalarBoolean":
        return math.nan
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _advice_on(value: Any) -> str:
    if isinstance(value, str) and math.isfinite(_number(_text_number(value))):
        return "take off the quotation marks"
    return "write a number with a decimal point, like 0.2"
