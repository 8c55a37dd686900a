"""Word of mouth: a small world of acquaintances, and the reputation that follows what is told."""

from sxsim.model.rule import rule


@rule
def neighbour(person, offset, people, rewired, anywhere):
    """The person at a place of the ring of acquaintances, or somebody anywhere when the tie is rewired.

    person: number 0 … people − 1; offset: ± 1 …; rewired: 0 or 1; anywhere: uniform in (0, 1). Returns a number.
    Source: Watts and Strogatz (1998), doi:10.1038/30918.
    """
    if rewired == 1:
        return min(int(anywhere * people), people - 1)
    return (person + offset) % people


@rule
def reputation_update(reputation, praise, complaints, p):
    """Reputation moves towards the share of praise among what is told, complaints weighing more.

    reputation: 0–1; praise, complaints: tellings in the month, ≥ 0. Returns 0–1.
    Source: E062, E063; speed and weight by assumption.
    """
    told = praise + p.complaint_weight * complaints
    if told <= 0.0:
        return reputation
    return reputation + p.reputation_speed * (praise / told - reputation)


@rule
def heard(praise, complaints, p):
    """What a person has heard in a month, as one number.

    praise, complaints: counts ≥ 0. Returns any sign. Source: E063 (praise works at least as strongly); assumption.
    """
    return p.heard_praise * praise - p.heard_complaint * complaints
