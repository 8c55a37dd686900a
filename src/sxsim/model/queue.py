"""Waiting: balking, patience, pressure on time, and the standard of time that erodes."""

from sxsim.model import Chance, Minutes, Number, Parameters, Real, Share
from sxsim.model.arithmetic import exp, log
from sxsim.model.rule import rule

#: The usual load is learnt after this part (a quarter) of the warm-up.
LEARNING_PART = 4


@rule
def balk_chance(expected_wait: Minutes, patience: Minutes, p: Parameters) -> Chance:
    """Chance that a customer who sees the queue turns away at once.

    expected_wait: minutes; patience: this customer's mean patience in minutes, ≥ 0 (may be infinite). Returns 0–1.
    Source: assumption (rising with expected wait over patience).
    """
    if expected_wait <= 0.0:
        return 0.0
    if patience <= 0.0:
        return 1.0
    return 1.0 - exp(-p.balk_sensitivity * expected_wait / patience)


@rule
def expected_wait(waiting: Real, minutes_per_contact: Minutes, staff: Real) -> Minutes:
    """The wait a newcomer would guess from the queue.

    waiting: people before; minutes_per_contact: mean; staff: on duty, or places of self-service, taken as at least 1.
    Returns minutes ≥ 0.
    Source: Little's law for a full counter (textbook).
    """
    return waiting * minutes_per_contact / max(staff, 1.0)


@rule
def pressure(demanded: Minutes, available: Minutes, normal: Real, p: Parameters) -> Real:
    """Work pressure: demanded over available staff time of the last seven days, relative to normal.

    demanded, available: minutes; normal: the ratio called 1. Returns pressure_low–pressure_high; 1 where nothing is
    known yet. Source: Oliva and Sterman (2001), doi:10.1287/mnsc.47.7.894.9807 (E056).
    """
    if normal <= 0.0:
        return 1.0
    if available <= 0.0:
        return p.pressure_high if demanded > 0.0 else 1.0
    return min(max(demanded / available / normal, p.pressure_low), p.pressure_high)


@rule
def pressure_time_factor(pressure: Real, p: Parameters) -> Real:
    """Time per contact under pressure, relative to the time at pressure 1.

    pressure: 0.5–2. Returns > 0. Source: E056, elasticity −0.64, doi:10.1287/mnsc.47.7.894.9807.
    """
    if pressure == 1.0:
        return 1.0
    return exp(-p.pressure_elasticity * log(pressure))


@rule
def erode_standard(standard: Real, time_factor: Real, alignment: Share, p: Parameters) -> Real:
    """A day's change of the internal time standard: it follows short times down and does not come back by itself.

    standard: 0–1 of the given time; time_factor: from `pressure_time_factor`; alignment: lever 0–1 (standards hold
    better where all pull the same way). Returns the new standard.
    Source: E057, E058 (down in about 19 weeks, up never), doi:10.1287/mnsc.47.7.894.9807; protection by assumption.
    """
    if time_factor >= 1.0:
        return standard
    openness = min(max(1.0 - p.standard_protection * (alignment - p.lever_normal), 0.0), 2.0)
    return standard * (1.0 - openness * (1.0 - time_factor) / p.standard_erosion_days)


@rule
def hurry(time_factor: Real) -> Share:
    """How much shorter than the given time a contact is held.

    time_factor: actual over given time, > 0. Returns 0–1. Source: E056 (definition).
    """
    return max(1.0 - time_factor, 0.0)


@rule
def usual_load(demanded: Minutes, available: Minutes) -> Real:
    """The ratio of demanded to available staff time that counts as usual, learnt in the warm-up.

    demanded, available: minutes of the time of learning, ≥ 0. Returns ≥ 0, 0 where nobody was there.
    Source: Oliva and Sterman (2001), doi:10.1287/mnsc.47.7.894.9807 (pressure is relative to the usual); assumption.
    """
    return demanded / available if available > 0.0 else 0.0


@rule
def first_month_of_learning(warm_up: Number) -> Number:
    """The month from which the usual load is learnt: after the first quarter of the warm-up, when the floor has filled.

    warm_up: months ≥ 0. Returns a month from the start of the warm-up. Source: assumption.
    """
    return warm_up // LEARNING_PART


@rule
def given_time(standard: Real, pressure_factor: Real) -> Real:
    """The part of the usual time that a contact is given: the standard that has come to hold, under today's pressure.

    standard: 0–1; pressure_factor: from `pressure_time_factor`, > 0. Returns > 0. Source: E056 (definition).
    """
    return standard * pressure_factor
