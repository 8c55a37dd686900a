"""What came out: the replications of a plan, and plans against a base, as tables, intervals, pictures and JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sxsim.results.cash import Cash, cash
from sxsim.results.intervals import CONFIDENCE, Interval, interval, range_of, reach_of
from sxsim.results.kpis import KPIS
from sxsim.results.maturity import Commitment, Maturity, commitment_of, maturity_of
from sxsim.results.verdicts import Paired, Verdict, primary_kpis, verdicts
from sxsim.results.warnings import warnings_of
from sxsim.scenario.ensemble import Ensemble
from sxsim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from sxsim.engines.records import Records

DEFAULT_OUT = Path("runs")


def unit_of(kpi: str, scenario: Scenario) -> str:
    """The unit of a KPI, money in the scenario's currency."""
    return KPIS[kpi].unit.replace("money", scenario.currency)


@dataclass
class Result:
    """The replications of one plan."""

    scenario: Scenario
    plan: str
    seed: int
    records: "list[Records]"
    keys: list[str]
    seconds: float = 0.0
    reused: int = 0
    uncertain: bool = False
    ensemble: Ensemble | None = None
    chance_only: "Result | None" = None
    folder: Path | None = None
    until: str = ""

    @property
    def holds(self) -> str:
        """What the intervals hold: `chance`, or `chance and assumptions`."""
        return "chance and assumptions" if self.assumes else "chance"

    @property
    def assumes(self) -> bool:
        """Whether parameters differ between replications."""
        return self.uncertain or (self.ensemble is not None and len(self.ensemble) > 1)

    @property
    def replications(self) -> int:
        """How many replications there are."""
        return len(self.records)

    @cached_property
    def kpis(self) -> "pd.DataFrame":
        """One row a replication, one column a KPI."""
        from sxsim.results.tables import kpis_frame

        return kpis_frame(self.records, self.scenario)

    @property
    def earned(self) -> NDArray[np.float64]:
        """The result of each replication and month after the warm-up, all sites together: (replications, months)."""
        return np.array([record.sites["result"][record.warm_up :].sum(axis=1) for record in self.records])

    @cached_property
    def monthly(self) -> "pd.DataFrame":
        """One row a replication, month and site; the warm-up has negative months."""
        from sxsim.results.tables import monthly_frame

        return monthly_frame(self.records, self.scenario)

    @cached_property
    def touchpoints(self) -> "pd.DataFrame":
        """One row a replication, month, site, touchpoint and segment."""
        from sxsim.results.tables import touchpoints_frame

        return touchpoints_frame(self.records, self.scenario)

    @cached_property
    def contacts(self) -> "pd.DataFrame":
        """The contact log, one row an attempt; empty unless the run was asked to keep it."""
        from sxsim.results.tables import contacts_frame

        return contacts_frame(self.records, self.scenario)

    @cached_property
    def intervals(self) -> dict[str, Interval]:
        """Each KPI's mean with its 95 % interval over replications."""
        return {
            name: interval(self.kpis[name], unit_of(name, self.scenario), range_of(name), reach=reach_of(name))
            for name in KPIS
        }

    @cached_property
    def commitment(self) -> Commitment:
        """The staff by stage over time, and the obstacles."""
        return commitment_of(self.records)

    @cached_property
    def maturity(self) -> Maturity:
        """The maturity over time, and when the organisation takes its steps."""
        return maturity_of(self.records, self.scenario)

    @cached_property
    def warnings(self) -> list[str]:
        """What a reader of the figures should know."""
        return warnings_of(self.records, self.scenario)

    def as_json(self) -> dict[str, Any]:
        """The result by the JSON contract of the command line."""
        from sxsim.results.provenance import SCHEMA_VERSION

        return {
            "schema_version": SCHEMA_VERSION,
            "ok": True,
            "scenario": self.scenario.name,
            "plan": self.plan,
            "seed": self.seed,
            "replications": self.replications,
            "interval": self.holds,
            "kpis": {name: value.as_json() for name, value in self.intervals.items()},
            "maturity": self.maturity.as_json(),
            "commitment": self.commitment.as_json(),
            "warnings": self.warnings,
            **({"chance_only": self.chance_only.as_json()["kpis"]} if self.chance_only else {}),
            **({"until": self.until} if self.until else {}),
        }


@dataclass
class Comparison:
    """Plans against a base on the same draws: differences are paired, replication by replication."""

    base: Result
    others: Sequence[Result]
    chance_only: "Comparison | None" = None
    folder: Path | None = None
    until: str = ""
    primary: Sequence[str] | None = None

    def paired(self, other: Result) -> dict[str, Paired]:
        """For each KPI the differences of a plan to the base, run by run."""
        frame = other.kpis - self.base.kpis
        same = not np.any(np.nan_to_num(frame[list(KPIS)].to_numpy(float)))
        found = {}
        for name in KPIS:
            reach = (0.0, 0.0) if same else reach_of(name)
            span = None if reach is None else (reach[0] - reach[1], reach[1] - reach[0])
            found[name] = Paired(frame[name].to_numpy(float), unit_of(name, self.base.scenario), span)
        return found

    @cached_property
    def differences(self) -> dict[str, dict[str, Interval]]:
        """For each plan and KPI the paired difference to the base, with a 95 % interval of its own."""
        return {
            other.plan: {name: paired.at(CONFIDENCE) for name, paired in self.paired(other).items()}
            for other in self.others
        }

    @cached_property
    def verdicts(self) -> dict[str, dict[str, Verdict]]:
        """For each plan and KPI what the difference says, and the interval that says it."""
        primary = primary_kpis(self.primary)
        return {other.plan: verdicts(self.paired(other), primary) for other in self.others}

    @cached_property
    def cash(self) -> dict[str, Cash]:
        """For each plan its money against the base."""
        return {
            other.plan: cash(
                other.earned - self.base.earned,
                (other.kpis["npv"] - self.base.kpis["npv"]).to_numpy(float),
                self.base.scenario.currency,
                clear=self.verdicts[other.plan]["npv"].clear,
            )
            for other in self.others
        }

    @property
    def monthly(self) -> "pd.DataFrame":
        """Paired differences by plan, replication, month and site."""
        import pandas as pd

        index = ["replication", "month", "site"]
        base = self.base.monthly.set_index(index)
        frames = [other.monthly.set_index(index).sub(base) for other in self.others]
        names = [other.plan for other in self.others]
        return pd.concat(frames, keys=names, names=["plan"]).reset_index()

    def as_json(self) -> dict[str, Any]:
        """The comparison by the JSON contract of the command line."""
        from sxsim.results.provenance import SCHEMA_VERSION

        plans: dict[str, dict[str, Any]] = {}
        for result in (self.base, *self.others):
            plans[result.plan] = {
                "kpis": {name: value.as_json() for name, value in result.intervals.items()},
                "maturity": result.maturity.as_json(),
                "commitment": result.commitment.as_json(),
            }
        for plan, differences in self.differences.items():
            plans[plan]["difference"] = {name: value.as_json() for name, value in differences.items()}
            plans[plan]["verdict"] = {name: str(verdict) for name, verdict in self.verdicts[plan].items()}
            plans[plan]["verdict_details"] = {name: found.as_json() for name, found in self.verdicts[plan].items()}
            plans[plan]["cash"] = self.cash[plan].as_json()
        warnings = dict.fromkeys(text for result in (self.base, *self.others) for text in result.warnings)
        return {
            "schema_version": SCHEMA_VERSION,
            "ok": True,
            "scenario": self.base.scenario.name,
            "base": self.base.plan,
            "seed": self.base.seed,
            "replications": self.base.replications,
            "interval": self.base.holds,
            "primary": list(primary_kpis(self.primary)),
            "plans": plans,
            "warnings": list(warnings),
            **({"chance_only": self.chance_only.as_json()["plans"]} if self.chance_only else {}),
            **({"until": self.until} if self.until else {}),
        }


def to_json(data: dict[str, Any]) -> str:
    """JSON text of a result, indented, without NaN."""
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)
