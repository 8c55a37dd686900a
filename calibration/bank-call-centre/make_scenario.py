"""Write `scenarios/bank-call-centre.yaml`: `scenario.template` filled from `profile.csv` and the figures below.

Run it from anywhere: `python calibration/bank-call-centre/make_scenario.py`. README.md says where the figures come
from. Standard library only.
"""

import csv
import math
from pathlib import Path
from string import Template

HERE = Path(__file__).resolve().parent
SCENARIO = HERE.parents[1] / "scenarios" / "bank-call-centre.yaml"

# ---- measured, January 1999 ---------------------------------------------------------------------------------------------
MONTH = "1999-01"
DAYS = ("sun", "mon", "tue", "wed", "thu")  # the table has no Friday and no Saturday
OPEN, CLOSE = 14, 48  # half hours: 7 h to 24 h
CALLS_SERVED = 27_060  # 31,357 calls − 1,217 hung up before the queue − 3,080 abandoned in it
LONG_CALLS = 25_549  # of these, calls of 10 seconds and more
ALL_MEAN, LONG_MEAN = 185.35, 194.07  # seconds: mean service with and without the calls under 10 seconds
AGENT_SPREAD = 0.193  # sd of log service time between agents (type PS, 24 agents)
# type: (served ≥ 10 s, mean seconds, sd of log seconds, abandoned in the queue, mean patience in seconds)
TYPES = {
    "PS": (19_650, 198.9, 0.864, 1650, 456.1),
    "NE": (1402, 340.2, 0.992, 84, 866.6),
    "TT": (393, 154.4, 1.244, 62, 291.9),
    "IN": (198, 276.1, 0.959, 58, 409.0),
    "PE": (113, 275.6, 0.964, 22, 368.0),
    "NW": (3793, 112.4, 0.911, 1204, 216.7),
}
MEANING = {
    "PS": "regular banking (PS)",
    "NE": "stock exchange (NE)",
    "TT": "customers called back at their wish (TT)",
    "IN": "internet help (IN)",
    "PE": "regular banking in English (PE)",
    "NW": "prospects who ask for information (NW)",
}
VIP_QUEUED, REGULAR_QUEUED = 8511, 4197  # calls that queued, by priority; prospects are not identified
VIP_PATIENCE, VIP_ABANDONED = 596.7, 924  # seconds, calls
OTHERS_PATIENCE, OTHERS_ABANDONED = 271.3, 2156  # regular customers and prospects together
REDIAL = 0.47  # 46 % (January) and 48 % (February) call again within an hour
REDIAL_AFTER = 15.0  # minutes; exponential: half of the redials within 10 minutes, as measured (24 of 46 %)

# ---- fitted with compare.py ---------------------------------------------------------------------------------------------
AVAILABILITY = 0.93  # share of the agents in the table that is truly available: abandonment 11.2 %
ARRIVALS = 0.98  # first attempts that come, of those computed here: calls in the window as measured
TALKING = 0.978  # mean time without what the model adds for queries, problems and gestures: mean service as measured

# ---- assumptions --------------------------------------------------------------------------------------------------------
CUSTOMERS = {"vip": 3000, "regular": 3750, "prospects": 5250}
PEOPLE = 16_000
HOURLY = 30  # shekels an agent-hour costs
MONTH_DAYS = 30.4375

Week = dict[str, list[float]]


def read_profile() -> tuple[Week, Week]:
    """First attempts and agents on duty by weekday and half hour while the centre is open."""
    calls, agents = {day: [0.0] * 48 for day in DAYS}, {day: [0.0] * 48 for day in DAYS}
    with (HERE / "profile.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["month"] == MONTH and int(row["half_hour"]) >= OPEN]
    stay = REDIAL_AFTER / 30 * (1 - math.exp(-30 / REDIAL_AFTER))  # share of redials after the half hour they begin in
    for row in rows:
        day, half_hour = row["weekday"].lower(), int(row["half_hour"])
        hung_up = float(row["hang_before_queue"])
        calls[day][half_hour] += float(row["arrivals"]) - hung_up
        agents[day][half_hour] = float(row["agents_on"])
        again = REDIAL * (float(row["abandons"]) - hung_up)
        calls[day][half_hour] -= again * (1 - stay)
        if half_hour + 1 < CLOSE:
            calls[day][half_hour + 1] -= again * stay
    return calls, agents


def shares() -> tuple[dict[str, float], dict[str, float]]:
    """Shares of the segments in first attempts; shares of the call types in the calls of customers."""
    calls = {name: row[0] * CALLS_SERVED / LONG_CALLS + row[3] for name, row in TYPES.items()}
    customers = sum(calls.values()) - calls["NW"]
    vip = VIP_QUEUED / (VIP_QUEUED + REGULAR_QUEUED)
    first = {
        "vip": customers * vip - REDIAL * VIP_ABANDONED,
        "regular": customers * (1 - vip) - REDIAL * (OTHERS_ABANDONED - TYPES["NW"][3]),
        "prospects": calls["NW"] - REDIAL * TYPES["NW"][3],
    }
    kinds = {name: round(calls[name] / customers, 4) for name in TYPES if name not in ("PS", "NW")}
    kinds = {"PS": round(1 - sum(kinds.values()), 4)} | kinds
    return {name: number / sum(first.values()) for name, number in first.items()}, kinds


def patience_factors() -> tuple[float, float]:
    """Patience of VIPs and of regular customers as a multiple of all customers' (abandonments per minute in the queue)."""
    prospects = TYPES["NW"][3] * TYPES["NW"][4]
    vip, others = VIP_ABANDONED * VIP_PATIENCE, OTHERS_ABANDONED * OTHERS_PATIENCE - prospects
    left = OTHERS_ABANDONED - TYPES["NW"][3]
    usual = (vip + others) / (VIP_ABANDONED + left)
    return VIP_PATIENCE / usual, others / left / usual


def contact_type(name: str) -> str:
    """A contact type as YAML."""
    _, mean, spread, _, patience = TYPES[name]
    minutes = mean / 60 * ALL_MEAN / LONG_MEAN * TALKING
    variation = math.sqrt(math.exp(spread**2 - AGENT_SPREAD**2) - 1)
    return (
        f"      - name: {name}  # {MEANING[name]}: {mean:g} s, sd of log {spread:g}; patience {patience:g} s\n"
        f"        service_time: {{distribution: lognormal, mean: {minutes:.3f}, variation: {variation:.2f}}}\n"
        f"        patience: {{mean: {patience / 60:.2f}}}\n"
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
    calls, agents = read_profile()
    first, kinds = shares()
    vip_patience, regular_patience = patience_factors()
    monthly = sum(map(sum, calls.values())) * MONTH_DAYS / 7 * ARRIVALS
    rate = {name: monthly * first[name] / CUSTOMERS[name] for name in CUSTOMERS}
    share = {name: CUSTOMERS[name] / sum(CUSTOMERS.values()) for name in CUSTOMERS}
    customers_journeys = "{" + ", ".join(f"{name}: {part:.4f}" for name, part in kinds.items()) + "}"
    at_peak = moved(agents, {range(18, 24): 1.0, range(32, 36): 2.0})
    better_placed = moved(agents, {range(32, 36): 2.0, range(36, 44): -1.0})
    peak_money = 7 * 5 * MONTH_DAYS / 7 * HOURLY
    template = Template((HERE / "scenario.template").read_text(encoding="utf-8"))
    return template.substitute(
        contact_types="".join(contact_type(name) for name in TYPES).rstrip("\n"),
        availability=f"{AVAILABILITY:g}",
        redial=f"{REDIAL:g}",
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
        spread=f"{AGENT_SPREAD:g}",
    )


def main() -> None:
    """Write the scenario."""
    SCENARIO.write_text(scenario_text(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
