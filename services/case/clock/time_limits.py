"""The time limits of suspension and permanent exclusion, X1 to X24, each from the event that starts it."""

from datetime import date
from typing import Literal

import msgspec

from services.case.clock.due_date import Unit
from services.case.clock.rules import NotInForce, law_number

Strength = Literal["LAW", "GUIDANCE"]
Counting = Literal["without_delay", "same_day", "within", "before", "inclusive", "cap", "deemed_service", "none"]


class TimeLimit(msgspec.Struct, frozen=True, kw_only=True):
    """One duty. `law` names the constant that holds the number; `number` is for a limit that has no such key.

    `exact`: fixed by Act or regulation; else "without delay" or guidance.
    """

    code: str
    trigger: str
    duty: str
    counting: Counting
    exact: bool
    citation: str
    effective_from: date
    law: str = ""
    number: int = 0
    unit: Unit = "school_days"
    strength: Strength = "LAW"

    def count(self, on: date) -> int:
        """How many units the limit has by the law of that day; 0 where it is not a number."""
        return law_number(self.law, on) if self.law else self.number


_2012 = date(2012, 9, 1)
_2022 = date(2022, 9, 1)
_2023 = date(2023, 9, 1)
_EXCLUSIONS = "SI 2012/1033"
_SOCIAL_WORKER = "SI 2012/1033 as amended by SI 2022/788"
_AMENDED_2023 = "SI 2012/1033 as amended by SI 2023/571"
_GUIDANCE = "Suspension and permanent exclusion guidance"
_SIXTH_DAY = "SI 2007/1870; SI 2014/3216"


def _soon(
    code: str,
    trigger: str,
    duty: str,
    citation: str = _EXCLUSIONS,
    since: date = _2012,
    strength: Strength = "LAW",
) -> TimeLimit:
    """A duty to be done without delay, for which no day can be counted."""
    return TimeLimit(
        code=code,
        trigger=trigger,
        duty=duty,
        counting="without_delay",
        exact=False,
        citation=citation,
        effective_from=since,
        strength=strength,
    )


def _exact(
    code: str,
    trigger: str,
    duty: str,
    counting: Counting,
    *,
    law: str = "",
    number: int = 0,
    unit: Unit = "school_days",
    citation: str = _EXCLUSIONS,
    since: date = _2012,
) -> TimeLimit:
    """A duty or bar that a regulation fixes."""
    return TimeLimit(
        code=code,
        trigger=trigger,
        duty=duty,
        counting=counting,
        exact=True,
        citation=citation,
        effective_from=since,
        law=law,
        number=number,
        unit=unit,
    )


_EXCLUDED = "a suspension or permanent exclusion"
_DECIDED = "the head decides to suspend or exclude"
_FIRST_DAY = "first day of exclusion"
_SIXTH = "consecutive school days of exclusion, one suspension straight after another included"

TIME_LIMITS: tuple[TimeLimit, ...] = (
    _soon("X1", _DECIDED, "the head gives the parent the period and the reasons, in writing too"),
    _exact("X2", _FIRST_DAY, "written notice about public places and provision", "same_day", citation=_SIXTH_DAY),
    _soon("X3", _EXCLUDED, "the authority is told, and the home authority if it is another", since=_2022),
    _soon("X4", _EXCLUDED, "social worker and virtual school head are told", _SOCIAL_WORKER, _2022),
    _soon("X5", _EXCLUDED, "the governing board is told of what it must consider"),
    _exact("X6", _SIXTH, "full-time education", "inclusive", law="prov.sixthDay", citation=_SIXTH_DAY),
    _exact("X6a", _SIXTH, "the board provides, for a permanent exclusion the home authority", "none"),
    _exact("X7", _FIRST_DAY, "the parent keeps the pupil out of public places", "inclusive", number=5),
    _exact("X8", "any suspension", "most in one school year", "cap", law="susp.maxDaysPerAcademicYear"),
    _exact(
        "X9",
        "the board is told of a permanent exclusion, or of a term total over 15 days",
        "the board decides on reinstatement, asked or not",
        "within",
        law="gb.reviewSchoolDays",
    ),
    _exact(
        "X10",
        "the board is told of a term total over 5 and up to 15 days",
        "the board decides on reinstatement if the parent asks",
        "within",
        law="gb.reviewOnRequestSchoolDays",
    ),
    _exact("X11", "a term total of up to 5 days", "the board considers what the parent says", "none"),
    _exact(
        "X12",
        "the board is told that a public examination or test would be missed",
        "as X9, and before the examination if practicable",
        "within",
        law="gb.reviewSchoolDays",
    ),
    TimeLimit(
        code="X13",
        trigger="the board's meeting",
        duty="papers reach everybody",
        counting="before",
        exact=False,
        citation=_GUIDANCE,
        effective_from=_2012,
        number=5,
        strength="GUIDANCE",
    ),
    _soon("X14", "the board has decided", "decision and reasons in writing to those concerned"),
    _exact(
        "X15",
        "notice of the board's decision is given",
        "the parent applies for an independent review; no extension",
        "within",
        law="irp.applySchoolDays",
    ),
    _exact("X16", "the application is made", "the panel meets", "within", law="irp.hearSchoolDays"),
    _soon("X17", "the panel has decided", "decision in writing to everybody"),
    _exact(
        "X18",
        "notice that the panel recommends or quashes",
        "the board reconsiders",
        "within",
        law="irp.reconsiderSchoolDays",
    ),
    _exact(
        "X19",
        "notice that the panel quashes",
        "without an offer of reinstatement in time the payment that the panel ordered",
        "within",
        law="irp.reconsiderSchoolDays",
    ),
    _exact(
        "X20",
        "a first-class letter is posted",
        "it counts as given",
        "deemed_service",
        number=2,
        unit="working_days",
    ),
    _exact(
        "X21",
        "the act complained of",
        "claim of disability discrimination to the First-tier Tribunal",
        "within",
        number=6,
        unit="calendar_months",
        citation="Equality Act 2010 Sch 17",
        since=date(2010, 10, 1),
    ),
    _soon(
        "X22",
        "the head cancels, before the board considers",
        "everybody told is told again",
        _AMENDED_2023,
        _2023,
    ),
    _exact("X23", "a permanent exclusion", "the name stays on the roll until the process has ended", "none"),
    _exact(
        "X24",
        "a parent asks to meet remotely",
        "so it is, if fair to all",
        "none",
        citation=_AMENDED_2023,
        since=_2023,
    ),
)


def time_limit(code: str, on: date) -> TimeLimit:
    """The limit of that code by the law of that day. Raises NotInForce before its first row."""
    rows = [row for row in TIME_LIMITS if row.code == code and row.effective_from <= on]
    if not rows:
        raise NotInForce(code, on)
    return max(rows, key=lambda row: row.effective_from)
