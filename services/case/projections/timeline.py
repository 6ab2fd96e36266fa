"""The timeline: each act on a case in one row, with a line of facts for each event that it brought.

Sentences are written when it is shown. A line reads `version type about`.
"""

from collections.abc import Sequence
from uuid import UUID

from services.case.domain import delivery_events as n
from services.case.domain import events as e
from services.case.domain import file_events as f
from services.case.domain import link_events as k
from services.case.domain import process_migration as m
from services.case.domain import pupil_events as p
from services.case.domain.meta import Event
from services.case.projections.model import About, Cursor
from services.case.projections.table import Table, as_document
from services.case.store.mapper import Recorded

COLUMNS = {
    "stream": "uuid",
    "act": "int",  # version of its first event
    "recorded_at": "timestamptz",
    "effective_on": "date",
    "person": "text",
    "role": "text",
    "lines": "text[]",
}
MORE = """
    UPDATE timeline SET lines = timeline.lines || n.lines
    FROM json_to_recordset(%s::json) AS n (stream uuid, act int, lines text[])
    WHERE timeline.stream = n.stream AND timeline.act = n.act
"""


class Timeline:
    name = "timeline"
    about: About = "cases"
    tables: tuple[str, ...] = ("timeline",)

    def apply(self, cursor: Cursor, batch: Sequence[Recorded]) -> None:
        table = Table("timeline", 2, COLUMNS)
        more: dict[tuple[UUID, int], list[str]] = {}  # acts that an earlier batch has begun
        for recorded in batch:
            meta = recorded.event.meta
            key = (recorded.stream, act_of(recorded))
            line = f"{recorded.version} {recorded.type} {about(recorded.event)}".rstrip()
            if key in table.fresh:
                table.fresh[key]["lines"].append(line)
            elif key[1] == recorded.version:
                table.insert(*key, recorded.recorded_at, meta.effective_on, meta.by.person, meta.by.role, [line])
            else:
                more.setdefault(key, []).append(line)
        table.write(cursor)
        if more:
            rows = [{"stream": stream, "act": act, "lines": lines} for (stream, act), lines in more.items()]
            cursor.execute(MORE, [as_document(rows)])


def act_of(recorded: Recorded) -> int:
    """The version of the event with which the act began."""
    stream, _, version = recorded.event.meta.cause.rpartition(".")
    return int(version) if stream == str(recorded.stream) else recorded.version


def about(event: Event) -> str:
    """The code of what the event is about, such as the element, notice or deadline; never anything personal."""
    match event:
        case e.CaseOpened() | e.ProcessStarted() | m.ProcessMigrated():
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
        case n.NoticeSent() | n.NoticeDelivered() | n.NoticeFailed():
            return f"{event.notice} {event.to}"
        case n.ContactRecorded():
            return event.party
        case k.LinkIssued():
            return event.party
        case k.LinkCodeWrong() | k.LinkCancelled() | k.LinkOpened():
            return str(event.link)
        case f.FileAdded():
            return event.media_type
        case n.ReminderDue():
            return str(event.deadline)
        case p.ExclusionNotified():
            return event.entry.kind
    return ""
