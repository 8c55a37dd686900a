"""The customer: expectation, satisfaction, delight, bond, loyalty, telling others, leaving."""

import math

from sxsim.model import Chance, Flag, Noise, Number, Parameters, Real, Share
from sxsim.model.arithmetic import exp
from sxsim.model.contact import logistic
from sxsim.model.rule import rule

#: Positions of a brand.
LOW_BUDGET, STANDARD, PREMIUM, LUXURY = range(4)


@rule
def usual_expectation(brand: Number, p: Parameters) -> Share:
    """What customers of a brand usually expect: the position says how high they aim.

    brand: LOW_BUDGET, STANDARD, PREMIUM or LUXURY. Returns 0–1. Source: clause 7.1.1; levels by assumption.
    """
    if brand == LOW_BUDGET:
        return p.expectation_low_budget
    if brand == STANDARD:
        return p.expectation_standard
    if brand == PREMIUM:
        return p.expectation_premium
    return p.expectation_luxury


@rule
def perceived_quality(quality: Share, expectation: Share, p: Parameters) -> Share:
    """What the customer perceives: expectation draws it towards itself (assimilation).

    quality, expectation: 0–1. Returns 0–1. Source: ECSI path expectation → quality .56–.85 (E297); size by assumption.
    """
    return quality + p.assimilation * (expectation - quality)


@rule
def satisfaction_target(
    perceived: Share, expectation: Share, value_gap: Real, grievance: Share, p: Parameters
) -> Share:
    """Satisfaction that this contact alone would leave: perception, disconfirmation, value for money, and what rankles.

    perceived, expectation: 0–1; value_gap: perceived value minus quality, −1…1; grievance: before this contact, 0–1.
    Returns 0–1. Losses weigh loss_weight times gains.
    Source: E216 (disconfirmation), E230 and E248 (losses 1.0–2.2 times gains), E300 (value); what an old problem takes from
    later contacts by assumption.
    """
    difference = perceived - expectation
    weight = p.disconfirmation if difference >= 0.0 else p.disconfirmation * p.loss_weight
    target = perceived + weight * difference + p.value_satisfaction * value_gap - p.satisfaction_grievance * grievance
    return min(max(target, 0.0), 1.0)


@rule
def problem_loss(severity: Number, put_right: Flag, trouble: Share, p: Parameters) -> Share:
    """Satisfaction that a problem itself costs: less when it is put right at once, more when the last one is fresh.

    severity: 0 none, 1 minor, 2 major; put_right: 0 or 1 (now); trouble: how fresh the last problem is, 0–1. Returns 0–1,
    at a touchpoint of usual importance.
    Source: SFO survey 2017 (a trouble lowers the overall rating by .26 of five stars), E051 (recovery), Maxham and
    Netemeyer 2002, doi:10.1509/jmkg.66.4.57.18512 (a second failure costs more); sizes by assumption.
    """
    if severity == 0:
        return 0.0
    loss = p.satisfaction_major if severity == 2 else p.satisfaction_minor
    loss *= (1.0 + p.satisfaction_again * trouble) * (1.0 - p.satisfaction_put_right * put_right)
    return min(loss, 1.0)


@rule
def update_satisfaction(satisfaction: Share, target: Share, importance: Real, loss: Share, p: Parameters) -> Share:
    """Satisfaction moves a part of the way to what the last contact would leave, and a problem costs it as such.

    satisfaction, target: 0–1; importance of the touchpoint: ≥ 0, 1 = usual; loss: `problem_loss`, 0–1. Returns 0–1.
    Source: E231 (cumulative satisfaction, losses count more), SFO survey 2017; weights by assumption.
    """
    weight = p.satisfaction_weight if target >= satisfaction else p.satisfaction_weight_loss
    moved = satisfaction + min(weight * importance, 1.0) * (target - satisfaction)
    return max(moved - importance * loss, 0.0)


@rule
def loss_to_repair(lost: Share, importance: Real, loss: Share, p: Parameters) -> Share:
    """Satisfaction that problems have taken and no contact has brought back since: what putting a case right can give back.

    lost: before the contact, 0–1; importance of the touchpoint: ≥ 0, 1 = usual; loss: `problem_loss`, 0–1. Returns 0–1.
    Source: assumption (a contact brings back what it brings satisfaction nearer to its own level).
    """
    return min(lost * (1.0 - min(p.satisfaction_weight * importance, 1.0)) + importance * loss, 1.0)


@rule
def trouble_after_contact(trouble: Share, severity: Number) -> Share:
    """How fresh the last problem is: a new one, even if put right, is remembered when the next one comes.

    trouble: 0–1; severity: 0 none, 1 minor, 2 major. Returns 0–1.
    Source: Maxham and Netemeyer 2002, doi:10.1509/jmkg.66.4.57.18512 (two failures, also with good recoveries).
    """
    return trouble if severity == 0 else 1.0


@rule
def forget_trouble(trouble: Share, p: Parameters) -> Share:
    """A contact in which all went well makes the last problem less fresh.

    trouble: 0–1. Returns 0–1. Source: E049 (prior purchases mitigate a complaint's effect); size by assumption.
    """
    return trouble * (1.0 - p.trouble_forgetting)


@rule
def delight_chance(
    gate: Flag, individual: Flag, wish: Share, surprising: Flag, perceived: Share, expectation: Share, p: Parameters
) -> Chance:
    """Chance that the customer is delighted: valued, or expectations exceeded, or both; surprise adds.

    gate: 0 or 1, a closed one lets no delight through; individual, surprising: 0 or 1; wish: how much this customer wants
    individual service, 0–1; perceived, expectation: 0–1. Returns 0–1.
    Source: clause 3.5 (delight), E118; the gate is our reading of clause 4; sizes by assumption.
    """
    if gate == 0:
        return 0.0
    exceeded = max(perceived - expectation, 0.0)
    return logistic(
        p.delight_base
        + p.delight_valued * individual * wish
        + p.delight_exceeded * exceeded
        + p.delight_surprise * surprising
    )


@rule
def update_bond(
    bond: Share, delighted: Flag, surprising: Flag, severity: Number, put_right: Flag, wish: Share, p: Parameters
) -> Share:
    """The emotional tie: grows with delight, breaks with failures.

    bond: 0–1; delighted, surprising, put_right: 0 or 1; severity of a failure: 0 none, 1 minor, 2 major; wish: how much this
    customer wants individual service, 0–1: who wants the use only is bound less. Returns 0–1.
    Source: clause 4 (delight builds an emotional tie), E100; sizes by assumption.
    """
    if delighted == 1:
        gain = p.bond_gain * (1.0 + p.bond_surprise * surprising) * wish / p.wish_normal
        bond += min(gain, 1.0) * (1.0 - bond)
    if severity > 0 and put_right == 0:
        bond -= p.bond_break * bond * severity / 2.0
    return min(max(bond, 0.0), 1.0)


@rule
def fade_bond(bond: Share, p: Parameters) -> Share:
    """A bond that is not renewed fades month by month.

    bond: 0–1. Returns 0–1. Source: assumption (delight wears off, clause 7.3.3).
    """
    return bond * (1.0 - p.bond_fading)


@rule
def update_expectation(expectation: Share, quality: Share, delighted: Flag, p: Parameters) -> Share:
    """After a contact expectation adapts to the experience, and delight raises the bar.

    expectation, quality: 0–1; delighted: 0 or 1. Returns 0–1.
    Source: E100 (delight raises next expectations), E213 (adaptation is slow); sizes by assumption.
    """
    expectation += p.expectation_adaptation * (quality - expectation)
    expectation += p.expectation_delight * delighted * (1.0 - expectation)
    return min(max(expectation, 0.0), 1.0)


@rule
def drift_expectation(expectation: Share, usual: Share, market_rise: Real, promise: Share, p: Parameters) -> Share:
    """In a month expectation moves towards what the market and the promise made lead one to expect.

    expectation, usual: 0–1 (usual: the customer's own starting level); market_rise: how far the market's level has
    risen since the start; promise: boldness of the promise, −1…1, 0 as today. Returns 0–1.
    Source: E213 (market expectations), clause 7.3.2b (promise), E112 (secular rise); sizes by assumption.
    """
    level = usual + market_rise + p.promise_expectation * promise
    expectation += p.expectation_market * (level - expectation)
    return min(max(expectation, 0.0), 1.0)


@rule
def remember_surprise(memory: Real, surprising: Flag) -> Real:
    """Surprises remembered: one more after a surprising contact.

    memory: ≥ 0; surprising: 0 or 1. Returns ≥ 0. Source: clause 7.3.3 (what delights today is expected tomorrow).
    """
    return memory + surprising


@rule
def forget_surprise(memory: Real, p: Parameters) -> Real:
    """Surprises fade from memory month by month.

    memory: ≥ 0. Returns ≥ 0. Source: assumption.
    """
    return memory * (1.0 - p.surprise_forgetting)


@rule
def grievance_after_contact(
    grievance: Share, severity: Number, put_right: Flag, importance: Real, p: Parameters
) -> Share:
    """What a problem leaves behind: all of its hurt when unsolved, a scar when put right at once; a new one adds to it.

    grievance: 0–1; severity: 0 none, 1 minor, 2 major; put_right: 0 or 1 (now); importance of the touchpoint: ≥ 0, 1 =
    usual. Returns 0–1.
    Source: TARP (E039–E046: loyalty after a problem; even the quickly satisfied are not all kept); SFO survey 2017 (a
    problem at one of eleven touchpoints costs much less); sizes by assumption.
    """
    if severity == 0:
        return grievance
    hurt = p.grievance_major if severity == 2 else p.grievance_minor
    if put_right == 1:
        hurt *= p.grievance_scar
    return grievance + min(hurt * importance, 1.0) * (1.0 - grievance)


@rule
def grievance_after_case(grievance: Share, put_right: Flag, p: Parameters) -> Share:
    """A case put right later takes away a part of the grievance; one refused changes it, for worse or better.

    grievance: 0–1; put_right: 0 or 1. Returns 0–1. Source: TARP (E039–E046: who complained in vain is more loyal than who
    stayed silent), against E287 (most answers make it worse); sizes by assumption.
    """
    if put_right == 1:
        return grievance * (1.0 - p.grievance_relief)
    return min(grievance * (1.0 + p.grievance_refused), 1.0)


@rule
def heal_grievance(grievance: Share, importance: Real, p: Parameters) -> Share:
    """A contact without any problem heals a part of a grievance, so that it follows the share of contacts with problems.

    grievance: 0–1; importance of the touchpoint: ≥ 0, 1 = usual; it weighs as in the hurt. Returns 0–1.
    Source: E049 (prior purchases mitigate a complaint's effect); size by assumption.
    """
    return grievance * (1.0 - min(p.grievance_healing * importance, 1.0))


@rule
def fade_grievance(grievance: Share, p: Parameters) -> Share:
    """A grievance fades month by month. grievance: 0–1. Returns 0–1. Source: assumption."""
    return grievance * (1.0 - p.grievance_fading)


@rule
def satisfaction_after_case(satisfaction: Share, put_right: Flag, lost: Share, trouble: Share, p: Parameters) -> Share:
    """A case put right gives back part of what the problem took; a refusal costs more, most while the problem is fresh.

    satisfaction: 0–1; put_right: 0 or 1; lost: `loss_to_repair`, 0–1; trouble: how fresh the last problem is, 0–1.
    Returns 0–1.
    Source: E051 (recovery lifts satisfaction), E287 (most answers make it worse), Maxham and Netemeyer 2002; sizes by
    assumption.
    """
    if put_right == 1:
        return min(satisfaction + p.satisfaction_repaired * lost, 1.0)
    return max(satisfaction - p.satisfaction_refused * (1.0 + p.satisfaction_again * trouble), 0.0)


@rule
def image_after_hearing(image: Share, praise: Real, complaints: Real, p: Parameters) -> Share:
    """The image that a person holds moves towards what acquaintances tell, further when more of them do.

    image: 0–1; praise, complaints: acquaintances who told either in the month, ≥ 0. Returns 0–1.
    Source: E249 and E063 (direction), clause 4 (reputation); form and size by assumption.
    """
    told = praise + complaints
    if told <= 0.0:
        return image
    weight = p.image_heard * told
    return image + weight / (1.0 + weight) * (praise / told - image)


@rule
def image_after_living(image: Share, satisfaction: Share, p: Parameters) -> Share:
    """In a month with contacts the image that a person holds moves towards what this person has lived.

    image, satisfaction: 0–1. Returns 0–1.
    Source: ECSI (image and satisfaction go together, E190), E231 (cumulative); size by assumption.
    """
    return image + p.image_lived * (satisfaction - image)


@rule
def loyalty(satisfaction: Share, bond: Share, image: Share, grievance: Share, p: Parameters) -> Share:
    """Loyalty as an attitude: about linear in satisfaction, with bond, this person's image and what rankles.

    satisfaction, bond, image, grievance: 0–1. Returns 0–1.
    Source: E030 (r .54), ECSI paths (satisfaction .47–.49, image .20–.29), clause 4; sizes by assumption.
    """
    value = (
        p.loyalty_base
        + p.loyalty_satisfaction * satisfaction
        + p.loyalty_bond * bond
        + p.loyalty_reputation * (image - p.reputation_normal)
        - p.loyalty_grievance * grievance
    )
    return min(max(value, 0.0), 1.0)


@rule
def leave_chance(usual: Share, loyalty: Share, grievance: Share, advantage: Real, p: Parameters) -> Chance:
    """Chance to leave in a month (or at renewal): behaviour is convex in the attitude.

    usual: the segment's chance at normal loyalty, 0–1; loyalty, grievance: 0–1; advantage: perceived value here minus
    the outside offer's, −1…1. Returns 0–1.
    Source: E291 (behaviour convex), E037 (satisfied customers leave too), E201; sizes by assumption.
    """
    if usual <= 0.0:
        return 0.0
    chance = usual * exp(
        -p.leave_loyalty * (loyalty - p.loyalty_normal) + p.leave_grievance * grievance - p.leave_advantage * advantage
    )
    return min(chance, 1.0)


@rule
def feedback_chance(bond: Share, voice: Share, p: Parameters) -> Chance:
    """Chance that a customer who is asked gives feedback.

    bond: 0–1; voice: lever 0–1. Returns 0–1. Source: clause 4 (customers who cooperate), 7.3.1a; sizes by assumption.
    """
    return logistic(p.feedback_base + p.feedback_bond * bond + p.feedback_voice * (voice - p.lever_normal))


@rule
def asked(felt: Real, scale: Noise, mood: Noise, noise: Noise, p: Parameters) -> Share:
    """What a customer who is asked gives away of a feeling: personal use of the scale, mood of the moment, and noise.

    felt: 0–1; scale (of the person), mood (common to all answers of one survey), noise (of this answer): standard
    normal. Returns any number, mostly 0–1.
    Source: customerSat data (scale use must be modelled), SFO 2017 (answers of one survey go together), InstEval; sizes by assumption.
    """
    return felt + p.answer_scale * scale + p.answer_mood * mood + p.answer_noise * noise


@rule
def survey_answer(loyalty: Share, scale: Noise, mood: Noise, noise: Noise, p: Parameters) -> Real:
    """The answer to "would you recommend us?", 0–10, with mood, noise and a personal use of the scale.

    loyalty: 0–1; scale, mood, noise: standard normal. Returns 0.0 … 10.0, whole numbers.
    Source: as `asked`; SFO 2017 (promoters by overall rating); sizes by assumption.
    """
    felt = asked(p.answer_base + p.answer_loyalty * loyalty, scale, mood, noise, p)
    return math.floor(p.answer_top * min(max(felt, 0.0), 1.0) + 0.5)


@rule
def tell_chance(satisfaction: Share, delighted: Flag, grievance: Share, positive: Flag, p: Parameters) -> Chance:
    """Chance to tell others in a month: highest at the extremes.

    satisfaction, grievance: 0–1; delighted: 1 when delighted in the month; positive: 1 for praise, 0 for complaint.
    Returns 0–1. Source: E289 (U-shape), E062 (positive to negative about 3 : 1); sizes by assumption.
    """
    if positive == 1:
        value = p.tell_praise * max(satisfaction - p.satisfaction_normal, 0.0) + p.tell_delight * delighted
    else:
        value = p.tell_complaint * max(p.satisfaction_normal - satisfaction, 0.0) + p.tell_grievance * grievance
    return min(value, 1.0)


@rule
def own_level(usual: Share, spread: Real, z: Noise) -> Share:
    """How one person differs from the segment in wish, expectation, satisfaction or image.

    usual: of the segment, or a site's reputation, 0–1; spread: standard deviation, ≥ 0; z: standard normal. Returns 0–1.
    Source: assumption (evenly spread people, nobody beyond the scale).
    """
    return min(max(usual + spread * z, 0.0), 1.0)


@rule
def starting_image(reputation: Share, satisfaction: Share, is_customer: Flag, p: Parameters) -> Share:
    """What a person thinks of the site at the start: others what is told of it, customers also what they have lived there.

    reputation, satisfaction: 0–1; is_customer: 0 or 1. Returns 0–1. Source: ECSI (image and satisfaction go together, E190);
    where customers of long standing settle between the two: assumption.
    """
    return reputation + p.image_own * is_customer * (satisfaction - reputation)


@rule
def starting_bond(usual: Share, u: Chance) -> Share:
    """The bond with which a customer begins: any from none to twice the segment's, alike often.

    usual: mean of the segment, 0–1; u: uniform in (0, 1). Returns 0–1. Source: assumption.
    """
    return min(max(2.0 * usual * u, 0.0), 1.0)
