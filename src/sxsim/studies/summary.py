"""What a study says in plain words."""

from sxsim.results.kpis import KPIS
from sxsim.results.result import unit_of
from sxsim.results.summary import number
from sxsim.studies.experiment import LUCK
from sxsim.studies.sensitivity import Estimate, Indices
from sxsim.studies.study import Part, Study

_NAMED = 3
_PERCENT = 100.0


def sentences(study: Study) -> list[str]:
    """Headings (ending in a colon) and sentences: what each KPI hinges on, scenario by scenario."""
    texts = [study.experiment.question.strip()]
    for part in study.parts:
        texts.append(f"{part.scenario.name}:")
        if study.experiment.study == "sweep":
            texts += _of_sweep(study, part)
            continue
        if part.screening is not None:
            kept = ", ".join(factor.name for factor in part.factors)
            texts.append(f"{len(part.screening.factors)} factors were screened by Morris first; these go on: {kept}.")
        texts += [ranking(found) for found in study.indices[part.scenario.name]]
    if study.failures:
        texts.append(f"{len(study.failures)} points failed and are left out; see failures/.")
    return texts


def _share(estimate: Estimate) -> str:
    return f"{_PERCENT * estimate.value:.0f} % ({_PERCENT * estimate.low:.0f}–{_PERCENT * estimate.high:.0f})"


def ranking(found: Indices) -> str:
    """What a KPI hinges on, with the noise floor and what the study settles."""
    if not found.samples:
        return f"{found.kpi}: {found.verdict}."
    order = sorted(found.ranks, key=lambda rank: -found.main[found.names.index(rank.name)].value)
    luck = found.main[found.names.index(LUCK)]
    above = [rank for rank in order if found.main[found.names.index(rank.name)].low > luck.high]
    said = []
    for rank in order[:_NAMED]:
        estimate = found.main[found.names.index(rank.name)]
        figure = _share(estimate) if found.total else f"{estimate.value:.3g} ({estimate.low:.3g}–{estimate.high:.3g})"
        said.append(f"{rank.name} {figure}, rank {rank.words}")
    what = "share of the spread that each has a hand in" if found.total else "mean effect across its range"
    if found.total:
        noise = f"Luck alone has a hand in {_share(luck)}"
    else:
        noise = f"Luck's effect is {luck.value:.3g} ({luck.low:.3g}–{luck.high:.3g})"
    clear = (
        f"{len(above)} of {len(order)} factors stand clearly above it" if above else "no factor stands clearly above it"
    )
    return f"{found.kpi} ({what}, 95 % interval): {'; '.join(said)}. {noise}; {clear}. {found.verdict}."


def _of_sweep(study: Study, part: Part) -> list[str]:
    table = study.levels[part.scenario.name]
    names = [factor.name for factor in part.factors]
    texts = []
    for kpi in study.experiment.kpis:
        rows = table[table["kpi"] == kpi].dropna(subset=["mean"])
        if rows.empty:
            texts.append(f"{kpi}: not defined at any setting.")
            continue
        unit, higher = unit_of(kpi, part.scenario), KPIS[kpi].better != "lower"
        best = rows.sort_values("mean", ascending=not higher, kind="stable").iloc[0]
        where = ", ".join(f"{name} {best[name]:g}" for name in names)
        spread = f" ({number(best['low'], unit)} … {number(best['high'], unit)})" if best["n"] > 1 else ""
        span = f"from {number(rows['mean'].min(), unit)} to {number(rows['mean'].max(), unit)}"
        word = "highest" if higher else "lowest"
        texts.append(f"{kpi} goes {span} ({unit}); {word} at {where}: {number(best['mean'], unit)}{spread}.")
    return texts


def markdown(study: Study) -> str:
    """`summary.md`: the sentences, then tables."""
    lines = [f"# {study.experiment.name}", ""]
    for text in sentences(study):
        lines += [f"## {text[:-1]}" if text.endswith(":") and len(text.split()) == 1 else text, ""]
    if study.experiment.study == "sensitivity":
        lines += [
            "Intervals hold chance and the sampling of the factors; the ranges of the factors are the study's assumptions. "
            "The total index is the share of a KPI's spread that would go away if the factor were fixed; the shares of "
            "several factors overlap where they act together.",
            "",
        ]
        for part in study.parts:
            lines += [f"## Ranks: {part.scenario.name}", ""]
            found = study.indices[part.scenario.name]
            lines += ["| factor | " + " | ".join(each.kpi for each in found) + " |", "|---" * (len(found) + 1) + "|"]
            for k, name in enumerate(found[0].names[:-2]):
                lines.append(f"| {name} | " + " | ".join(each.ranks[k].words for each in found) + " |")
            lines.append("")
    return "\n".join(lines)
