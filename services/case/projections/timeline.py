"""The timeline: every event of a case in one line of facts; sentences are written when it is shown."""

from collections.abc import Sequence

from services.case.domain import events as e
from services.case.domain.meta import Event
from services.case.projections.model import Cursor
from services.case.store.mapper import Recorded

INSERT = """
    INSERT INTO timeline (stream, version, type, recorded_at, effective_on, person, role, about)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""


class Timeline:
    name = "timeline"
    tables: tuple[str, ...] = ("timeline",)

    def apply(self, cursor: Cursor, batch: Sequence[Recorded]) -> None:
        rows = []
        for recorded in batch:
            meta = recorded.event.meta
            row = [recorded.stream, recorded.version, recorded.type, recorded.recorded_at, meta.effective_on]
            rows.append([*row, meta.by.person, meta.by.role, about(recorded.event)])
        if rows:
            cursor.executemany(INSERT, rows)


def about(event: Event) -> str:
    """The code of what the event is about, such as the element, notice or deadline; never anything personal."""
    match event:
        case e.CaseOpened() | e.ProcessStarted():
            return event.process
        case e.TaskOffered() | e.TaskCompleted():
            return event.element
        case e.TaskClaimed() | e.TaskReleased() | e.TaskReassigned() | e.TaskCancelled() | e.AnswerCorrected():
            return str(event.task)
        case e.DeadlineSet():
            return event.name
        case e.DeadlineMet() | e.DeadlineMissed() | e.DeadlineMoved() | e.DeadlineWithdrawn():
            return str(event.deadline)
        case e.NoticeDue():
            return event.notice
        case e.MessageReceived():
            return event.message
        case e.TimerFired():
            return event.key
        case e.FactSet() | e.Milestone():
            return event.name
        case e.CaseClosed() | e.ProcessEnded():
            return event.outcome
        case e.PackShared() | e.PackRevoked():
            return event.org
    return ""
