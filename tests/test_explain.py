import re
from pathlib import Path

import pytest

import sxsim
from sxsim.explain import Explanation, data_sets, evidence, explain, fields, glossary, nearest, rules
from sxsim.model.parameters import register
from sxsim.results.kpis import KPIS
from sxsim.scenario.loading import json_schema
from sxsim.standard.catalogue import ELEMENTS, LEVERS, SUB_ELEMENTS

MODEL = Path(sxsim.__file__).parent / "model"


def titles(word: str) -> list[str]:
    return [explanation.title for explanation in explain(word)]


def test_every_rule_is_found() -> None:
    written = {
        f"{path.stem}.{name}"
        for path in MODEL.glob("*.py")
        for name in re.findall(r"^@(?:rule|draw)\ndef (\w+)\(", path.read_text(encoding="utf-8"), re.M)
    }
    assert len(written) > 60
    assert set(rules()) == written


def test_a_rule_says_what_it_takes_and_which_parameters_it_reads() -> None:
    rule = rules()["business.discount_factor"]
    assert rule.arguments == ("annual_rate", "month")
    assert "Present value of one unit of money" in rule.says
    assert rule.formula == "return exp(-log(1.0 + annual_rate) * (month + 1.0) / MONTHS)"
    assert rule.parameters == ()
    read = {name for rule in rules().values() for name in rule.parameters}
    assert "bond_gain" in read
    assert read <= set(register())


def test_every_field_of_a_scenario_is_found() -> None:
    for name in ("question", "touchpoints.staff", "touchpoints.patience.mean", "plans.money.per_month", "sites.share",
                 "journeys.steps.hold", "segments.contract.fee", "horizon.months", "teams.breaks.every",
                 "journeys.steps.after.nights"):  # fmt: skip
        assert name in fields(), name
    described = {key for part in json_schema()["$defs"].values() for key in part.get("properties", {})}
    assert described <= {name.rpartition(".")[2] for name in fields()}


def test_every_field_says_what_it_is() -> None:
    for name in fields():
        text = "\n".join(map(str, explain(name)))
        assert f"{name} (scenario field)" in text
        assert re.search(r"^  meaning +\S", text, re.M), name


@pytest.mark.parametrize("name", sorted({*ELEMENTS, *SUB_ELEMENTS, *LEVERS, *KPIS, *evidence()}))
def test_every_word_is_explained(name: str) -> None:
    found = explain(name)
    assert found
    for explanation in found:
        assert len(str(explanation).splitlines()) >= 2
        assert "None" not in str(explanation)


def test_every_parameter_and_rule_is_explained() -> None:
    for name in register():
        text = "\n".join(map(str, explain(name)))
        assert f"{name} (parameter)" in text
        for label in ("meaning", "value", "unit", "source", "confidence", "used by"):
            assert re.search(rf"^  {label} +\S", text, re.M), (name, label)
    for name in rules():
        assert f"{name} (rule)" in titles(name)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("delight", "Customer delight (term)"),
        ("DELIGHT", "Customer delight (term)"),
        ("nps", "nps (KPI)"),
        ("NPS", "nps (KPI)"),
        ("bond_gain", "bond_gain (parameter)"),
        ("discount_factor", "business.discount_factor (rule)"),
        ("touchpoints.staff", "touchpoints.staff (scenario field)"),
        ("touchpoints[2].staff", "touchpoints.staff (scenario field)"),
        ("touchpoints.counter.staff", "touchpoints.staff (scenario field)"),
        ("plans.welcome.money", "plans.money (scenario field)"),
        ("plans.dearer.changes.price", "plans.changes.price (scenario field)"),
        ("e056", "E056 (evidence)"),
        (" nps ", "nps (KPI)"),
    ],
)
def test_a_word_is_found_as_one_writes_it(word: str, expected: str) -> None:
    assert expected in titles(word)


def test_a_sub_element_and_a_lever_say_how_they_hang_together() -> None:
    sub = "\n".join(map(str, explain("7.3.2d")))
    assert re.search(r"^  moves +\w+ \(weight ", sub, re.M)
    assert "understanding" in sub or "design" in sub
    lever = next(text for text in map(str, explain("recovery")) if "(lever)" in text)
    assert re.search(r"^  carried by +7\.", lever, re.M)


def test_a_field_says_its_range_unit_and_default() -> None:
    text = str(explain("horizon.months")[0])
    assert re.search(r"^  range +≥ 1, ≤ 600$", text, re.M)
    assert re.search(r"^  default +24$", text, re.M)
    assert re.search(r"^  unit +months$", text, re.M)
    assert "none, it must be given" in str(explain("market.people")[0])
    staff = str(explain("touchpoints.staff")[0])
    assert "≥ 0" in staff
    assert re.search(r"^  change it +--set touchpoints\.staff=VALUE", staff, re.M)


def test_evidence_says_its_source_and_what_rests_on_it() -> None:
    text = str(explain("E056")[0])
    row = evidence()["E056"]
    assert row["citation"] in text
    assert row["from_construct"] in text
    for name, parameter in register().items():
        if "E056" in parameter.source:
            assert name in text


def test_a_parameter_says_what_it_rests_on_in_full() -> None:
    two = str(explain("pressure_elasticity")[0])
    assert all(evidence()[name]["citation"] in two for name in ("E056", "E060"))
    assert data_sets()["insteval"]["citation"] in str(explain("quality_noise")[0])
    assert re.search(r"^  source +judgement$", str(explain("now_base")[0]), re.M)


def test_a_parameter_says_who_reads_it() -> None:
    name = next(n for n in register() if "." not in n and any(n in rule.parameters for rule in rules().values()))
    users = [rule for rule in rules() if name in rules()[rule].parameters]
    assert all(user in str(explain(name)[0]) for user in users)


def test_an_unknown_word_is_not_explained_but_the_nearest_is_known() -> None:
    assert explain("delihgt") == []
    assert any("delight" in word.lower() for word in nearest("delihgt"))
    assert "bond_gain" in nearest("bond_gian")
    assert "touchpoints.staff" in nearest("touchpoint.staff")
    assert nearest("qqqqqqqq") == []
    for word in nearest("touchpoint.staf"):
        assert explain(word), word


def test_an_explanation_leaves_out_what_it_has_no_text_for() -> None:
    assert str(Explanation("a", (("one", "text"), ("two", "")))) == "a\n  one          text"


def test_kinds_of_study_and_their_fields_are_explained() -> None:
    word, kinds = explain("study")
    assert word.title == "study (word)"
    assert {label for label, _ in kinds.lines} == {
        "sensitivity",
        "sweep",
        "why",
        "advise",
        "order",
        "discover",
        "organisations",
        "calibrate",
    }
    (advise,) = explain("advise")
    assert "flip_points" in str(advise)
    (bounds,) = explain("advise.bounds.low")
    assert "money a month" in str(bounds)
    assert [each.title for each in explain("budget")] == [
        "economics.budget (scenario field)",
        "advise.budget (experiment field)",
    ]
    assert "--set" not in str(explain("budget")[1])
    assert "trajectories" in nearest("trajectoris")


@pytest.mark.parametrize(
    "word",
    [
        "Sobol",
        "sobol index",
        "Shapley value",
        "next euro",
        "flip point",
        "PRIM",
        "noise floor",
        "history matching",
        "implausibility",
        "population Monte Carlo",
    ],
)
def test_words_of_the_methods_are_explained(word: str) -> None:
    (found,) = explain(word)
    assert "(method)" in found.title
    assert all(text for _, text in found.lines)


def test_a_plan_that_a_study_must_name_is_among_its_fields() -> None:
    assert "plan, " in str(explain("why")[0])
    assert "must be given" in str(explain("discover.plan")[0])


def test_an_activity_says_what_it_does_and_an_obstacle_what_lowers_it() -> None:
    (activity,) = explain("19390:5.5")
    lines = dict(activity.lines)
    assert lines["lowers"] == "leadership, silos"
    assert lines["phase"] == "pre-implementation"
    assert "change_team" in lines["in a plan"]
    assert dict(explain("anchor_standards")[0].lines)["anchors"] == "design, operations, monitoring"
    assert dict(explain("silos")[0].lines)["lowered by"] == "change_team"


def test_the_order_of_a_month_is_explained_as_it_is_run() -> None:
    from sxsim.engines.order_of_a_month import MONTH

    text = str(explain("month")[0])
    places = [text.index(f"{number} {step.name}") for number, step in enumerate(MONTH, 1)]
    assert places == sorted(places) and len(places) > 10
    assert "wins" in text and "each account: Accounts leave, join and come back" in text


def test_a_word_of_the_glossary_is_found_by_its_plural_and_by_what_it_replaces() -> None:
    assert "site (word)" in titles("Sites")
    assert "KPI (word)" in titles("kpis")
    assert titles("client") == ["client: sxsim says customer"]
    assert titles("Encounter") == ["Contact (term)", "encounter: sxsim says contact"]
    (site,) = (each for each in explain("site") if each.title == "site (word)")
    assert site.lines[-1] == ("not", "branch, outlet, location, store")
    assert titles("qqqq") == []


def test_the_glossary_is_a_list_with_every_word_once() -> None:
    (found,) = explain("glossary")
    assert [label for label, _ in found.lines] == list(glossary())
    assert all("(not: " in text for _, text in found.lines)
    text = str(found).splitlines()
    assert len({line.index(meaning[:20]) for line, (_, meaning) in zip(text[1:], found.lines, strict=True)}) == 1


def test_a_path_with_names_in_it_leads_to_its_field_only() -> None:
    assert titles("touchpoints.reception.staff") == ["touchpoints.staff (scenario field)"]
    assert titles("plans.reception.staff") == []


def test_a_rule_is_told_in_parts() -> None:
    rule = rules()["customer.delight_chance"]
    assert rule.says and rule.source and "Source:" not in rule.says + rule.details + rule.source
    assert ("source", rule.source) in explain("customer.delight_chance")[0].lines
