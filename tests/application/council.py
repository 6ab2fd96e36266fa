"""A council at work without HTTP: cases opened and moved through the one door, school days changed, days passing."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time
from typing import Any

from services.case.application.calendars import close_schools, put_calendar, read_import, withdraw_closure
from services.case.application.door import once
from services.case.application.in_use import InUse
from services.case.application.opening import open_case
from services.case.application.reading import as_at, why_deadline
from services.case.application.reference import stream_of
from services.case.application.running import Running
from services.case.application.tasks import complete
from services.case.clock.now import LONDON
from services.case.domain import events as e
from services.case.domain.case import Case, Deadline
from services.case.domain.meta import Actor, Event, Meta
from services.case.samples import as_person, sample_people
from services.case.samples.seeding import put_samples_in_use
from services.case.store.mapper import Recorded
from services.case.timers import let_days_pass
from services.case.wiring import House
from tests.api.desk import answers, upn

ADMIN = Actor("admin", "admin", "937")
PEOPLE = {name: as_person(name, sample) for name, sample in sample_people().items()}


class Day:
    """A clock that stands at nine in the morning of a day."""

    def __init__(self, day: date) -> None:
        self.day = day

    def now(self) -> datetime:
        return datetime.combine(self.day, time(9), LONDON).astimezone(UTC)

    def today(self) -> date:
        return self.day


class Council:
    """What people of authority 937 do on a day, in a house whose read models are kept up."""

    def __init__(self, house: House, clock: Day, runner: "asyncio.Runner") -> None:
        self.house = house
        self.clock = clock
        self.runner = runner
        house.clock = house.door.clock = house.administration.clock = clock

    def on(self, day: date) -> "Council":
        self.clock.day = day
        return self

    def open(self, number: int, home_school: str = "900001") -> str:
        """A managed move at its first task, “Explore with the family”, which the home school owes in 5 school days."""
        ref = f"MM-2026-{number:06}"
        changes = {"home_school": home_school, "upn": upn(number), "surname": f"Example{number}"}
        given = answers("managed_move", "pupil_n", **changes)
        caseworker = PEOPLE["caseworker" if home_school < "900100" else "caseworker-885"]

        def act(running: Running) -> bytes:
            open_case(running, ref, caseworker, "managed_move", given, {"ladder_exhausted": True})
            return b""

        self.runner.run(self.house.door.change(ref, once(), act))
        return ref

    def complete(self, ref: str, element: str, by: str, name: str, **changes: Any) -> None:
        def act(running: Running) -> bytes:
            (task,) = (task for task in running.case.tasks.values() if task.element == element)
            complete(running, task.id, PEOPLE[by], "*", answers("managed_move", name, **changes))
            return b""

        self.runner.run(self.house.door.change(ref, once(), act))

    def change(self, decide: Callable[[InUse, Meta], list[Event]], code: str = "937") -> None:
        self.runner.run(
            self.house.administration.change(code, ADMIN, once(), lambda state, meta: (decide(state, meta), b""))
        )

    def close(self, *days: date, schools: tuple[str, ...] = ("900001",)) -> None:
        reference = self.house.reference
        self.change(lambda state, meta: close_schools(state, meta, schools, days, "weather", reference))

    def withdraw(self, closure: int) -> None:
        self.change(lambda state, meta: withdraw_closure(state, meta, closure, "wrong_days"))

    def put_in_use(self, text: str) -> None:
        calendar = read_import(text)
        self.house.administration.keep(calendar)
        self.change(lambda state, meta: put_calendar(state, meta, calendar, "days_changed", self.house.reference))

    def catch_up(self) -> int:
        """Let deadlines follow; how many moved."""
        return self.runner.run(self.house.recounting.catch_up())

    def wait_for_lists(self) -> None:
        """Until the read models know of everything."""
        assert self.runner.run(self.house.projected.wait(self.house.store.head(), 10))

    def let_days_pass(self) -> int:
        return self.runner.run(let_days_pass(self.house))

    def case(self, ref: str) -> Case:
        return self.runner.run(self.house.door.see(ref))

    def deadline(self, ref: str, name: str) -> Deadline:
        (found,) = (deadline for deadline in self.case(ref).deadlines.values() if deadline.name == name)
        return found

    def due(self, ref: str, name: str = "explore") -> date:
        return self.deadline(ref, name).due

    def history(self, ref: str) -> list[Recorded]:
        return self.house.store.load(stream_of(ref))

    def moves(self, ref: str) -> list[tuple[date, date, str]]:
        """Every move of a deadline of the case: from, to, because."""
        found = [recorded.event for recorded in self.history(ref)]
        return [(v.was, v.due, v.because) for v in found if isinstance(v, e.DeadlineMoved)]

    def why(self, ref: str, name: str = "explore") -> dict[str, Any]:
        return why_deadline(self.history(ref), self.deadline(ref, name).id)

    def every_state(self, ref: str) -> list[dict[str, Any]]:
        """The case as it was at each version."""
        history = self.history(ref)
        return [as_at(self.case(ref), history[: n + 1], personal=True) for n in range(len(history))]


@contextlib.contextmanager
def council_in(house: House, day: date) -> Iterator[Council]:
    """A council in this house, with the sample directories, on a day."""
    listed = put_samples_in_use(house.store, house.listings, house.clock)
    follower = house.follower()
    follower.start()
    with asyncio.Runner() as runner:
        house.projected.start(runner.get_loop())
        runner.run(house.projected.wait(listed, 20))
        try:
            yield Council(house, Day(day), runner)
        finally:
            with ThreadPoolExecutor() as pool:
                pool.submit(follower.stop)
                pool.submit(house.projected.stop)
