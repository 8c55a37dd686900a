"""What moves what: each of the 52 things is raised alone, and exactly what the typed table names moves, to the bit.

Both engines share their steps, so their agreement cannot see a wrong row or weight; a table typed by hand can. A year is run
twice: once with maturity held still, so that one sees what reaches people, and once with people held still, so that one
sees what becomes of maturity. The *pins* that hold them, and those in the organisation's file, are undone one by one at the end.
"""

from collections.abc import Iterable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

from sxsim.engines import compiled, reference
from sxsim.engines.agenda import agendas_of
from sxsim.engines.order_of_a_month import walk_month
from sxsim.engines.records import Observer
from sxsim.engines.start import start
from sxsim.engines.steps_of_the_organisation import site_levers
from sxsim.engines.world import YES, World
from sxsim.model.implementation import AWARE, PRACTISING, RESIGNED, TRYING, UNAWARE
from sxsim.model.organisation import self_service_reliability
from sxsim.scenario.loading import load
from sxsim.standard.catalogue import ACTIVITIES, ELEMENTS, LEVERS, OBSTACLES, SUB_ELEMENTS, catalogue, element_of

TABLE: dict[str, Any] = YAML(typ="safe").load(Path(__file__).with_name("what_moves.yaml"))
ORGANISATION = Path(__file__).with_name("what_moves_organisation.yaml")
SUBS, ACTS, BARS = TABLE["sub_elements"], TABLE["activities"], TABLE["obstacles"]
THINGS = [*SUBS, *ACTS, *BARS]
MONTHS = (1, 2, 6, 12)
TEAMS = ("own", "partner")

#: Maturity stays where it is; activities take no time; seen at once, so that only the error of seeing shows.
MATURITY_HELD: dict[str, float] = {"maturity_gain": 0, "maturity_decay": 0, "activity_work": 0, "seeing_speed_floor": 1}
#: People stay at their stage; seen without error, so that only the delay shows; each sub-element is its own (no weakest).
PEOPLE_HELD: dict[str, float] = {
    "aware_speed": 0, "trying_speed": 0, "practising_speed": 0, "losing_sight_speed": 0, "giving_up_speed": 0, "relapse_speed": 0,
    "resigning_strain": 0, "resigning_fatigue": 0, "hoping_speed": 0, "seeing_error": 0, "weakest_weight": 0,
}  # fmt: skip
MOVES_BY_STAGE = {
    (UNAWARE, AWARE): "aware", (AWARE, TRYING): "try", (AWARE, UNAWARE): "lost_sight", (AWARE, RESIGNED): "resign",
    (TRYING, PRACTISING): "practise", (TRYING, AWARE): "gave_up", (TRYING, RESIGNED): "resign",
    (PRACTISING, TRYING): "relapse", (RESIGNED, AWARE): "hope",
}  # fmt: skip

#: 60 people a team, where nobody has to take a step.
FEW = [f"teams.{team}.{field}" for team in (0, 1) for field in ("posts=60", 'staff={mon: {"08:00": 60, "08:30": 0}}')]

Figures = dict[str, Any]


class Diary(Observer):
    """Writes down, month by month, every figure that a thing might move."""

    def __init__(self, world: World, before: Figures) -> None:
        self.stages = world.posts["stage"].copy()
        self.seen = world.sub_elements["seen"].copy()
        self.supply = before["lever surprise"]
        self.months: list[Figures] = [before]

    def levers_set(self, world: World, month: int) -> None:
        """The month is over, the levers of the next one stand."""
        found = organisation_figures(world) | lever_figures(world) | self.people_figures(world)
        found["failures at the machine"] = int(world.contact_tally["failures"].sum())
        found["activity cost"] = float(world.site_tally["investment"][0])
        found["programme work"] = float(world.settings[0]["programme_work"])
        if month == 0:
            found["idea_delay"] = self.supply / found["lever surprise"]
        rows = world.sub_elements
        missing = rows["maturity"] - self.seen
        found["sight"] = (rows["seen"] - self.seen) / np.where(missing == 0.0, 1.0, missing)
        found["error"] = rows["seen"] - rows["maturity"]
        self.months.append(found)
        self.stages = world.posts["stage"].copy()
        self.seen = rows["seen"].copy()

    def people_figures(self, world: World) -> Figures:
        """Who took which step, by team, and the mean engagement and skill."""
        found: Figures = {}
        posts = world.posts
        for number, team in enumerate(TEAMS):
            mine = posts["team"] == number
            for (before, after), name in MOVES_BY_STAGE.items():
                who = np.flatnonzero(mine & (self.stages == before) & (posts["stage"] == after)).tolist()
                found[f"{team} {name}"] = [*found.get(f"{team} {name}", []), *who]
            for name in ("engagement", "skill", "strain"):
                found[f"{team} {name}"] = float(posts[name][mine].mean())
        return found


def organisation_figures(world: World) -> Figures:
    """Maturity, what is established, obstacles, what activities have built up, momentum."""
    found: Figures = {"momentum": float(world.sites[0]["momentum"])}
    for name, row in zip(SUB_ELEMENTS, world.sub_elements, strict=True):
        found[f"maturity {name}"], found[f"established {name}"] = float(row["maturity"]), float(row["established"])
    found |= {f"obstacle {n}": float(row["severity"]) for n, row in zip(OBSTACLES, world.obstacles, strict=True)}
    return found | {f"done {n}": float(row["done"]) for n, row in zip(ACTIVITIES, world.activities, strict=True)}


def lever_figures(world: World) -> Figures:
    """The ten levers of the site."""
    return {f"lever {name}": float(value) for name, value in zip(LEVERS, world.levers[0], strict=True)}


def sets_of(thing: str) -> list[str]:
    """What raises one thing alone."""
    if thing in SUBS:
        return [f"organisation.maturity={{{thing}: 5}}"]
    if thing in ACTS:
        return [f"plans.act.activities.{thing}=0.9"]
    if thing in BARS:
        return [f"organisation.obstacles={{{', '.join(f'{n}: {0.9 if n == thing else 0.2}' for n in OBSTACLES)}}}"]
    return []


def begun(thing: str, pins: Mapping[str, float], *more: str) -> tuple[World, Figures]:
    """The organisation before its first contact, and the levers that stand then.

    From here on people are alike in all runs: a fifth at each stage of commitment, some tired of change, some momentum; what is
    established and what the organisation sees lie a level and half a level below its maturity.
    """
    sets = [*sets_of(thing), *(f"parameters.{name}={value}" for name, value in pins.items()), *more]
    world = start(load(ORGANISATION, sets=sets, unusual=True), "act", seed=1)
    before = lever_figures(world)
    site, p = world.sites[0], world.parameters[0]
    before["partner_energy"], before["local_support"] = float(site["partner_energy"]), float(site["deployment"])
    technology = float(site["technology"])
    before["self_service"] = self_service_reliability(before["lever reliability"], technology, world.parameters[0])
    world.posts["stage"] = world.posts["number"] % 5
    world.posts["fatigue"], world.posts["engagement"] = 0.3, p["engagement_base"]
    world.sub_elements["established"] = world.sub_elements["maturity"] - 1.0
    world.sub_elements["seen"] = world.sub_elements["maturity"] - 0.5
    site["momentum"] = 0.3
    site_levers(world, 0, YES)
    site["fresh_ideas"] = 0.0
    return world, before


@cache
def year(thing: str, held: str, **undone: float) -> list[Figures]:
    """A year with one thing raised ("" for none): the figures before the first contact and after each month.

    held: what is held still, maturity or people; undone: pins with other values.
    """
    pins, more = (MATURITY_HELD, []) if held == "maturity" else (PEOPLE_HELD, FEW)
    world, before = begun(thing, pins | undone, *more)
    diary = Diary(world, before)
    agenda = agendas_of(world)[0]

    def floor_month(month: int) -> None:
        if month == 0:  # the floor of later months says nothing here, and takes time
            compiled.floor_month(world, agenda, 0)

    for month in range(int(world.settings[0]["months"])):
        walk_month(world, month, {"floor_month": partial(floor_month, month)}, diary)
    return diary.months


def differs(name: str, one: Any, other: Any) -> bool:
    """Whether a figure moved: to the bit, but for those that are quotients."""
    if name == "idea_delay":
        return bool(abs(one - other) > 1e-9)
    return bool(one != other)


def moved(thing: str, held: str, month: int) -> set[str]:
    """The names of the figures that moved."""
    one, other = year(thing, held)[month], year("", held)[month]
    found = {name for name in one if name not in ("sight", "error") and differs(name, one[name], other[name])}
    others = [row for row, name in enumerate(SUB_ELEMENTS) if name != thing]
    name, shows = ("error", "sight_error") if held == "maturity" else ("sight", "sight_delay")
    if month == 1 and np.abs(one[name] - other[name])[others].max() > 1e-9:
        found.add(shows)
    return found


def check(thing: str, month: int, found: set[str], must: Iterable[str], may: Iterable[str] = ()) -> list[str]:
    """What of a month is not as the table says, in words."""
    must, may = set(must), set(may)
    wrong = [f"{thing} raised, month {month}: {name} must move" for name in sorted(must - found)]
    return wrong + [f"{thing} raised, month {month}: {name} must not move" for name in sorted(found - must - may)]


def named(thing: str) -> list[str]:
    """What the table says that a thing moves, beside obstacles."""
    row = SUBS.get(thing) or ACTS.get(thing) or BARS[thing]
    return [*row.get("moves", []), *row.get("hinders", [])]


def steps_of_people(names: Iterable[str]) -> set[str]:
    """The figures of people that move within a month, by what reaches them."""
    found = set()
    for name in names:
        reached = {"all": [name]} if name in BARS_STEPS else TABLE["people"].get(name, {})
        for who, steps in reached.items():
            for team in TEAMS if who == "all" else (who,):
                found |= {f"{team} {each}" for step in steps for each in TABLE["steps"].get(step, [step])}
    return found


BARS_STEPS = {"aware", "try", "practise", "relapse", "carriers"}
PEOPLE = {f"{t} {n}" for t in TEAMS for n in (*MOVES_BY_STAGE.values(), "engagement")} | {"momentum"}
BUILT_UP = {f"done {name}" for name in ACTIVITIES if "anchors" in ACTS[name]}  # what is practised can be anchored
REACH_PEOPLE = {"energy", "partner_energy", "alignment", "local_support", "discretion"}
ALIGNING = {name for name in SUBS if "alignment" in named(name)}


def of_activity(thing: str) -> set[str]:
    """What an activity moves from its first month on, wherever it is."""
    return {f"done {thing}", "activity cost"} | {f"obstacle {name}" for name in ACTS[thing].get("lowers", [])}


def levers_of(names: Iterable[str]) -> set[str]:
    """The levers among some names, as figures."""
    return {f"lever {name}" for name in names if name in LEVERS}


def test_the_table_names_all_and_nothing_else() -> None:
    assert (tuple(SUBS), tuple(ACTS), tuple(BARS)) == (SUB_ELEMENTS, ACTIVITIES, OBSTACLES)
    for thing in THINGS:
        row = SUBS.get(thing) or ACTS.get(thing) or BARS[thing]
        assert row["why"], thing
        assert set(row.get("lowers", [])) <= set(OBSTACLES), thing
    anchored = [element for row in ACTS.values() for element in row.get("anchors", [])]
    assert sorted(anchored) == sorted(ELEMENTS)


def test_the_catalogue_tells_readers_the_same() -> None:
    book = catalogue()
    wrong = []
    for sub in book.sub_elements:
        moves = {"reliability" if name == "self_service" else name for name in named(sub.id)} & set(LEVERS)
        wrong += [] if set(sub.levers) == moves else [f"{sub.id}: {sub.levers}"]
    for activity in book.activities:
        row = ACTS[activity.slug]
        wrong += [] if activity.clause == f"19390:{row['clause']}" else [f"{activity.slug}: {activity.clause}"]
        for field in ("lowers", "anchors"):
            said = getattr(activity, field)
            wrong += [] if sorted(said) == sorted(row.get(field, [])) else [f"{activity.slug}: {field} {said}"]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("thing", THINGS)
def test_before_the_first_contact(thing: str) -> None:
    inside = {"self_service", "partner_energy", "local_support"}
    names = set(named(thing)) if thing in SUBS else set()
    must = levers_of(names) | names & inside
    if names & {"reliability", "self_service"}:
        must.add("self_service")
    wrong = check(thing, 0, moved(thing, "maturity", 0), must)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("thing", THINGS)
def test_what_reaches_people(thing: str) -> None:
    """Maturity is held still. A sub-element and an obstacle reach people in the first month, an activity but for the campaign in the second."""
    names, wrong = set(named(thing)), []
    for month in MONTHS:
        found = moved(thing, "maturity", month)
        may: set[str] = set()
        if thing in SUBS:
            must = levers_of(names) | {f"maturity {thing}", f"established {thing}"}
            if month == 1:
                must |= names & {"idea_delay", "sight_error"} | steps_of_people(names)
                must |= {"failures at the machine"} if names & {"reliability", "self_service"} else set()
            else:
                must |= steps_of_people(names & {"craft"}) | (
                    levers_of({"surprise"}) if "idea_delay" in names else set()
                )
            if names & {"alignment"}:
                must |= {f"established {name}" for name in SUBS}
            reaches = bool(names & REACH_PEOPLE)
        elif thing in ACTS:
            must = of_activity(thing) | (levers_of(names))
            if "anchors" in ACTS[thing]:
                must |= {f"established {name}" for name in SUBS if element_of(name) in ACTS[thing]["anchors"]}
            if month == 1:
                must |= names & {"sight_error", "momentum"} | steps_of_people(names & {"campaign"})
            elif month == 2 and "campaign" not in names:
                later = names | {step for name in ACTS[thing].get("lowers", []) for step in named(name)}
                must |= steps_of_people(later) | names & {"momentum"}
            if "alignment" in names and month > 1:
                must |= {f"established {name}" for name in SUBS}
            reaches = "expansion" not in names
        else:
            must = {f"obstacle {thing}"} | (steps_of_people(names) if month == 1 else set())
            reaches = True
        if reaches and month > 1:
            may |= PEOPLE | BUILT_UP | {f"established {name}" for name in SUBS}
            if not found & PEOPLE:
                wrong.append(f"{thing} raised, month {month}: people must move")
        elif reaches:
            may |= {"momentum"} if not must.isdisjoint(PEOPLE) else set()
        if month > 1:
            may |= {"failures at the machine"}
        wrong += check(thing, month, found, must, may)
    assert not wrong, "\n".join(wrong)


STRAINED = {f"{team} strain" for team in TEAMS}
HARDEST = "7.3.2b"  # what this organisation works on hardest: an expansion draws the others after it


def of_maturity(names: Iterable[str]) -> set[str]:
    """The maturity of sub-elements and what is established of it, as figures."""
    return {f"{field} {name}" for name in names for field in ("maturity", "established")}


@pytest.mark.parametrize("thing", THINGS)
def test_what_becomes_of_maturity(thing: str) -> None:
    """People are held still. What aligns changes what every euro brings, and so in the end all maturity and every lever."""
    names, wrong = set(named(thing)), []
    row = ACTS.get(thing, {})
    anchored = {name for name in SUBS if element_of(name) in row.get("anchors", [])}
    drawn = set(SUBS) - {HARDEST} if names & {"momentum", "expansion"} else set()
    touched = anchored | drawn | ({thing} if thing in SUBS else set())
    touched_levers = levers_of(lever for name in touched for lever in named(name))
    aligns = "alignment" in names or touched & ALIGNING
    feelings = {f"{team} {name}" for team in TEAMS for name in ("engagement", "skill")}
    for month in MONTHS:
        found = moved(thing, "people", month)
        must, may = set(), set()
        if thing in SUBS:
            must = of_maturity({thing}) | touched_levers
            if month == 1:
                must |= names & {"sight_delay"} | steps_of_people(names) & feelings
                must |= {"failures at the machine"} if names & {"reliability", "self_service"} else set()
                must |= of_maturity(SUBS) if aligns else set()
        elif thing in ACTS:
            must = of_activity(thing) | {"programme work"} | STRAINED | names & {"momentum"}
            must |= {f"established {name}" for name in anchored} | {f"maturity {name}" for name in drawn}
            must |= levers_of(names)
            if month == 1:
                must |= names & {"sight_delay"}
            if month > 1:  # what is established and maturity follow each other a month later
                must |= of_maturity(anchored | drawn)
            if month > 1 or drawn:
                must |= touched_levers
            may |= {f"{team} engagement" for team in TEAMS}  # strain
        else:
            must = {f"obstacle {thing}"}
            if "clashes" in names:
                must |= {"programme work", *STRAINED}
                may |= {f"{team} engagement" for team in TEAMS}
        if month > 1 and touched | names & {"alignment"}:
            may |= {"failures at the machine"} | feelings
        if aligns:
            everything = of_maturity(SUBS) | levers_of(LEVERS)
            must |= everything if month > 2 else set()
            may |= everything if month > 1 or "alignment" in names else set()
        wrong += check(thing, month, found - {"idea_delay"}, must, may)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("thing", ["7.2.1a", "change_team"])
def test_the_reference_engine_writes_the_same_diary(thing: str) -> None:
    diaries = []
    for engine in (compiled.simulate, reference.simulate):
        world, before = begun(thing, MATURITY_HELD, "horizon.months=2", *FEW)
        diary = Diary(world, before)
        engine(world, observer=diary)
        diaries.append([{n: v for n, v in month.items() if n not in ("sight", "error")} for month in diary.months])
    assert diaries[0] == diaries[1]
    assert len(diaries[0]) == 3


def test_an_analysis_sends_an_elements_money_to_its_weak_spot() -> None:
    """Innovation gets its money as one; it takes its weak sub-element for the strong one until it sees better."""
    gains = []
    for work in ("{}", "{analyse_situation: 1}"):
        slow = ["organisation.maturity={monitoring: 1, 7.3.3a: 2, 7.3.3b: 4}", "plans.act.money={innovation: 0.01}"]
        world, _ = begun("", PEOPLE_HELD, *slow, f"plans.act.activities={work}", *FEW)
        weak, strong = SUB_ELEMENTS.index("7.3.3a"), SUB_ELEMENTS.index("7.3.3b")
        world.sub_elements["seen"][[weak, strong]] = 4.0, 2.0
        compiled.simulate(world)
        gains.append(float(world.sub_elements["maturity"][weak]))
    assert gains[1] > gains[0] + 0.01


#: What the pins hold back: pin with what undoes it, how the year is held, what is raised, and what then moves by month.
DOORS: list[tuple[dict[str, float], str, str, int, str]] = [
    ({"unlived_share": 0.5}, "maturity", "7.2.2e", 2, "lever reliability"),  # energy -> people practise -> every lever
    ({"bond_ideas": 0.5}, "maturity", "7.2.2c", 2, "lever surprise"),  # voice -> customers' ideas are heard
    ({"activity_work": 0.01}, "maturity", "expand_momentum", 1, "own strain"),  # work -> strain
    (
        {"aware_speed": 1, "trying_speed": 1, "practising_speed": 1},
        "people",
        "7.2.2e",
        6,
        "maturity 7.4.1a",
    ),  # -> absorption
    ({"maturity_gain": 0.22}, "maturity", "7.1.1a", 2, "maturity 7.4.1a"),  # alignment -> money
]


@pytest.mark.parametrize(("pins", "held", "thing", "month", "figure"), DOORS, ids=str)
def test_a_pin_undone_lets_through_what_it_holds_back(
    pins: dict[str, float], held: str, thing: str, month: int, figure: str
) -> None:
    assert figure not in moved(thing, held, month)
    one, other = (year(name, held, **pins)[month] for name in (thing, ""))
    assert one[figure] != other[figure]


#: Where two ways lead to the same figure, one is shut to see the other: pins, thing, month, figure, whether it moves.
WAYS: list[tuple[Mapping[str, float], str, int, str, bool]] = [
    ({"contact_leaders": 0}, "leadership", 1, "own aware", False),
    ({"contact_leaders": 0}, "silos", 1, "own aware", True),
    ({"contact_across": 0, "contact_network": 0}, "leadership", 1, "own aware", True),
    ({"contact_across": 0, "contact_network": 0}, "silos", 1, "own aware", False),
    *(({"obstacle_relief": 0.0}, thing, 2, "own relapse", True) for thing in ACTS if "anchors" in ACTS[thing]),
    ({"obstacle_relief": 0}, "minimum_viable_changes", 2, "own practise", True),
]


@pytest.mark.parametrize(("pins", "thing", "month", "figure", "moves"), WAYS, ids=str)
def test_each_of_two_ways_is_the_right_one(
    pins: Mapping[str, float], thing: str, month: int, figure: str, moves: bool
) -> None:
    one, other = (year(name, "maturity", **pins)[month] for name in (thing, ""))
    assert (one[figure] != other[figure]) is moves


def test_only_managing_activities_together_saves_work() -> None:
    work = {thing: year(thing, "people")[1]["programme work"] for thing in ACTS}
    managed = work.pop("manage_activities")
    assert max(work.values()) - min(work.values()) < 1e-12
    assert managed < min(work.values()) - 1e-6
