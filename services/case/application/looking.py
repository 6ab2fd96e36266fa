"""Records who looked at a case, and who broke the glass to read what is in it. What cannot be recorded is not shown."""

import re
import time
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from uuid import UUID, uuid4, uuid5

from eventsourcing.persistence import OperationalError

from services.case.application.reference import NAMESPACE
from services.case.clock.now import Clock
from services.case.domain.access_events import CaseLookedAt, GlassBroken, What
from services.case.domain.case import Case
from services.case.domain.errors import TryAgain
from services.case.domain.meta import Actor, Event, Meta
from services.case.store.database import DatabaseAway
from services.case.store.event_store import EventStore
from services.case.store.recorder import Busy, Conflict

PATIENCE = 5.0  # seconds for which it is tried while others look too
STORED = 30.0  # seconds for the store to answer
PERSON = re.compile(r"[A-Za-z0-9._:|=+/-]{1,200}")


def access_stream(ref: str) -> UUID:
    """The stream of who looked at a case."""
    return uuid5(NAMESPACE, f"access {ref}")


class Looking:
    def __init__(self, store: EventStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def record(self, case: Case, by: Actor, what: What, reason: str = "", file: str = "") -> int:
        """That somebody looks, and why if they say so; the position. Raises TryAgain: then they must not see it."""

        def look(meta: Meta, said: dict[str, str] | None) -> Event:
            about = {"ref": case.ref, "authority": case.authority, "person": as_code(by.person)}
            return CaseLookedAt(meta=meta, **about, what=what, file=file, personal=said)

        return self._append(case, by, str(uuid4()), reason, look)

    def break_glass(self, case: Case, by: Actor, command: str, reason: str, until: datetime) -> int:
        """That somebody may read what is in the case until a moment, and why; the position. The same command counts
        once. Raises TryAgain."""
        for earlier in self._store.load(access_stream(case.ref)):
            if isinstance(earlier.event, GlassBroken) and earlier.event.meta.command == command:
                return earlier.position

        def broken(meta: Meta, said: dict[str, str] | None) -> Event:
            about = {"ref": case.ref, "authority": case.authority, "person": as_code(by.person)}
            return GlassBroken(meta=meta, **about, until=until, personal=said)

        return self._append(case, by, command, reason, broken)

    def _append(
        self, case: Case, by: Actor, command: str, reason: str, made: Callable[[Meta, dict[str, str] | None], Event]
    ) -> int:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return self._append_once(case, by, command, reason, made)
            except Conflict:
                if time.monotonic() > until:
                    raise TryAgain from None
            except (Busy, DatabaseAway, OperationalError) as error:
                raise TryAgain from error

    def _append_once(
        self, case: Case, by: Actor, command: str, reason: str, made: Callable[[Meta, dict[str, str] | None], Event]
    ) -> int:
        stream, store = access_stream(case.ref), self._store
        version, hash = store.last_of(stream)
        has_key = version == 0 or store.keys.of(stream) is not None  # else the case was erased
        event = made(Meta(by, self._clock.today(), command), {"reason": reason} if reason and has_key else None)
        appended = store.append(stream, version, hash, [event], self._clock.now())
        position = appended.positions.result(STORED)[-1]
        if version == 0 and appended.key is not None:
            store.keys.keep(appended.key)
        return position


def as_code(person: str) -> str:
    """A person's id as it is published to auditors; one that may be an address or words only as its digest."""
    return person if PERSON.fullmatch(person) else f"sha256:{sha256(person.encode()).hexdigest()}"
