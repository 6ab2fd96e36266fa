"""The pupils' registers in the store: found by a keyed digest of the pupil's number, entered into, merged and split.

A register crosses cases, schools and councils. Entering is idempotent: what is known is not entered again, so whoever
tells of a suspension may do so as often as they like, in any order.
"""

import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar
from uuid import UUID, uuid5

import msgspec
from eventsourcing.persistence import OperationalError

from services.case.application.reference import NAMESPACE
from services.case.domain import pupil_register
from services.case.domain.errors import TryAgain
from services.case.domain.events import DestroyedBecause
from services.case.domain.meta import Event, Meta
from services.case.domain.pupil import Entry, rank
from services.case.domain.pupil_events import RegisterErased
from services.case.domain.pupil_register import Register
from services.case.store.database import DatabaseAway
from services.case.store.event_store import Ahead, EventStore
from services.case.store.recorder import Busy, Claim, Claimed, CommandRecord, Conflict

PATIENCE = 10.0  # seconds for which a change is tried again while others write to the same register
STORED = 30.0  # seconds that the writer may take
ENTRY = "entry"  # scope of the claim that leads from an entry's id to the register in which it was first entered

Done = TypeVar("Done")


class Whose(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whose register: by unique pupil number; of a pupil who has none, by the case."""

    upn: str = ""
    case: str = ""
    surname: str = ""
    forename: str = ""
    dob: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return ("register", self.upn) if self.upn else ("register of case", self.case)

    @property
    def named(self) -> dict[str, str]:
        """What is sealed of the pupil."""
        named: dict[str, str] = msgspec.to_builtins(self)
        return {name: value for name, value in named.items() if name != "case"}


class Registers:
    """Reading and writing block; call from a thread."""

    def __init__(self, store: EventStore) -> None:
        self._store = store

    def stream_of(self, whose: Whose) -> UUID:
        """The stream of a pupil's number: whoever lacks the master key cannot tell which it is."""
        return uuid5(NAMESPACE, self._store.keys.master.digest(*whose.key).hex())

    def of(self, whose: Whose) -> Register:
        """The pupil's register as it is now, also if it goes on in that of another number."""
        register = self.load(self.stream_of(whose))
        while register.goes_on_in is not None:
            register = self.load(register.goes_on_in)
        return register

    def load(self, stream: UUID) -> Register:
        """One register, as its own events tell."""
        register = Register(stream)
        for recorded in self._store.load(stream):
            pupil_register.apply(register, recorded.event)
            register.hash = recorded.row.hash
        return register

    def enter(self, whose: Whose, entry: Entry, meta: Meta, at: datetime) -> Register:
        """Enter a suspension or exclusion, or a later revision of one; the pupil's register then.

        Where an earlier revision was entered for another pupil, it moves. Raises TryAgain: nothing is lost, ask again.
        """

        def attempt() -> Register:
            register, held = self.of(whose), self._holding(entry.id)
            if held is not None and held.stream != register.stream:
                if rank(entry) <= rank(held.entries[entry.id]):
                    return register
                self._move(held, register, [entry.id], meta, at, "")
                register = self.load(register.stream)
            events = pupil_register.enter(register, entry, meta, whose.named)
            self._append(register, events, at, [self._claim(entry.id)] if held is None else [])
            return register

        return _persistently(attempt)

    def merge(
        self, former: Whose, whose: Whose, meta: Meta, at: datetime, reason: str, record: CommandRecord | None = None
    ) -> Register:
        """Two numbers are one pupil's: what is in the register of `former`, and what comes for it, counts with `whose`.

        `record` is kept with it; its answer is what the register of `whose` then adds up to.
        Raises RegistersAlreadyOne, Repeated, TryAgain.
        """

        def attempt() -> Register:
            register = self.of(whose)
            self._move(self.of(former), register, None, meta, at, reason, record)
            return self.load(register.stream)

        return _persistently(attempt)

    def split(
        self,
        whose: Whose,
        other: Whose,
        ids: Iterable[str],
        meta: Meta,
        at: datetime,
        reason: str,
        record: CommandRecord | None = None,
    ) -> Register:
        """These entries are another pupil's: they count with `other` from now on; the register of `other` then.

        Two registers that were merged by mistake are parted again by it. `record` as with `merge`.
        Raises RegistersAlreadyOne, EntryUnknown, Repeated, TryAgain.
        """

        def attempt() -> Register:
            giver, taker = self.of(whose), self.load(self.stream_of(other))
            if taker.goes_on_in not in (None, giver.stream):
                taker = self.of(other)
            self._move(giver, taker, ids, meta, at, reason, record)
            return self.load(taker.stream)

        return _persistently(attempt)

    def erase(self, stream: UUID, because: DestroyedBecause, meta: Meta, at: datetime) -> None:
        """Say that the register's key is going. Its half days stay, and whose they were goes."""

        def attempt() -> None:
            register = self.load(stream)
            if register.version and not register.erased:
                self._append(register, [RegisterErased(meta=meta, because=because)], at, [])

        _persistently(attempt)

    def is_known_to(self, authority: str, whose: Whose) -> bool:
        """Whether a council has to do with the pupil of this number: by an open case, or by an entry of its schools."""
        scope = f"upn:{authority}"
        if self._store.claimed_by(scope, self._store.keys.master.digest(scope, whose.upn)) is not None:
            return True
        return any(entry.authority == authority for entry in self.of(whose).entries.values())

    def _holding(self, id: str) -> Register | None:
        """The register in which an entry counts now."""
        first = self._store.claimed_by(ENTRY, self._claim(id).digest)
        register = None if first is None else self.load(first)
        while register is not None and id in register.given:
            register = self.load(register.given[id])
        return register

    def _claim(self, id: str) -> Claim:
        return Claim(ENTRY, self._store.keys.master.digest(ENTRY, id))

    def _append(self, register: Register, events: list[Event], at: datetime, claims: list[Claim]) -> None:
        if not events:
            return
        appended = self._store.append(register.stream, register.version, register.hash, events, at, claims=claims)
        appended.positions.result(STORED)
        for event in events:
            pupil_register.apply(register, event)
        register.hash = appended.hash

    def _move(
        self,
        giver: Register,
        taker: Register,
        ids: Iterable[str] | None,
        meta: Meta,
        at: datetime,
        reason: str,
        record: CommandRecord | None = None,
    ) -> None:
        given, taken = pupil_register.move(giver, taker, ids, meta, reason)
        both = [
            Ahead(giver.stream, giver.version, giver.hash, [given]),
            Ahead(taker.stream, taker.version, taker.hash, [taken]),
        ]
        if record is not None:
            record = msgspec.structs.replace(record, answer=msgspec.json.encode(taken.totals))
        self._store.append_together(both, at, record).result(STORED)


def _persistently(attempt: Callable[[], Done]) -> Done:
    """Try again while others are faster. Raises TryAgain."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return attempt()
        except (Conflict, Claimed):
            if time.monotonic() > until:
                raise TryAgain from None
        except (Busy, DatabaseAway, OperationalError):  # of the last it is not known whether it was stored
            raise TryAgain from None
