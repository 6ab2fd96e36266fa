"""Casework over HTTP as people do it: open a case, find a task, complete it with the answers of a scenario."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from functools import cache
from itertools import count
from typing import Any

import httpx
import msgspec

from services.case.application.door import once
from services.case.application.files import HOUSE
from services.case.application.opening import open_case
from services.case.application.running import Running
from services.case.domain.people import Person
from services.case.process.checks import UPN_LETTERS
from services.case.samples import as_person, sample_people
from services.case.scenarios import scenarios_of
from services.case.settings import Settings
from services.case.store import embedded
from services.case.wiring import House
from tests.serving import Served

Answer = dict[str, Any]
PARTIES = {"pupil": "pupil", "parent": "parent", "home_head": "home-head", "receiving_head": "receiving-head"}
TO_PACK = (  # element, who, answers
    ("explore_with_family", "home-head", "explore_go_on"),
    ("record_gates", "home-head", "gates"),
    ("shortlist_schools", "home-head", "shortlist"),
    ("reply_of_school", "receiving-head", "reply_yes"),
    ("prepare_pack", "home-head", "information_pack"),
)
TO_TERMS = (
    ("acknowledge_pack", "receiving-head", "pack_read"),
    ("view_of_receiving_head", "receiving-head", "receiving_heads_view"),
    ("planning_meeting", "home-staff", "meeting_direct"),
    ("draft_terms", "home-head", "terms"),
)
numbers = count(1)


@cache
def _sets(process: str) -> dict[str, Answer]:
    return scenarios_of(HOUSE / process)[1]


def answers(process: str, name: str, **changes: Any) -> Answer:
    """A scenario's named answers, some of them changed; one changed to None is left out."""
    given = {**_sets(process)[name], **changes}
    return {name: value for name, value in given.items() if value is not None}


def upn(number: int, authority: str = "937") -> str:
    """A unique pupil number with its right check letter."""
    digits = f"{authority}4237{number:05}"
    total = sum(int(digit) * weight for weight, digit in enumerate(digits[:11], 2)) + int(digits[11]) * 13
    return UPN_LETTERS[total % 23] + digits


def pupil(process: str = "exclusion_prevention", name: str = "pupil_k", **changes: Any) -> Answer:
    """The start form of a pupil whom nobody has seen before."""
    number = next(numbers)
    return answers(process, name, **{"surname": f"Example{number}", "upn": upn(number), **changes})


class Desk:
    """People at work with a served house. Each call says who acts."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self._alone = threading.Lock()
        self.strangers: dict[str, Person] = {}  # people beside the samples, by name
        self._clients: dict[tuple[str, str], httpx.Client] = {}

    def as_(self, name: str) -> httpx.Client:
        key = (name, self.served.address)
        with self._alone:
            if key not in self._clients:
                stranger = self.strangers.get(name)
                token = self.served.token_of(stranger) if stranger else self.served.token(name)
                self._clients[key] = self.served.with_token(token)
            return self._clients[key]

    def close(self) -> None:
        for client in self._clients.values():
            client.close()

    def open(self, by: str = "caseworker", process: str = "exclusion_prevention", **changes: Any) -> str:
        """A case for a new pupil; its reference. `form` may name the process whose answers are given."""
        form = changes.pop("form", process)
        opened = self.as_(by).post("/cases", json={"process": process, "answers": pupil(form, **changes)})
        assert opened.status_code == 201, opened.text
        return str(opened.json()["ref"])

    def open_move(self, **changes: Any) -> str:
        """A managed move at its first task: that the ladder is exhausted is known from elsewhere."""
        with house_of(self.served) as house:
            row = house.database.row("SELECT nextval('case_numbers')")
            assert row is not None
            ref = f"MM-2026-{row[0]:06}"
            caseworker = as_person("caseworker", sample_people()["caseworker"])
            given = pupil("managed_move", **{"name": "pupil_n", **changes})

            def act(running: Running) -> bytes:
                open_case(running, ref, caseworker, "managed_move", given, {"ladder_exhausted": True})
                return b""

            asyncio.run(house.door.change(ref, once(), act))
        return ref

    def moved_to_terms(self, **changes: Any) -> str:
        """A managed move whose terms are issued and wait for four answers."""
        ref = self.open_move(**changes)
        self.walk(ref, *TO_PACK, *TO_TERMS)
        return ref

    def walk(self, ref: str, *steps: tuple[str, str, str], process: str = "managed_move") -> None:
        for element, by, name in steps:
            self.complete(ref, element, by, answers(process, name))

    def case(self, ref: str, by: str = "caseworker") -> Answer:
        found = self.as_(by).get(f"/cases/{ref}")
        assert found.status_code == 200, found.text
        body: Answer = found.json()
        return body

    def task(self, ref: str, element: str = "", party: str = "") -> Answer:
        """The open task at an element (the first of all, if none is named), with its ETag."""
        found = [
            task
            for task in self.case(ref)["open_tasks"]
            if element in ("", task["element"]) and party in ("", task["party"])
        ]
        assert found, f"{element} is not open in {ref}: {self.case(ref)['open_tasks']}"
        body: Answer = found[0]
        return body

    def complete(self, ref: str, element: str, by: str, given: Answer, **more: Any) -> Answer:
        task = self.task(ref, element)
        done = self.as_(by).post(
            f"/tasks/{task['task']}/complete", json={"answers": given, **more}, headers={"If-Match": task["etag"]}
        )
        assert done.status_code == 200, done.text
        body: Answer = done.json()
        return body

    def events(self, ref: str, type: str = "") -> list[Answer]:
        """The history of a case, all of it, or the events of a type."""
        found: list[Answer] = []
        url = f"/cases/{ref}/events?limit=200"
        while url:
            page = self.as_("caseworker").get(url.removeprefix("/api/v1"))
            found += page.json()
            url = page.links.get("next", {}).get("url", "")
        return [event for event in found if type in ("", event["type"])]

    def settle(self) -> None:
        """Wait until the read models have everything that was done."""
        self.as_("caseworker").get("/tasks", headers={"Wait-For": str(self.head())})

    def head(self) -> int:
        """The last position of the log."""
        with house_of(self.served) as house:
            return house.store.head()


@contextlib.contextmanager
def house_of(served: Served) -> Iterator[House]:
    """The parts of a served house, opened here beside it."""
    house = House(Settings(data_dir=served.data)).open()
    try:
        yield house
    finally:
        house.close()
        embedded.stop_using(served.data)


def problem(answer: httpx.Response, status: int) -> Answer:
    """The problem that an answer must be, as RFC 9457 has it."""
    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    assert answer.headers["content-type"] == "application/problem+json"
    body: Answer = msgspec.json.decode(answer.content)
    assert body["status"] == status
    assert body["detail"].endswith((".", "!"))
    return body
