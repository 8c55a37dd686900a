"""The reference engine: Mesa agents on a SimPy floor. For trust, teaching and extending."""

from sxsim.engines.reference.agents import Customer, Employee
from sxsim.engines.reference.floor import Floor, Touchpoint
from sxsim.engines.reference.model import ServiceModel, simulate

__all__ = ["Customer", "Employee", "Floor", "ServiceModel", "Touchpoint", "simulate"]
