"""The one door through which a case is changed: load, decide, append; again, if somebody else was faster.

Everything behind it is synchronous and pure; everything before it is HTTP, timers or a command line, and waits here.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid4
from weakref import WeakValueDictionary

import msgspec
from eventsourcing.persistence import OperationalError

from services.case.application import keeping
from services.case.application.exclusions import AtHand, RegisterWanted
from services.case.application.live import Live, NeedsAll
from services.case.application.opening import claims_of
from services.case.application.reference import Reference, stream_of
from services.case.application.registers import Registers, Whose
from services.case.application.running import Running
from services.case.clock.now import Clock, day_in_england
from services.case.domain import events as e
from services.case.domain.case import Case
from services.case.domain.decision import Decision
from services.case.domain.errors import (
    AlreadyOpenForPupil,
    CaseUnknown,
    Erased,
    KeyUsedOtherwise,
    PossibleDuplicate,
    Refusal,
    TryAgain,
)
from services.case.domain.meta import Event
from services.case.domain.people import SYSTEM
from services.case.domain.process_migration import ProcessMigrated
from services.case.domain.pupil_register import Register
from services.case.store.database import DatabaseAway
from services.case.store.event_store import EventStore
from services.case.store.recorder import Busy, Claim, Claimed, CommandRecord, Conflict, Repeated

PATIENCE = 5.0  # seconds for which a command is decided again before the caller is asked to come back
LIVE_CASES = 2_000


class Command(msgspec.Struct, frozen=True):
    """A request: its id and what was asked, so that it takes effect once. `repeatable` if the client named it."""

    id: UUID
    digest: bytes = b""
    repeatable: bool = False
    correlation: str = ""
    effective_on: date | None = None


class Outcome(msgspec.Struct, frozen=True):
    """The answer to a command as bytes, and the position from which on its effect can be read."""

    answer: bytes
    position: int


Act = Callable[[Running], bytes]


def once() -> Command:
    """A command that nobody will repeat by name."""
    return Command(uuid4())


def answered_before(store: EventStore, command: Command) -> Outcome | None:
    """What was answered to this command before. Raises KeyUsedOtherwise; Erased if the answer is no more."""
    answered = store.answered(command.id) if command.repeatable else None
    if answered is None:
        return None
    if answered.digest != command.digest:
        raise KeyUsedOtherwise
    plain = store.open_answer(command.id, answered)
    if plain is None:
        raise Erased
    stored = [r.position for r in store.load(answered.stream) if r.event.meta.command == str(command.id)]
    return Outcome(plain, stored[-1] if stored else store.head())


class Door:
    """Holds the live cases of this process."""

    def __init__(self, store: EventStore, reference: Reference, clock: Clock, live_cases: int = LIVE_CASES) -> None:
        self.store = store
        self.reference = reference
        self.clock = clock
        self.registers = Registers(store)
        self._live: OrderedDict[UUID, Live] = OrderedDict()
        self._limit = live_cases
        self._locks: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()  # of those under way

    async def change(self, ref: str, command: Command, act: Act, by_name: bool = True) -> Outcome:
        """Let `act` decide on the case, with its answer, and store what it emitted. Without `by_name` somebody has
        looked: the pupil is another than the one of the same name and birthday who has a case.

        Raises the refusals of the domain, KeyUsedOtherwise, TryAgain.
        """
        stream = stream_of(ref)
        async with self._alone(stream):
            until, registers = time.monotonic() + PATIENCE, AtHand()
            while True:
                try:
                    return await self._attempt(stream, command, act, by_name, registers)
                except RegisterWanted as wanted:
                    registers.keep(wanted.whose, await self._register(wanted.whose))
                except Conflict:
                    registers = AtHand()
                    self.evict(stream)
                    if time.monotonic() > until:
                        raise TryAgain from None
                except (Busy, DatabaseAway) as error:
                    self.evict(stream)
                    raise TryAgain from error

    async def _register(self, whose: Whose) -> Register:
        """A pupil's register, for a decision that asks for it. Raises TryAgain."""
        try:
            return await asyncio.to_thread(self.registers.of, whose)
        except DatabaseAway as error:
            raise TryAgain from error

    async def _attempt(self, stream: UUID, command: Command, act: Act, by_name: bool, registers: AtHand) -> Outcome:
        live, fresh = await self._load(stream)
        while True:
            version, hash, at = live.case.version, live.case.hash, self.clock.now()
            decision = Decision(
                live.case, SYSTEM, at, day_in_england(at), str(command.id), command.effective_on, command.correlation
            )
            try:
                answer = act(Running(decision, live, registers))
            except Refusal as refusal:
                changed = live.touched or bool(decision.events)
                if changed:
                    self.evict(stream)
                if fresh:
                    return await self._answer_again(command, refusal)
            except BaseException:
                self.evict(stream)
                raise
            else:
                changed = live.touched = False
                if decision.events:
                    return await self._store(live, version, hash, decision, command, answer, by_name)
                if fresh:
                    return await self._no_change(stream, command, answer)
            # It may have been decided on an old view of the case: look for what others did since.
            live, fresh = await self._load(stream, afresh=changed, follow=True)

    async def _store(
        self,
        live: Live,
        version: int,
        hash: bytes,
        decision: Decision,
        command: Command,
        answer: bytes,
        by_name: bool,
    ) -> Outcome:
        case, stream = live.case, live.case.stream
        record = CommandRecord(command.id, command.digest, answer) if command.repeatable else None
        claims = [c for c in self._claims(case, decision.events) if by_name or not c.scope.startswith("name:")]
        try:
            migrated = any(isinstance(event, ProcessMigrated) for event in decision.events)
            kept = keeping.as_bytes(live) if migrated or keeping.is_due(version, case.version) else None
            appended = self.store.append(
                stream, version, hash, decision.events, decision.at, record, claims, state=kept
            )
            positions = await asyncio.wrap_future(appended.positions)
        except Repeated as repeated:
            self.evict(stream)
            return await self._answer_again(command, repeated)
        except Claimed:
            self.evict(stream)
            raise await asyncio.to_thread(self._who_claims, claims) from None
        except OperationalError:
            self.evict(stream)
            return await self._outcome_unknown(stream, version, command, answer)
        except BaseException:
            self.evict(stream)
            raise
        if version == 0 and appended.key is not None:
            self.store.keys.keep(appended.key)
        case.hash = appended.hash
        self._live[stream] = live
        self._live.move_to_end(stream)
        while len(self._live) > self._limit:
            self._live.popitem(last=False)
        return Outcome(answer, positions[-1])

    async def _answer_again(self, command: Command, otherwise: Exception) -> Outcome:
        """The answer that the same command got before; else raises `otherwise`."""
        answered = await asyncio.to_thread(answered_before, self.store, command)
        if answered is None:
            raise otherwise
        return answered

    async def _no_change(self, stream: UUID, command: Command, answer: bytes) -> Outcome:
        """Nothing was to be done, or it was done when the command came first."""
        answered = await asyncio.to_thread(answered_before, self.store, command)
        if answered is not None:
            return answered
        if command.repeatable:
            record = CommandRecord(command.id, command.digest, answer)
            await asyncio.to_thread(self.store.remember, stream, record)
        return Outcome(answer, await asyncio.to_thread(self.store.head))

    async def _outcome_unknown(self, stream: UUID, version: int, command: Command, answer: bytes) -> Outcome:
        """The connection was lost while storing. Whether it was stored, the stream tells: events name their command."""
        try:
            since = await asyncio.to_thread(self.store.load, stream, version)
        except DatabaseAway as error:
            raise TryAgain("The database went away; whether this was stored is not known. Ask again.") from error
        mine = [recorded.position for recorded in since if recorded.event.meta.command == str(command.id)]
        if not mine:
            raise TryAgain
        return Outcome(answer, mine[-1])

    def _claims(self, case: Case, events: list[Event]) -> list[Claim]:
        kinds = {type(event) for event in events}
        if not kinds & {e.CaseOpened, e.CaseReopened, e.CaseClosed}:
            return []
        held = [(scope, self.store.keys.master.digest(scope, *parts)) for scope, parts in claims_of(case)]
        if e.CaseClosed in kinds and not case.is_open:
            return [Claim(scope, digest, hold=False) for scope, digest in held]
        if kinds & {e.CaseOpened, e.CaseReopened}:
            return [Claim(scope, digest) for scope, digest in held]
        return []

    def _who_claims(self, claims: list[Claim]) -> Refusal:
        for claim in claims:
            if self.store.claimed_by(claim.scope, claim.digest) is not None:
                return AlreadyOpenForPupil() if claim.scope.startswith("upn:") else PossibleDuplicate()
        return TryAgain()

    async def see(self, ref: str) -> Case:
        """The case as it is now, for reading only. Raises CaseUnknown, TryAgain."""
        stream = stream_of(ref)
        async with self._alone(stream):
            try:
                live, _ = await self._load(stream, afresh=False, follow=True)
            except DatabaseAway as error:
                raise TryAgain from error
        if not live.case.version:
            raise CaseUnknown
        return live.case

    async def _load(self, stream: UUID, afresh: bool = False, follow: bool = False) -> tuple[Live, bool]:
        """The live case and whether it is surely up to date."""
        live = None if afresh else self._live.get(stream)
        if live is not None and not follow:
            self._live.move_to_end(stream)
            return live, False
        if live is None:
            live = Live(stream, self.reference)
        try:
            live = await asyncio.to_thread(self._follow, live)
        except BaseException:
            self.evict(stream)
            raise
        if live.case.version:
            self._live[stream] = live
            self._live.move_to_end(stream)
        return live, True

    def _follow(self, live: Live) -> Live:
        """Bring it up to date; if it is empty, begin with what was kept of the case."""
        stream = live.case.stream
        kept = None if live.case.version else self.store.snapshot(stream)
        if kept is not None:
            live = keeping.from_bytes(stream, self.reference, *kept) or live
        try:
            self._read_on(live)
        except NeedsAll:
            live = Live(stream, self.reference)
            self._read_on(live)
        return live

    def _read_on(self, live: Live) -> None:
        for recorded in self.store.load(live.case.stream, live.case.version):
            live.follow(recorded.event)
            live.case.hash = recorded.row.hash

    def evict(self, stream: UUID) -> None:
        """Forget the live case; the next decision loads it anew."""
        self._live.pop(stream, None)

    def _alone(self, stream: UUID) -> asyncio.Lock:
        """One decision on a case at a time in this process; between processes the stream's version decides."""
        lock = self._locks.get(stream)
        if lock is None:
            lock = self._locks[stream] = asyncio.Lock()
        return lock
