"""Meetings and hearings of a case that are still to come, as somebody has answered on which day they are."""

from datetime import date
from typing import Any

import msgspec

from services.case.api import history
from services.case.api.bodies import StateQuery
from services.case.domain.case import Case, Over
from services.case.domain.permissions import may, sees
from services.case.web.visit import Visit

DAYS = {"meeting_on": "Meeting", "hearing_on": "Hearing"}  # field with the day -> what it is
PLACES = ("meeting_at", "hearing_at", "venue")  # fields with time and place, in words


class Meeting(msgspec.Struct, frozen=True):
    """`task`: the number of the task in which it was arranged · `key` stays the same when it is arranged anew."""

    task: str
    key: str
    title: str
    on: date
    where: str


async def meetings_of(visit: Visit, case: Case) -> list[Meeting]:
    """Those that the person may read of, the earliest first. Arranged twice, the last counts."""
    if not may(visit.person, case, "history") or sees(visit.person, case) == "meta":
        return []
    if not any(_arranges(visit, over) for over in case.done.values()):
        return []
    given = (await visit.read(history.state, StateQuery())).body["answers"]
    found: dict[str, Meeting] = {}
    for one in given:
        over = case.done.get(int((one["task"] or "-0").rpartition("-")[2]))
        if over is not None and _arranges(visit, over) and (meeting := _meeting(visit, case, over, one["answers"])):
            found[meeting.key] = meeting
    today = visit.house.clock.today()
    return sorted((one for one in found.values() if one.on >= today), key=lambda one: one.on)


def _arranges(visit: Visit, over: Over) -> bool:
    """Whether the task asked for the day of a meeting."""
    bundle = visit.house.reference.bundle(over.bundle)
    element = bundle.elements.get(over.task.element)
    form = bundle.forms.get(element.form) if element else None
    return over.how == "completed" and form is not None and not DAYS.keys().isdisjoint(form.fields)


def _meeting(visit: Visit, case: Case, over: Over, answers: dict[str, Any]) -> Meeting | None:
    field = next((field for field in DAYS if answers.get(field)), None)
    if field is None:
        return None
    about = visit.house.reference.bundle(case.instances[over.task.instance].bundle).about
    where = next((str(answers[name]) for name in PLACES if answers.get(name)), "")
    key = f"{over.task.instance}-{over.task.element}"
    return Meeting(str(over.task.id), key, f"{DAYS[field]}: {about.title}", date.fromisoformat(answers[field]), where)
