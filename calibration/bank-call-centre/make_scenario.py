"""Write `scenarios/bank-call-centre.yaml`: `scenario.template` filled from what was measured in January 1999.

The measured figures and what follows from them come from `sxsim.evidence.bank_data`; assumptions and what was fitted stand
below. Run it from anywhere, with sxsim installed: `python calibration/bank-call-centre/make_scenario.py`.
"""

from pathlib import Path
from string import Template

from sxsim.evidence.bank_data import (
    JANUARY,
    REDIAL_AFTER,
    Week,
    agents_on_duty,
    first_attempts,
    month,
    patience_factors,
    service_time,
    shares,
)

HERE = Path(__file__).resolve().parent
SCENARIO = HERE.parents[1] / "scenarios" / "bank-call-centre.yaml"
MEASURED = month(JANUARY)

MEANING = {
    "PS": "regular banking (PS)",
    "NE": "stock exchange (NE)",
    "TT": "customers called back at their wish (TT)",
    "IN": "internet help (IN)",
    "PE": "regular banking in English (PE)",
    "NW": "prospects who ask for information (NW)",
}

# ---- fitted with compare.py ---------------------------------------------------------------------------------------------
AVAILABILITY = 0.93  # share of the agents in the table that is truly available: abandonment 11.2 %
ARRIVALS = 0.98  # first attempts that come, of those computed here: calls in the window as measured
TALKING = 0.978  # mean time without what the model adds for queries, problems and gestures: mean service as measured

# ---- assumptions --------------------------------------------------------------------------------------------------------
CUSTOMERS = {"vip": 3000, "regular": 3750, "prospects": 5250}
PEOPLE = 16_000
HOURLY = 30  # shekels an agent-hour costs
MONTH_DAYS = 30.4375


def contact_type(name: str) -> str:
    """A contact type as YAML."""
    kind = MEASURED.types[name]
    minutes, variation = service_time(MEASURED, kind)
    return (
        f"      - name: {name}  # {MEANING[name]}: {kind.mean:g} s, sd of log {kind.spread:g}; patience {kind.patience:g} s\n"
        f"        service_time: {{distribution: lognormal, mean: {minutes * TALKING:.3f}, variation: {variation:.2f}}}\n"
        f"        patience: {{mean: {kind.patience / 60:.2f}}}\n"
    )


def week_lines(week: Week, indent: int, digits: int) -> str:
    """48 numbers a weekday, eight hours a line."""
    space, text = " " * indent, ""
    for day, numbers in week.items():
        row = [f"{number:.{digits}f}".rstrip("0").rstrip(".") if number else "0" for number in numbers]
        lines = [", ".join(row[start : start + 16]) for start in (0, 16, 32)]
        text += f"{space}{day}: [" + f",\n{space}      ".join(lines) + "]\n"
    return text.rstrip("\n")


def moved(agents: Week, more: dict[range, float]) -> Week:
    """The roster with more (or fewer) agents in some half hours of each day."""
    extra = {half_hour: number for span, number in more.items() for half_hour in span}
    return {day: [n + extra.get(h, 0.0) for h, n in enumerate(numbers)] for day, numbers in agents.items()}


def scenario_text() -> str:
    """The scenario file."""
    calls, agents = first_attempts(MEASURED), agents_on_duty(MEASURED)
    first, kinds = shares(MEASURED)
    vip_patience, regular_patience = patience_factors(MEASURED)
    monthly = sum(map(sum, calls.values())) * MONTH_DAYS / 7 * ARRIVALS
    rate = {name: monthly * first[name] / CUSTOMERS[name] for name in CUSTOMERS}
    share = {name: CUSTOMERS[name] / sum(CUSTOMERS.values()) for name in CUSTOMERS}
    customers_journeys = "{" + ", ".join(f"{name}: {part:.4f}" for name, part in kinds.items()) + "}"
    at_peak = moved(agents, {range(18, 24): 1.0, range(32, 36): 2.0})
    better_placed = moved(agents, {range(32, 36): 2.0, range(36, 44): -1.0})
    peak_money = 7 * 5 * MONTH_DAYS / 7 * HOURLY
    template = Template((HERE / "scenario.template").read_text(encoding="utf-8"))
    return template.substitute(
        contact_types="".join(contact_type(name) for name in MEASURED.types).rstrip("\n"),
        availability=f"{AVAILABILITY:g}",
        redial=f"{MEASURED.redial:g}",
        redial_after=f"{REDIAL_AFTER:g}",
        agents=week_lines(agents, 6, 2),
        calls=week_lines(calls, 6, 1),
        at_peak=week_lines(at_peak, 10, 2),
        better_placed=week_lines(better_placed, 10, 2),
        peak_money=f"{round(peak_money, -2):,.0f}",
        monthly=f"{monthly:,.0f}",
        arrivals=f"{ARRIVALS:g}",
        talking=f"{TALKING:g}",
        vip_rate=f"{rate['vip']:.3f}",
        regular_rate=f"{rate['regular']:.3f}",
        prospects_rate=f"{rate['prospects']:.3f}",
        vip_share=f"{share['vip']:g}",
        regular_share=f"{share['regular']:g}",
        prospects_share=f"{share['prospects']:g}",
        vip_patience=f"{vip_patience:.2f}",
        regular_patience=f"{regular_patience:.2f}",
        journeys=customers_journeys,
        people=PEOPLE,
        customers=sum(CUSTOMERS.values()),
        hourly=HOURLY,
        spread=f"{MEASURED.agent_spread:g}",
    )


def main() -> None:
    """Write the scenario."""
    SCENARIO.write_text(scenario_text(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
