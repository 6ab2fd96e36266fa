"""Administration: the authorities' streams, read as they grow, and the one way in which something is added to them."""

import asyncio
import threading
from collections.abc import Callable
from datetime import date
from functools import cache

import msgspec
from eventsourcing.persistence import OperationalError

from services.case.application.door import Command, Outcome, answered_before
from services.case.application.in_use import InUse
from services.case.application.reference import Reference
from services.case.application.roles import as_said_here
from services.case.clock.calendar import Calendar
from services.case.clock.calendar_files import CalendarShelf
from services.case.clock.now import Clock
from services.case.domain.errors import NotAllowed, TryAgain
from services.case.domain.meta import Actor, Event, Meta
from services.case.domain.people import Person
from services.case.store.database import DatabaseAway
from services.case.store.event_store import EventStore
from services.case.store.recorder import Busy, CommandRecord, Conflict, Repeated

VERSIONS = """
    SELECT originator_id, max(originator_version) FROM events WHERE originator_id = ANY (%s) GROUP BY originator_id
"""
KEEP = "INSERT INTO artefacts (hash, kind, name, body) VALUES (%s, %s, %s, %s) ON CONFLICT (hash) DO NOTHING"
TELL = "SELECT pg_notify('directory', 'administration')"  # other processes look at once
ATTEMPTS = 20

Decide = Callable[[InUse, Meta], tuple[list[Event], bytes]]


class Administration:
    """What every authority has in use, as this process knows it; what of it decisions need is in `reference`."""

    def __init__(self, store: EventStore, reference: Reference, clock: Clock) -> None:
        self.store = store
        self.reference = reference
        self.clock = clock
        self._alone = threading.Lock()
        self._calendar_of = cache(lambda hash: msgspec.json.decode(reference.fetch(hash), type=Calendar))
        self.in_use = {code: InUse(code, self._calendar_of) for code in reference.authorities.codes}

    def of(self, code: str) -> InUse:
        """What an authority has in use. Raises NotAllowed where none of that code is set up here."""
        if code not in self.in_use:
            raise NotAllowed("This authority is not set up here.")
        return self.in_use[code]

    def as_said_here(self, person: Person) -> Person:
        """The person in the roles that they have here now, whatever their sign-in said."""
        return as_said_here(person, self.in_use.get(person.authority))

    def refresh(self) -> bool:
        """Hear what the streams say since; whether there was anything."""
        with self._alone:
            streams = [state.stream for state in self.in_use.values()]
            newest = dict(self.store.database.rows(VERSIONS, [streams]))
            grown = [state for state in self.in_use.values() if newest.get(state.stream, 0) > state.version]
            for state in grown:
                for recorded in self.store.load(state.stream, state.version):
                    state.follow(recorded)
            if grown:
                self._apply()
        return bool(grown)

    def _apply(self) -> None:
        shelf = CalendarShelf()
        everything = [held for state in self.in_use.values() for held in state.calendars.values()]
        for held in sorted(everything, key=lambda held: held.position):
            shelf.put(held.calendar)
        for state in self.in_use.values():
            for closure in state.closures.values():
                for school in () if closure.withdrawn else closure.schools:
                    shelf.close(school, closure.days)
            for process, hash in state.bundles.items():
                self.reference.in_use[state.code, process] = hash
        changes = [change for state in self.in_use.values() for change in state.changes]
        shelf.as_of = max((change.position for change in changes), default=0)
        self.reference.calendars = shelf

    def keep(self, calendar: Calendar) -> None:
        """Keep a calendar by its hash, so that an event can put it in use."""
        self.store.database.execute(KEEP, [calendar.hash, "calendar", calendar.holder, calendar.to_bytes()])

    async def change(self, code: str, by: Actor, command: Command, decide: Decide) -> Outcome:
        """Let `decide` say what happens to an authority, with its answer, and store it; again, if somebody was faster.

        Raises NotAllowed where there is no such authority, the refusals of `decide`, KeyUsedOtherwise, TryAgain.
        """
        try:
            return await asyncio.to_thread(self._change, code, by, command, decide)
        except (Busy, DatabaseAway, OperationalError) as error:  # of the last it is not known whether it was stored
            raise TryAgain from error

    def _change(self, code: str, by: Actor, command: Command, decide: Decide) -> Outcome:
        for _ in range(ATTEMPTS):
            self.refresh()
            answered = answered_before(self.store, command)
            if answered is not None:
                return answered
            state, today = self.of(code), self.clock.today()
            effective_on: date = command.effective_on or today
            events, answer = decide(state, Meta(by, effective_on, str(command.id), "", command.correlation))
            record = CommandRecord(command.id, command.digest, answer) if command.repeatable else None
            if not events:
                if record is not None:
                    self.store.remember(state.stream, record)
                return Outcome(answer, self.store.head())
            try:
                now = self.clock.now()
                appended = self.store.append(
                    state.stream, state.version, state.hash, events, now, record, personal=False
                )
                positions = appended.positions.result(30)
            except (Conflict, Repeated):
                continue
            self.refresh()
            self.store.database.execute(TELL)
            return Outcome(answer, positions[-1])
        raise TryAgain
