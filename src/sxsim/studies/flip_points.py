"""Flip points: for each assumption, the value at which another candidate overtakes the advised one.

An assumption is looked at where its range ends. Where a rival is ahead there, the value at which it overtakes is enclosed
by halving the range between that end and the usual value.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sxsim.model.parameters import Parameter
from sxsim.results.intervals import Interval
from sxsim.studies.methods.ranks import WRONG_AT_MOST, behind_by_luck, holm

_HALVINGS = 5
#: How far the advised candidate is ahead of some rivals at a value of an assumption, rival by rival.
Lead = Callable[[Parameter, float, Sequence[str]], dict[str, Interval]]


@dataclass(frozen=True)
class Flip:
    """What an assumption does to the lead over a rival.

    lead_low, lead_high: lead at the ends of the range; ahead, behind: values between which the rival overtakes, None when
    it does not; clear: whether its lead at that end is clear of chance.
    """

    parameter: Parameter
    rival: str
    lead_low: Interval
    lead_high: Interval
    ahead: float | None = None
    behind: float | None = None
    clear: bool = False

    @property
    def value(self) -> float | None:
        """The middle of the values between which the rival overtakes."""
        return None if self.ahead is None or self.behind is None else (self.ahead + self.behind) / 2.0

    @property
    def narrowest(self) -> float:
        """The smallest mean lead at the ends."""
        return min(self.lead_low.mean, self.lead_high.mean)


def flips_of(
    parameter: Parameter, usual: float, ends: tuple[dict[str, Interval], dict[str, Interval]], lead: Lead
) -> list[Flip]:
    """What an assumption does, rival by rival. ends: leads at the low and the high end; usual: value in the scenario."""
    found = []
    for rival in ends[0]:
        low, high = ends[0][rival], ends[1][rival]
        flip = Flip(parameter, rival, low, high)
        for end, there in ((parameter.low, low), (parameter.high, high)):
            if there.mean < 0 and end != usual:
                ahead, behind = enclosed(lambda value, r=rival: lead(parameter, value, [r])[r].mean, usual, end)  # type: ignore[misc]
                nearer = flip.value is None or abs(behind - usual) < abs((flip.behind or 0.0) - usual)
                if nearer:
                    flip = Flip(parameter, rival, low, high, ahead, behind, there.high < 0)
        found.append(flip)
    return found


def corrected(flips: Sequence[Flip]) -> list[Flip]:
    """Flips that are clear when all looks are counted: two ends of each assumption, rival by rival (Holm's method)."""
    ends = [end for flip in flips for end in (flip.lead_low, flip.lead_high)]
    chances = holm([behind_by_luck(end.mean, end.sd / max(end.n, 1) ** 0.5, end.n) for end in ends])
    return [
        replace(flip, clear=flip.clear and min(chances[2 * k], chances[2 * k + 1]) < WRONG_AT_MOST / 2.0)
        for k, flip in enumerate(flips)
    ]


def enclosed(lead: Callable[[float], float], usual: float, end: float) -> tuple[float, float]:
    """Two values between which the lead is lost on the way from the usual value to an end where it is lost."""
    ahead, behind = usual, end
    for _ in range(_HALVINGS):
        middle = (ahead + behind) / 2.0
        if lead(middle) < 0:
            behind = middle
        else:
            ahead = middle
    return ahead, behind


def by_nearness(flip: Flip) -> tuple[bool, bool, float]:
    """Flips first, the clear ones before, those nearest to the usual value (as a share of the range) before the others."""
    if flip.value is None:
        return True, True, flip.narrowest
    span = flip.parameter.high - flip.parameter.low
    return False, not flip.clear, abs(flip.value - flip.parameter.value) / span
