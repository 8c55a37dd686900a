"""Measure the engines: `python benchmarks/measure.py [CASE …] [--write]` prints a table; `--write` puts it into README.md.

Every case runs in a process of its own. What is compared runs in turn, several rounds in one process, and a ratio is the
median over rounds with its smallest and largest. Processor time is counted, wall time only where threads share the work.
SimPy, Ciw and cimba are compared where they are installed (`pip install ciw cimba`).
"""

import argparse
import contextlib
import datetime
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SCENARIOS = HERE.parent / "scenarios"
Row = tuple[str, str, str]  # what, figure, required
#: How often what is compared runs in turn.
REPEATS = 15


def main() -> None:
    """Run the cases and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", help=f"of {', '.join(CASES)}; all by default")
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    unknown = [case for case in options.cases if case not in CASES]
    if unknown:
        parser.error(f"no case {unknown[0]!r}; there are {', '.join(CASES)}")
    if options.inside:
        print(json.dumps(CASES[options.cases[0]]()))
        return
    lines = [*machine(), "", "| measure | figure | required (aimed at) |", "|---|---|---|"]
    print("\n".join(lines), flush=True)
    for case in options.cases or CASES:
        command = [sys.executable, __file__, case, "--inside"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stderr)
        for row in json.loads(done.stdout.splitlines()[-1]):
            lines.append(f"| {' | '.join(row)} |")
            print(lines[-1], flush=True)
    if options.write:
        readme = HERE / "README.md"
        text = readme.read_text(encoding="utf-8")
        start, end = text.index("<!-- figures -->") + len("<!-- figures -->"), text.index("<!-- end -->")
        readme.write_text(f"{text[:start]}\n\n" + "\n".join(lines) + f"\n\n{text[end:]}", encoding="utf-8")


def machine() -> list[str]:
    """Date, machine and versions."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
        cpu = names[0] if names else cpu
    packages = []
    for name in ("numpy", "numba", "mesa", "simpy", "ciw", "cimba"):
        try:
            packages.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            packages.append(f"{name} not installed")
    today = datetime.date.today().isoformat()
    return [f"{today}, {cpu}, {os.cpu_count()} cores, Python {platform.python_version()}, {', '.join(packages)}."]


def spread(values: list[float], digits: int = 2) -> str:
    """Median, smallest and largest."""
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """Processor seconds of some work, and what it returns."""
    began = time.process_time()
    result = work()
    return time.process_time() - began, result


def scaled(name: str, customers: int, months: int, *, sites: int = 1, others: int = 0, warm_up: int = 0) -> Any:
    """A scenario of some customers, with staff and capacities in proportion.

    others: people in the market who are no customers; sites: how many share the customers and the staff.
    """
    import sxsim

    plain = sxsim.load(SCENARIOS / f"{name}.yaml")
    factor = customers / plain.market.customers
    sets = [f"market.customers={customers}", f"market.people={customers + others}"]
    sets += [f"horizon.months={months}", f"horizon.warm_up={warm_up}"]
    sets += [f"capacities.{c.name}.units={max(1, round(c.units * factor / sites))}" for c in plain.capacities]
    scenario = sxsim.load(SCENARIOS / f"{name}.yaml", sets=sets)
    data = scenario.model_dump(exclude_unset=True)
    data["sites"] = [
        {"name": f"site {k}", "share": 1.0 / sites, "staff_factor": factor / sites} for k in range(1, sites + 1)
    ]
    return type(scenario).model_validate(data)


def timed(simulate: Callable[..., Any], scenario: Any, replication: int = 0) -> tuple[float, int]:
    """Processor seconds and contact attempts of one replication, the start not counted."""
    from sxsim.engines.start import start

    world = start(scenario, replication=replication)
    took, records = seconds(lambda: simulate(world))
    return took, int(records.contacts["attempts"].sum())


def engines() -> list[Row]:
    """Compiled against reference engine, on the files as they are."""
    import sxsim
    from sxsim.engines import compiled, reference

    rows: list[Row] = []
    for name, required in (("seaside-hotel", "≥ 35 (60)"), ("bank-call-centre", "≥ 48 (70)")):
        scenario = sxsim.load(SCENARIOS / f"{name}.yaml")
        timed(compiled.simulate, scenario)
        ratios, rates, slow_rates = [], [], []
        for replication in range(REPEATS):
            slow, contacts = timed(reference.simulate, scenario, replication)
            fast, _ = timed(compiled.simulate, scenario, replication)
            ratios.append(slow / fast)
            rates.append(contacts / fast / 1e6)
            slow_rates.append(contacts / slow / 1e3)
        rows.append((f"compiled / reference engine, {name}", spread(ratios, 1), required))
        rows.append((f"million contacts a second, compiled, {name}", spread(rates), ""))
        rows.append((f"thousand contacts a second, reference, {name}", spread(slow_rates, 1), "≥ 15"))
    return rows


def floor() -> list[Row]:
    """The compiled engine against the same contacts without any queue, per contact."""
    import no_queue_floor

    from sxsim.engines import compiled

    rows: list[Row] = []
    for name, customers, months in (
        ("seaside-hotel", 2_000, 24),
        ("seaside-hotel", 50_000, 6),
        ("bank-call-centre", 2_000, 24),
        ("bank-call-centre", 50_000, 6),
    ):
        scenario = scaled(name, customers, months)
        ratios = []
        for round_ in range(REPEATS + 1):
            (full, contacts), (bare, others) = (
                timed(simulate, scenario) for simulate in (compiled.simulate, no_queue_floor.simulate)
            )
            if round_:
                ratios.append(full / contacts / (bare / others))
        rows.append((f"time over the no-queue floor, {name}, {customers:,} customers", spread(ratios), "≤ 1.8 (1.3)"))
    return rows


def queue() -> list[Row]:
    """M/M/3 with patience in four tools, each first checked against Erlang-A."""
    import impatient_queue as tools

    abandons, wait = tools.erlang_a()
    limits = {"cimba": "no limit", "simpy": "≥ 15 (30)", "ciw": "≥ 30 (55)", "sxsim": ""}
    runs: dict[str, list[Any]] = {}
    for seed in (1, 2, 3, 4):
        for name in limits:  # cimba first: it compiles only where Numba has compiled nothing yet
            with contextlib.suppress(ImportError):
                runs.setdefault(name, []).append(getattr(tools, f"with_{name}")(seed))
    rates = {name: [run[0] / run[3] for run in found[1:]] for name, found in runs.items()}
    for name, found in runs.items():
        _check_erlang(name, found, abandons, wait)
    what = "M/M/3 with patience"
    rows: list[Row] = [
        (f"{what}, sxsim, thousand customers a second", spread([r / 1e3 for r in rates["sxsim"]], 0), "")
    ]
    for name in ("simpy", "ciw", "cimba"):
        figure = "not installed here"
        if name in rates:
            figure = spread([a / b for a, b in zip(rates["sxsim"], rates[name], strict=True)], 1)
        rows.append((f"{what}, sxsim / {name}", figure, limits[name]))
    return rows


def _check_erlang(name: str, runs: list[Any], abandons: float, wait: float) -> None:
    """Stop when a tool does not queue as Erlang-A says: 3 % off in the mean over its runs."""
    for place, theory in ((1, abandons), (2, wait)):
        found = statistics.mean(run[place] for run in runs)
        if abs(found / theory - 1.0) > 0.03:
            sys.exit(f"{name}: {found:.4f}, Erlang-A says {theory:.4f}")


def growth() -> list[Row]:
    """Cost per contact from a thousand customers to a million, the bank: at one site and at sites of 50,000."""
    from sxsim.engines import compiled

    costs: dict[tuple[int, int], list[float]] = {}
    cases = [(1_000, 24, 1), (10_000, 12, 1), (100_000, 4, 1), (1_000_000, 2, 1), (1_000_000, 2, 20)]
    scenarios = {(n, sites): scaled("bank-call-centre", n, months, sites=sites) for n, months, sites in cases}
    timed(compiled.simulate, scenarios[1_000, 1])
    for _ in range(REPEATS):
        for case, scenario in scenarios.items():
            took, contacts = timed(compiled.simulate, scenario)
            costs.setdefault(case, []).append(took / contacts * 1e6)
    rows: list[Row] = [
        (
            f"microseconds a contact, {n:,} customers at {sites} site{'s' if sites > 1 else ''}",
            spread(costs[n, sites]),
            "",
        )
        for n, sites in costs
    ]
    for sites, label in ((1, "one site of 12,000 posts"), (20, "20 sites")):
        ratios = [a / b for a, b in zip(costs[1_000_000, sites], costs[10_000, 1], strict=True)]
        rows.append((f"growth from 10,000 to 1,000,000 customers, {label}", spread(ratios), "≤ 1.6 (1.3)"))
    return rows


def replications() -> list[Row]:
    """Whole replications of the café through `run`, from 1 to 1,000; and threads 1 and 2 on the bank."""
    import sxsim

    rows: list[Row] = []
    cafe = sxsim.load(SCENARIOS / "corner-cafe.yaml")
    with tempfile.TemporaryDirectory() as folder:
        cafe.run(replications=1, out=Path(folder) / "first", progress=None)
        for count in (1, 10, 100, 1000):
            began = time.perf_counter()
            cafe.run(replications=count, out=Path(folder) / str(count), jobs=2)
            each = (time.perf_counter() - began) / count * 1e3
            rows.append((f"milliseconds a replication, corner café, {count:,} replications, kept", f"{each:.0f}", ""))
        bank, ratios = sxsim.load(SCENARIOS / "bank-call-centre.yaml"), []
        for round_ in range(4):
            times = []
            for jobs in (1, 2):
                began = time.perf_counter()
                bank.run(replications=9, jobs=jobs, out=Path(folder) / f"{round_}-{jobs}")
                times.append(time.perf_counter() - began)
            ratios.append(times[0] / times[1])
        rows.append(("faster with two threads than with one, bank, 9 replications", spread(ratios[1:]), ""))
    return rows


def first_figure() -> list[Row]:
    """Processor time from the command to the first figure of the café, where nothing has been compiled yet, and once it has."""
    cold, warm = [], []
    with tempfile.TemporaryDirectory() as folder:
        for round_ in range(3):
            place = Path(folder) / str(round_)
            command = [sys.executable, "-m", "sxsim", "run", SCENARIOS / "corner-cafe.yaml", "-n", "1", "-q", "--fresh"]
            for took in (cold, warm):
                before = resource.getrusage(resource.RUSAGE_CHILDREN)
                subprocess.run(
                    [*command, "-o", place / "out"], check=True, capture_output=True,
                    env=os.environ | {"SXSIM_CACHE_DIR": str(place)},
                )  # fmt: skip
                after = resource.getrusage(resource.RUSAGE_CHILDREN)
                took.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return [
        ("processor seconds to the first figure, corner café, nothing compiled yet", spread(cold, 1), "≤ 20 (12)"),
        ("processor seconds to the first figure, corner café, compiled before", spread(warm, 1), ""),
    ]


def memory() -> list[Row]:
    """The most memory a run of a million customers takes, with Python and all packages."""
    from sxsim.engines import compiled

    small = scaled("bank-call-centre", 1_000, 1)
    timed(compiled.simulate, small)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    timed(compiled.simulate, scaled("bank-call-centre", 1_000_000, 1))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    said = f"{peak:.0f} MiB, of which {before:.0f} MiB before"
    return [("memory at 1,000,000 customers, no contact log", said, "≤ 550 MiB (300)")]


def study() -> list[Row]:
    """500 runs of 2,000 customers × 24 months × about 3 contacts a month on all cores, extrapolated to 20,480."""
    from concurrent.futures import ThreadPoolExecutor

    from sxsim.engines import compiled
    from sxsim.engines.start import start

    scenario = scaled("bank-call-centre", 2_000, 24)
    data = scenario.model_dump(exclude_unset=True)
    for segment in data["segments"]:
        segment["visits_per_month"] *= 1.25
    scenario = type(scenario).model_validate(data)

    def run(replication: int) -> int:
        records = compiled.simulate(start(scenario, replication=replication))
        return int(records.contacts["attempts"].sum())

    contacts = run(0) / 2_000 / 24
    began = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, range(500)))
    minutes = (time.perf_counter() - began) / 500 * 20_480 / 60
    what = f"20,480 runs of 2,000 customers × 24 months × {contacts:.1f} contacts a month, 2 cores, minutes"
    return [(what, f"{minutes:.1f}", "≤ 15 (10)")]


def study_layer() -> list[Row]:
    """What the study layer adds to the bare engine: points of the nine elements, one core, in turn."""
    from sxsim.engines import compiled
    from sxsim.engines.start import start
    from sxsim.running.sharing import Work
    from sxsim.scenario.loading import with_values
    from sxsim.studies.study import load_experiment, parts_of

    setup = load_experiment(HERE.parent / "experiments" / "nine-elements.yaml", samples=16)
    with tempfile.TemporaryDirectory() as folder:
        part = parts_of(setup)[0]
        points = list({point.key: point for _, asked in [part.planned()[0][0]] for point in asked}.values())[:120]
        worlds = [with_values(part.scenario, dict(point.settings)) for point in points]
        ratios = []
        for round_ in range(4):
            work = Work(Path(folder) / str(round_), jobs=1)

            def bare() -> None:
                for point, scenario in zip(points, worlds, strict=True):
                    compiled.simulate(start(scenario, part.task.plan, replication=point.replication))

            def layer(work: Work = work) -> None:
                work.finish(part.task, points, "study layer", "result")

            ratios.append(seconds(layer)[0] / seconds(bare)[0])
    return [("time of a study over the bare engine, hotel, nine elements", spread(ratios[1:]), "≤ 1.10")]


def pairing() -> list[Row]:
    """How many times fewer runs the paired difference needs than independent runs, NPV, hotel, 40 runs."""
    import sxsim

    hotel = sxsim.load(SCENARIOS / "seaside-hotel.yaml")
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        comparison = hotel.compare(replications=40, out=folder)
        base = comparison.base.kpis["npv"]
        for other in comparison.others:
            theirs = other.kpis["npv"]
            gain = (base.var() + theirs.var()) / (theirs - base).var()
            rows.append((f"fewer runs through pairing, NPV of {other.plan}", f"{gain:.1f}", "(≥ 5)"))
    return rows


CASES: dict[str, Callable[[], list[Row]]] = {
    case.__name__: case
    for case in (engines, floor, queue, growth, replications, first_figure, memory, study, study_layer, pairing)
}

if __name__ == "__main__":
    main()
