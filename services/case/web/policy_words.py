"""The parameters of an authority's policy in the words that people read on the page about it."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.case.web import wording

STRENGTHS = {"LAW": "Fixed by law", "GUIDANCE": "Statutory guidance", "LOCAL": "The council’s own choice"}
GROUPS: Mapping[str, str] = {  # what stands before the first dot of a key
    "ladder": "The ladder of support",
    "inclusion": "The ladder of support",
    "mm": "Managed moves",
    "osd": "Off-site direction",
    "send": "Special educational needs",
    "susp": "Suspensions",
    "lunchtime": "Suspensions",
    "gb": "Governing boards and review panels",
    "irp": "Governing boards and review panels",
    "prov": "Education from the sixth day",
    "fap": "Places and the roll",
    "roll": "Places and the roll",
    "ap": "Alternative provision",
    "reintegration": "Coming back to school",
    "cpFile": "Records",
    "ctf": "Records",
    "edrecord": "Records",
    "sar": "Records",
    "links": "Families’ links",
    "access": "Who may see what",
}
TITLES: Mapping[str, str] = {
    "osd.noticeSchoolDaysBeforeStart": "School days before an off-site direction begins by which notice is given",
    "osd.parentReviewRequest.lookbackWeeks": "Weeks since the last review after which parents can ask for another",
    "susp.maxDaysPerAcademicYear": "School days for which a pupil can be suspended in a school year, at most",
    "susp.thresholdLow": "School days of suspension in a term above which parents can ask the board to meet",
    "susp.thresholdHigh": "School days of suspension in a term above which the board must meet",
    "gb.reviewSchoolDays": "School days within which the board must meet",
    "gb.reviewOnRequestSchoolDays": "School days within which the board meets if parents ask for it",
    "irp.applySchoolDays": "School days within which parents can ask for a review panel",
    "irp.hearSchoolDays": "School days within which the panel meets",
    "irp.reconsiderSchoolDays": "School days within which the board reconsiders",
    "prov.sixthDay": "School day from which education is provided during a suspension",
    "prov.pexProviderDefault": "Who provides education after a permanent exclusion",
    "fap.placeSchoolDays": "School days within which a place is found under the fair access protocol",
    "roll.laReturnDays": "Days within which the council is told of a change of roll",
    "ctf.sendSchoolDays": "School days within which the common transfer file is sent",
    "sar.months": "Months within which a request for one’s own data is answered",
    "sar.extensionMonths": "Months by which that can be extended",
    "edrecord.schoolDays": "School days within which parents see the educational record",
    "mm.model": "How a managed move is made",
    "mm.legacyTrial.enabled": "Trial periods as before the guidance of 2026",
    "mm.requiredSignatories": "Whose agreement a managed move needs",
    "osd.reviewInviteDaysBefore": "Days before a review by which everybody is invited",
    "osd.reviewOutcomeNoticeDays": "Days after a review within which its decision is sent",
    "lunchtime.halfDayUnits": "Half days for which a lunchtime counts",
    "cpFile.transferDays": "Days within which the child protection file is passed on",
    "osd.noticeCounting": "How the days of notice are counted",
    "susp.planReviewDays": "School days of suspension after which the plan is looked at",
    "susp.authorityAlertDays": "School days of suspension at which the council is told",
    "susp.capWarningDays": "School days left in the year at which somebody is warned",
    "osd.reviewIntervalSchoolWeeks": "School weeks between reviews",
    "osd.reviewMaxGapSchoolDays": "School days between reviews, at most",
    "osd.plannedLengthSchoolWeeks": "School weeks for which a direction is usually planned",
    "osd.reviewSchoolWeeks": "School weeks in which reviews are held, where they are fixed",
    "osd.contactIntervalSchoolWeeks": "School weeks between contacts of the home school",
    "osd.familyAgreement": "What is asked of the family before a direction",
    "osd.receivingMayEnd": "When the receiving school can end a direction",
    "osd.receivingMaySuspend": "Whether the receiving school can suspend",
    "osd.maxExtensions": "Times that a direction can be made longer",
    "osd.extensionSchoolWeeks": "School weeks by which it is made longer",
    "mm.extraSignatories": "Whose agreement is needed beside",
    "mm.bothPRHoldersRequired": "Both parents with responsibility agree",
    "mm.ehcpGate": "A pupil with an education, health and care plan",
    "mm.senSupportGate": "A pupil with SEN support",
    "mm.year11": "A pupil in year 11",
    "mm.placesNeeded": "What a receiving school must have",
    "mm.searchSchoolDays": "School days for which a school is looked for",
    "mm.declinesBeforePanel": "Schools that say no before the panel is asked",
    "mm.coolingOffSchoolDays": "School days to change one’s mind after agreeing",
    "mm.minAttendancePct": "Attendance in per cent below which a move is not discussed",
    "mm.maxPerPupilPerKeyStage": "Managed moves of a pupil in a key stage, at most",
    "mm.maxInboundPerSchoolPerYearGroup": "Pupils that a school takes in a year group, at most",
    "send.panel_before": "What the SEND Panel decides about first",
    "inclusion.maxSchoolDays": "School days of internal inclusion, at most",
    "ap.firstReviewSchoolDays": "School days to the first review of a placement",
    "ap.reviewMaxGapSchoolDays": "School days between its reviews, at most",
    "ap.fullTimeHours": "Hours a week above which provision is full-time",
    "ap.maxSessionsUnregistered": "Sessions a week at a provider that is no school, at most",
    "reintegration.maxPhaseSchoolDays": "School days of coming back step by step, at most",
    "links.secondFactor": "What is asked for beside a secure link",
    "access.breakGlassMinutes": "Minutes for which auditors may read what is in a case after breaking the glass",
    "ladder.rungs": "Rungs, in order",
    "ladder.history": "What counts as a history of exclusions",
    "ladder.needs": "What is needed before a managed move is discussed",
    "ladder.waiver": "When the ladder can be skipped",
}
CODES: Mapping[str, str] = {  # values that would not be understood as they are spelt
    "OSD_THEN_MM": "An off-site direction first, then the move",
    "MM_ONLY": "The move at once",
    "LEGACY_TRIAL": "A trial period, as before 2026",
    "CLEAR_DAYS": "Clear days: neither the day of notice nor the first day counts",
    "LENIENT": "The day of notice counts",
    "VIEWS": "Their views",
    "SOUGHT": "Their agreement is sought",
    "NO_WITHOUT_HOME_CONSULT": "Not without asking the home school",
    "BLOCK": "No managed move",
    "DIVERT_THEN_ALLOW_IF_PLAN_AMENDED": "The plan is reviewed first; a move if it is amended",
    "SEND_PANEL": "The SEND Panel first",
    "ALLOW_HOME_KEEPS_RESULTS": "Can move; results count for the home school",
    "WARN": "Can move, with a warning",
    "WILL_TAKE": "It says that it takes the pupil",
    "PLACE": "A free place",
    "PLACE_AND_NO_WAITING_LIST": "A free place and no waiting list",
    "HOME_LA": "The council where the pupil lives",
    "history_and_exhaustion": "A history of exclusions, and the ladder exhausted",
    "exhaustion": "The ladder exhausted",
    "single_serious_incident": "After a single serious incident",
}


def group(key: str) -> str:
    """The heading under which a parameter stands."""
    return GROUPS[key.partition(".")[0]]


def title(key: str) -> str:
    return TITLES[key]


def value(key: str, said: Any) -> list[str]:
    """A value, as lines."""
    if key == "ladder.rungs":
        return list(_rungs(said))
    if key == "ladder.history":
        return list(_history(said))
    if isinstance(said, list):
        return [_one(one) for one in said] or ["None"]
    return [_one(said)]


def _one(said: Any) -> str:
    if isinstance(said, bool):
        return "Yes" if said else "No"
    if isinstance(said, int):
        return f"{said:,}"
    return CODES.get(said) or wording.PARTIES.get(said) or said.replace("_", " ").lower().capitalize()


def _rungs(rungs: list[dict[str, Any]]) -> Iterator[str]:
    for rung in rungs:
        dose = rung["minimum_dose"]
        long = wording.count(dose["count"], dose["unit"].replace("_", " ").removesuffix("s"))
        yield f"{rung['title']}: at least {long}, {wording.count(rung['reviews_needed'], 'review')}"


def _history(history: Mapping[str, int]) -> Iterator[str]:
    for name, when in (("suspensions_this_year", "this school year"), ("suspensions_12_months", "in twelve months")):
        if history[name]:
            yield f"{wording.count(history[name], 'suspension')} {when}"
