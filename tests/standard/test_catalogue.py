"""The data files say what the standard says, and the catalogue finds it."""

import re
import subprocess
import sys
import time
from collections.abc import Iterable
from importlib.resources import files

import pytest

from sxsim.standard import catalogue as module
from sxsim.standard.catalogue import (
    ACTIVITIES,
    ACTIVITY_CLAUSES,
    ELEMENTS,
    LEVERS,
    LINKS,
    MATURITY_LEVELS,
    OBSTACLES,
    PYRAMID,
    SUB_ELEMENTS,
    Activity,
    Catalogue,
    Entry,
    Lever,
    Organisation,
    SubElement,
    catalogue,
    element_of,
    entries,
    find,
    nearest,
)

KPIS = """
satisfaction loyalty nps delight_rate level_0 level_1 level_2 level_3 level_4 wait_mean wait_p90
abandon_rate complaint_rate recovery_rate churn_rate retention_12m active_customers visits
repurchase_rate recommendation_rate joiners_share feedback_rate utilisation engagement commitment
turnover_12m applicants_per_vacancy revenue cost failure_cost acquisition_cost cost_per_contact
investment result npv customer_equity
"""
KPI_NAMES = {*KPIS.split(), *(f"maturity.{slug}" for slug in ELEMENTS)}

CLAUSES_OF_ACTIVITIES = "5.2 5.3 5.4 5.5 5.6 6.2 6.3 6.4 6.5 7.2.2 7.2.3 7.2.4"

RULES = {
    "organisation": "absorb_money raise_maturity decay_maturity anchor_practice element_maturity practice see_maturity money_weight "
    "practised_lever",
    "implementation": "build_up lower_obstacle programme_work align know_better expand support contact become_aware begin_trying "
    "begin_practising lose_sight give_up relapse resign hope_again fatigue wins momentum",
    "queue": "balk_chance pressure_time_factor move_standard",
    "contact": "service_minutes failure_chance voice_chance notice_chance recovery_chance put_right_now_chance "
    "case_days effort individual_chance surprise_chance gate_open reach_level",
    "employee": "engagement_target update_strain update_skill quit_chance applicants hire_chance",
    "customer": "perceived_quality satisfaction_target delight_chance update_bond update_expectation loyalty "
    "leave_chance tell_chance feedback_chance",
    "market": "visit_rate value_for_money join_pace return_eagerness neighbour reputation_update",
    "business": "customer_equity discount_factor contact_cost acquisition_cost",
}
RULE_NAMES = {f"{name}.{rule}" for name, rules in RULES.items() for rule in rules.split()}

NEWCOMERS = """
delight; customer experience; service excellence; recovery; outstanding experience; loyalty; touchpoint; journey;
promise; gate; bond; expectation; disconfirmation; satisfaction; customer equity; net promoter score;
common random numbers; warm-up; pressure; head start; abandonment; balking; redial; open case; account; site;
partner; commitment; engagement; strain; SEMM; pyramid; effect chain; lever; KPI; plan; today; seed
"""

COUNTS = {
    "dimensions": 4,
    "elements": 9,
    "sub_elements": 31,
    "levers": 10,
    "pyramid": 5,
    "effect_chain": 7,
    "maturity": 5,
    "principles": 7,
    "benefits": 11,
    "risks": 10,
    "activities": 12,
    "obstacles": 9,
    "organisations": 10,
}


def texts(entry: Entry) -> Iterable[str]:
    """Yield every piece of running text of an entry."""
    yield entry.meaning
    if isinstance(entry, SubElement):
        yield from entry.practices
        yield entry.also
    if isinstance(entry, Lever):
        yield entry.front_line
    if isinstance(entry, Activity):
        yield entry.in_model
    if isinstance(entry, Organisation):
        yield entry.facts


@pytest.fixture(scope="module")
def book() -> Catalogue:
    """Give the whole catalogue."""
    return catalogue()


@pytest.mark.parametrize(("kind", "count"), COUNTS.items())
def test_counts(book: Catalogue, kind: str, count: int) -> None:
    assert len(getattr(book, kind)) == count


def test_constants_equal_the_files(book: Catalogue) -> None:
    assert tuple(element.slug for element in book.elements) == ELEMENTS
    assert tuple(sub.id for sub in book.sub_elements) == SUB_ELEMENTS
    assert tuple(lever.slug for lever in book.levers) == LEVERS
    assert tuple(activity.slug for activity in book.activities) == ACTIVITIES
    assert tuple(obstacle.slug for obstacle in book.obstacles) == OBSTACLES
    assert {activity.clause: activity.slug for activity in book.activities} == ACTIVITY_CLAUSES
    assert {level.number: level.name for level in book.pyramid} == dict(enumerate(PYRAMID))
    assert {level.number: level.name for level in book.maturity} == MATURITY_LEVELS
    assert tuple(link.slug for link in book.effect_chain) == LINKS
    assert {sub.id: element_of(sub.id) for sub in book.sub_elements} == {
        sub.id: sub.element for sub in book.sub_elements
    }


def test_constants_need_no_file() -> None:
    code = "import sys, sxsim.standard.catalogue as c; c.element_of('7.3.2d'); assert 'ruamel.yaml' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_dimensions_and_elements_agree(book: Catalogue) -> None:
    assert tuple(slug for dimension in book.dimensions for slug in dimension.elements) == ELEMENTS
    for element in book.elements:
        dimension = next(d for d in book.dimensions if d.slug == element.dimension)
        assert element.slug in dimension.elements
        assert element.clause.startswith(dimension.clause + ".")
        letters = "".join(sub.id.removeprefix(element.clause) for sub in element.sub_elements)
        assert letters == "abcdef"[: len(element.sub_elements)]


def test_clauses_are_there(book: Catalogue) -> None:
    shape = re.compile(
        r"model|Introduction, 3, 4|\d(\.\d)*[a-f]?|19387|7179:Tables 1 and 2|19390(:(\d(\.\d)*b?|Introduction))?"
    )
    for entry in entries():
        assert isinstance(entry.clause, str)
        assert shape.fullmatch(entry.clause), entry
        assert entry.citation
    for kind in ("dimensions", "elements", "sub_elements", "activities"):
        clauses = [entry.clause for entry in getattr(book, kind)]
        assert len(set(clauses)) == len(clauses)
    assert {e.clause for e in book.principles} == {"5"}
    assert {e.clause for e in book.benefits} == {"4"}
    assert {e.clause for e in book.risks} == {"19390:5.4b"}
    assert [a.clause.removeprefix("19390:") for a in book.activities] == CLAUSES_OF_ACTIVITIES.split()


def test_citations() -> None:
    assert find("7.1.1")[0].citation == "ISO 23592:2021, 7.1.1"
    assert find("19390:5.2")[0].citation == "ISO/TS 19390:2025, 5.2"
    assert find("maturity_3")[0].citation == "ISO/TS 19387:2025"
    assert find("gate")[0].citation == "word of the model"


def test_slugs_are_unique_within_a_kind() -> None:
    pairs = [(entry.kind, entry.slug) for entry in entries()]
    assert len(set(pairs)) == len(pairs)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", slug) for _, slug in pairs)


def test_levels_are_numbered(book: Catalogue) -> None:
    assert [level.number for level in book.pyramid] == [0, 1, 2, 3, 4]
    assert [level.gate for level in book.pyramid] == [False, False, False, True, True]
    assert [level.number for level in book.maturity] == [1, 2, 3, 4, 5]
    assert [level.name for level in book.maturity][2:] == ["Managed", "Good", "Excellent"]


def test_sub_elements_move_levers(book: Catalogue) -> None:
    for sub in book.sub_elements:
        assert sub.levers, sub.id
        assert set(sub.levers) <= set(LEVERS), sub.id
        assert len(set(sub.levers)) == len(sub.levers)
        assert sub.practices
        assert sub.element == element_of(sub.id)
    assert {lever for sub in book.sub_elements for lever in sub.levers} == set(LEVERS)


def test_rules_and_kpis_exist(book: Catalogue) -> None:
    for entry in entries():
        assert set(entry.rules) <= RULE_NAMES, entry.slug
        assert set(entry.kpis) <= KPI_NAMES, entry.slug
    for entry in (*book.principles, *book.benefits, *book.risks):
        assert entry.rules, entry.slug
        assert entry.kpis, entry.slug


def test_references_between_files(book: Catalogue) -> None:
    benefits = {benefit.slug for benefit in book.benefits}
    obstacles = {obstacle.slug for obstacle in book.obstacles}
    assert all(risk.mirrors in benefits for risk in book.risks)
    assert {slug for activity in book.activities for slug in activity.lowers} == obstacles
    phases = [activity.phase for activity in book.activities]
    assert phases == ["pre-implementation"] * 5 + ["implementation"] * 4 + ["post-implementation"] * 3
    shown = {sub for organisation in book.organisations for _, subs in organisation.practices for sub in subs}
    assert shown == set(SUB_ELEMENTS) - {"7.3.2c"}
    for organisation in book.organisations:
        codes = [code for code, _ in organisation.practices]
        letter = organisation.name[-1]
        assert codes == [f"{letter}-{number + 1}" for number in range(len(codes))]


def test_sentences_are_short() -> None:
    for entry in entries():
        for text in texts(entry):
            assert not text or text == text.strip()
            for sentence in re.split(r"(?<=[.!?])\s", text):
                assert len(sentence.split()) <= 45, (entry.slug, sentence)
        assert entry.meaning.endswith(".")


def test_every_word_leads_back() -> None:
    for entry in entries():
        for word in entry.words:
            assert entry in find(word), word


@pytest.mark.parametrize(
    ("word", "kind", "slug"),
    [
        ("delight", "term", "customer_delight"),
        ("NPS", "term", "net_promoter_score"),
        ("Warm Up", "term", "warm_up"),
        ("touchpoints", "term", "touchpoint"),
        ("capacities", "term", "holding"),
        ("7.3.2d", "sub-element", "service_recovery"),
        ("7.3.2 D)", "sub-element", "service_recovery"),
        ("clause 7.1", "dimension", "strategy_leadership"),
        ("7.3.2", "element", "design"),
        ("19390:5.2", "activity", "analyse_situation"),
        ("recovery", "lever", "recovery"),
        ("recovery", "term", "recovery"),
        ("level 3", "pyramid level", "level_3"),
        ("silo mentality", "obstacle", "silos"),
        ("leadership", "element", "leadership"),
        ("leadership", "obstacle", "leadership"),
        ("organisation j", "organisation", "organisation_j"),
    ],
)
def test_find(word: str, kind: str, slug: str) -> None:
    assert (kind, slug) in {(entry.kind, entry.slug) for entry in find(word)}


@pytest.mark.parametrize(
    "word",
    [word.strip() for word in NEWCOMERS.split(";")],
)
def test_newcomers_words_are_known(word: str) -> None:
    assert any(entry.kind == "term" for entry in find(word))


@pytest.mark.parametrize("word", ["", " ", "s", "model", "zebra", "7.9"])
def test_find_nothing(word: str) -> None:
    assert find(word) == ()


def test_nearest() -> None:
    assert nearest("relibility")[0] == "reliability"
    assert nearest("Satisfacton")[0] == "satisfaction"
    assert "7.3.2d" in nearest("7.3.2dd")
    assert nearest("qqqqqqq") == ()
    assert nearest("recovry", n=1) == ("recovery",)
    assert nearest("recovry", n=0) == ()
    for suggestion in nearest("experiance", n=5):
        assert find(suggestion)


def test_element_of() -> None:
    assert element_of("7.1.1a") == "strategy"
    assert element_of("7.4.2d") == "monitoring"
    assert [element_of(sub) for sub in SUB_ELEMENTS].count("engagement") == 6
    with pytest.raises(ValueError, match=r"7\.9\.9z"):
        element_of("7.9.9z")


def test_entries_are_shared_and_fixed() -> None:
    assert entries() is entries()
    with pytest.raises(AttributeError):
        entries()[0].slug = "other"  # type: ignore[misc]
    assert len({hash(entry) for entry in entries()}) == len(entries())


def test_loading_is_quick() -> None:
    """Size is the guard that holds on every machine; the time limit leaves room for slow ones."""
    data = [path for path in files("sxsim.standard").iterdir() if path.name.endswith(".yaml")]
    assert len(data) == 13
    assert sum(len(path.read_bytes()) for path in data) < 75_000
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        module.catalogue.__wrapped__()
        best = min(best, time.process_time() - start)
    assert best < 0.5
