"""Ensembles: several sets of parameters that are all consistent with what is known, in place of one.

A CSV file with the names of parameters in its first row and one set a row, as `sxsim study` writes it for a calibration
(`ensemble.csv`). A column `weight` says how much each set counts, by default the same; a column `scenario`, which tables of
studies have, may name one scenario only. Replication r runs with one set of the ensemble, the same for every plan.
"""

import csv
import io
import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path

from sxsim.scenario.forms.spreadsheets import read_rows
from sxsim.scenario.forms.weights import Judgements, is_sheet, read_judgements, settable
from sxsim.scenario.parameters import broken_limit
from sxsim.scenario.problems import InvalidInput, Problem, did_you_mean

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
    """Whether a file of parameters holds an ensemble: a CSV file without the columns name and value, and no sheet of weights."""
    if path.suffix.lower() in (".yaml", ".yml") or not path.is_file() or is_sheet(path):
        return False
    return not {"name", "value"} & set(_heads(path))


def _heads(path: Path) -> list[str]:
    return next((row.cells for row in read_rows(path, _ADVICE)), [])


def parameters_or_ensemble(path: Path | None) -> tuple[Path | None, Ensemble | None]:
    """What `--parameters` names: a file with one value for each parameter, or an ensemble. Raises InvalidInput."""
    if path is None or not is_ensemble(path):
        return path, None
    return None, read_ensemble(path)


def judgements_in(path: Path | None) -> Judgements | None:
    """What assessors say of the weights in a file of parameters; None where it is no sheet. Raises InvalidInput."""
    return read_judgements(path) if path is not None and is_sheet(path) else None


def read_ensemble(path: Path) -> Ensemble:
    """Read an ensemble. Raises InvalidInput with all problems found, by line."""
    rows = list(read_rows(path, _ADVICE))
    heads = rows[0].cells if rows else []
    if not any(heads):
        raise InvalidInput([Problem((), "the file is empty", _ADVICE, str(path), 1)])
    names = [head for head in heads if head not in (WEIGHT, SCENARIO)]
    problems = [_unknown(name, path) for name in dict.fromkeys(names) if name not in settable()]
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
    return Problem((name,), " is no parameter", did_you_mean(name, settable()), str(path), 1)


def _cell_number(cell: str, name: str, path: Path, line: int, problems: list[Problem]) -> float:
    """A cell as a value that the parameter can have; adds what is wrong to the problems."""
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        problems.append(Problem((name,), f"(={cell!r}) must be a number", "", str(path), line))
    elif said := broken_limit(settable()[name], value):
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
