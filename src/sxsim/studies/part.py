"""What a study is: a part for each scenario, which says what is run for it and what came out, and what all parts say together.

Each kind of study has a part of its own: see `kinds`.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sxsim.results.intervals import Interval, interval, range_of
from sxsim.results.kpis import KPIS
from sxsim.results.result import unit_of
from sxsim.running.one_run import engine_of
from sxsim.running.plans import Scenario
from sxsim.running.sharing import Work
from sxsim.running.task import Failure, Point, Task
from sxsim.scenario.ensemble import Ensemble
from sxsim.scenario.forms.weights import Judgements
from sxsim.studies.experiment import Experiment, Setup
from sxsim.studies.factors import Factor
from sxsim.studies.methods.search import Choice, Space, search

Row = dict[str, Any]
#: Factors that a summary names.
_MOST_FACTORS = 16
#: Choices that go from a search to the choice among the best, and times as many replications they get there.
_SHORTLIST, _LONGER = 8, 3


class Part(ABC):
    """A study of one scenario.

    A part first says what it is going to run (`planned`), then runs it (`run`), and then has tables, sentences and
    pictures.
    """

    #: The file's fields that this kind of study has.
    asks: ClassVar[type[Experiment]]

    def __init__(
        self,
        experiment: Any,
        scenario: Scenario,
        factors: tuple[Factor, ...],
        engine: str | None = None,
        ensemble: Ensemble | None = None,
        judgements: Judgements | None = None,
    ) -> None:
        self.experiment: Any = experiment
        self.scenario = scenario
        self.factors = factors
        self.engine = engine_of(scenario, engine)
        self.ensemble = ensemble
        self.judgements = judgements
        self.task = self.task_of(experiment)
        self.work: Work | None = None

    def task_of(self, experiment: Experiment) -> Task:
        """The scenario under the experiment's plan."""
        return self.task_under(experiment.plan)

    def task_under(self, plan: str, scenario: Scenario | None = None) -> Task:
        """The scenario, or another one, under a plan, with what the study assumes."""
        asked = self.experiment
        return Task(scenario or self.scenario, plan, asked.seed, self.engine, asked.uncertain, self.ensemble)

    @property
    def assumes(self) -> bool:
        """Whether parameters differ between replications, so that intervals hold assumptions beside chance."""
        return self.experiment.uncertain or (self.ensemble is not None and len(self.ensemble) > 1)

    @abstractmethod
    def planned(self) -> tuple[list[tuple[Task, Sequence[Point]]], int]:
        """What is known to be run, by task, and how many points may follow, at most, depending on what comes out."""

    @abstractmethod
    def run(self, work: Work) -> None:
        """Run what is to be run."""

    @abstractmethod
    def tables(self) -> Iterator[tuple[str, list[Row]]]:
        """The tables of results, tidy: one row an estimate."""

    @abstractmethod
    def sentences(self) -> list[str]:
        """What came out, in plain words."""

    @abstractmethod
    def draw(self, folder: Path, suffix: str) -> None:
        """Draw the pictures into a folder."""

    @abstractmethod
    def points(self) -> Iterator[tuple[Task, Mapping[str, float | str], Point]]:
        """Every point, in order, with what it stands for; equal points stand there as often as they are used."""

    def remarks(self) -> list[str]:
        """What a reader of `summary.md` should know beside, in Markdown."""
        return []

    def unmet(self) -> list[str]:
        """What was demanded and is not met."""
        return []

    def kept(self, task: Task, point: Point) -> tuple[float, ...] | None:
        """The KPIs of a finished point."""
        assert self.work is not None
        return self.work.kpis(task, point)

    def values(self, task: Task, points: Iterable[Point], kpis: Sequence[str]) -> NDArray[np.float64]:
        """KPIs, or what else a task's points hold, at some points, shape (points, KPIs); NaN where a point failed."""
        columns = [task.statistics.index(kpi) for kpi in kpis]
        nothing = (np.nan,) * len(task.statistics)
        rows = (self.kept(task, point) or nothing for point in points)
        looked_at = np.fromiter((row[column] for row in rows for column in columns), np.float64)
        return looked_at.reshape(-1, len(columns))

    def interval_of(self, kpi: str, values: Iterable[float], *, difference: bool = False) -> Interval:
        """A KPI's interval over runs, or that of a difference of two."""
        if difference:
            return interval(values, unit_of(kpi, self.scenario))
        return interval(values, unit_of(kpi, self.scenario), range_of(kpi))


class SearchingPart(Part):
    """A part that looks for what is best: searched for on some replications, chosen among the best on others, judged on fresh ones."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        asked = self.experiment
        self.better = -1.0 if KPIS[asked.goal].better == "lower" else 1.0
        self.early = range(asked.search_replications)
        self.later = range(self.early.stop, self.early.stop + _LONGER * asked.search_replications)
        self.fresh = range(self.later.stop, self.later.stop + asked.replications)
        self.trials = 0
        self.asked: dict[tuple[str, str, Point], tuple[Task, dict[str, float | str]]] = {}

    @abstractmethod
    def losses(self, what: str, choices: Sequence[Choice], replications: Sequence[int]) -> list[float]:
        """Run some choices: how bad each is."""

    def best_of(self, space: Space, also: Sequence[Choice] = ()) -> Choice:
        """Search, then choose among the best on other replications."""
        asked = self.experiment
        tried = search(space, lambda c: self.losses("search", c, self.early), asked.trials, asked.seed, also)
        self.trials = len(tried)
        best = [choice for _, choice in tried[:_SHORTLIST]]
        return best[int(np.argmin(self.losses("choice", best, self.later)))]

    @property
    def most_looks(self) -> int:
        """Points that search and choice take, at most."""
        return (int(self.experiment.trials) + _SHORTLIST * _LONGER) * len(self.early)

    def ask(self, what: str, task: Task, point: Point, labels: Mapping[str, float | str]) -> None:
        """Remember a point, what it is for, and what it stands for."""
        self.asked.setdefault((what, task.plan, point), (task, {"for": what, **labels}))

    def points(self) -> Iterator[tuple[Task, Mapping[str, float | str], Point]]:
        """All points in the order in which they were asked for."""
        for (_, _, point), (task, labels) in self.asked.items():
            yield task, labels, point


@dataclass
class Study:
    """A finished study. run: points that were run; notes: what a user should know beside the results."""

    setup: Setup
    parts: list[Part]
    seconds: float
    run: int
    failures: list[Failure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    folder: Path | None = None

    @property
    def experiment(self) -> Experiment:
        """What was asked."""
        return self.setup.experiment

    @property
    def unmet(self) -> list[str]:
        """What was demanded and is not met, like a target that no split reaches."""
        return [text for part in self.parts for text in part.unmet()]


@dataclass(frozen=True)
class Text:
    """Something a study says: a sentence, or the heading over what follows."""

    words: str
    heading: bool = False

    def __str__(self) -> str:
        return f"{self.words}:" if self.heading else self.words

    @property
    def markdown(self) -> str:
        """The text as a paragraph or heading in Markdown."""
        return f"## {self.words}" if self.heading else self.words


def texts(study: Study) -> list[Text]:
    """The question, then headings and sentences, scenario by scenario."""
    found = [Text(study.experiment.question.strip())]
    for part in study.parts:
        found += [Text(part.scenario.name, heading=True), *map(Text, part.sentences())]
    if study.failures:
        found.append(Text(f"{len(study.failures)} points failed and are left out; see failures/."))
    return found


def sentences(study: Study) -> list[str]:
    """Headings (ending in a colon) and sentences, scenario by scenario."""
    return [str(text) for text in texts(study)]


def summary(study: Study) -> str:
    """`summary.md`: the question, what was asked, the sentences, and what a reader should know beside them."""
    question, *rest = texts(study)
    lines = [f"# {question}", "", _asked(study), ""]
    for text in rest:
        lines += [text.markdown, ""]
    for part in study.parts:
        remarks = part.remarks()
        lines += [*remarks, ""] if remarks else []
    return "\n".join(lines)


def _asked(study: Study) -> str:
    """What was run, in a line."""
    experiment = study.experiment
    fields = experiment.model_dump(
        mode="json", exclude={"question", "name", "study", "scenarios", "set", "kpis", "factors", "parameters", "data"}
    )
    if "plans" in fields:
        fields["plan"] = ", ".join(fields.pop("plans"))
    if fields.get("method") == "morris":
        del fields["samples"]  # of Sobol; Morris goes by trajectories
    shown = [
        f"{name} {value}"
        for name, value in fields.items()
        if isinstance(value, str | int | float) and value is not False
    ]
    overridden = [f"{path} {value}" for path, value in experiment.set.items() if not isinstance(value, dict | list)]
    factors = [_range(factor) for factor in study.parts[0].factors[:_MOST_FACTORS]]
    more = len(study.parts[0].factors) - len(factors)
    said = [f"{experiment.name}: a study of kind {experiment.study}; {', '.join(shown)}"]
    sets = len(study.setup.ensemble or ())
    said += [f"every replication with one of the {sets} sets of parameters of an ensemble"] if sets else []
    said += [f"set: {', '.join(overridden)}"] if overridden else []
    said += [f"drawn or varied: {', '.join(factors)}{f' and {more} more' if more else ''}"] if factors else []
    return ". ".join(text[0].upper() + text[1:] if place else text for place, text in enumerate(said)) + "."


def _range(factor: Factor) -> str:
    """A factor with its range, and how it is drawn where that is not evenly."""
    peak = "" if factor.most_likely is None else f", peak {factor.most_likely:g}"
    drawn = "" if factor.distribution == "uniform" else f" ({factor.distribution.replace('_', ' ')}{peak})"
    return f"{factor.name} {factor.low:g}–{factor.high:g}{drawn}"
