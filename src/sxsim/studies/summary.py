"""What a study says in plain words."""

from sxsim.studies.study import Study


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
    """`summary.md`: the sentences, then what a reader should know beside them."""
    lines = [f"# {study.experiment.name}", ""]
    for text in sentences(study):
        lines += [f"## {text[:-1]}" if text.endswith(":") and len(text.split()) == 1 else text, ""]
    for part in study.parts:
        remarks = part.remarks()
        lines += [*remarks, ""] if remarks else []
    return "\n".join(lines)
