"""The kinds of study: each is whole in a file of its own, with its fields, checks, runs, tables and sentences.

A new kind is such a file and its line in `_PARTS`.
"""

from sxsim.studies.experiment import Experiment, kind_of
from sxsim.studies.kinds.advise import AdvisePart
from sxsim.studies.kinds.calibrate import CalibratePart
from sxsim.studies.kinds.discover import DiscoverPart
from sxsim.studies.kinds.order import OrderPart
from sxsim.studies.kinds.organisations import OrganisationsPart
from sxsim.studies.kinds.sensitivity import SensitivityPart
from sxsim.studies.kinds.sweep import SweepPart
from sxsim.studies.kinds.why import WhyPart
from sxsim.studies.part import Part

#: In the order in which they are told of.
_PARTS: tuple[type[Part], ...] = (
    SensitivityPart,
    SweepPart,
    WhyPart,
    AdvisePart,
    OrderPart,
    DiscoverPart,
    OrganisationsPart,
    CalibratePart,
)
#: What is run and said in each kind of study, by its name.
PARTS: dict[str, type[Part]] = {kind_of(part.asks): part for part in _PARTS}
#: The fields of each kind of study, by its name.
KINDS: dict[str, type[Experiment]] = {name: part.asks for name, part in PARTS.items()}
