"""Where a pupil stands on the authority's ladder (domain section 2.4). It computes readiness; people decide."""

from datetime import date
from typing import Any

from services.case.clock.calendar import ONE_DAY, academic_year_of
from services.case.clock.school_calendar import DayBook
from services.case.clock.school_days import nth_day, school_days_between, school_weeks
from services.case.domain.case import Case, Strategy
from services.case.policy.ladder import Ladder, Rung

NOT_EFFECTIVE = ("not_effective", "partly")


def standing(case: Case, ladder: Ladder, days: DayBook, today: date) -> dict[str, Any]:
    """`ready`: every rung exhausted, no action for an unmet need overdue and, if the authority asks for it, a history
    of exclusions · `gaps`: what is missing, in sentences · `open`: rungs not yet exhausted · `next`: the first of them
    · `history` · `kinds`: the kind of help that each rung is · `days`: on how many school days of this school year
    each was used so far."""
    gaps: list[str] = []
    open_: list[str] = []
    for rung in ladder.rungs:
        reasons = _gaps_of(rung, [s for s in case.strategies if s.rung == rung.code], days)
        if reasons:
            open_.append(rung.code)
            gaps += [f"{rung.title}: {reason}" for reason in reasons]
    history = ladder.history.is_met(
        int(case.facts.get("suspensions_this_year") or 0), int(case.facts.get("suspensions_12_months") or 0)
    )
    if ladder.needs == "history_and_exhaustion" and not history:
        gaps.append("there is no history of exclusions by the authority's rule")
    if _overdue(case, today):
        gaps.append("what the needs assessment asked for is overdue")
    return {
        "ready": not gaps,
        "gaps": gaps,
        "open": open_,
        "next": open_[0] if open_ else None,
        "history": history,
        "kinds": {rung.code: rung.help for rung in ladder.rungs},
        "days": _days_used(case.strategies, days, today),
    }


def _overdue(case: Case, today: date) -> bool:
    """Whether the day has passed by which the school was to meet an unmet need, and nobody said that it did."""
    due = case.facts.get("unmet_need_due")
    return due is not None and case.facts.get("unmet_need") == "yes" and date.fromisoformat(due) < today


def _days_used(strategies: list[Strategy], days: DayBook, today: date) -> dict[str, int]:
    """School days of this school year on which strategies ran, by rung; not the day on which one was concluded."""
    used: dict[str, int] = {}
    first = date(academic_year_of(today), 8, 1)
    for strategy in strategies:
        began, ended = max(strategy.started_on, first), (strategy.concluded_on or today) - ONE_DAY
        used[strategy.rung] = used.get(strategy.rung, 0) + school_days_between(days, began, ended)
    return used


def _gaps_of(rung: Rung, attempts: list[Strategy], days: DayBook) -> list[str]:
    """Why the rung is not exhausted; empty if it is. Declined counts when it was offered again and declined again."""
    if not attempts:
        return ["not tried"]
    if sum(attempt.outcome == "declined" for attempt in attempts) > 1:
        return []
    reasons: list[str] = []
    for attempt in reversed(attempts):
        reasons = _gaps_of_attempt(rung, attempt, days)
        if not reasons:
            return []
    return reasons


def _gaps_of_attempt(rung: Rung, attempt: Strategy, days: DayBook) -> list[str]:
    if attempt.outcome == "not_appropriate":
        return []
    if attempt.outcome == "declined":
        return ["was declined once and has to be offered again"]
    if attempt.concluded_on is None:
        return ["still running"]
    reasons = []
    if attempt.concluded_on < _dose_ends(rung, attempt.started_on, days):
        dose = rung.minimum_dose
        reasons.append(f"ended before {dose.count} {dose.unit.replace('_', ' ')}")
    if attempt.reviews < rung.reviews_needed:
        reasons.append("not reviewed")
    if attempt.outcome not in NOT_EFFECTIVE:
        reasons.append("was effective" if attempt.outcome == "effective" else "was withdrawn")
    return reasons


def _dose_ends(rung: Rung, started_on: date, days: DayBook) -> date:
    """The last day of the minimum dose; the day it starts is its first."""
    dose = rung.minimum_dose
    if dose.unit == "school_weeks":
        return school_weeks(days, dose.count, started_on).due
    return nth_day(days, dose.count, started_on).due
