"""The organisation: how money becomes maturity of the 31 sub-elements, and how practice that is not kept decays."""

from sxsim.model.rule import rule


@rule
def practice(maturity, p):
    """How much of a sub-element is practised: 0 at maturity 1, 1 at maturity 5.

    maturity: 1–5. Returns 0–1. Source: SEMM, levels 1 to 5 (ISO 23592 family); linear by assumption.
    """
    return (maturity - 1.0) / (p.maturity_top - 1.0)


@rule
def absorb_money(alignment, commitment, p):
    """Share of each euro that becomes practice: people have to take it up, and more comes of it where all pull the same way.

    alignment, commitment: 0–1. Returns absorption_floor–1.
    Source: clause 7.1.1 and 7.1.2b (shared efforts), 19390 (people take it up, or money is lost); form: assumption.
    """
    taken_up = commitment * (1.0 + alignment) / 2.0
    return p.absorption_floor + (1.0 - p.absorption_floor) * taken_up


@rule
def programme_intensity(money_share, absorption, p):
    """How intensely a sub-element is worked on: diminishing returns of money, and none can replace people who take it up.

    money_share: money a month as a share of the monthly wage bill, ≥ 0. absorption: 0–1. Returns 0–1.
    Source: assumption (saturating response).
    """
    if money_share <= 0.0:
        return 0.0
    return absorption / (1.0 + p.money_half / money_share)


@rule
def raise_maturity(maturity, intensity, p):
    """Levels of maturity won in a month: fewer the higher one stands already.

    maturity: 1–5; intensity: 0–1. Returns ≥ 0, levels a month.
    Source: assumption; 19390: "from below 3 the road is long" is left to emerge from alignment and the gate.
    """
    return p.maturity_gain * intensity * (p.maturity_top - maturity) / (p.maturity_top - 1.0)


@rule
def decay_maturity(maturity, established, intensity, p):
    """Levels of maturity lost in a month: what stands above the established practice fades unless it is kept up.

    maturity, established: 1–5; intensity: 0–1. Returns ≥ 0, levels a month.
    Source: doi:10.1287/mnsc.36.2.140 (organisational knowledge depreciates; E126–E128), speed by assumption.
    """
    return p.maturity_decay * max(maturity - established, 0.0) * (1.0 - intensity)


@rule
def anchor_practice(established, maturity, alignment, anchored, p):
    """The established level moves towards what is practised: anchoring, faster with alignment and where it is worked on.

    established, maturity: 1–5; alignment: 0–1; anchored: work done on the activity meant for it, 0–1. Returns the new established level, 1–5.
    Source: 19390:7.2 (anchoring); speed by assumption.
    """
    speed = min(p.anchoring_speed * (alignment + p.anchoring_gain * anchored), 1.0)
    return established + speed * (maturity - established)


@rule
def element_maturity(mean, weakest, p):
    """An element is as strong as its sub-elements together, the weakest weighing more.

    mean, weakest: 1–5 over the sub-elements. Returns 1–5.
    Source: clause 7 (elements work together); weight by assumption.
    """
    return mean - p.weakest_weight * (mean - weakest)


@rule
def see_maturity(seen, maturity, indicators, tools, noise, p):
    """How the organisation sees itself: late without indicators, wrong without measuring tools.

    seen, maturity: 1–5; indicators (7.4.2b) and tools (7.4.2c): practice 0–1; noise: standard normal.
    Returns the new seen level, 1–5. Source: clauses 7.4.2b, 7.4.2c; sizes by assumption.
    """
    speed = p.seeing_speed_floor + (1.0 - p.seeing_speed_floor) * indicators
    measured = maturity + p.seeing_error * (1.0 - tools) * noise
    return min(max(seen + speed * (measured - seen), 1.0), p.maturity_top)


@rule
def money_weight(seen, p):
    """The weight with which an element's money goes to one of its sub-elements: more where it looks weak.

    seen: maturity as the organisation sees it, 1–5. Returns > 0 (relative).
    Source: 19390:5.2 (money goes to the weak spots); form: assumption.
    """
    return p.maturity_top - seen + p.money_weight_floor


@rule
def idea_supply(surprise, bond, voice, p):
    """Ideas for surprises: those of the organisation, and those that bonded customers bring where they are listened to.

    surprise, voice: levers 0–1; bond: mean of the customers, 0–1. Returns 0–1.
    Source: clause 4 (customers who cooperate), 7.3.3a (co-creation); size by assumption.
    """
    return min(surprise + p.bond_ideas * bond * voice * (1.0 - surprise), 1.0)


@rule
def launch_ideas(fresh, supply, innovation_process, p):
    """Fresh ideas reach the front line with the delay of the innovation process.

    fresh, supply: lever surprise in use and in supply, 0–1; innovation_process: practice of 7.3.3b, 0–1.
    Returns the new value in use, 0–1. Source: clause 7.3.3b; delays by assumption.
    """
    months = p.idea_delay_slow + (p.idea_delay_fast - p.idea_delay_slow) * innovation_process
    return fresh + (supply - fresh) / months
