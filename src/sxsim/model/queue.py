"""Waiting: balking, patience, pressure on time, and the standard of time that erodes."""

from sxsim.model import Chance, Minutes, Parameters, Real, Share
from sxsim.model.arithmetic import exp, log
from sxsim.model.rule import rule


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
def pressure(work: Minutes, available: Minutes, p: Parameters) -> Real:
    """Work pressure: the work in hand against what the staff on duty can bear, over the last seven days.

    work, available: minutes ≥ 0. Returns 1 (whatever can be borne without hurry) … pressure_high.
    Source: Oliva and Sterman (2001), doi:10.1287/mnsc.47.7.894.9807 (E056); what can be borne: assumption.
    """
    if available <= 0.0:
        return p.pressure_high if work > 0.0 else 1.0
    return min(max(work / (available * p.load_borne), 1.0), p.pressure_high)


@rule
def pressure_time_factor(pressure: Real, p: Parameters) -> Real:
    """Time per contact under pressure, relative to the time at pressure 1.

    pressure: 1–2. Returns 0–1. Source: E056, elasticity −0.64, doi:10.1287/mnsc.47.7.894.9807.
    """
    if pressure == 1.0:
        return 1.0
    return exp(-p.pressure_elasticity * log(pressure))


@rule
def move_standard(standard: Real, time_factor: Real, alignment: Share, p: Parameters) -> Real:
    """A day's change of the internal time standard: it follows short times down, and comes back slowly where nobody hurries.

    standard: 0–1 of the given time; time_factor: from `pressure_time_factor`; alignment: lever 0–1 (standards hold
    better where all pull the same way). Returns the new standard, 0–1.
    Source: E057 (down in about 19 weeks), doi:10.1287/mnsc.47.7.894.9807; up against E058 (not seen in one year), protection: assumption.
    """
    openness = min(max(1.0 - p.standard_protection * (alignment - p.lever_normal), 0.0), 2.0)
    if time_factor >= 1.0:
        return standard + (1.0 - standard) / p.standard_recovery_days
    return standard * (1.0 - openness * (1.0 - time_factor) / p.standard_erosion_days)


@rule
def hurry(time_factor: Real) -> Share:
    """How much shorter than the given time a contact is held.

    time_factor: actual over given time, > 0. Returns 0–1. Source: E056 (definition).
    """
    return max(1.0 - time_factor, 0.0)


@rule
def given_time(standard: Real, pressure_factor: Real) -> Real:
    """The part of the usual time that a contact is given: the standard that has come to hold, under today's pressure.

    standard: 0–1; pressure_factor: from `pressure_time_factor`, > 0. Returns > 0. Source: E056 (definition).
    """
    return standard * pressure_factor
