"""The implementation approach (ISO/TS 19390): what the activities of a programme do, and what stands in their way."""

from sxsim.model import Money, Parameters, Real, Share
from sxsim.model.rule import rule


@rule
def build_up(done: Share, effort: Real, p: Parameters) -> Share:
    """What an activity has built up in the organisation: grows with effort, and fades slowly.

    done: 0–1; effort: of the month, 0–1 (1: as much as makes sense). Returns 0–1. Source: assumption.
    """
    kept = done * (1.0 - p.activity_fading)
    return kept + p.activity_speed * effort * (1.0 - kept)


@rule
def lower_obstacle(severity: Share, start: Share, effort: Real, p: Parameters) -> Share:
    """An obstacle after a month: worked off by the activities meant for it, it comes back slowly when they stop.

    severity, start: now and before any programme, 0–1; effort: of those activities together, 0–1. Returns 0–1.
    Source: 19390:5.2–6.4 (which activity is meant for which obstacle: our reading); speeds by assumption.
    """
    left = severity * (1.0 - p.obstacle_relief * effort)
    return left + p.obstacle_return * (start - left)


@rule
def together(one: Share, other: Share) -> Share:
    """The effort of two activities meant for the same thing: each works on what the other leaves.

    one, other: 0–1. Returns 0–1. Source: assumption.
    """
    return 1.0 - (1.0 - one) * (1.0 - other)


@rule
def programme_work(effort: Real, managed: Share, resources: Share, p: Parameters) -> Share:
    """Share of the staff's time that activities take: many at once collide, less so when they are managed as one.

    effort: sum over the activities, ≥ 0; managed: effort for 19390:6.2, 0–1; resources: obstacle, 0–1. Returns 0–1.
    Source: 19390:6.2 (activities that compete and collide); sizes by assumption.
    """
    collisions = p.activity_collision * (1.0 - p.managing_relief * managed) * max(effort - 1.0, 0.0)
    return min(p.activity_work * effort * (1.0 + resources) * (1.0 + collisions), 1.0)


@rule
def worth_anchoring(effort: Real, practising: Share) -> Share:
    """The effort for anchoring that counts: what nobody practises cannot be anchored.

    effort: for 19390:7.2.2, 7.2.3 or 7.2.4, 0–1; practising: share of the staff, 0–1. Returns 0–1. Source: assumption.
    """
    return effort * practising


@rule
def activity_cost(effort: Real, wages: Money, p: Parameters) -> Money:
    """Money that activities cost in a month.

    effort: sum over the activities, ≥ 0; wages: the monthly wage bill, ≥ 0. Returns money ≥ 0. Source: assumption.
    """
    return p.activity_cost * effort * wages


@rule
def align(alignment: Share, vision: Share, p: Parameters) -> Share:
    """Alignment with a vision and strategic initiatives that people have agreed on.

    alignment: lever 0–1; vision: work done on 19390:5.6, 0–1. Returns 0–1. Source: 19390:5.6; size by assumption.
    """
    return alignment + p.vision_alignment * vision * (1.0 - alignment)


@rule
def know_better(practice: Share, analysed: Share, p: Parameters) -> Share:
    """How well the organisation measures itself when it has analysed its situation.

    practice: of indicators or tools (7.4.2b, c), 0–1; analysed: work done on 19390:5.2, 0–1. Returns 0–1.
    Source: 19390:5.2 (a truer picture of maturity); size by assumption.
    """
    return practice + p.analysis_sight * analysed * (1.0 - practice)


@rule
def expand(intensity: Share, most: Share, effort: Real, momentum: Share, p: Parameters) -> Share:
    """How intensely a sub-element is worked on when the drive of the most advanced is carried over to the rest.

    intensity, most: of this sub-element and of the one worked on hardest, 0–1; effort: for 19390:6.5, 0–1; momentum: 0–1.
    Returns 0–1. Source: 19390:6.5; size by assumption.
    """
    return intensity + p.expansion * effort * momentum * max(most - intensity, 0.0)
