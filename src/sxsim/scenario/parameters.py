"""Parameters in place of the register's: what each can be, what is likely, their files, and ensembles of sets.

Ensembles: several sets of parameters that are all consistent with what is known, in place of one.

A CSV file with the names of parameters in its first row and one set a row, as `sxsim study` writes it for a calibration
(`ensemble.csv`). A column `weight` says how much each set counts, by default the same; a column `scenario`, which tables of
studies have, may name one scenario only. Replication r runs with one set of the ensemble, the same for every plan.
"""

import csv
import io
import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from itertools import accumulate
from pathlib import Path
from typing import Any

from sxsim.model.parameters import Parameter, register
from sxsim.scenario.problems import InvalidInput, Problem, did_you_mean
from sxsim.scenario.reading import line_of, read_yaml
from sxsim.scenario.spreadsheets import read_rows

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
    known = register()
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
    """Parameters by name from a CSV with columns name and value, from a YAML mapping, or of a version of the register.

    path: the file, or the name of a version like version-1. Raises InvalidInput.
    """
    here = _is_there(path)
    if not here and path.name in parameter_sets():
        return dict(parameter_sets()[path.name])
    if not here and path.name.startswith("version"):
        hint = f"known versions: {', '.join(parameter_sets())}"
        raise InvalidInput([Problem((), f" {path} is neither a file nor a version of the register", hint)])
    advice = f"write a table with the columns name and value, or name a version: {', '.join(parameter_sets())}"
    found: dict[str, float] = {}
    problems: list[Problem] = []
    lines: dict[str, int | None] = {}
    yaml = path.suffix.lower() in (".yaml", ".yml")
    for name, value, line in _of_yaml(path, advice) if yaml else _of_table(path, advice):
        place = (str(path), line)
        if name not in register():
            problems.append(Problem((name,), " is no parameter", did_you_mean(name, register()), *place))
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
        hint = sets if set(heads) & set(register()) else advice
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


WEIGHT, SCENARIO = "weight", "scenario"
_ADVICE = (
    "the first row names parameters, and every other row is one set; a calibration writes such a file (ensemble.csv)"
)
#: Share of a turn between replications where sets count differently: they are then met as often as they count, evenly.
#: Source: the golden ratio; van der Corput (1935).
_TURN = (math.sqrt(5.0) - 1.0) / 2.0


@dataclass(frozen=True)
class Ensemble:
    """Sets of parameters: `sets` holds one value for each of `names`; `weights` what each set counts, empty for all the same."""

    names: tuple[str, ...]
    sets: tuple[tuple[float, ...], ...]
    weights: tuple[float, ...] = ()

    def __len__(self) -> int:
        return len(self.sets)

    def of(self, replication: int) -> dict[str, float]:
        """The set of a replication: one after the other, or as often as they count where they count differently."""
        return dict(zip(self.names, self.sets[self._place(replication)], strict=True))

    def _place(self, replication: int) -> int:
        if not self.weights:
            return replication % len(self.sets)
        share = ((replication + 0.5) * _TURN) % 1.0
        return min(bisect_right(self._reached, share * self._reached[-1]), len(self.sets) - 1)

    @cached_property
    def _reached(self) -> list[float]:
        return list(accumulate(self.weights))

    def central(self) -> "Ensemble":
        """The one set nearest to the middle of all, each parameter measured by its own spread."""
        weights = self.weights or (1.0,) * len(self.sets)
        total = math.fsum(weights)
        means, spreads = [], []
        for column in zip(*self.sets, strict=True):
            mean = math.fsum(w * value for w, value in zip(weights, column, strict=True)) / total
            means.append(mean)
            square = math.fsum(w * (value - mean) ** 2 for w, value in zip(weights, column, strict=True))
            spreads.append(math.sqrt(square / total) or 1.0)

        def far(values: Sequence[float]) -> float:
            return math.fsum(((v - m) / s) ** 2 for v, m, s in zip(values, means, spreads, strict=True))

        counted = [each for each, weight in zip(self.sets, weights, strict=True) if weight > 0.0]
        return Ensemble(self.names, (min(counted, key=far),))

    def written(self) -> str:
        """The ensemble as a CSV file says it."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([*self.names, *([WEIGHT] if self.weights else [])])
        for place, values in enumerate(self.sets):
            writer.writerow([*map(repr, values), *([repr(self.weights[place])] if self.weights else [])])
        return text.getvalue()


def is_ensemble(path: Path) -> bool:
    """Whether a file of parameters holds an ensemble: a CSV file without the columns name and value."""
    if path.suffix.lower() in (".yaml", ".yml") or not path.is_file():
        return False
    return not {"name", "value"} & set(_heads(path))


def _heads(path: Path) -> list[str]:
    return next((row.cells for row in read_rows(path, _ADVICE)), [])


def parameters_or_ensemble(path: Path | None) -> tuple[Path | None, Ensemble | None]:
    """What `--parameters` names: a file with one value for each parameter, or an ensemble. Raises InvalidInput."""
    if path is None or not is_ensemble(path):
        return path, None
    return None, read_ensemble(path)


def read_ensemble(path: Path) -> Ensemble:
    """Read an ensemble. Raises InvalidInput with all problems found, by line."""
    rows = list(read_rows(path, _ADVICE))
    heads = rows[0].cells if rows else []
    if not any(heads):
        raise InvalidInput([Problem((), "the file is empty", _ADVICE, str(path), 1)])
    names = [head for head in heads if head not in (WEIGHT, SCENARIO)]
    problems = [_unknown(name, path) for name in dict.fromkeys(names) if name not in register()]
    problems += [
        Problem((name,), " stands twice in the first row", "keep one of the two columns", str(path), 1)
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    if not names:
        problems.append(Problem((), "the first row names no parameter", _ADVICE, str(path), 1))
    if problems:
        raise InvalidInput(problems)
    sets: list[tuple[float, ...]] = []
    weights: list[float] = []
    scenarios: set[str] = set()
    for line, cells in ((row.line, row.cells) for row in rows[1:]):
        if not any(cells):
            continue
        if len(cells) != len(heads):
            said = f"the row has {len(cells)} cells, and the first row {len(heads)}"
            problems.append(Problem((), said, "fill in or take out the row", str(path), line))
            continue
        row = dict(zip(heads, cells, strict=True))
        found = {name: _cell_number(row[name], name, path, line, problems) for name in names}
        scenarios.add(row.get(SCENARIO, "").strip())
        weights.append(_weight(row.get(WEIGHT), path, line, problems))
        sets.append(tuple(found[name] for name in names))
    if not sets and not problems:
        problems.append(Problem((), "the file holds no set of parameters", _ADVICE, str(path), 1))
    if not problems and not any(weights):
        problems.append(Problem((WEIGHT,), " is 0 in every row", "give at least one set a weight", str(path), 1))
    if len(scenarios) > 1:
        said = f" names {len(scenarios)} scenarios ({', '.join(sorted(scenarios))}), and an ensemble was fitted to one"
        problems.append(Problem((SCENARIO,), said, "keep the rows of one", str(path), 1))
    if problems:
        raise InvalidInput(problems)
    return Ensemble(tuple(names), tuple(sets), tuple(weights) if len(set(weights)) > 1 else ())


def _unknown(name: str, path: Path) -> Problem:
    """What to say of a head that is no parameter; a field of the scenario is told apart."""
    if "." in name or "[" in name:
        said = " is a field of the scenario, and an ensemble holds parameters only"
        return Problem(
            (name,), said, "set it in the scenario file, or with --set, and take out the column", str(path), 1
        )
    return Problem((name,), " is no parameter", did_you_mean(name, register()), str(path), 1)


def _cell_number(cell: str, name: str, path: Path, line: int, problems: list[Problem]) -> float:
    """A cell as a value that the parameter can have; adds what is wrong to the problems."""
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        problems.append(Problem((name,), f"(={cell!r}) must be a number", "", str(path), line))
    elif said := broken_limit(register()[name], value):
        problems.append(Problem((name,), said, "", str(path), line))
    return value


def _weight(cell: str | None, path: Path, line: int, problems: list[Problem]) -> float:
    if cell is None:
        return 1.0
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0.0):
        problems.append(Problem((WEIGHT,), f"(={cell!r}) must be a number ≥ 0", "", str(path), line))
    return value


def stated_twice(ensemble: Ensemble | None, sets: Sequence[str] | Mapping[str, object]) -> list[Problem]:
    """Parameters of the ensemble that are also set by hand (`path=value`, or a mapping by path)."""
    stated = {text.partition("=")[0].strip() for text in sets}
    hint = "take it out of --set, or its column out of the ensemble"
    names = () if ensemble is None else ensemble.names
    return [Problem((name,), " is set, and stands in the ensemble, too", hint) for name in names if name in stated]
