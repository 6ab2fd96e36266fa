"""Many cases at once: the lives of the scenarios, each under references of its own, appended in turn as they came."""

import random
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import uuid4

import msgspec

from contracts.chain import GENESIS
from services.case.application.door import once
from services.case.application.entries import check, update_places
from services.case.application.files import HOUSE, read_reference
from services.case.application.reference import stream_of
from services.case.domain import events as e
from services.case.domain.case import Case
from services.case.domain.meta import Actor, Event, Meta
from services.case.domain.provider import OwnCheck, Places, StagePlaces
from services.case.process.bundle import process_folders
from services.case.samples import sample_directory
from services.case.samples.seeding import put_samples_in_use
from services.case.scenarios import Run, scenarios_of
from services.case.store.event_store import EventStore
from services.case.wiring import House

Life = list[list[Event]]  # a case's events, decision by decision
NOON = datetime(2026, 9, 2, 12, tzinfo=UTC)
FOLDERS = process_folders([HOUSE])


@cache
def lives() -> tuple[Life, ...]:
    """One life for each scenario, with a few things that scenarios do not do."""
    found, reference = [], read_reference(directory=sample_directory())
    for folder in FOLDERS.values():
        scenarios, sets = scenarios_of(folder)
        for scenario in scenarios:
            run = Decisions(reference, scenario, sets)
            for step in scenario.get("when", []):
                run.step(step)
            found.append([*run.decisions, *by_hand(run.events)])
    return tuple(found)


class Decisions(Run):
    """A scenario, and what each decision came to."""

    def do(self, act: Any) -> None:
        before = len(self.events)
        super().do(act)
        self.decisions = [*getattr(self, "decisions", []), self.events[before:]]


def by_hand(events: list[Event]) -> Iterator[list[Event]]:
    """Tasks claimed, given back and given to others; a pack shared and closed; a case held, closed and opened again."""
    meta = Meta(Actor("asha", "caseworker", "937"), NOON.date())
    offered = [event.task for event in events if isinstance(event, e.TaskOffered)][-2:]
    for task in offered:
        yield [e.TaskClaimed(meta=meta, task=task, person="asha")]
        yield [e.TaskReassigned(meta=meta, task=task, to="tom", personal={"reason": "Asha is away."})]
    yield [e.TaskReleased(meta=meta, task=offered[0], personal={"reason": "Too much else."})]
    yield [e.PackShared(meta=meta, with_="receiving_head", org="900002")]
    yield [
        e.NoteAdded(meta=meta, note=1, personal={"text": "Rang."}),
        e.PackRevoked(meta=meta, with_="x", org="900002"),
    ]
    yield [e.AnswerCorrected(meta=meta, task=0, field="surname", fact="pupil_surname", personal={"value": "Newname"})]
    yield [e.CaseHeld(meta=meta), e.CaseResumed(meta=meta), e.CaseClosed(meta=meta, outcome="MOVED_AREA")]
    yield [e.CaseReopened(meta=meta)]


class Traffic(threading.Thread):
    """Appends so many cases, so many of them at a time, until it is through or told to stop. `failed` says why."""

    def __init__(self, store: EventStore, cases: int, pause: float = 0) -> None:
        super().__init__(name="traffic")
        self._store = store
        self._lives = lives()
        self._cases = iter(range(1, cases + 1))
        self._pause = pause
        self._chance = random.Random(cases)
        self.over = threading.Event()
        self.failed: Exception | None = None
        self.events = 0

    def run(self) -> None:
        try:
            going = [self._live(number) for _, number in zip(range(8), self._cases, strict=False)]
            while going and not self.over.wait(self._pause):
                at = self._chance.randrange(len(going))
                if next(going[at], None) is None:
                    following = next(self._cases, None)
                    if following is None:
                        del going[at]
                    else:
                        going[at] = self._live(following)
        except Exception as error:
            self.failed = error

    def through(self) -> "Traffic":
        """Wait for it to end."""
        self.join()
        assert self.failed is None, self.failed
        return self

    def _live(self, number: int) -> Iterator[int]:
        """Live one case, an append at a time."""
        ref = f"SC-2026-{number:06}"
        stream, version, hash = stream_of(ref), 0, GENESIS
        for decision in self._lives[number % len(self._lives)]:
            events = [opened_as(ref, event) if isinstance(event, e.CaseOpened) else event for event in decision]
            at = NOON + timedelta(seconds=number, milliseconds=version)
            appended = self._store.append(stream, version, hash, events, at)
            appended.positions.result(30)
            if appended.key is not None:
                self._store.keys.keep(appended.key)
            version, hash = version + len(events), appended.hash
            self.events += len(events)
            yield version


def opened_as(ref: str, event: e.CaseOpened) -> e.CaseOpened:
    personal = event.personal or {}
    facts = {**personal.get("facts", {}), "pupil_surname": f"Example {ref}"}
    return msgspec.structs.replace(event, ref=ref, personal={**personal, "facts": facts})


def fill_directories(house: House) -> None:
    """The sample directories; one provider has less room than before and was checked by a school."""
    put_samples_in_use(house.store, house.listings, house.clock)
    provider = Actor("sally", "ap-provider", "AP-1001")
    places = Places(stages=(StagePlaces(key_stage="KS3", places=12, free=1),))
    house.listings.change("937", provider, once(), update_places("937", "AP-1001", places, None))
    staff = Actor("ruth", "home-staff", "900001")
    own = OwnCheck(on=NOON.date(), seen=("site",), satisfied=True)
    house.listings.change("937", staff, once(), check("937", "AP-1001", "900001", own, "", "A calm place."))


def break_glass(house: House) -> None:
    """An auditor reads a case for a while."""
    case = Case(stream_of("SC-2026-1"), ref="SC-2026-1", authority="937")
    auditor = Actor("vera", "auditor", "937")
    house.looking.break_glass(case, auditor, str(uuid4()), "A complaint about the meeting.", NOON + timedelta(hours=1))
