"""What authorities keep in a stream of their own, one of a kind each: load it, decide, append; again, if somebody else
was faster. This blocks; call from a thread."""

import threading
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from eventsourcing.persistence import OperationalError

from services.case.application.door import Command, Outcome, answered_before
from services.case.clock.now import Clock
from services.case.domain.errors import TryAgain
from services.case.domain.meta import Actor, Event, Meta
from services.case.store.database import DatabaseAway
from services.case.store.event_store import EventStore
from services.case.store.mapper import Recorded
from services.case.store.recorder import Busy, CommandRecord, Conflict, Repeated

ATTEMPTS = 20


class Followed(Protocol):
    """What the events of such a stream add up to, with the version and hash of the last."""

    stream: UUID
    version: int
    hash: bytes

    def follow(self, recorded: Recorded) -> None: ...


State = TypeVar("State", bound=Followed)


class StreamsOfAuthorities(Generic[State]):
    """All authorities' streams of one kind, each read when it is first asked for in this process. `make` gives an empty
    one for an authority's code."""

    def __init__(self, store: EventStore, clock: Clock, make: Callable[[str], State]) -> None:
        self._store = store
        self._clock = clock
        self._make = make
        self._states: dict[str, State] = {}
        self._alone = threading.Lock()

    def change(
        self, code: str, by: Actor, command: Command, decide: Callable[[State, Meta], tuple[list[Event], bytes]]
    ) -> Outcome:
        """Let `decide` say what happens in an authority's stream, with its answer, and store it.

        Raises the refusals of `decide`, KeyUsedOtherwise, TryAgain.
        """
        try:
            with self._alone:
                return self._change(code, by, command, decide)
        except (Busy, DatabaseAway, OperationalError) as error:
            self._states.pop(code, None)
            raise TryAgain from error

    def see(self, code: str) -> State:
        """An authority's as it is now, for reading only. Raises TryAgain."""
        try:
            with self._alone:
                return self._followed(code)
        except DatabaseAway as error:
            raise TryAgain from error

    def forget(self, stream: UUID) -> None:
        """The stream's key was destroyed: what was sealed with it is not to be read here either."""
        with self._alone:
            self._states = {code: state for code, state in self._states.items() if state.stream != stream}

    def _followed(self, code: str) -> State:
        state = self._states.setdefault(code, self._make(code))
        for recorded in self._store.load(state.stream, state.version):
            state.follow(recorded)
        return state

    def _change(
        self, code: str, by: Actor, command: Command, decide: Callable[[State, Meta], tuple[list[Event], bytes]]
    ) -> Outcome:
        for _ in range(ATTEMPTS):
            answered = answered_before(self._store, command)
            if answered is not None:
                return answered
            state = self._followed(code)
            day = command.effective_on or self._clock.today()
            events, answer = decide(state, Meta(by, day, str(command.id), "", command.correlation))
            record = CommandRecord(command.id, command.digest, answer) if command.repeatable else None
            if not events:
                if record is not None:
                    self._store.remember(state.stream, record)
                return Outcome(answer, self._store.head())
            try:
                appended = self._store.append(
                    state.stream, state.version, state.hash, events, self._clock.now(), record
                )
                return Outcome(answer, appended.positions.result(30)[-1])
            except (Conflict, Repeated):
                continue
        raise TryAgain
