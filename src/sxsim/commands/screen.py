"""What `run` and `compare` print: one screen."""

from pathlib import Path

from sxsim.results.commitment import sentence as commitment_sentence
from sxsim.results.intervals import Interval
from sxsim.results.maturity import sentence as maturity_sentence
from sxsim.results.result import Comparison, Result
from sxsim.results.summary import (
    YEAR,
    compared_lines,
    comparison_sentences,
    held,
    number,
    pyramid_shares,
    sentences,
    too_wide,
    verdicts_sentence,
)
from sxsim.standard.catalogue import PYRAMID

WIDTH = 100
_BAR = 40
_FEW_RUNS = 10
_CHAIN = (
    ("capability", ("maturity.strategy", "maturity.culture", "maturity.design", "maturity.operations")),
    ("people", ("engagement", "commitment", "turnover_12m")),
    ("provision", ("wait_mean", "abandon_rate", "turned_away_rate", "recovery_rate")),
    ("delight", ("delight_rate", "satisfaction", "nps")),
    ("loyalty", ("loyalty", "churn_rate", "active_customers")),
    ("business", ("revenue", "cost", "investment", "result", "npv", "customer_equity")),
)
_COMPARED = (
    "level_0", "wait_mean", "abandon_rate", "turned_away_rate", "delight_rate", "satisfaction", "loyalty", "nps",
    "churn_rate", "active_customers", "utilisation", "engagement", "commitment", "revenue", "cost", "investment", "result",
    "npv", "customer_equity",
)  # fmt: skip
_LEVELS = tuple(name.lower() for name in PYRAMID[1:])


def _value(interval: Interval) -> str:
    text = number(interval.mean, interval.unit)
    if interval.n < 2:
        return text
    return f"{text}  ({number(interval.low, interval.unit)} … {number(interval.high, interval.unit)})"


def wrapped(text: str) -> list[str]:
    """A text in lines that fit the screen."""
    import textwrap

    return textwrap.wrap(text, WIDTH, subsequent_indent="  ", break_long_words=False)


def run_screen(result: Result, folder: Path) -> str:
    """Pyramid, chain, result with intervals, three sentences, where the files lie."""
    months = result.scenario.horizon.months
    lines = [result.scenario.question.strip(), ""]
    runs = "run" if result.replications == 1 else "runs"
    reused = f", {result.reused} of them from before" if result.reused else ""
    lines.append(
        f"{result.scenario.name} · plan {result.plan} · {months} months · {result.replications} {runs}{reused}"
    )
    lines += ["", "Pyramid: share of contacts reaching at least each level, last twelve months"]
    shares = pyramid_shares(result, slice(max(0, months - YEAR), months))
    for level in (3, 2, 1, 0):
        share = shares[level].mean
        bar = "█" * round(_BAR * share) if share == share else ""
        lines.append(f"  {level + 1} {_LEVELS[level]:<30} {bar:<{_BAR}} {number(share, 'share'):>7}")
    lines += ["", f"Effect chain: mean of the runs (95 % interval of the mean, {held(result)})"]
    for link, names in _CHAIN:
        for place, name in enumerate(names):
            unit = result.intervals[name].unit
            apart = f"  by chance alone {_value(result.chance_only.intervals[name])}" if result.chance_only else ""
            lines.append(
                f"  {link if place == 0 else '':<11}{name:<20} {_value(result.intervals[name]):<42} {unit}{apart}"
            )
    lines.append("")
    for sentence in (*sentences(result), commitment_sentence(result.commitment), maturity_sentence(result.maturity)):
        lines += wrapped(sentence)
    if result.until:
        lines += wrapped(f"{result.until}.")
    for text in (*result.warnings, *filter(None, [too_wide(result)])):
        lines += wrapped(f"note: {text}")
    lines.append(f"files: {folder}  (pictures in {folder / 'figures'})")
    return "\n".join(lines)


def run_hint(result: Result, scenario: str) -> str:
    """The command that one may want next."""
    if len(result.scenario.plans) > 1:
        return f"next: sxsim compare {scenario}"
    return f"next: sxsim explain plans, then add a plan to {scenario}"


def comparison_hint(comparison: Comparison, scenario: str) -> str:
    """The commands that one may want next."""
    more = f"sxsim compare {scenario} -n {4 * comparison.base.replications}"
    return f"next: sxsim run {scenario} --plan {comparison.others[0].plan}   or more runs: {more}"


def comparison_screen(comparison: Comparison, folder: Path) -> str:
    """Paired differences of each plan, in figures and in a sentence."""
    base = comparison.base
    lines = [base.scenario.question.strip(), ""]
    lines.append(
        f"{base.scenario.name} · {base.scenario.horizon.months} months · {base.replications} paired runs, seed {base.seed}"
    )
    lines.append(f"Differences to {base.plan} on the same draws: mean (interval of the mean, {held(base)})")
    for plan in comparison.differences:
        description = base.scenario.plans[plan].description
        lines += ["", f"{plan}{': ' + description if description else ''}"]
        lines += compared_lines(comparison, plan, _COMPARED)
    lines.append("")
    for sentence in comparison_sentences(comparison):
        lines += wrapped(sentence)
    lines.append("")
    for other in comparison.others:
        lines += wrapped(f"{other.plan}: {commitment_sentence(other.commitment)} {maturity_sentence(other.maturity)}")
    warnings = dict.fromkeys(text for result in (base, *comparison.others) for text in result.warnings)
    few = "; so few runs tell little: -n 20 or more" if base.replications < _FEW_RUNS else ""
    warnings[verdicts_sentence(comparison) + few] = None
    lines += [""]
    if comparison.until:
        lines += wrapped(f"{comparison.until}.")
    for text in warnings:
        lines += wrapped(f"note: {text}")
    lines += ["", f"files: {folder}  (pictures in {folder / 'figures'})"]
    return "\n".join(lines)
