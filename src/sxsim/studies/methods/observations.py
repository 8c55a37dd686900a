"""An organisation's own data, as targets of a calibration: survey answers, churn by month, waits, engagement.

Each file is a CSV table with a row an answer, an attempt, a person or a month. A statistic of it is held against the KPI that
means the same, with the standard error that the number of rows leaves (bootstrap over rows, or over groups of rows).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from sxsim.scenario.fields import Part, quantity
from sxsim.scenario.forms.spreadsheets import read_rows
from sxsim.scenario.problems import InvalidInput, Problem, did_you_mean
from sxsim.studies.methods.statistics import Array

Content = Literal["recommendation", "satisfaction", "churn", "waits", "engagement"]

_PROMOTER, _DETRACTOR, _PERCENT = 9.0, 6.0, 100.0
_RESAMPLES = 400
_ADVICE = "write a CSV table with the names of its columns in the first row"


@dataclass(frozen=True)
class Target:
    """Something observed: a statistic of the model, its value in reality, and how far the two may lie apart.

    name: the statistic; said: what it is called in tables; error: standard error of the observation; tolerance: how far the
    model cannot be expected to match (one standard deviation); source: where the figure comes from.
    """

    name: str
    said: str
    observed: float
    error: float
    tolerance: float = 0.0
    source: str = ""

    @property
    def noise(self) -> float:
        """Standard deviation of what was observed around what the model says, luck apart."""
        return math.hypot(self.error, self.tolerance)


class Observed(Part):
    """One table of an organisation's own data: the file, the column, and what it holds."""

    file: str = Field(..., description="CSV file, seen from this file; the first row names the columns", min_length=1)
    holds: Content = Field(
        ...,
        description="recommendation: answers 0–10 to whether one would recommend; satisfaction: answers 0–100; churn: leavers by "
        "month; waits: minutes waited by attempt, zeros and those who gave up included; engagement: 0–100 by person or month",
    )
    column: str = Field(
        ..., description="column with the figures; of churn: the leavers, or without active the share that left"
    )
    active: str | None = Field(None, description="column with the customers active at the month's start (churn)")
    group: str | None = Field(
        None,
        description="column that says which rows belong together, like the day or the branch: rows of one group are not "
        "independent, and the standard error is taken over groups",
    )
    kpis: list[str] | None = Field(
        None, description="KPIs that the figures are held against; default: all that they mean", min_length=1
    )
    tolerance: float = quantity(
        0.0, "as the KPI", "how far the model cannot be expected to match the figure (one standard deviation)", ge=0
    )

    @model_validator(mode="after")
    def _fits(self) -> "Observed":
        if self.active is not None and self.holds != "churn":
            raise ValueError(f"active(={self.active!r}) goes with holds: churn, not with {self.holds}")
        for kpi in self.kpis or ():
            if kpi not in KINDS[self.holds].statistics:
                raise ValueError(
                    f"{kpi!r} is not what {self.holds} is held against; known: {', '.join(KINDS[self.holds].statistics)}"
                )
        return self


class Stated(Part):
    """A figure of one's own organisation that a KPI is held against."""

    kpi: str = Field(..., description="KPI that means the same")
    observed: float = quantity(..., "as the KPI", "the figure")
    error: float = quantity(0.0, "as the KPI", "its standard error: how far it might lie had others been asked", ge=0)
    tolerance: float = quantity(
        0.0, "as the KPI", "how far the model cannot be expected to match it (one standard deviation)", ge=0
    )
    source: str = Field("stated", description="where the figure comes from")

    @model_validator(mode="after")
    def _known(self) -> "Stated":
        if self.error + self.tolerance <= 0.0:
            said = f"error {self.error:g}, tolerance {self.tolerance:g}"
            raise ValueError(f"give error or tolerance: nothing else tells how sure the figure is ({said})")
        return self

    @property
    def target(self) -> Target:
        """The figure as a target."""
        said = self.kpi if self.source == "stated" else f"{self.kpi} ({self.source.partition(':')[0]})"
        return Target(self.kpi, said, self.observed, self.error, self.tolerance, self.source)


@dataclass(frozen=True)
class Kind:
    """What a table can hold: the range of a figure, the fewest rows (or groups), and its statistic by KPI.

    A statistic takes the figures of some rows, shape (rows, columns).
    """

    low: float
    high: float
    fewest: int
    rows: str
    statistics: dict[str, Callable[[Array], float]]


def _mean(rows: Array) -> float:
    return float(rows[:, 0].mean())


def _net_promoters(rows: Array) -> float:
    answers = rows[:, 0]
    return _PERCENT * (float((answers >= _PROMOTER).mean()) - float((answers <= _DETRACTOR).mean()))


def _nine_of_ten(rows: Array) -> float:
    return float(np.quantile(rows[:, 0], 0.9))


def _churn(rows: Array) -> float:
    return float(rows[:, 0].sum() / rows[:, 1].sum())


#: What tables hold, by name.
KINDS: dict[str, Kind] = {
    "recommendation": Kind(0.0, 10.0, 20, "answers", {"nps": _net_promoters}),
    "satisfaction": Kind(0.0, 100.0, 20, "answers", {"satisfaction": _mean}),
    "churn": Kind(0.0, math.inf, 6, "months", {"churn_rate": _churn}),
    "waits": Kind(0.0, math.inf, 50, "attempts", {"wait_mean": _mean, "wait_p90": _nine_of_ten}),
    "engagement": Kind(0.0, 100.0, 5, "rows", {"engagement": _mean}),
}
_MOST_SAID = 8
#: Figures of 0–100 that all lie below are on another scale, like 0–1, 1–5 or 0–10.
_OTHER_SCALE = 10.0
#: Groups that a standard error over groups needs at least.
_FEWEST_GROUPS = 5


def figures_of(observed: Observed, folder: Path) -> list[Stated]:
    """The figures that a table holds; files are seen from the folder. Raises InvalidInput with file and line."""
    kind, path = KINDS[observed.holds], folder / observed.file
    rows, groups = _figures(observed, kind, path)
    found = []
    for kpi in observed.kpis or kind.statistics:
        statistic = kind.statistics[kpi]
        value, error = statistic(rows), standard_error(rows, groups, statistic)
        if observed.holds == "churn":  # months that happen to be alike do not make the count surer than counting does
            active = float(rows[:, 1].sum()) if observed.active else math.inf
            error = max(error, math.sqrt(max(value * (1.0 - value), 0.0) / active))
        if error + observed.tolerance <= 0.0:
            said = f": all {len(rows)} {kind.rows} say the same, so nothing tells how sure {kpi} is"
            raise InvalidInput([Problem(("data",), said, "give a tolerance", str(path), 1)])
        source = f"{path.name}: {len(rows)} {kind.rows}"
        found.append(Stated(kpi=kpi, observed=value, error=error, tolerance=observed.tolerance, source=source))
    return found


def standard_error(rows: Array, groups: Sequence[Array], statistic: Callable[[Array], float]) -> float:
    """How far a statistic of the rows goes between samples: bootstrap over groups of rows (their places)."""
    chance = np.random.default_rng(len(rows))
    count = len(groups)
    values = []
    for _ in range(_RESAMPLES):
        drawn = chance.integers(0, count, count)
        places = drawn if count == len(rows) else np.concatenate([groups[g] for g in drawn])
        values.append(statistic(rows[places]))
    spread = float(np.std(values, ddof=1))
    return spread * math.sqrt(count / (count - 1.0))


def _figures(observed: Observed, kind: Kind, path: Path) -> tuple[Array, list[Array]]:
    """The figures of a table, shape (rows, columns), and the places of the rows that belong together."""
    table = iter(read_rows(path, "files are seen from the experiment file"))
    heads = next((row.cells for row in table), [])
    named = [name for name in (observed.column, observed.active, observed.group) if name is not None]
    problems = [
        Problem((name,), ": the file has no such column", did_you_mean(name, heads) or f"its columns are {', '.join(heads)}",
                str(path), 1)
        for name in named if name not in heads
    ]  # fmt: skip
    if not any(heads):
        problems = [Problem((), "the file is empty", _ADVICE, str(path), 1)]
    if problems:
        raise InvalidInput(problems)
    rows: list[list[float]] = []
    labels: list[str] = []
    for line, cells in ((row.line, row.cells) for row in table):
        if not any(cells):
            continue
        if len(cells) > len(heads):
            said, hint = (
                f": {len(cells)} cells in a table of {len(heads)} columns",
                "write decimals with a point, or cut columns by ;",
            )
            problems.append(Problem((observed.column,), said, hint, str(path), line))
            continue
        row = dict(zip(heads, cells, strict=False))
        rows.append(_row(observed, kind, row, path, line, problems))
        labels.append(row.get(observed.group, "") if observed.group else str(len(labels)))
    if problems:
        more = len(problems) - _MOST_SAID
        rest = [Problem((), f"and {more} more problems like these", "", str(path), 1)] if more > 0 else []
        raise InvalidInput(problems[:_MOST_SAID] + rest)
    if len(rows) < kind.fewest:
        said = f": {len(rows)} {kind.rows} are too few to say how sure the figure is, must be ≥ {kind.fewest}"
        raise InvalidInput([Problem((observed.column,), said, "take in more, or leave the table out", str(path), 1)])
    largest = max(row[0] for row in rows)
    if kind.high == _PERCENT and largest <= _OTHER_SCALE:
        said = f": no figure is above {largest:g}, and {observed.holds} is 0–100"
        hint = "stretch the scale: 0–1 times 100, 1–5 minus 1 times 25, 0–10 times 10"
        raise InvalidInput([Problem((observed.column,), said, hint, str(path), 1)])
    names = list(dict.fromkeys(labels))
    if len(names) < _FEWEST_GROUPS:
        said = f": {len(names)} groups are too few for a standard error over groups, must be ≥ {_FEWEST_GROUPS}"
        raise InvalidInput(
            [Problem((str(observed.group),), said, "leave group out, or take in more groups", str(path), 1)]
        )
    places: dict[str, list[int]] = {name: [] for name in names}
    for place, label in enumerate(labels):
        places[label].append(place)
    return np.array(rows), [np.array(each) for each in places.values()]


def _row(
    observed: Observed, kind: Kind, row: dict[str, str], path: Path, line: int, problems: list[Problem]
) -> list[float]:
    """The figures of a row; adds what is wrong with it to the problems."""
    share = observed.holds == "churn" and observed.active is None
    found = [
        _number(
            row.get(observed.column, ""), observed.column, kind.low, 1.0 if share else kind.high, path, line, problems
        )
    ]
    if observed.active is not None:
        found.append(_number(row.get(observed.active, ""), observed.active, 1.0, math.inf, path, line, problems))
        if found[0] > found[1]:
            said = f"(={found[0]:g}) must be ≤ {observed.active} (={found[1]:g})"
            problems.append(Problem((observed.column,), said, "nobody leaves twice in a month", str(path), line))
    elif observed.holds == "churn":
        found.append(1.0)
    return found


def _number(cell: str, name: str, low: float, high: float, path: Path, line: int, problems: list[Problem]) -> float:
    try:
        value = float(cell.replace(",", "."))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        said, hint = f"(={cell!r}) must be a number", "take out rows without a figure" if not cell else ""
        problems.append(Problem((name,), said, hint, str(path), line))
    elif not low <= value <= high:
        rule = f"from {low:g} to {high:g}" if math.isfinite(high) else f"≥ {low:g}"
        problems.append(Problem((name,), f"(={value:g}) must be {rule}", "", str(path), line))
    return value
