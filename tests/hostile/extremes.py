"""Extreme scenarios: nobody, one person, a million; everything closed; each field at its legal smallest and largest; any mixture."""

import copy
import io
import math
import multiprocessing
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from ruamel.yaml import YAML

from sxsim.commands.options import comparison_screen, run_screen
from sxsim.results.intervals import range_of
from sxsim.results.kpis import KPIS, in_window, monthly_values, window_months
from sxsim.results.result import to_json
from sxsim.running.one_run import RunFailed
from sxsim.running.plans import compare, load
from sxsim.scenario.fields import Duration
from sxsim.scenario.problems import InvalidInput
from sxsim.scenario.scenario import Scenario
from sxsim.scenario.usual import _parts_of

from ..scenario.cafe import TEXT

#: Where a value stands in a scenario.
Place = tuple[str | int, ...]
#: Largest number of runs, people and months of mixtures, so that 121 of them are over in some minutes.
_PEOPLE, _MONTHS, _VISITS = 2_000, 30, 300.0
#: How far beyond its range a share may lie by rounding.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Extreme:
    """A scenario: what it is called, and the values that differ from those of a usual one, by path."""

    name: str
    values: dict[Place, Any] = field(default_factory=dict)

    def text(self) -> str:
        """The scenario file."""
        data = copy.deepcopy(_written_out())
        for path, value in self.values.items():
            _set(data, path, value)
        file = io.StringIO()
        YAML(typ="safe", pure=True).dump(data, file)
        return file.getvalue()


@cache
def _written_out() -> dict[str, Any]:
    """The usual scenario with nothing in short."""
    return Scenario.model_validate(usual()).model_dump(mode="json", exclude_none=True)


def usual() -> dict[str, Any]:
    """The café with everything a scenario may have."""
    data: dict[str, Any] = YAML(typ="safe", pure=True).load(TEXT)
    counter = data["touchpoints"][0]
    counter |= {
        "after_contact": 1, "promised_wait": 5, "late_major": 10, "queue_visible": True, "revenue": 1, "other_work": 0.1,
        "try_again": {"chance": 0.5, "after": {"mean": 1, "unit": "days"}}, "switch": {"to": "tables", "chance": 0.5},
        "hands_over_to": "tables", "hand_over_rate": 0.05,
    }  # fmt: skip
    data["teams"][0] |= {"breaks": {"every": 120, "length": 10}, "speed_variation": 0.2, "wage": 2200, "turnover": 0.3}
    data["journeys"][1]["steps"].append({"touchpoint": "counter", "after": {"nights": 1, "within": 30}, "chance": 0.5})
    data["segments"].append(
        {
            "name": "offices", "share": 0.0, "visits_per_month": 3, "journeys": {"coffee": 1}, "persons_per_account": 3,
            "contract": {"fee": 20, "months": 3},
        }
    )  # fmt: skip
    data["sites"] = [{"name": "here", "share": 0.5}, {"name": "there", "share": 0.5}]
    data["plans"]["welcome"] |= {
        "activities": {"create_urgency": {"effort": 0.5}}, "funded_by_result": 0.1,
        "changes": [
            {"month": 1, "price": 1.1, "promise": 0.5},
            {"month": 0, "touchpoint": "counter", "extra_staff": 1, "promised_wait": 3},
        ],
    }  # fmt: skip
    return data


def _set(data: Any, path: Place, value: Any) -> None:
    for part in path[:-1]:
        data = data.setdefault(part, {}) if isinstance(data, dict) else data[part]
        assert data is not None, path
    data[path[-1]] = copy.deepcopy(value)


def _ends(part: type[BaseModel], name: str) -> tuple[float, float] | None:
    """The smallest and the largest legal value of a field that holds a number."""
    info = part.model_fields[name]
    said: dict[str, Any] = {}
    for rule in info.metadata:
        said |= {each: getattr(rule, each) for each in ("ge", "gt", "le") if getattr(rule, each, None) is not None}
    whole = "int" in str(info.annotation)
    if "le" not in said or not ("ge" in said or "gt" in said):
        return None
    low = said["ge"] if "ge" in said else said["gt"] + (1 if whole else 1e-300)
    return (int(low), int(said["le"])) if whole else (float(low), float(said["le"]))


def fields() -> dict[Place, tuple[float, float]]:
    """Every field with a number of the usual scenario: path, and its smallest and largest legal value."""
    found: dict[Place, tuple[float, float]] = {}
    for path, part in _parts_of(Scenario.model_validate(usual()), ()):
        for name in type(part).model_fields:
            ends = _ends(type(part), name)
            given = name in part.model_fields_set or not isinstance(part, Duration)
            if ends is not None and given and name not in ("share", "end") and (*path, name)[-2:] != ("nights", "mean"):
                found[(*path, name)] = ends
    for index, place in (("touchpoints", 0), ("teams", 0)):
        found[(index, place, "staff")] = (0.0, 1e12)
    return found


def _alone(path: Place, value: Any) -> dict[Place, Any]:
    """A field's value, with what it needs so that the scenario can be run at all, and in some minutes."""
    values = {path: value}
    if path == ("horizon", "months"):
        values |= {("plans", name, "changes"): [] for name in ("welcome", "dearer")}
    if path == ("market", "people"):
        values |= {("market", "customers"): value // 2} | _all("visits_per_month", 0.01, "segments")
    return values


def single() -> list[Extreme]:
    """Each field alone at its smallest and at its largest."""
    return [
        Extreme(f"{'.'.join(map(str, path))} {which}", _alone(path, value))
        for path, ends in fields().items()
        for which, value in zip(("smallest", "largest"), ends, strict=True)
    ]


_CLOSED = {"mon-sun": "closed"}
_STAFF = {("touchpoints", 0, "staff"): 0, ("teams", 0, "staff"): 0}


def _market(people: int, customers: int | None = None) -> dict[Place, Any]:
    return {("market", "people"): people, ("market", "customers"): people if customers is None else customers}


def _all(name: str, value: Any, part: str = "touchpoints", number: int = 3) -> dict[Place, Any]:
    return {(part, index, name): value for index in range(number)}


def _named() -> Iterator[Extreme]:
    """What one thinks of first."""
    month = {("horizon", "months"): 1} | {("plans", name, "changes"): [] for name in ("welcome", "dearer")}
    millionth = _market(1_000_000, 500_000) | _all("visits_per_month", 0.1, "segments") | month
    yield Extreme("nobody", _market(0))
    yield Extreme("one person", _market(1))
    yield Extreme("one prospect", _market(1, 0))
    yield Extreme("no customer", _market(80, 0))
    yield Extreme("everybody a customer", _market(80))
    yield Extreme("a million", millionth)
    yield Extreme("ten million", millionth | _market(10_000_000, 10))
    yield Extreme(
        "a million customers who never come", millionth | _market(1_000_000) | _all("visits_per_month", 0, "segments")
    )
    yield Extreme("everything closed", _all("opening", _CLOSED))
    yield Extreme("closed, teams too", _all("opening", _CLOSED) | {("teams", 0, "staff"): 0})
    yield Extreme("open half an hour a week", _all("opening", {"sun": "00:00-00:30"}))
    yield Extreme("always open", _all("opening", "always"))
    yield Extreme("every promise fails", _all("failure_rate", 1.0))
    yield Extreme("every failure is major", _all("failure_rate", 1.0) | _all("major_share", 1.0))
    yield Extreme("no promise fails", _all("failure_rate", 0.0) | _all("query_rate", 0.0))
    yield Extreme("no staff", _STAFF)
    yield Extreme("a thousandth of a person", dict.fromkeys(_STAFF, 0.001))
    yield Extreme("10,000 on duty", dict.fromkeys(_STAFF, 10_000))
    yield Extreme("100,000 on duty", dict.fromkeys(_STAFF, 100_000))
    yield Extreme("a trillion on duty", dict.fromkeys(_STAFF, 1e12))
    yield Extreme("a trillion posts", {("teams", 0, "posts"): 10**12})
    yield Extreme("no months", {("horizon", "months"): 0})
    yield Extreme("one month without warm-up", month | {("horizon", "warm_up"): 0})
    yield Extreme("fifty years", {("horizon", "months"): 600, ("horizon", "warm_up"): 120} | _market(20, 10))
    yield Extreme("year 1", {("horizon", "start"): "0001-01-01"})
    yield Extreme("year 9999", {("horizon", "start"): "9999-12-01", ("horizon", "warm_up"): 0})
    yield Extreme("year 9999, over its end", {("horizon", "start"): "9999-01-01", ("horizon", "months"): 60})
    yield Extreme("before the calendar", {("horizon", "start"): "0001-02-01", ("horizon", "warm_up"): 12})
    yield Extreme("a price of a trillion", {("plans", "welcome", "changes", 0, "price"): 1e12})
    yield Extreme("a price of next to nothing", {("plans", "welcome", "changes", 0, "price"): 1e-6})
    yield Extreme("a trillion a month", {("plans", "welcome", "money", "engagement"): 1e12})
    yield Extreme("a trillion a visit", _all("revenue_per_visit", 1e12, "segments"))
    yield Extreme("wages of a trillion", {("economics", "wage"): 1e12, ("teams", 0, "wage"): 1e12})
    yield Extreme("no wages", {("economics", "wage"): 0, ("teams", 0, "wage"): 0})
    yield Extreme("no wages where others pay", {("teams", 0, "wage"): 0, ("teams", 0, "market_wage"): 3000, ("economics", "wage"): 0, ("economics", "market_wage"): 1e12})  # fmt: skip
    yield Extreme("pay of a millionth elsewhere", {("economics", "market_wage"): 1e-300})
    yield Extreme("no money at all", {("economics", name): 0 for name in ("wage", "overtime", "hiring_cost", "failure_minor", "compensation", "turnover")} | _all("revenue_per_visit", 0, "segments"))  # fmt: skip
    yield Extreme("discounted at 100 %", {("economics", "discount_rate"): 1})
    yield Extreme("hardly discounted", {("economics", "discount_rate"): 1e-6} | _all("leaving", 0, "segments"))
    yield Extreme("all leave", _all("leaving", 1.0, "segments"))
    yield Extreme("all leave and nobody joins", _all("leaving", 1.0, "segments") | _all("joining", 0.0, "segments"))
    yield Extreme("nobody leaves, all join", _all("leaving", 0.0, "segments") | _all("joining", 1.0, "segments"))
    yield Extreme(
        "all quit", {("economics", "turnover"): 3, ("teams", 0, "turnover"): 3, ("organisation", "engagement"): 0}
    )
    yield Extreme("one account of everybody", {("segments", 0, "persons_per_account"): 50, **_market(50)})
    yield Extreme("an account larger than the market", _all("persons_per_account", 50, "segments") | _market(10))
    yield Extreme("contracts of one month", {("segments", 0, "contract"): {"fee": 1e12, "months": 1}})
    yield Extreme("contracts of ten years", {("segments", 0, "contract"): {"fee": 0, "months": 120}})
    yield Extreme("1,000 visits a month", _all("visits_per_month", 1_000, "segments"))
    yield Extreme("100,000 visits a month", _all("visits_per_month", 100_000, "segments") | _market(3))
    yield Extreme("a trillion visits a month", _all("visits_per_month", 1e12, "segments"))
    yield Extreme("no time to serve", _all("service_time", 0))
    yield Extreme("a year to serve", _all("service_time", {"mean": 365, "unit": "days"}))
    yield Extreme("a trillion days to serve", _all("service_time", {"mean": 1e12, "unit": "days"}))
    yield Extreme("no patience", _all("patience", 0))
    yield Extreme("endless patience", _all("patience", {"mean": 1e12, "unit": "days"}))
    yield Extreme("wild times", _all("service_time", {"distribution": "weibull", "mean": 3, "shape": 0.05}))
    yield Extreme("times of one length", _all("service_time", {"distribution": "weibull", "mean": 3, "shape": 1e12}))
    yield Extreme(
        "lognormal of a trillion", _all("service_time", {"distribution": "lognormal", "mean": 3, "variation": 1e12})
    )
    yield Extreme(
        "always again", {("touchpoints", 0, "try_again"): {"chance": 1, "after": 0}, **dict.fromkeys(_STAFF, 0.01)}
    )
    yield Extreme("always another date", {("capacities", 0): {"name": "seats", "units": 1, "another_date": 1, "another_date_after": 0}})  # fmt: skip
    yield Extreme("a season of nothing", {("demand", "season"): [0] * 12})
    yield Extreme("a season of a trillion", {("demand", "season"): [0] * 11 + [1e12]})
    yield Extreme("demand when closed", {("demand", "profiles", "day"): {"sun": {"03:00": 1, "03:30": 0}}})
    yield Extreme("maturity 1", {("organisation", "maturity"): 1, ("organisation", "obstacles"): 1})
    yield Extreme("maturity 5", {("organisation", "maturity"): 5, ("organisation", "obstacles"): 0})
    yield Extreme("nothing outside", {("market", "outside_quality"): 0, ("market", "outside_price"): 1e12})
    yield Extreme("all is better outside", {("market", "outside_quality"): 1, ("market", "outside_price"): 1e-6})
    yield Extreme("breaks all the time", {("teams", 0, "breaks"): {"every": 1e-300, "length": 1e12}})
    yield Extreme("breaks of no length", {("teams", 0, "breaks"): {"every": 1e-300, "length": 1e-300}})
    yield Extreme("next to nobody available", {("teams", 0, "availability"): 1e-300})
    yield Extreme("200 sites", {("sites",): [{"name": f"site {n}", "share": 0.005} for n in range(200)]})
    yield Extreme("a site without people", {("sites",): [{"name": "a", "share": 1}, {"name": "b", "share": 0}]})
    yield Extreme("sites a trillion times as large", {("sites", 0, "staff_factor"): 1e12})


#: Fields whose largest value makes a run long rather than strange.
_BOUNDED = {"people": _PEOPLE, "customers": 400, "months": _MONTHS, "warm_up": 6, "visits_per_month": _VISITS, "units": 10_000, "posts": 100, "staff": 20.0, "extra_staff": 20.0, "staff_factor": 10.0, "persons_per_account": 50}  # fmt: skip


#: Fields that do something only where the usual scenario has them.
_OF_SOME = ("hand_over_rate", "units", "other_work", "promised_wait")


def _is_in(data: Any, path: Place) -> bool:
    try:
        for part in path:
            data = data[part]
    except (KeyError, IndexError, TypeError):
        return False
    return True


def _mixed(seed: int) -> Iterator[Extreme]:
    """Many fields at an end at once, some more, some less."""
    chance, there = random.Random(seed), usual()
    every = {path: ends for path, ends in fields().items() if path[-1] not in _OF_SOME or _is_in(there, path)}
    every[("touchpoints", 0, "hand_over_rate")] = (0.001, 1.0)
    every[("touchpoints", 0, "staff")] = (0.001, 1e12)
    number = 0
    while True:
        part, values = chance.choice((0.05, 0.15, 0.4, 1.0)), {}
        for path, (low, high) in every.items():
            high = min(high, _BOUNDED.get(str(path[-1]), high))
            if chance.random() < part:
                values[path] = chance.choice((low, high))
        values[("market", "customers")] = min(
            values.get(("market", "customers"), 50), values.get(("market", "people"), 80)
        )
        if values.get(("horizon", "months")) == 1:
            values |= {path: 0 for path in every if path[-1] in ("month", "start")}
        values[("economics", "hours_per_week")] = max(values.get(("economics", "hours_per_week"), 38.0), 1.0)
        values |= {p: min(values[p], _MONTHS - 1) for p in values if p[-1] in ("month", "start")}
        number += 1
        yield Extreme(f"mixture {number}", values)


def extremes(count: int, seed: int) -> list[Extreme]:
    """So many extreme scenarios, the same for the same seed: those with a name first."""
    found = list(_named())
    mixed = _mixed(seed)
    return [*found, *(next(mixed) for _ in range(count - len(found)))][:count]


_ATTEMPTS = ("served", "abandoned", "balked", "turned_away")
_WITHOUT = {
    "satisfaction": "active", "satisfaction_served": "served_12", "satisfaction_of_month_0": "month_0", "expectation": "active",
    "loyalty": "active", "nps": "answers", "delight_rate": "served", "delight_of_month_0": "month_0", "wasted_gestures": "served",
    "complaint_rate": "problems", "churn_rate": "active_start", "retention_12m": "active_12_ago", "repurchase_rate": "active",
    "recommendation_rate": "active_start", "joiners_share": "outside_start", "feedback_rate": "asked", "time_standard": "floors",
    "utilisation": "duty_minutes", "engagement": "headcount", "commitment": "headcount", "turnover_12m": "headcount",
    "applicants_per_vacancy": "vacancies", "cost_per_contact": "served",
}  # fmt: skip


def undefined(sums: dict[str, Any], kpi: str) -> bool:
    """Whether a KPI has a denominator of 0, as its formula says, so that it is not defined."""
    if kpi in _WITHOUT:
        return not sums[_WITHOUT[kpi]] > 0
    if kpi.startswith("level_") or kpi in ("wait_mean", "wait_p90", "abandon_rate", "turned_away_rate"):
        return not sum(sums[name] for name in _ATTEMPTS) > 0
    if kpi == "recovery_rate":
        return bool(sums["voiced"] + sums["noticed"] - sums["cases"] + sums["cases_closed"] == 0)
    if kpi == "customer_equity":
        return not (sums["active"] > 0 and sums["active_start"] > 0)
    return False


def _wrong_figures(records: Any, rate: float) -> Iterator[str]:
    values = monthly_values(records, rate)
    for name, kpi in KPIS.items():
        sums = in_window(values, window_months(kpi.window, records.warm_up, len(records.sites)))
        value, (low, high) = float(kpi.compute(sums)), range_of(name)
        if math.isnan(value) != undefined(sums, name) or math.isinf(value):
            yield f"{name}(={value})"
        elif not math.isnan(value) and not low - _ROUNDING <= value <= high + _ROUNDING:
            yield f"{name}(={value}) outside {low:g} to {high:g}"


def tried(extreme: Extreme, folder: Path, *, unusual: bool, save: bool = True, engine: str | None = None) -> str:
    """What becomes of a scenario: `refused: …` before any work, `failed: …` in it, `done`, or what is wrong with its figures."""
    file = folder / "extreme.yaml"
    file.write_text(extreme.text(), encoding="utf-8")
    try:
        scenario = load(file, unusual=unusual)
    except InvalidInput as error:
        places = all(problem.line or problem.file == "--set" for problem in error.problems)
        return f"refused: {error}" if places and error.problems else f"WRONG: no place: {error}"
    out = folder / "runs"
    try:
        found = compare(scenario, ["welcome"], replications=2, jobs=1, out=out, engine=engine)
    except RunFailed as error:
        return f"failed: {error}"
    wrong = [text for run in (found.base, *found.others) for records in run.records for text in _wrong_figures(records, scenario.economics.discount_rate)]  # fmt: skip
    for text in (comparison_screen(found, folder), run_screen(found.base, folder), to_json(found.as_json())):
        wrong += ["a screen says nothing"] if not text else []
        wrong += [f"a screen says {word}" for word in ("NaN", "Infinity", " inf", "nan ") if word in text]
    if save:
        found.save(out)
    return f"WRONG: {', '.join(dict.fromkeys(wrong))}" if wrong else "done"


def _serve(asked: Connection, folder: str, save: bool) -> None:
    while True:
        extreme, unusual = asked.recv()
        try:
            asked.send(tried(extreme, Path(folder), unusual=unusual, save=save))
        except BaseException as error:
            import traceback

            place = traceback.extract_tb(error.__traceback__)[-1]
            asked.send(f"WRONG: {type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno})"[:500])


class Trial:
    """Tries scenarios one after the other in another process, which is ended where one takes too long."""

    def __init__(self, folder: Path, seconds: float, *, save: bool = True) -> None:
        self._folder, self._seconds, self._save = folder, seconds, save
        self._process: Any = None

    def _begin(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._asked, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(there, str(self._folder), self._save), daemon=True)
        self._process.start()
        there.close()

    def ask(self, extreme: Extreme, *, unusual: bool) -> str:
        """What becomes of a scenario, also: WRONG: too long, or the process ended."""
        if self._process is None:
            self._begin()
            self._asked.send((Extreme("usual"), True))
            assert self._asked.recv() == "done"
        self._asked.send((extreme, unusual))
        try:
            if self._asked.poll(self._seconds):
                return str(self._asked.recv())
            said = f"WRONG: longer than {self._seconds:g} s"
        except EOFError:
            said = "WRONG: the process ended"
        self.close()
        return said

    def close(self) -> None:
        """End the other process."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None
