"""Sensitivity against functions with known answers, luck included."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import norm

from sxsim.studies.factors import Factor
from sxsim.studies.methods.indices import DUMMY, LUCK, Estimate, Indices, Sample, analyse, sample

TRIALS = 200
A, B = 7.0, 0.1
WEIGHTS = np.array([0.0, 1.0, 4.5, 9.0])
Function = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]


def made(count: int) -> list[Factor]:
    """Factors that are called x0, x1, …"""
    return [Factor(f"x{k}", (f"x{k}",)) for k in range(count)]


def noise(luck: NDArray[np.float64]) -> NDArray[np.float64]:
    """A standard normal number for each place of luck: near places have nothing in common."""
    scattered = np.modf(luck * 1e7 + 0.5)[0]
    return np.asarray(norm.ppf(scattered * (1 - 1e-6) + 5e-7))


def ishigami(x: NDArray[np.float64], luck: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ishigami's function with noise of variance 1. Source: doi:10.1109/ISUMA.1990.151285."""
    z = math.pi * (2 * x - 1)
    clean = np.sin(z[:, 0]) + A * np.sin(z[:, 1]) ** 2 + B * z[:, 2] ** 4 * np.sin(z[:, 0])
    return np.asarray(clean + noise(luck))


def known_ishigami() -> tuple[list[float], list[float]]:
    """First and total indices of the three factors and luck."""
    first, second = 0.5 * (1 + B * math.pi**4 / 5) ** 2, A**2 / 8
    together = B**2 * math.pi**8 * 8 / 225
    whole = first + second + together + 1.0
    return (
        [part / whole for part in (first, second, 0.0, 1.0)],
        [part / whole for part in (first + together, second, together, 1.0)],
    )


def g_function(x: NDArray[np.float64], luck: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sobol's g-function with noise of variance 0.09. Source: doi:10.1016/S0951-8320(02)00229-6."""
    return np.asarray(np.prod((np.abs(4 * x - 2) + WEIGHTS) / (1 + WEIGHTS), axis=1) + 0.3 * noise(luck))


def known_g_function() -> tuple[list[float], list[float]]:
    """First and total indices of the four factors and luck."""
    parts = 1 / (3 * (1 + WEIGHTS) ** 2)
    product = np.prod(1 + parts)
    whole = product - 1 + 0.09
    return [*(parts / whole), 0.09 / whole], [*(parts * product / (1 + parts) / whole), 0.09 / whole]


@pytest.mark.parametrize(
    ("function", "known", "factors"), [(ishigami, known_ishigami, 3), (g_function, known_g_function, 4)]
)
def test_intervals_cover_the_known_answer_as_often_as_they_say(
    function: Function, known: Callable[[], tuple[list[float], list[float]]], factors: int
) -> None:
    first, total = known()
    covered = np.zeros((2, factors + 1))
    for trial in range(TRIALS):
        design = sample(made(factors), "sobol", 256, False, trial)
        found = analyse(design, "npv", function(design.places[:, :factors], design.places[:, factors]))
        for row, estimates, truth in ((0, found.first, first), (1, found.total, total)):
            covered[row] += [e.low <= t <= e.high for e, t in zip(estimates, truth, strict=False)]
    shares = covered / TRIALS
    assert shares.min() >= 0.90, shares
    assert shares.mean() <= 0.985, shares


def of_ishigami(method: str = "sobol", count: int = 512) -> Indices:
    """Ishigami's function, analysed."""
    design = sample(made(3), method, count, False, 5)
    return analyse(design, "npv", ishigami(design.places[:, :3], design.places[:, 3]))


def test_the_dummy_is_exactly_nothing() -> None:
    for found in (of_ishigami(), of_ishigami("morris", 50)):
        for estimates in (found.first, found.total, found.mean_effect):
            if estimates:
                assert estimates[found.names.index(DUMMY)] == Estimate(0.0, 0.0, 0.0)


def test_luck_is_the_noise_floor() -> None:
    found = of_ishigami()
    assert found.floor == found.total[found.names.index(LUCK)].value
    assert found.floor == pytest.approx(known_ishigami()[1][3], abs=0.03)


def test_factors_are_ranked_and_the_verdict_says_what_is_settled() -> None:
    found = of_ishigami(count=2048)
    assert [rank.words for rank in found.ranks] == ["1", "2", "3"]
    assert found.verdict == "N = 2048 settles all ranks"
    assert [round(sum(rank.chances), 9) for rank in found.ranks] == [1.0, 1.0, 1.0]
    assert [rank.chances[k] > 0.95 for k, rank in enumerate(found.ranks)] == [True, True, True]


def test_second_order_finds_the_pair_that_acts_together() -> None:
    first, total = known_ishigami()
    design = sample(made(3), "sobol", 512, True, 7)
    found = analyse(design, "npv", ishigami(design.places[:, :3], design.places[:, 3]))
    pairs = {(a, b): estimate for a, b, estimate in found.second}
    assert pairs["x0", "x2"].low <= total[0] - first[0] <= pairs["x0", "x2"].high
    assert pairs["x0", "x2"].low > 0
    assert pairs["x0", "x1"].low <= 0 <= pairs["x0", "x1"].high
    idle = [estimate for pair, estimate in pairs.items() if "dummy" in pair]
    assert [(each.value, each.low, each.high) for each in idle] == [(0.0, 0.0, 0.0)] * 4


def test_pairs_are_as_saltelli_says_and_nearer_to_the_truth_than_by_the_library() -> None:
    """Forty trials of N = 128: the same on average (four standard errors), and half the spread."""
    from SALib.analyze.sobol import second_order, separate_output_values

    own, library = [], []
    for seed in range(40):
        design = sample(made(3), "sobol", 128, True, seed)
        values = ishigami(design.places[:, :3], design.places[:, 3])
        found = {(a, b): estimate.value for a, b, estimate in analyse(design, "npv", values).second}
        own.append(found["x0", "x2"])
        scaled = (values - values.mean()) / values.std()
        a, b, ab, ba = separate_output_values(scaled, 5, 128, True)
        library.append(float(second_order(a, ab[:, 0], ab[:, 2], ba[:, 0], b)))
    first, total = known_ishigami()
    assert np.mean(own) == pytest.approx(total[0] - first[0], abs=4 * np.std(own) / math.sqrt(40))
    assert np.mean(library) == pytest.approx(total[0] - first[0], abs=4 * np.std(library) / math.sqrt(40))
    assert np.std(own) < 0.7 * np.std(library)


def test_equal_factors_stay_tied() -> None:
    design = sample(made(3), "sobol", 256, False, 7)
    x, luck = design.places[:, :3], design.places[:, 3]
    found = analyse(design, "npv", 3 * x[:, 0] + x[:, 1] + x[:, 2] + 0.2 * noise(luck))
    assert [rank.words for rank in found.ranks] == ["1", "2–3", "2–3"]
    assert found.verdict.startswith("N = 256 settles rank 1; doubling would settle")


def test_morris_finds_the_effects_of_a_line_exactly() -> None:
    design = sample(made(2), "morris", 12, False, 3)
    found = analyse(design, "npv", 5 * design.places[:, 0] - 2 * design.places[:, 1])
    effects = [round(e.value, 9) for e in found.mean_effect]
    assert effects == [5.0, 2.0, 0.0, 0.0]
    assert [rank.words for rank in found.ranks] == ["1", "2"]


def test_a_failed_point_takes_its_base_sample_with_it() -> None:
    design = sample(made(3), "sobol", 64, False, 5)
    values = ishigami(design.places[:, :3], design.places[:, 3])
    values[3 * design.block + 2] = math.nan
    found = analyse(design, "npv", values)
    assert (found.samples, found.left_out) == (63, 1)


def test_a_kpi_that_never_changes_ranks_nothing() -> None:
    design = sample(made(3), "sobol", 16, False, 5)
    found = analyse(design, "npv", np.full(len(design.places), 4.0))
    assert found.verdict == "npv is the same at every point: nothing to rank"
    assert all(rank.words == "1–3" for rank in found.ranks)


def points(design: Sample) -> set[bytes]:
    """The points of a design."""
    return {design.point(number).key("today") for number in range(len(design.places))}


def test_more_samples_contain_the_fewer() -> None:
    few, many = (sample(made(3), "sobol", count, True, 5) for count in (32, 64))
    assert points(few) < points(many)


def test_the_dummy_costs_no_run() -> None:
    design = sample(made(9), "sobol", 16, True, 1)
    assert len(points(design)) == 16 * (2 * 10 + 2)


def test_another_seed_is_another_design() -> None:
    assert not points(sample(made(3), "sobol", 16, False, 1)) & points(sample(made(3), "sobol", 16, False, 2))
