"""Commitment: how far each employee lives service excellence, one number 0–1 with one simple rule."""

from sxsim.model.rule import rule


@rule
def commitment_target(energy, alignment, engagement, strain, deployment, p):
    """The commitment that this employee's surroundings support.

    energy, alignment: levers 0–1 (for a partner's people energy comes from 7.2.1a and 7.4.1c alone); engagement,
    strain: 0–1; deployment: practice of 7.3.2c (local teams own it), 0–1. Returns 0–1.
    Source: clauses 7.1.2, 7.2.1, 7.3.2c; sizes by assumption (E267–E274 for direction).
    """
    target = (
        p.commitment_floor
        + p.commitment_energy * energy
        + p.commitment_alignment * alignment
        + p.commitment_engagement * (engagement - 0.5)
        + p.commitment_deployment * (deployment - 0.5)
        - p.commitment_strain * strain
    )
    return min(max(target, 0.0), 1.0)


@rule
def update_commitment(commitment, target, p):
    """Commitment moves a part of the way each month; losing it is as slow as winning it.

    commitment, target: 0–1. Returns 0–1. Source: assumption (speed of culture change is unknown).
    """
    return commitment + p.commitment_speed * (target - commitment)
