"""`sxsim warmup`: compile everything now, so that the first run need not."""

import typer

NAME = "warmup"


def command() -> None:
    """Compile the rules and both engines, and keep them; the first run then starts at once."""
    import time

    from sxsim.engines.agreement import compare_engines
    from sxsim.model.rule import cache_folder
    from sxsim.scenario.loading import DEFAULT_TEMPLATE, templates
    from sxsim.scenario.problems import InvalidInput, Problem
    from sxsim.scenario.scenario import Scenario

    text = templates().get(DEFAULT_TEMPLATE)
    if text is None:
        raise InvalidInput(
            [Problem((), " the installed package holds no scenario to warm up with", "install sxsim again")]
        )
    from ruamel.yaml import YAML

    raw = YAML(typ="safe", pure=True).load(text.read_text(encoding="utf-8"))
    raw["market"] |= {"people": 60, "customers": 40}
    raw["horizon"] |= {"months": 1, "warm_up": 0}
    began = time.perf_counter()
    compare_engines(Scenario.model_validate(raw))
    typer.echo(f"compiled in {time.perf_counter() - began:.0f} s, kept in {cache_folder()}")
