"""A draft of a process against all stored histories of the process, in several processes side by side.

Only facts are read; the keys to what is personal are never asked for. Nothing is written.
"""

import gc
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import chain, groupby
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from operator import itemgetter
from typing import Any
from uuid import UUID

import msgspec

from services.case.application.directory import Directory
from services.case.application.put_in_use import fetch_from
from services.case.application.reference import Reference
from services.case.application.rehearsal import VERDICTS, Difference, Rehearsal, Verdict, rehearse
from services.case.clock.calendar_files import CalendarShelf
from services.case.domain import events as e
from services.case.domain.case import Case
from services.case.policy.authorities import Authorities
from services.case.process.bundle import Bundle
from services.case.store.database import Database
from services.case.store.mapper import Recorded, to_recorded

STARTS = "SELECT originator_id, state FROM events WHERE topic = %s"
HISTORIES = """
    SELECT originator_id, originator_version, topic, state, notification_id FROM events
    WHERE originator_id = ANY (%s) ORDER BY originator_id, originator_version
"""
AT_ONCE = 50  # histories
FEW = 150  # histories for which another process is not worth its start
WORKERS = min(os.cpu_count() or 1, 4)


class Line(msgspec.Struct, frozen=True):
    """What the draft would make of one process instance. `bundle` is the one that it follows; `ended`: it is over.
    `difference` is the first; `movable`: what was done is the same, so that a running one can be moved to the draft."""

    case: str
    instance: int
    bundle: str
    ended: bool
    verdict: Verdict
    movable: bool
    difference: Difference | None


class Question(msgspec.Struct, frozen=True):
    """What a worker needs to know: the draft as bytes, the calendars in force, and whose cases are looked at ("" for
    those of every authority)."""

    url: str
    draft: bytes
    calendars: CalendarShelf
    authority: str = ""


class DryRun:
    """The draft on histories, in this process."""

    def __init__(self, question: Question) -> None:
        self._draft = Bundle.from_bytes(question.draft)
        self._authority = question.authority
        self._database = Database(question.url, 1)
        self._database.open()
        self._reference = Reference(
            [self._draft], Authorities({}), question.calendars, Directory(), fetch_from(self._database)
        )

    def close(self) -> None:
        self._database.close()

    def streams(self) -> list[UUID]:
        """The cases in which the process was ever started."""
        found: dict[UUID, None] = {}
        for stream, state in self._database.rows(STARTS, [e.ProcessStarted.TOPIC]):
            started = _recorded(stream, 0, e.ProcessStarted.TOPIC, state, 0).event
            if isinstance(started, e.ProcessStarted) and started.process == self._draft.process:
                found[stream] = None
        return list(found)

    def lines(self, streams: list[UUID]) -> list[Line]:
        """A line for each instance of the process in the cases."""
        rows = self._database.rows(HISTORIES, [streams])
        return [line for stream, history in groupby(rows, itemgetter(0)) for line in self._of(stream, history)]

    def _of(self, stream: UUID, history: Iterator[tuple[Any, ...]]) -> Iterator[Line]:
        events = (_recorded(*row) for row in history)
        first = next(events)
        if not isinstance(first.event, e.CaseOpened) or self._authority not in ("", first.event.authority):
            return
        case = Case(stream)
        for rehearsal in rehearse(chain([first], events), self._draft, self._reference, case):
            yield line_of(case, rehearsal)


def history_of(database: Database, stream: UUID) -> list[Recorded]:
    """All events of a case, their facts only."""
    return [_recorded(*row) for row in database.rows(HISTORIES, [[stream]])]


def line_of(case: Case, rehearsal: Rehearsal) -> Line:
    """The rehearsal of an instance in a line; the case has followed all events."""
    instance = case.instances[rehearsal.number]
    movable = not instance.ended and rehearsal.done is None
    return Line(case.ref, instance.id, instance.bundle, instance.ended, rehearsal.verdict, movable, rehearsal.first)


def dry_run(question: Question, progress: Callable[[int, int], None] = lambda done, of: None) -> list[Line]:
    """A line for each instance of the process, in the order of references. `progress` hears how many cases are done, of
    how many. This blocks, and keeps every processor busy."""
    here = DryRun(question)
    try:
        streams = here.streams()
        some = [streams[place : place + AT_ONCE] for place in range(0, len(streams), AT_ONCE)]
        found: list[Line] = []
        answers = map(here.lines, some) if len(streams) <= FEW else _side_by_side(question, some)
        for done, lines in enumerate(answers, 1):
            found += lines
            progress(min(done * AT_ONCE, len(streams)), len(streams))
    finally:
        here.close()
    return sorted(found, key=lambda line: (line.case, line.instance))


def _side_by_side(question: Question, some: list[list[UUID]]) -> Iterator[list[Line]]:
    processes = ProcessPoolExecutor(WORKERS, get_context("spawn"), _begin, (question,))
    try:
        yield from processes.map(_lines, some)
    finally:
        processes.shutdown(cancel_futures=True)


_mine: list[DryRun] = []  # of a worker


def _begin(question: Question) -> None:
    """In a worker, which is not to outlive whoever started it."""
    parent = parent_process()
    assert parent is not None
    threading.Thread(target=lambda: (wait([parent.sentinel]), os._exit(1)), daemon=True).start()
    _mine.append(DryRun(question))
    gc.freeze()  # what stays is not looked at again and again


def _lines(streams: list[UUID]) -> list[Line]:
    return _mine[0].lines(streams)


def counts(lines: list[Line]) -> dict[Verdict, int]:
    """How many of each verdict, from good to bad."""
    return {verdict: sum(line.verdict == verdict for line in lines) for verdict in VERDICTS}


def _recorded(stream: UUID, version: int, type: str, state: bytes, position: int) -> Recorded:
    """The facts of an event; what is personal stays sealed."""
    return to_recorded(stream, version, type, state, position, lambda stream: None)
