"""A made-up year straight into the log: the events that measures are about, without a process behind them.

Cases made so can be looked at and counted, not worked on; `demo.council_year` opens cases that can.
"""

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from datetime import UTC, date, datetime, time
from typing import Any

from contracts.chain import GENESIS
from services.case.application.reference import stream_of
from services.case.clock.half_days import term_of
from services.case.domain import events as e
from services.case.domain import pupil_events as p
from services.case.domain.meta import Actor, Event, Meta
from services.case.domain.pupil import Entry, Kind
from services.case.domain.trace import Trace
from services.case.samples.council_year.courses import Happening, Referred
from services.case.store.event_store import EventStore

PROCESS, WAITING = "exclusion_prevention", "choose_step"
FACTS = ("provider", "receiving_school")
WAIT = 1_500  # events on their way at most
NOTHING = Trace()


def ref_of(made_up: Referred, start_year: int) -> str:
    return f"EP-{start_year}-{made_up.number:06}"


def events_of(made_up: Referred, authority: str, start_year: int, bundle: str = "") -> list[Event]:
    """Everything that is recorded of one referral, in order."""
    return list(_Telling(made_up, authority, ref_of(made_up, start_year), bundle).events)


class _Telling:
    """Instance 1 is the referral; each suspension, exclusion, move, direction and placement has one of its own."""

    def __init__(self, made_up: Referred, authority: str, ref: str, bundle: str) -> None:
        self.school, self.authority, self.ref = made_up.pupil.school, authority, ref
        self.meta = Meta(Actor("made-up", "caseworker", authority), made_up.on)
        self.events: list[Event] = [*self._opened(made_up, bundle)]
        self._deadlines = self._tasks = 0
        self._exclusions = 10
        for happening in made_up.happenings:
            self.meta = Meta(self.meta.by, happening.on)
            self.events += self._told(happening)

    def _opened(self, made_up: Referred, bundle: str) -> Iterable[Event]:
        who = made_up.pupil
        personal = {
            "answers": {},
            "facts": {
                "pupil_surname": who.surname, "pupil_forename": who.forename, "pupil_dob": who.dob.isoformat(),
                "pupil_upn": who.upn,
            },
        }  # fmt: skip
        facts = {"home_school": who.school, **who.facts}
        yield e.CaseOpened(
            meta=self.meta, ref=self.ref, process=PROCESS, authority=self.authority, home_school=who.school,
            policy="", parties={}, form="referral", answers={}, facts=facts, personal=personal,
        )  # fmt: skip
        yield e.ProcessStarted(meta=self.meta, instance=1, process=PROCESS, bundle=bundle, variables={}, trace=NOTHING)

    def _told(self, happening: Happening) -> Iterable[Event]:
        fields = dict(happening.fields)
        match happening.what:
            case "closed":
                yield e.CaseClosed(meta=self.meta, outcome=happening.outcome)
            case "waits":
                self._tasks += 1
                yield e.TaskOffered(
                    meta=self.meta, task=self._tasks, instance=1, key=WAITING, element=WAITING, role="home-staff",
                    org=self.school,
                )  # fmt: skip
            case "due":
                yield from self._due(happening, fields)
            case "form":
                yield from self._form(happening.outcome, fields)
            case "suspended" | "excluded":
                yield self._excluded(happening, fields)
            case name:
                element = str(fields.pop("element", ""))
                instance = self._exclusions if name.startswith(("sixth_day", "independent")) else 1
                yield e.Milestone(
                    meta=self.meta, name=name, instance=instance, element=element, outcome=happening.outcome,
                    fields=fields,
                )  # fmt: skip

    def _due(self, happening: Happening, fields: dict[str, Any]) -> Iterable[Event]:
        self._deadlines += 1
        at = datetime.combine(happening.on, time(23), UTC)
        yield e.DeadlineSet(
            meta=self.meta, deadline=self._deadlines, name=fields["name"], title=fields["name"], duty=True,
            due=happening.on, acts_at=at, how={}, strength=fields["strength"],
        )  # fmt: skip
        if happening.outcome == "missed":
            yield e.DeadlineMissed(meta=self.meta, deadline=self._deadlines)
        else:
            yield e.DeadlineMet(meta=self.meta, deadline=self._deadlines, late=happening.outcome == "late")

    def _form(self, form: str, answers: dict[str, Any]) -> Iterable[Event]:
        self._tasks += 1
        facts: dict[str, Any] = {name: answers[name] for name in FACTS if name in answers}
        yield e.TaskCompleted(
            meta=self.meta, task=self._tasks, instance=self._exclusions if form == "provision" else 1, key=form,
            element=form, answers=answers, variables={}, facts=facts, trace=NOTHING, form=form,
        )  # fmt: skip

    def _excluded(self, happening: Happening, fields: dict[str, Any]) -> Event:
        self._exclusions += 1
        half_days = fields.get("half_days", 0)
        kind: Kind = "SUSP" if happening.what == "suspended" else "PERM"
        entry = Entry(
            id=f"{self.ref}-{self._exclusions}", revision=1, kind=kind, authority=self.authority, school=self.school,
            start=happening.on, half_days=half_days, terms=_terms(happening.on, half_days), cancelled=False,
            reasons=fields["reasons"], case=self.ref,
        )  # fmt: skip
        return p.ExclusionNotified(meta=self.meta, instance=self._exclusions, entry=entry, personal={"pupil": {}})


def _terms(on: date, half_days: int) -> dict[str, int]:
    term = term_of(on)
    return {f"{term.school_year} {term.name}": half_days} if half_days else {}


def put(
    store: EventStore,
    made_up: Iterable[Referred],
    authority: str,
    start_year: int,
    bundle: str = "",
    progress: Callable[[int], None] = lambda cases: None,
) -> int:
    """Append the cases to the log; how many events that were."""
    waiting: deque[tuple[Future[list[int]], int]] = deque()
    under_way = done = 0
    for number, one in enumerate(made_up, start=1):
        events = events_of(one, authority, start_year, bundle)
        while under_way > WAIT:
            future, count = waiting.popleft()
            future.result(60)
            under_way -= count
        at = datetime.combine(one.on, time(9), UTC)
        appended = store.append(stream_of(ref_of(one, start_year)), 0, GENESIS, events, at)
        waiting.append((appended.positions, len(events)))
        under_way, done = under_way + len(events), done + len(events)
        if number % 1_000 == 0:
            progress(number)
    for future, _ in waiting:
        future.result(60)
    return done
