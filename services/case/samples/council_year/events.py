"""A made-up year straight into the log: the events that measures are about, without a process behind them.

Cases made so can be looked at and counted, not worked on; `demo.council_year` opens cases that can.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from datetime import UTC, date, datetime, time
from typing import Any

import msgspec

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
EXCLUSION = "exclusion"  # whichever was the last
CHECKED = "managed_move.checked"
INSTANCES = (
    PROCESS, "managed_move", "off_site_direction", "alternative_provision", "reintegration", "sustain_checks",
)  # fmt: skip
OF_SUBJECT = {
    **dict.fromkeys(("referral", "strategy"), PROCESS),
    **dict.fromkeys(("managed_move", "receiving_school"), "managed_move"),
    **{name: name for name in ("off_site_direction", "alternative_provision", "reintegration")},
    **dict.fromkeys(("sixth_day_provision", "independent_review_panel"), EXCLUSION),
}
OF_FORM = {  # the process in which a form is answered, and where
    "strategy_review": (PROCESS, "review_strategy"),
    "terms": ("managed_move", "draft_terms"),
    "direction_notice": ("off_site_direction", "serve_notice"),
    "choose_provider": ("alternative_provision", "choose_provider"),
    "provider_check": ("alternative_provision", "check_provider"),
    "placement_check": ("alternative_provision", "check_placement"),
    "commissioning_agreement": ("alternative_provision", "agree_terms"),
    "placement_end": ("alternative_provision", "end_placement"),
    "provision": (EXCLUSION, "arrange_provision"),
}


class Pinned(msgspec.Struct, frozen=True):
    """What the cases are pinned to, bundles by process, and the number before that of the first."""

    authority: str
    start_year: int
    bundles: Mapping[str, str]
    policy: str
    after: int = 0

    def ref(self, made_up: Referred) -> str:
        return f"EP-{self.start_year}-{self.after + made_up.number:06}"


def events_of(made_up: Referred, pinned: Pinned) -> list[Event]:
    """Everything that is recorded of one referral, in order."""
    return _Telling(made_up, pinned).events


class _Telling:
    """Each process has one instance; each suspension and exclusion one of its own."""

    def __init__(self, made_up: Referred, pinned: Pinned) -> None:
        self.pinned, self.pupil, self.ref = pinned, made_up.pupil, pinned.ref(made_up)
        self.meta = Meta(Actor("made-up", "caseworker", pinned.authority), made_up.on)
        self.events: list[Event] = [*self._opened()]
        self._deadlines = self._tasks = 0
        self._exclusions = len(INSTANCES)
        self._instances = [1]
        for happening in made_up.happenings:
            self.meta = Meta(self.meta.by, happening.on)
            self.events += self._told(happening)

    def _opened(self) -> Iterable[Event]:
        who, to = self.pupil, self.pinned
        sealed = {
            "answers": dict(who.answers),
            "facts": {
                "pupil_surname": who.surname, "pupil_forename": who.forename, "pupil_dob": who.dob.isoformat(),
                "pupil_upn": who.upn,
            },
        }  # fmt: skip
        facts = {"home_school": who.school, **who.facts}
        yield e.CaseOpened(
            meta=self.meta, ref=self.ref, process=PROCESS, authority=to.authority, home_school=who.school,
            policy=to.policy, parties={}, form="referral", answers={}, facts=facts, personal=sealed,
        )  # fmt: skip
        yield self._started(1, PROCESS)

    def _in(self, process: str) -> tuple[int, list[Event]]:
        """The instance of a process, and the event that starts it, if nothing has."""
        if process == EXCLUSION:
            return self._exclusions, []
        number = INSTANCES.index(process) + 1
        if number in self._instances:
            return number, []
        self._instances.append(number)
        return number, [self._started(number, process)]

    def _started(self, instance: int, process: str) -> Event:
        bundle = self.pinned.bundles[process]
        return e.ProcessStarted(
            meta=self.meta, instance=instance, process=process, bundle=bundle, variables={}, trace=NOTHING
        )

    def _told(self, happening: Happening) -> Iterable[Event]:
        fields = dict(happening.fields)
        match happening.what:
            case "closed":
                for number in self._instances:
                    yield e.ProcessEnded(meta=self.meta, instance=number)
                yield e.CaseClosed(meta=self.meta, outcome=happening.outcome)
            case "waits":
                yield self._offered(WAITING, 1)
            case "due":
                yield from self._due(happening, fields)
            case "form":
                yield from self._form(happening.outcome, fields)
            case "suspended" | "excluded":
                yield from self._excluded(happening, fields)
            case name:
                instance, begins = self._in("sustain_checks" if name == CHECKED else OF_SUBJECT[name.partition(".")[0]])
                yield from begins
                element = str(fields.pop("element", name.replace(".", "_")))
                yield self._reached(name, instance, element, happening.outcome, fields)

    def _reached(self, name: str, instance: int, element: str, outcome: str, fields: dict[str, Any]) -> Event:
        return e.Milestone(
            meta=self.meta, name=name, instance=instance, element=element, outcome=outcome, fields=fields
        )

    def _offered(self, element: str, instance: int) -> Event:
        self._tasks += 1
        return e.TaskOffered(
            meta=self.meta, task=self._tasks, instance=instance, key=element, element=element, role="home-staff",
            org=self.pupil.school,
        )  # fmt: skip

    def _due(self, happening: Happening, fields: dict[str, Any]) -> Iterable[Event]:
        self._deadlines += 1
        at = datetime.combine(happening.on, time(23), UTC)
        yield e.DeadlineSet(
            meta=self.meta, deadline=self._deadlines, name=fields["name"], title=fields["name"], duty=True,
            due=happening.on, acts_at=at, how={}, strength=fields["strength"],
        )  # fmt: skip
        yield e.DeadlineMet(meta=self.meta, deadline=self._deadlines, late=happening.outcome == "late")

    def _form(self, form: str, answers: dict[str, Any]) -> Iterable[Event]:
        process, element = OF_FORM[form]
        instance, begins = self._in(process)
        yield from begins
        yield self._offered(element, instance)
        facts: dict[str, Any] = {name: answers[name] for name in FACTS if name in answers}
        yield e.TaskCompleted(
            meta=self.meta, task=self._tasks, instance=instance, key=element, element=element, answers=answers,
            variables={}, facts=facts, trace=NOTHING, form=form,
        )  # fmt: skip

    def _excluded(self, happening: Happening, fields: dict[str, Any]) -> Iterable[Event]:
        """An instance of its own that is over at once."""
        self._exclusions += 1
        half_days, number, who = fields.get("half_days", 0), self._exclusions, self.pupil
        kind: Kind = "SUSP" if happening.what == "suspended" else "PERM"
        process = "suspension" if kind == "SUSP" else "permanent_exclusion"
        entry = Entry(
            id=f"{self.ref}-{number}", revision=1, kind=kind, authority=self.pinned.authority, school=who.school,
            start=happening.on, half_days=half_days, terms=_terms(happening.on, half_days), cancelled=False,
            reasons=fields["reasons"], case=self.ref,
        )  # fmt: skip
        named = {"upn": who.upn, "surname": who.surname, "forename": who.forename, "dob": who.dob.isoformat()}
        yield self._started(number, process)
        yield p.ExclusionNotified(meta=self.meta, instance=number, entry=entry, personal={"pupil": named})
        yield self._reached(f"{process}.issued", number, "enter", "", {"half_days": half_days} if half_days else {})
        yield e.ProcessEnded(meta=self.meta, instance=number, outcome="COMPLETED")


def _terms(on: date, half_days: int) -> dict[str, int]:
    term = term_of(on)
    return {f"{term.school_year} {term.name}": half_days} if half_days else {}


def put(
    store: EventStore,
    made_up: Iterable[Referred],
    pinned: Pinned,
    progress: Callable[[int], None] = lambda cases: None,
) -> int:
    """Append the cases to the log; how many events that were."""
    waiting: deque[tuple[Future[list[int]], int]] = deque()
    under_way = done = 0
    for number, one in enumerate(made_up, start=1):
        events = events_of(one, pinned)
        while under_way > WAIT:
            future, count = waiting.popleft()
            future.result(60)
            under_way -= count
        at = datetime.combine(one.on, time(9), UTC)
        appended = store.append(stream_of(pinned.ref(one)), 0, GENESIS, events, at)
        waiting.append((appended.positions, len(events)))
        under_way, done = under_way + len(events), done + len(events)
        if number % 1_000 == 0:
            progress(number)
    for future, _ in waiting:
        future.result(60)
    return done
