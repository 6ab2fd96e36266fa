"""What events bring about, in words for whoever is about to cause them: what is sent to whom, who is asked what, which
days are set."""

from typing import Any

from services.case.domain import events as e
from services.case.domain.case import Case
from services.case.domain.meta import Event
from services.case.web import wording
from services.case.web.visit import Visit


def told_of(visit: Visit, case: Case, events: list[Event]) -> dict[str, Any]:
    """`notices`, `tasks`, `dates` and, if the case or a process ends with it, `ends`; blocks."""
    reference = visit.house.reference
    bundles = {number: instance.bundle for number, instance in case.instances.items()}
    bundles |= {event.instance: event.bundle for event in events if isinstance(event, e.ProcessStarted)}
    found: dict[str, Any] = {"notices": [], "tasks": [], "dates": [], "ends": []}
    for event in events:
        match event:
            case e.NoticeDue():
                notice = reference.bundle(bundles[event.instance]).notices.get(event.notice)
                title = notice.title if notice else event.notice.replace("_", " ")
                found["notices"].append({"title": title, "to": [wording.whom(one) for one in event.to]})
            case e.TaskOffered():
                element = reference.bundle(bundles[event.instance]).elements[event.element]
                whose = wording.party(event.party) if event.party else wording.role(event.role)
                found["tasks"].append({"title": element.name or event.element, "to": whose})
            case e.DeadlineSet():
                found["dates"].append({"title": event.title, "due": event.due})
            case e.ProcessEnded():
                about = reference.bundle(bundles[event.instance]).about
                found["ends"].append({"title": about.title, "outcome": about.outcomes.get(event.outcome, "")})
    return found
