from pathlib import Path

import pytest

from sxsim.scenario.loading import DEFAULT_TEMPLATE, load, templates

from .cafe import SCENARIOS


def test_the_templates_are_the_scenarios() -> None:
    assert list(templates()) == [path.stem for path in SCENARIOS]
    assert DEFAULT_TEMPLATE in templates()


@pytest.mark.parametrize("name", sorted(templates()))
def test_a_template_is_valid_and_commented(name: str, tmp_path: Path) -> None:
    text = templates()[name].read_text(encoding="utf-8")
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    scenario = load(path)
    assert len(scenario.plans) >= 3
    assert text.count(" # ") + text.count("\n# ") >= 3
