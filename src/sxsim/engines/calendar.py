"""Calendar minutes: months, weekdays and half hours from the first day of the warm-up."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from sxsim.engines.world import DAY


def add_months(day: date, months: int) -> date:
    """The first of the month that many months later (or earlier)."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def month_dates(start: date, warm_up: int, months: int) -> list[date]:
    """First days of all months, warm-up included, and of the month after the last."""
    return [add_months(start, month) for month in range(-warm_up, months + 1)]


def month_starts(dates: list[date]) -> NDArray[np.float64]:
    """Minutes from the first date to each date, shape (months + 1,)."""
    return np.array([(day - dates[0]).days * DAY for day in dates], dtype=np.float64)
