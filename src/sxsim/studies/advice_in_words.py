"""What an advice study says in plain words: the advice, what binds, the next euro, what would flip it."""

import math
from typing import TYPE_CHECKING

from sxsim.results.result import unit_of
from sxsim.results.summary import number, signed
from sxsim.studies.candidates import FOUND, NOTHING, WRONG_AT_MOST, Candidate
from sxsim.studies.flip_points import by_nearness
from sxsim.studies.methods.ranks import by_chance

if TYPE_CHECKING:
    from sxsim.studies.advise import AdvisePart

_NAMED = 3


def sentences(part: "AdvisePart") -> list[str]:
    """The advice, how sure it is, what binds, where the next euro goes, and what would flip it."""
    return [*advice(part), *_binds(part), _next_euro_words(part), *_flip_words(part)]


def advice(part: "AdvisePart") -> list[str]:
    """The advice and how sure it is, or that the target cannot be met."""
    asked, goal = part.experiment, part.experiment.goal
    currency, unit = part.scenario.currency, unit_of(goal, part.scenario)
    first = part.judged[0]
    what = _in_words(part, first.candidate)
    runs = f"on {asked.replications} fresh runs, chance{' and assumptions' if part.assumes else ' only'}"
    spread = f"{number(first.value.low, unit)} … {number(first.value.high, unit)}"
    if asked.target is not None:
        aim = f"{goal} {number(asked.target, unit)}"
        if not part.target_met:
            whole = f"{number(asked.budget)} {currency} a month"
            return [
                f"The target cannot be met: the best split found within {whole} brings {goal} to "
                f"{number(first.value.mean, unit)} ({spread}, {runs}), not to {number(asked.target, unit)}. Raise the "
                "budget, widen the bounds, or lower the target."
            ]
        sure = part.better * ((first.value.low if part.better > 0 else first.value.high) - asked.target) >= 0
        doubt = (
            ""
            if sure
            else " The interval reaches beyond the target, so it may be missed: more replications would tell."
        )
        if not first.spend:
            return [
                f"No money is needed: {goal} stands at {number(first.value.mean, unit)} ({spread}, {runs}) as it is.{doubt}"
            ]
        return [
            f"The cheapest way to {aim} that was found costs {number(first.spend)} {currency} a month: {what}. It "
            f"reaches {number(first.value.mean, unit)} ({spread}, {runs}).{doubt}"
        ]
    texts = []
    if part.advised == FOUND:
        texts.append(f"Advice: {what}.")
    elif part.advised in part.plans:
        texts.append(f"Advice: the plan {part.advised} is better than any split that was found.")
    else:
        texts.append(f"Nothing was found that is clearly better than {part.advised}: {part.trials} splits were tried.")
    if part.advised != NOTHING:
        texts.append(
            f"Against doing nothing {goal} changes by {signed(first.against_nothing)} {unit} ({runs}); it is better in "
            f"{first.chance_better:.0%} of the runs, and the worst tenth average {_plus(first.worst_tenth, unit)}."
        )
    others = [
        f"{row.candidate.name} by {signed(row.ahead)}{'' if row.p < WRONG_AT_MOST else ' (cannot tell)'}"
        for row in part.judged[1:] if row.candidate.name != NOTHING and row.ahead.sd > 0
    ]  # fmt: skip
    if others:
        held = "; whether one can tell is corrected for the number of candidates" if part.tied else ""
        texts.append(f"It is ahead of {'; '.join(others)}{held}.")
    return texts


def _in_words(part: "AdvisePart", candidate: Candidate) -> str:
    if candidate.split is None:
        return f"the plan {candidate.name}"
    money = sorted(zip(candidate.split, part.names, strict=True), reverse=True)
    parts = [f"{name} {number(m)}" for m, name in money if m > 0]
    left = part.experiment.budget - math.fsum(candidate.split)
    kept = f"; {number(left)} of the budget not spent" if not part.limits.spent(candidate.split) else ""
    return f"{', '.join(parts) or 'spend nothing'} {part.scenario.currency if parts else ''} a month{kept}".replace(
        "  ", " "
    )


def _binds(part: "AdvisePart") -> list[str]:
    split = part.candidates[part.advised].split
    if split is None or part.advised == NOTHING:
        return []
    bound = part.limits.binding(split)
    texts = [f"The bound of {part.names[p]} binds ({which}: {number(split[p])})." for p, which in bound.items()]
    if part.limits.spent(split):
        texts.append("The whole budget is spent: it binds.")
    return texts


def _next_euro_words(part: "AdvisePart") -> str:
    base = list(part.marginal)[-1]
    rows = sorted((r for r in part.next_euro if r["from"] == base), key=lambda r: -r["npv per unit of money"])
    said = [
        f"{r['element']} {r['npv per unit of money']:+.2f} ({r['low']:+.2f} … {r['high']:+.2f})" for r in rows[:_NAMED]
    ]
    return (
        f"The next {part.scenario.currency} beyond {base} changes the NPV, its own cost counted, by: {'; '.join(said)}; "
        f"last {rows[-1]['element']} {rows[-1]['npv per unit of money']:+.2f}."
    )


def _flip_words(part: "AdvisePart") -> list[str]:
    if part.experiment.target is None and len(part.tied) == len(part.candidates) - 1:
        return [
            "Nothing can be told from the advice on these runs, so there is nothing to flip: more replications would help."
        ]
    if not part.flips:
        return []
    count = len({flip.parameter.name for flip in part.flips})
    flipping = sorted((f for f in part.flips if f.value is not None and f.clear), key=by_nearness)
    perhaps = sum(f.value is not None and not f.clear for f in part.flips)
    said = [
        f"{f.parameter.name} {'above' if (f.value or 0) > f.parameter.value else 'below'} {f.value:.3g} (usually "
        f"{f.parameter.value:g}; {f.rival} overtakes)"
        for f in flipping[: 2 * _NAMED]
    ]  # fmt: skip
    texts = [f"{count} assumptions of confidence C or D were moved to the ends of their ranges, one at a time."]
    if part.experiment.flip_points != "all":
        texts = [f"{count} assumptions were moved to the ends of their ranges, one at a time."]
    rest = len(flipping) - len(said)
    if flipping:
        texts.append(f"The advice flips at: {'; '.join(said)}{f'; and {rest} more' if rest else ''}.")
    else:
        last = min(part.flips, key=lambda flip: flip.narrowest)
        at_low = last.lead_low.mean < last.lead_high.mean
        texts.append(
            f"None flips the advice clearly; the lead is narrowest over {last.rival}, with {last.parameter.name} at "
            f"{last.parameter.low if at_low else last.parameter.high:g} (usually {last.parameter.value:g}): "
            f"{signed(last.lead_low if at_low else last.lead_high)}."
        )
    if part.experiment.target is None and part.tied:
        texts.append(f"Not looked at, because these runs do not tell them from the advice: {', '.join(part.tied)}.")
    if perhaps:
        looks = 2 * len(part.flips)
        texts.append(
            f"{perhaps} more lead{'s' if perhaps == 1 else ''} to a tie that so few runs do not settle: of {looks} looks "
            f"{by_chance(looks, WRONG_AT_MOST / 2.0)} would look like a clear flip by chance alone, and that is corrected for."
        )
    return texts


def table(part: "AdvisePart") -> list[str]:
    """A table of the judgement."""
    unit = unit_of(part.experiment.goal, part.scenario)
    lines = [
        f"## Candidates on fresh draws: {part.scenario.name}", "",
        f"| candidate | {part.scenario.currency} a month | {part.experiment.goal} ({unit}) | against nothing | worst tenth |",
        "|---|---|---|---|---|",
    ]  # fmt: skip
    for row in part.judged:
        value = f"{number(row.value.mean, unit)} ({number(row.value.low, unit)} … {number(row.value.high, unit)})"
        lines.append(
            f"| {row.candidate.name} | {number(row.spend)} | {value} | {signed(row.against_nothing)} | "
            f"{_plus(row.worst_tenth, unit)} |"
        )
    return lines


def _plus(value: float, unit: str) -> str:
    if not math.isfinite(value):
        return "–"
    text = f"{100 * value:.2f} points" if unit.startswith("share") else number(value)
    return text if text.startswith("-") else f"+{text}"
