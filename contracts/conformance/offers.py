"""What is fed to a consumer of `case.contacts.v1`: offers of deliveries, each a record of its own, in no order."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid5

import msgspec

from contracts.conformance.history import NAMESPACE, OVERLAP, UNREADABLE, Event, Line, Role, Run
from contracts.envelope import to_json

SCHEMA = Path(__file__).parents[1] / "deliveries" / "delivery.offered.v1.json"


def offers(seed: int) -> list[Run]:
    """The runs, in their order."""
    return list(_Offering(random.Random(seed)).runs())  # noqa: S311  the same every time is what is wanted


class _Offering:
    """Keeps what has been fed, to feed it again."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        (self._example,) = json.loads(SCHEMA.read_text())["examples"]
        self._fed: list[Line] = []

    def runs(self) -> Iterator[Run]:
        yield Run("the beginning", self._lines(8, "first"))
        yield Run("after a restart", [*self._again(OVERLAP), *self._lines(4, "after_restart")])
        one, two, three = self._lines(3, "copied")
        copies = [msgspec.structs.replace(line, role="copy", owed=False) for line in (one, two, three)]
        yield Run("duplicates", [one, copies[0], two, three, *copies[1:], copies[0]])
        unknown = to_json({**self._offer(), "type": "delivery.added_later.v1"})
        yield Run("what is not known", [Line(unknown, "unknown"), *self._lines(2, "unknown"), self._added()])
        mixed = zip((Line(body, "malformed") for body in UNREADABLE), self._lines(6, "after_malformed"), strict=True)
        yield Run("records that cannot be read", [line for pair in mixed for line in pair])
        yield Run("killed", self._lines(5, "first"), killed=True)
        yield Run("after it was killed", [*self._again(OVERLAP), *self._lines(3, "after_restart")])
        everything = self._again(len(self._fed), "replayed")
        self._chance.shuffle(everything)
        yield Run("from the start", [*everything, *self._lines(1, "after_restart")])

    def _lines(self, count: int, role: Role) -> list[Line]:
        return [self._line(self._offer(), role) for _ in range(count)]

    def _line(self, event: Event, role: Role) -> Line:
        line = Line(to_json(event), role, event["id"], event["id"], 0, owed=True, allowed=True)
        self._fed.append(line)
        return line

    def _again(self, count: int, role: Role = "again") -> list[Line]:
        return [msgspec.structs.replace(line, role=role, owed=False) for line in self._fed[-count:]]

    def _added(self) -> Line:
        offer = self._offer()
        return self._line({**offer, "addedlater": "x", "data": {**offer["data"], "added_later": [None]}}, "added")

    def _offer(self) -> Event:
        """The next, of another case each time."""
        stream = uuid5(NAMESPACE, f"offer {len(self._fed)} {self._chance.random()}")
        delivery = f"{stream}.7:parent"
        return {
            "specversion": "1.0",
            "id": delivery,
            "source": "/authorities/937/cases",
            "type": "delivery.offered.v1",
            "subject": f"EP-2026-{len(self._fed):06}",
            "time": "2026-11-03T09:00:00.000000Z",
            "datacontenttype": "application/json",
            "partitionkey": delivery,
            "data": {**self._example, "delivery": delivery},
        }
