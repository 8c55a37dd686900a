import json
from pathlib import Path

import pytest

from sxsim.engines import agreement
from sxsim.engines.agreement import Agreement

from .cli import call

CAFE = "scenarios/corner-cafe.yaml"
SHORT = ("--set", "market.people=80", "--set", "market.customers=60", "--set", "horizon.months=1")


def test_both_engines_agree_on_every_plan() -> None:
    said = call("verify", "engines", CAFE, *SHORT, "-q")
    assert (said.code, said.err) == (0, "")
    assert [line[:11] for line in said.out.splitlines()] == ["pass  plan "] * 4


def test_a_difference_is_a_miss_with_the_contact_in_both_and_exit_one(monkeypatch: pytest.MonkeyPatch) -> None:
    miss = Agreement(9, "log", 2, {"end": 1.5, "level": 1}, {"end": 1.25, "level": 1})
    monkeypatch.setattr(agreement, "compare_engines", lambda *_args, **_options: miss)
    said = call("verify", "engines", CAFE, "-q")
    assert said.code == 1
    assert "miss  plan today, replication 0: 9 contacts, log differs" in said.out
    assert "first at contact 2" in said.out
    assert "1.25  <" in said.out


def test_json_tells_the_same() -> None:
    said = call("verify", "engines", CAFE, *SHORT, "--json", "-n", "2")
    data = json.loads(said.out)
    assert (data["ok"], len(data["engines"])) == (True, 8)


def test_what_cannot_be_verified_is_a_usage_mistake(tmp_path: Path) -> None:
    assert call("verify", "world", CAFE).code == 2
    assert call("verify", "engines", tmp_path / "none.yaml").code == 3
