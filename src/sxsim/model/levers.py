"""The ten levers: the only door between the organisation and the front line.

The 31 × 10 weights are data: `lever_weights.csv`, one row a weight.
"""

from sxsim.model.rule import rule


@rule
def practised_lever(capability, commitment, p):
    """What reaches the front line: capability times how far people practise it.

    capability: weighted practice of the sub-elements, 0–1; commitment: mean at the site, 0–1. Returns 0–1; at normal
    commitment the lever equals the capability.
    Source: clauses 7.2.1c, 7.3.2c; form: assumption.
    """
    lived = p.unlived_share + (1.0 - p.unlived_share) * commitment / p.commitment_normal
    return min(capability * lived, 1.0)


@rule
def own_lever(lever, own, mean, p):
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
def self_service_reliability(reliability, technology, p):
    """Reliability where no employee helps: technology weighs in.

    reliability: lever 0–1; technology: practice of 7.4.1b, 0–1. Returns 0–1. Source: clause 7.4.1b; weight: assumption.
    """
    return (1.0 - p.technology_weight) * reliability + p.technology_weight * technology
