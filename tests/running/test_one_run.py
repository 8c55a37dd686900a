"""One run: by either engine, stopped at a month's end, and plug-ins that end the program."""

import re
from pathlib import Path

import pytest

from sxsim.running.one_run import ENGINES, RunFailed, Stopped, run_world, working
from sxsim.running.plans import load
from sxsim.running.task import Failure, Point, Task, run_point
from sxsim.scenario.loading import with_values
from sxsim.scenario.problems import InvalidInput
from tests.scenario.cafe import TEXT
from tests.studies.experiments import CAFE, SMALL

SETS = [f"{name}={value}" for name, value in SMALL.items()]


@pytest.fixture(scope="module")
def task() -> Task:
    """The small café as it is today."""
    return Task(load(CAFE, sets=SETS), "today", 1, "compiled")


POINT = Point((("bond_gain", 0.3), ("organisation.maturity.design", 2.5)), 7)


def test_the_engine_is_the_one_that_runs_the_scenario(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Task(task.scenario).engine == "compiled"
    plugged = task.scenario.model_copy(update={"plug_ins": {"customer": "calm.py:Calm"}})
    assert Task(plugged).engine == "reference"
    with pytest.raises(InvalidInput, match="customer is plugged in"):
        Task(plugged, engine="compiled")
    with pytest.raises(ValueError, match=r"engine\(='fast'\) must be one of compiled, reference"):
        Task(task.scenario, engine="fast")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_run_stops_at_the_end_of_the_month_in_which_it_is_told_to(task: Task, engine: str) -> None:
    months: list[int] = []
    scenario = with_values(task.scenario, {"horizon.months": 3})
    with working(lambda: len(months) == 1), pytest.raises(Stopped, match="after month 2"):
        run_world(scenario, engine=engine, each_month=months.append)
    assert months == [1]
    _, records = run_world(scenario, engine=engine, each_month=months.append)
    assert len(months) == 1 + len(records.sites), "nothing stops it any longer"


@pytest.mark.parametrize("how", ["sys.exit(0)", "raise GeneratorExit"])
def test_a_plug_in_that_ends_the_program_is_a_failed_run(tmp_path: Path, how: str) -> None:
    (tmp_path / "calm.py").write_text(
        "import sys\nfrom sxsim.engines.reference import Customer\n\n\nclass Calm(Customer):\n"
        f"    def ends_month(self) -> None:\n        {how}\n",
        encoding="utf-8",
    )
    (tmp_path / "cafe.yaml").write_text(f"{TEXT}plug_ins: {{customer: 'calm.py:Calm'}}\n", encoding="utf-8")
    plugged = Task(load(tmp_path / "cafe.yaml"))
    with pytest.raises(RunFailed, match=f"calm.py:Calm ended the program: {re.escape(how)}; take"):
        plugged.records(Point((), 0))
    found = run_point(plugged, Point((), 0))
    assert isinstance(found, Failure)
    assert how in found.text


def test_too_little_memory_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def short(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("sxsim.running.task.run_world", short)
    with pytest.raises(RunFailed, match="there is too little memory for 800 people in the market"):
        Task(load(CAFE)).records(Point((), 0))
