"""What of a plan is to be switched off, when, and what it costs where it is not."""

from planner.core.comparison import to_money
from planner.core.deployable import ComingAndGoing
from planner.core.plans import Plan, Running
from planner.core.profiles import hours_in_words
from planner.core.unit_layers import by_the_hour
from planner.core.ways import Units
from planner.core.week import Week, monthly
from planner.core.workload import Workload

_MOST_CHARACTERS = 120
"""Longer hours, such as those of a log, are no timetable that a person keeps."""


def coming_and_going(plan: Plan, workload: Workload) -> ComingAndGoing | None:
    """The units by the hour of a plan, unless as many run day and night."""
    running, units = plan.running, plan.way.units
    if running is None or units is None or running.hourly >= running.hourly_peak:
        return None
    by_hour = by_the_hour(units)
    if by_hour is None:
        return None
    each = monthly(by_hour.usd_per_unit_hour)
    return ComingAndGoing(
        most=running.hourly_peak,
        hours=_hours(running, units, workload),
        usd_per_month=to_money(running.hourly * each),
        usd_if_left_running=to_money(running.hourly_peak * each),
    )


def _hours(running: Running, units: Units, workload: Workload) -> str | None:
    """The hours in which any of them may be needed, where that leaves others."""
    hours = running.timetable or _above(running, units, workload)
    told = hours_in_words(hours) if any(hours) and not all(hours) else ""
    return told if 0 < len(told) <= _MOST_CHARACTERS else None


def _above(running: Running, units: Units, workload: Workload) -> tuple[bool, ...]:
    """The hours whose busiest minute is above what the reserved units carry, at its most."""
    week = Week(workload)
    room = max(0, running.reserved - units.spare) * units.rate.low / max(workload.growth)
    return tuple(week.curve.hours[kind].peak > room for kind in week.order)
