"""What a study says in plain words."""

from sxsim.studies.factors import Factor
from sxsim.studies.study import Study

#: Factors that a summary names.
_MOST_FACTORS = 16


def sentences(study: Study) -> list[str]:
    """Headings (ending in a colon) and sentences, scenario by scenario."""
    texts = [study.experiment.question.strip()]
    for part in study.parts:
        texts.append(f"{part.scenario.name}:")
        texts += part.sentences()
    if study.failures:
        texts.append(f"{len(study.failures)} points failed and are left out; see failures/.")
    return texts


def markdown(study: Study) -> str:
    """`summary.md`: the question, what was asked, the sentences, and what a reader should know beside them."""
    question, *rest = sentences(study)
    lines = [f"# {question}", "", _asked(study), ""]
    for text in rest:
        lines += [f"## {text[:-1]}" if text.endswith(":") and len(text.split()) == 1 else text, ""]
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
    texts = [f"{experiment.name}: a study of kind {experiment.study}; {', '.join(shown)}"]
    sets = len(study.setup.ensemble or ())
    texts += [f"every replication with one of the {sets} sets of parameters of an ensemble"] if sets else []
    texts += [f"set: {', '.join(overridden)}"] if overridden else []
    texts += [f"drawn or varied: {', '.join(factors)}{f' and {more} more' if more else ''}"] if factors else []
    return ". ".join(text[0].upper() + text[1:] if place else text for place, text in enumerate(texts)) + "."


def _range(factor: Factor) -> str:
    """A factor with its range, and how it is drawn where that is not evenly."""
    peak = "" if factor.most_likely is None else f", peak {factor.most_likely:g}"
    drawn = "" if factor.distribution == "uniform" else f" ({factor.distribution.replace('_', ' ')}{peak})"
    return f"{factor.name} {factor.low:g}–{factor.high:g}{drawn}"
