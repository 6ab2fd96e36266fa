"""Every value that an authority's policy holds: what it may be, how binding it is, and on what basis.

LAW: a locked constant (`services/case/clock/rules.py`). GUIDANCE: a default that warns when overridden.
LOCAL: the authority's to choose.
"""

from datetime import date
from typing import Annotated, Any, Literal

import msgspec

from services.case.clock.rules import LAW, LawConstant
from services.case.policy.ladder import Code, History, Needs, Rung, Waiver

Strength = Literal["LAW", "GUIDANCE", "LOCAL"]
Off = Literal["off"]
Placement = Literal["short_term_off_site", "placement", "off_site_direction", "managed_move"]
Signatory = Literal["pupil", "parent", "parent2", "home_head", "receiving_head"]

GUIDANCE_2026 = date(2026, 7, 26)
_ALWAYS = date.min
_PLACEMENTS = ("short_term_off_site", "placement", "off_site_direction", "managed_move")
_FOUR_PARTIES = ("pupil", "parent", "home_head", "receiving_head")


class Parameter(msgspec.Struct, frozen=True):
    """One key. `type` is what its value may be; `since` when its strength begins; no default: it must be given."""

    key: str
    type: Any
    default: Any
    strength: Strength
    basis: str
    since: date = _ALWAYS


def _range(low: int, high: int) -> Any:
    return Annotated[int, msgspec.Meta(ge=low, le=high)]


def _list_of(element: Any, at_least: int = 0) -> Any:
    return Annotated[tuple[element, ...], msgspec.Meta(min_length=at_least)]


def _law(constant: LawConstant) -> Parameter:
    return Parameter(constant.key, type(constant.value), None, "LAW", constant.citation, constant.effective_from)


def _guidance(key: str, kind: Any, default: Any, basis: str, since: date = _ALWAYS) -> Parameter:
    return Parameter(key, kind, default, "GUIDANCE", basis, since)


def _local(key: str, kind: Any, default: Any, basis: str) -> Parameter:
    return Parameter(key, kind, default, "LOCAL", basis)


REQUIRED = object()


def default_of(key: str) -> Any:
    """The value of a key in a policy that is older than the key. Raises KeyError where there is none."""
    parameter = PARAMETERS[key]
    if parameter.strength == "LAW" or parameter.default is REQUIRED:
        raise KeyError(key)
    return parameter.default


_2026 = "Suspension and permanent exclusion guidance, July 2026"
_OFF_SITE = "Off-site direction guidance; unit and number to be checked with a practitioner"
_PROTOCOLS = "Managed move protocols of authorities differ"
_PROPOSED = "Proposed here; no authority behind it"

PARAMETERS: dict[str, Parameter] = {
    parameter.key: parameter
    for parameter in (
        *map(_law, LAW),
        _guidance("mm.model", Literal["OSD_THEN_MM", "MM_ONLY", "LEGACY_TRIAL"], "OSD_THEN_MM", _2026, GUIDANCE_2026),
        _guidance("mm.legacyTrial.enabled", bool, False, _2026, GUIDANCE_2026),
        _guidance("mm.requiredSignatories", _list_of(Signatory, 1), _FOUR_PARTIES, _2026),
        _guidance("osd.reviewInviteDaysBefore", _range(1, 30), 6, _OFF_SITE),
        _guidance("osd.reviewOutcomeNoticeDays", _range(1, 30), 6, _OFF_SITE),
        _guidance("lunchtime.halfDayUnits", _range(1, 2), 1, "Suspension and permanent exclusion guidance"),
        _guidance("cpFile.transferDays", _range(1, 30), 5, "Keeping children safe in education: calendar days"),
        _local(
            "osd.noticeCounting",
            Literal["CLEAR_DAYS", "LENIENT"],
            "CLEAR_DAYS",
            "SI 2010/1156 says not less than two school days; clear days are the safe reading",
        ),
        _local("susp.planReviewDays", _range(1, 45), 5, _PROPOSED),
        _local("susp.authorityAlertDays", _range(1, 45), 10, _PROPOSED),
        _local("susp.capWarningDays", _range(1, 45), 10, _PROPOSED),
        _local("osd.reviewIntervalSchoolWeeks", _range(1, 8), 2, _PROTOCOLS),
        _local("osd.reviewMaxGapSchoolDays", _range(1, 60), 30, _PROPOSED),
        _local("osd.plannedLengthSchoolWeeks", _range(4, 16), 8, _PROTOCOLS),
        _local("osd.reviewSchoolWeeks", _list_of(_range(1, 16)), (), _PROTOCOLS),
        _local("osd.contactIntervalSchoolWeeks", _range(1, 4), 1, _PROTOCOLS),
        _local("osd.familyAgreement", Literal["VIEWS", "SOUGHT"], "VIEWS", _PROTOCOLS),
        _local("osd.receivingMayEnd", Literal["ANY_TIME", "AT_REVIEW"], "ANY_TIME", _PROTOCOLS),
        _local(
            "osd.receivingMaySuspend",
            Literal["NO_WITHOUT_HOME_CONSULT", "YES"],
            "NO_WITHOUT_HOME_CONSULT",
            "Which head may suspend a pupil of two schools is not settled; to be checked with a practitioner",
        ),
        _local("osd.maxExtensions", _range(0, 3), 1, _PROTOCOLS),
        _local("osd.extensionSchoolWeeks", _range(1, 16), 6, _PROTOCOLS),
        _local("mm.extraSignatories", _list_of(Code), (), _PROTOCOLS),
        _local("mm.bothPRHoldersRequired", bool, True, _PROTOCOLS),
        _local("mm.ehcpGate", Literal["BLOCK", "DIVERT_THEN_ALLOW_IF_PLAN_AMENDED"], "BLOCK", "Local SEND practice"),
        _local("mm.senSupportGate", Literal["SEND_PANEL", "NONE"], "SEND_PANEL", "Local SEND practice"),
        _local("mm.year11", Literal["ALLOW_HOME_KEEPS_RESULTS", "WARN", "BLOCK"], "WARN", _PROTOCOLS),
        _local("mm.placesNeeded", Literal["WILL_TAKE", "PLACE", "PLACE_AND_NO_WAITING_LIST"], "WILL_TAKE", _PROTOCOLS),
        _local("mm.searchSchoolDays", _range(5, 60), 15, _PROPOSED),
        _local("mm.declinesBeforePanel", _range(1, 10), 3, _PROPOSED),
        _local("mm.coolingOffSchoolDays", _range(0, 20), 2, _PROPOSED),
        _local("mm.minAttendancePct", _range(0, 100) | Off, "off", _PROTOCOLS),
        _local("mm.maxPerPupilPerKeyStage", _range(1, 5), 1, _PROPOSED),
        _local("mm.maxInboundPerSchoolPerYearGroup", _range(1, 50) | Off, "off", _PROTOCOLS),
        _local("send.panel_before", _list_of(Placement), _PLACEMENTS, "Local SEND practice"),
        _local("inclusion.maxSchoolDays", _range(1, 20), 10, _PROPOSED),
        _local("ap.firstReviewSchoolDays", _range(1, 20), 10, _PROPOSED),
        _local("ap.reviewMaxGapSchoolDays", _range(5, 45), 35, "Half-termly reports; local contracts differ"),
        _local("ap.fullTimeHours", _range(10, 25), 18, "Not defined in law; more than about 18 hours is usual"),
        _local("ap.maxSessionsUnregistered", _range(1, 10), 4, "Local advice: two days a week at one provider"),
        _local("reintegration.maxPhaseSchoolDays", _range(5, 60), 30, _PROPOSED),
        _local("access.breakGlassMinutes", _range(5, 480), 60, _PROPOSED),
        _local("links.secondFactor", Literal["off", "letter", "text"], "off", "Decide it with a safeguarding lead"),
        _local("ladder.rungs", _list_of(Rung, 1), REQUIRED, "Local ladder of support"),
        _local("ladder.history", History, History(), "Local practice: a history of exclusions"),
        _local("ladder.needs", Needs, "history_and_exhaustion", "Local practice"),
        _local("ladder.waiver", Waiver, "none", "Local practice; most authorities have none"),
    )
}
