"""How fast the engines are, and how the reference engine's memory grows: run with `python benchmarks/engines.py`.

Each case runs in a process of its own, once to compile and once to measure; processor time, not wall time, is counted.
"""

import json
import subprocess
import sys
from pathlib import Path

SCENARIOS = Path(__file__).parents[1] / "scenarios"
CASE = """
import json, resource, sys, time
import sxsim
from sxsim.engines import compiled, reference
from sxsim.engines.start import start
path, sets = sys.argv[1], sys.argv[2:]
short = sxsim.load(path, sets=[*sets, "market.people=50", "market.customers=40", "horizon.months=1", "horizon.warm_up=0"])
reference.simulate(start(short)), compiled.simulate(start(short))
scenario = sxsim.load(path, sets=sets)
world = start(scenario)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
began = time.process_time()
records = reference.simulate(world)
seconds = time.process_time() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
world = start(scenario)
began = time.process_time()
compiled.simulate(world)
faster = seconds / (time.process_time() - began)
print(json.dumps({"faster": faster, "contacts": int(records.contacts["attempts"].sum()), "seconds": seconds, "before": before, "peak": peak}))
"""


def case(name: str, *sets: str) -> dict[str, float]:
    """Run one case in a fresh process and return its figures."""
    command = [sys.executable, "-c", CASE, str(SCENARIOS / f"{name}.yaml"), *sets]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def main() -> None:
    """Print the table."""
    print(
        f"{'case':<40} {'contacts':>9} {'contacts/s':>11} {'MiB before':>11} {'MiB peak':>9} {'compiled is faster by':>22}"
    )
    cases = [(f"{name}, as in its file", name, []) for name in ("corner-cafe", "seaside-hotel", "bank-call-centre")]
    for customers in (2_000, 8_000, 32_000):
        sets = [
            f"market.customers={customers}",
            f"market.people={4 * customers}",
            "horizon.months=3",
            "horizon.warm_up=0",
        ]
        sets += ["capacities.rooms.units=900", "capacities.suites.units=600"]
        cases.append((f"hotel, {customers:,} customers, 3 months", "seaside-hotel", sets))
    for months in (6, 24):
        sets = ["horizon.warm_up=0", f"horizon.months={months}"]
        cases.append((f"hotel, 2,000 customers, {months} months", "seaside-hotel", sets))
    for label, name, sets in cases:
        f = case(name, *sets)
        rate = f["contacts"] / f["seconds"]
        memory = f"{f['before'] / 1024:>11.0f} {f['peak'] / 1024:>9.0f}"
        print(f"{label:<40} {f['contacts']:>9,.0f} {rate:>11,.0f} {memory} {f['faster']:>22.1f}", flush=True)


if __name__ == "__main__":
    main()
