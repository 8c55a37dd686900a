"""One queue in four tools: three servers, Poisson arrivals, exponential service and patience (M/M/3+M, Erlang-A).

SimPy, Ciw and cimba do the queue alone. sxsim computes every rule of every contact as well; none alters arrivals,
service or patience. Each function returns customers, the share that abandons, the mean wait, and processor seconds.
"""

import random
import time
from pathlib import Path

HERE = Path(__file__).parent
SERVERS, ARRIVALS, SERVICE, PATIENCE = 3, 2.7, 1.0, 2.0  # per minute; minutes
Figures = tuple[int, float, float, float]

SCENARIO = """
question: Does a counter with three employees and impatient customers queue as Erlang-A theory says?
touchpoints:
  - name: counter
    service_time: {distribution: exponential, mean: 1}
    patience: {distribution: exponential, mean: 2}
    failure_rate: 0
    query_rate: 0
teams: [{name: staff, serves: [counter], staff: 3, posts: 3}]
journeys: [{name: visit, steps: [{touchpoint: counter}]}]
segments: [{name: all, visits_per_month: 11.8341, visit_variation: 0, leaving: 0, joining: 0, journeys: {visit: 1}}]
demand: {daily_variation: 0, profiles: {flat: 1}}
market: {people: 10000, customers: 10000}
economics: {turnover: 0}
horizon: {start: 2026-01-01, months: 4, warm_up: 0}
"""


def erlang_a() -> tuple[float, float]:
    """The share that abandons and the mean wait, in theory."""
    from sxsim.evidence.theory import erlang_a as theory

    _, wait, abandons = theory(SERVERS, ARRIVALS, SERVICE, PATIENCE)
    return abandons, wait


def with_sxsim(seed: int) -> Figures:
    """Our compiled engine, about 473,000 customers."""
    import tempfile

    from sxsim.engines import compiled
    from sxsim.engines.start import start
    from sxsim.scenario.loading import load

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "counter.yaml"
        path.write_text(SCENARIO, encoding="utf-8")
        scenario = load(path, parameters=HERE.parent / "src" / "sxsim" / "evidence" / "queues" / "neutral.yaml")
    world = start(scenario, seed=seed)
    began = time.process_time()
    records = compiled.simulate(world)
    seconds = time.process_time() - began
    attempts = int(records.contacts["attempts"].sum())
    abandoned = int(records.contacts["abandoned"].sum())
    return attempts, abandoned / attempts, float(records.contacts["wait"].sum()) / attempts, seconds


def with_simpy(seed: int, minutes: float = 30_000.0) -> Figures:
    """SimPy: a process for each customer."""
    import simpy

    chance, figures = random.Random(seed), [0, 0, 0.0]
    environment = simpy.Environment()
    counter = simpy.Resource(environment, SERVERS)

    def customer():  # type: ignore[no-untyped-def]
        came = environment.now
        with counter.request() as request:
            yield request | environment.timeout(chance.expovariate(1 / PATIENCE))
            figures[0] += 1
            figures[2] += environment.now - came
            if request.triggered:
                yield environment.timeout(chance.expovariate(1 / SERVICE))
            else:
                figures[1] += 1

    def arrivals():  # type: ignore[no-untyped-def]
        while True:
            yield environment.timeout(chance.expovariate(ARRIVALS))
            environment.process(customer())

    environment.process(arrivals())
    began = time.process_time()
    environment.run(minutes)
    return figures[0], figures[1] / figures[0], figures[2] / figures[0], time.process_time() - began


def with_ciw(seed: int, minutes: float = 15_000.0) -> Figures:
    """Ciw: a network of one node."""
    import ciw

    ciw.seed(seed)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=ARRIVALS)],
        service_distributions=[ciw.dists.Exponential(rate=1 / SERVICE)],
        reneging_time_distributions=[ciw.dists.Exponential(rate=1 / PATIENCE)],
        number_of_servers=[SERVERS],
    )
    simulation = ciw.Simulation(network)
    began = time.process_time()
    simulation.simulate_until_max_time(minutes)
    seconds = time.process_time() - began
    done = [r for r in simulation.get_all_records() if r.record_type in ("service", "renege")]
    waits = [r.waiting_time for r in done]
    return len(done), sum(r.record_type == "renege" for r in done) / len(done), sum(waits) / len(done), seconds


def with_cimba(seed: int, minutes: float = 300_000.0) -> Figures:
    """Cimba (a C engine) through its Python package: a compiled process for each customer."""
    import cimba
    import cimba_counter
    import numpy as np

    model = cimba_counter.Counter()
    experiment = cimba.Experiment(model, replications=1, window=cimba.Window(warmup=0, duration=minutes), seed=seed)
    began = time.process_time()
    results = experiment.run()
    seconds = time.process_time() - began
    count, gone, wait = (
        float(np.ravel(getattr(results[model], name))[0]) for name in ("number", "share_gone", "mean_wait")
    )
    return int(count), gone, wait, seconds
