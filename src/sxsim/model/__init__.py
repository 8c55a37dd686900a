"""The rules of the model, one file per concept, and the units of what they take and answer. Only NumPy and Numba are used here.

Units are for those who read: Python, mypy and Numba see plain numbers, except that a whole number is no real one.
"""

from typing import Annotated, Any

#: A share, or a state of mind or practice on a scale from none to all.
Share = Annotated[float, "0 to 1"]
#: A chance that something happens; also a uniform draw that decides it.
Chance = Annotated[float, "0 to 1"]
#: A level of maturity.
Level = Annotated[float, "1 to 5"]
#: A time from the first day of the warm-up, or a length of time.
Minutes = Annotated[float, "minutes"]
#: In the scenario's currency.
Money = Annotated[float, "money"]
#: A draw or a disposition.
Noise = Annotated[float, "standard normal"]
#: Any other real number: a factor, a rate, a count that need not be whole; the docstring says which.
Real = float
#: Whether something is so.
Flag = Annotated[int, "0 or 1"]
#: A whole number: of a row, a kind, a stage, a month; a count.
Number = int
#: The record of all parameters of the register: a field for each.
Parameters = Any
