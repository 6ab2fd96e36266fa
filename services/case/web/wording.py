"""Codes and days in the words that people read on pages."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
NO_DAY = date(9999, 12, 31)

NEEDS: Mapping[str, str] = {  # types of need, as the school census has them
    "SPLD": "Specific learning difficulty",
    "MLD": "Moderate learning difficulty",
    "SLD": "Severe learning difficulty",
    "PMLD": "Profound and multiple learning difficulty",
    "SEMH": "Social, emotional and mental health",
    "SLCN": "Speech, language and communication needs",
    "HI": "Hearing impairment",
    "VI": "Vision impairment",
    "MSI": "Multi-sensory impairment",
    "PD": "Physical disability",
    "ASD": "Autistic spectrum disorder",
    "DS": "Down syndrome",
    "OTH": "Other difficulty or disability",
    "NSA": "SEN support but no specialist assessment of type of need",
}
ROLES: Mapping[str, str] = {
    "caseworker": "Caseworker",
    "home-staff": "Staff of the home school",
    "home-head": "Headteacher, home school",
    "receiving-head": "Headteacher, receiving school",
    "senco": "SENCO",
    "ep": "Educational psychologist",
    "send-caseworker": "SEND caseworker",
    "gb-clerk": "Clerk to the governing board",
    "irp-clerk": "Clerk to the review panel",
    "fap-chair": "Chair of the fair access panel",
    "ap-provider": "Alternative provision",
    "social-worker": "Social worker",
    "parent": "Parent or carer",
    "pupil": "Pupil",
    "auditor": "Auditor",
    "dpo": "Data protection officer",
    "process-owner": "Process owner",
    "admin": "Administrator",
    "": "",
}
PARTIES: Mapping[str, str] = {
    "pupil": "Pupil",
    "parent": "Parent or carer",
    "parent2": "Second parent or carer",
    "home_head": "Headteacher, home school",
    "receiving_head": "Headteacher, receiving school",
    "inclusion_team": "Inclusion team",
    "send_caseworker": "SEND caseworker",
    "social_worker": "Social worker",
    "home_staff": "Staff of the home school",
    "senco": "SENCO",
    "educational_psychologist": "Educational psychologist",
    "provider": "Alternative provision",
    "governing_board": "Clerk to the governing board",
    "review_panel": "Clerk to the review panel",
    "fair_access_panel": "Chair of the fair access panel",
}
STATUSES: Mapping[str, tuple[str, str]] = {  # of a case or an answer -> words, colour of the tag
    "open": ("Open", "blue"),
    "held": ("On hold", "yellow"),
    "closed": ("Closed", "grey"),
    "awaited": ("Not answered yet", "yellow"),
    "agreed": ("Agreed", "green"),
    "refused": ("Did not agree", "red"),
    "talk": ("Wants to talk first", "orange"),
    "withdrawn": ("Took agreement back", "red"),
}
LOOKED_AT: Mapping[str, str] = {  # as `access_events.What` names it
    "case": "The case",
    "history": "Its history",
    "state": "The case as it was",
    "why": "Why something is there",
    "task": "What they were asked",
    "messages": "Its messages",
    "agreement": "The terms of its agreement",
    "files": "The list of its files",
    "file": "A file",
    "case-file": "A copy: case file",
    "xes": "A copy: XES",
    "ocel": "A copy: OCEL",
    "letter": "A copy: a letter",
}
METHODS: Mapping[str, str] = {"phone": "By phone", "paper": "On paper", "in_person": "In person"}


def as_day(value: Any) -> date | None:
    """A day however it comes: a date, a moment, or text of either."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    if isinstance(value, datetime):
        return value.astimezone(LONDON).date()
    return value if isinstance(value, date) and value != NO_DAY else None


def day(value: Any) -> str:
    """27 March 2026."""
    found = as_day(value)
    return f"{found.day} {found:%B %Y}" if found else ""


def short_day(value: Any) -> str:
    """27 Mar 2026, for tables."""
    found = as_day(value)
    return f"{found.day} {found:%b %Y}" if found else ""


def moment(value: Any) -> str:
    """27 March 2026 at 9:30am."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    there = value.astimezone(LONDON)
    return f"{there.day} {there:%B %Y} at {there.hour % 12 or 12}:{there:%M}{'am' if there.hour < 12 else 'pm'}"


def due(value: Any, today: date) -> str:
    """How far away a day is, in words; the days are calendar days."""
    found = as_day(value)
    if found is None:
        return "No date"
    days = (found - today).days
    if days < 0:
        return f"{count(-days, 'day')} late"
    if days <= 1:
        return ("Today", "Tomorrow")[days]
    return f"In {count(days, 'day')}" if days < 14 else f"In {count(days // 7, 'week')}"


def count(number: int, one: str, many: str = "") -> str:
    """1 day, 2 days."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def named(pupil: Mapping[str, Any]) -> str:
    """Forename and surname, as far as they are seen."""
    return " ".join(str(pupil[part]) for part in ("forename", "surname") if pupil.get(part))


def party(code: str | None) -> str:
    return PARTIES.get(code or "", (code or "").replace("_", " ").capitalize())


def role(code: str | None) -> str:
    return ROLES.get(code or "", code or "")


def whom(code: str) -> str:
    """A party or a role, as diagrams name it, perhaps with its organisation."""
    plain = code.partition("@")[0]
    return PARTIES.get(plain) or role(plain)


def status(code: str) -> str:
    return STATUSES.get(code, (code.replace("_", " ").capitalize(), ""))[0]


def colour(code: str) -> str:
    """The class of the tag for a status."""
    return f"govuk-tag--{STATUSES.get(code, ('', 'grey'))[1]}"
