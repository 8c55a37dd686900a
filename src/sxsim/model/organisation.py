"""The organisation: how money becomes maturity of the 31 sub-elements, how practice that is not kept decays, and the levers.

The ten levers are the only door between the organisation and the front line. The 31 × 10 weights are data:
`lever_weights.csv`, one row a weight.
"""

from sxsim.model import Level, Money, Noise, Number, Parameters, Real, Share
from sxsim.model.rule import rule


@rule
def practice(maturity: Level, p: Parameters) -> Share:
    """How much of a sub-element is practised: 0 at maturity 1, 1 at maturity 5.

    maturity: 1–5. Returns 0–1. Source: SEMM, levels 1 to 5 (ISO 23592 family); linear by assumption.
    """
    return (maturity - 1.0) / (p.maturity_top - 1.0)


@rule
def absorb_money(alignment: Share, commitment: Share, p: Parameters) -> Real:
    """Share of each euro that becomes practice: people have to take it up, and more comes of it where all pull the same way.

    alignment, commitment: 0–1. Returns absorption_floor–1.
    Source: clause 7.1.1 and 7.1.2b (shared efforts), 19390 (people take it up, or money is lost); form: assumption.
    """
    taken_up = commitment * (1.0 + alignment) / 2.0
    return p.absorption_floor + (1.0 - p.absorption_floor) * taken_up


@rule
def programme_intensity(money_share: Share, absorption: Share, p: Parameters) -> Share:
    """How intensely a sub-element is worked on: little money moves nothing, much has diminishing returns, and none can replace
    people who take it up.

    money_share: money a month as a share of the monthly wage bill, ≥ 0. absorption: 0–1. Returns 0–1: half of the absorption
    at `money_half`. Source: assumption (a critical mass, then saturation).
    """
    if money_share <= 0.0:
        return 0.0
    scarce = p.money_half / money_share
    return absorption / (1.0 + scarce * scarce)


@rule
def raise_maturity(maturity: Level, intensity: Share, p: Parameters) -> Level:
    """Levels of maturity won in a month: fewer the higher one stands already.

    maturity: 1–5; intensity: 0–1. Returns ≥ 0, levels a month.
    Source: assumption; 19390: "from below 3 the road is long" is left to emerge from alignment and the gate.
    """
    return p.maturity_gain * intensity * (p.maturity_top - maturity) / (p.maturity_top - 1.0)


@rule
def decay_maturity(maturity: Level, established: Level, intensity: Share, p: Parameters) -> Level:
    """Levels of maturity lost in a month: what stands above the established practice fades unless it is kept up.

    maturity, established: 1–5; intensity: 0–1. Returns ≥ 0, levels a month.
    Source: doi:10.1287/mnsc.36.2.140 (organisational knowledge depreciates; E126–E128), speed by assumption.
    """
    return p.maturity_decay * max(maturity - established, 0.0) * (1.0 - intensity)


@rule
def anchor_practice(established: Level, maturity: Level, alignment: Share, anchored: Share, p: Parameters) -> Level:
    """The established level moves towards what is practised: anchoring, faster with alignment and where it is worked on.

    established, maturity: 1–5; alignment: 0–1; anchored: work done on the activity meant for it, 0–1. Returns the new established level, 1–5.
    Source: 19390:7.2 (anchoring); speed by assumption.
    """
    speed = min(p.anchoring_speed * (alignment + p.anchoring_gain * anchored), 1.0)
    return established + speed * (maturity - established)


@rule
def element_maturity(mean: Level, weakest: Level, p: Parameters) -> Level:
    """An element is as strong as its sub-elements together, the weakest weighing more.

    mean, weakest: 1–5 over the sub-elements. Returns 1–5.
    Source: clause 7 (elements work together); weight by assumption.
    """
    return mean - p.weakest_weight * (mean - weakest)


@rule
def see_maturity(seen: Level, maturity: Level, indicators: Share, tools: Share, noise: Noise, p: Parameters) -> Level:
    """How the organisation sees itself: late without indicators, wrong without measuring tools.

    seen, maturity: 1–5; indicators (7.4.2b) and tools (7.4.2c): practice 0–1; noise: standard normal.
    Returns the new seen level, 1–5. Source: clauses 7.4.2b, 7.4.2c; sizes by assumption.
    """
    speed = p.seeing_speed_floor + (1.0 - p.seeing_speed_floor) * indicators
    measured = maturity + p.seeing_error * (1.0 - tools) * noise
    return min(max(seen + speed * (measured - seen), 1.0), p.maturity_top)


@rule
def money_weight(seen: Level, p: Parameters) -> Real:
    """The weight with which an element's money goes to one of its sub-elements: more where it looks weak.

    seen: maturity as the organisation sees it, 1–5. Returns > 0 (relative).
    Source: 19390:5.2 (money goes to the weak spots); form: assumption.
    """
    return p.maturity_top - seen + p.money_weight_floor


@rule
def idea_supply(surprise: Share, bond: Share, voice: Share, p: Parameters) -> Share:
    """Ideas for surprises: those of the organisation, and those that bonded customers bring where they are listened to.

    surprise, voice: levers 0–1; bond: mean of the customers, 0–1. Returns 0–1.
    Source: clause 4 (customers who cooperate), 7.3.3a (co-creation); size by assumption.
    """
    return min(surprise + p.bond_ideas * bond * voice * (1.0 - surprise), 1.0)


@rule
def launch_ideas(fresh: Share, supply: Share, innovation_process: Share, p: Parameters) -> Share:
    """Fresh ideas reach the front line with the delay of the innovation process.

    fresh, supply: lever surprise in use and in supply, 0–1; innovation_process: practice of 7.3.3b, 0–1.
    Returns the new value in use, 0–1. Source: clause 7.3.3b; delays by assumption.
    """
    months = p.idea_delay_slow + (p.idea_delay_fast - p.idea_delay_slow) * innovation_process
    return fresh + (supply - fresh) / months


@rule
def practised_lever(capability: Share, commitment: Share, p: Parameters) -> Share:
    """What reaches the front line: capability times how far people practise it, less of each step far from a managed house.

    capability: weighted practice of the sub-elements, 0–1; commitment: mean at the site, 0–1. Returns 0–1; that of a managed
    organisation at its capability and normal commitment, and the further from it the less shows of each further step.
    Source: clauses 7.2.1c, 7.3.2c; each further step brings less by judgement; form: assumption.
    """
    lived = p.unlived_share + (1.0 - p.unlived_share) * commitment / p.commitment_normal
    away = capability * lived - p.lever_normal
    return min(max(p.lever_normal + away / (1.0 + p.lever_curb * abs(away)), 0.0), 1.0)


@rule
def own_lever(lever: Share, own: Share, mean: Share, p: Parameters) -> Share:
    """A lever in one employee's hands: the site's lever, scaled by how far this employee lives it.

    lever: of the site, 0–1; own, mean: commitment of the employee and of the site, 0–1. Returns 0–1; the lever itself
    when both are equal.
    Source: clause 7.2.1c; form as `practised_lever`, by assumption.
    """
    lived = p.unlived_share + (1.0 - p.unlived_share) * own / p.commitment_normal
    usual = p.unlived_share + (1.0 - p.unlived_share) * mean / p.commitment_normal
    if usual <= 0.0:
        return lever
    return min(lever * lived / usual, 1.0)


@rule
def self_service_reliability(reliability: Share, technology: Share, p: Parameters) -> Share:
    """Reliability where no employee helps: technology weighs in.

    reliability: lever 0–1; technology: practice of 7.4.1b, 0–1. Returns 0–1. Source: clause 7.4.1b; weight: assumption.
    """
    return (1.0 - p.technology_weight) * reliability + p.technology_weight * technology


@rule
def capability(carried: Real, weights: Real, p: Parameters) -> Share:
    """What the organisation can do at the front line by one lever: the practice of its sub-elements, each by its weight.

    carried: sum of weight × practice, ≥ 0; weights: sum of weights, ≥ 0. Returns 0–1; as of a managed organisation where no
    sub-element carries the lever. Source: clause 7 (elements work together); weighted mean by assumption.
    """
    return carried / weights if weights > 0.0 else p.lever_normal


@rule
def partner_energy(culture: Share, structure: Share) -> Share:
    """The energy of a partner's people: they are reached by the defined culture and by the structure, and by nothing else.

    culture, structure: practice of 7.2.1a and 7.4.1c, 0–1. Returns 0–1. Source: clauses 7.2.1a, 7.4.1c; equal parts by assumption.
    """
    return (culture + structure) / 2.0


@rule
def money_for(
    element_money: Money,
    sub_element_money: Money,
    weight: Real,
    weights: Real,
    unit: Money,
    planned: Money,
    money: Money,
    elements: Number,
) -> Money:
    """The money of a month that one sub-element gets: its part of its element's, with what the plan gives it by itself.

    element_money, sub_element_money: planned, in units ≥ 0; weight: from `money_weight`; weights: their sum over the element,
    > 0; unit: money ≥ 0; planned: all that the plan planned; money: all that there is, in money ≥ 0 (more or less than planned
    when success funds it); elements: their number. Where nothing was planned, all elements get the same.
    Returns money ≥ 0. Source: 19390:5.2 (money goes to the weak spots); equal parts by assumption.
    """
    mine = element_money * weight / weights
    mine = (mine + sub_element_money) * unit
    if planned > 0.0:
        mine = mine * money / planned
    elif money > 0.0:
        mine = money / elements * weight / weights
    return mine


@rule
def new_maturity(maturity: Level, won: Share, lost: Share, p: Parameters) -> Level:
    """Maturity after a month: what was won less what was lost, between the lowest and the highest level.

    maturity: 1–5; won, lost: levels ≥ 0. Returns 1–5. Source: SEMM, levels 1 to 5 (ISO 23592 family); arithmetic.
    """
    return min(max(maturity + won - lost, 1.0), p.maturity_top)
