"""What is fed to a consumer: lines, in runs, each run one start of it. Always the same for the same seed."""

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal
from uuid import UUID, uuid5

import msgspec

from contracts import chain
from contracts.envelope import to_json

EVENTS = Path(__file__).parents[1] / "events"
NAMESPACE = UUID("3f0c9a52-7c1e-5b5e-9d35-6b1d0c9f0a52")
MIDDLE = (
    "case.process_started.v1",
    "case.task_offered.v1",
    "case.task_claimed.v1",
    "case.deadline_set.v1",
    "case.task_completed.v1",
    "managed_move.proposed.v1",
    "case.notice_due.v1",
    "case.deadline_met.v1",
)
OVERLAP = 6  # records that come again after a restart
UNREADABLE = (  # lines of a broken producer
    b"{",
    b'"words"',
    b'{"specversion": "1.0", "id": "1"}',
    b'{"specversion": "0.3", "id": "1", "source": "/elsewhere", "type": "x"}',
    b'{"specversion": "1.0", "id": "1", "source": "/elsewhere", "type": "x", "sequence": "second"}',
    b"\xff\xfe",
)
# Why a line is fed: what it tests when it is got wrong.
Role = Literal[
    "first", "shared", "after_restart", "again", "copied", "copy", "unknown", "added", "malformed", "after_malformed",
    "late", "gap", "replayed",
]  # fmt: skip
Event = dict[str, Any]


class Line(msgspec.Struct, frozen=True):
    """A line of the input. `owed`: whether the consumer must show an effect of it in this run; `allowed`: whether it
    may, if it has not yet."""

    body: bytes
    role: Role
    id: str = ""
    stream: str = ""
    sequence: int = 0
    owed: bool = False
    allowed: bool = False


class Run(msgspec.Struct, frozen=True):
    """One start of the consumer. `killed`: it is killed when it has done all it owes; else its input ends."""

    name: str
    lines: Sequence[Line]
    killed: bool = False


def history(seed: int) -> list[Run]:
    """The runs, in their order."""
    return list(_Telling(random.Random(seed)).runs())  # noqa: S311  the same every time is what is wanted


class _Telling:
    """Keeps what has been fed, to feed it again."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._a, self._b, self._c = (
            Stream(f"case {name}", f"EP-2026-{name}") for name in ("000001", "000002", "000003")
        )
        self._twin = Stream("twin", "EP-2026-000001")  # another stream about the same case
        self._late = Stream("late", "EP-2026-000004", position=2)
        self._gap = Stream("gap", "EP-2026-000005")
        self._fed: list[Line] = []

    def runs(self) -> Iterator[Run]:
        a, b, c, twin = self._a, self._b, self._c, self._twin
        waiting = self._late.take(4)  # recorded first of all, published when its stream was released
        yield self._run("the beginning", self._mixed(a.take(5), b.take(5), c.take(3)))
        yield self._run("after a restart", self._mixed(a.take(3), b.take(3), role="after_restart"), again=True)
        yield self._run("two streams of one case", self._mixed(a.take(2), twin.take(5), role="shared"))
        yield self._run("duplicates", self._copied(a.take(4), b.take(3)))
        yield self._run("what is not known", [*self._unknown(a), *self._added(b)])
        yield self._run("records that cannot be read", self._broken([*a.take(2), *c.take(2), *b.take(2)]))
        yield self._run("a stream that was held back", self._mixed(c.take(2), waiting, role="late"))
        yield self._run("a gap", self._lost(c))
        yield self._run("killed", self._mixed(a.take(3), b.take(3), role="first"), killed=True)
        yield self._run("after it was killed", self._mixed(a.take(2), c.take(2), role="after_restart"), again=True)
        yield self._run("from the start", self._replayed(), keep=False)

    def _run(self, name: str, lines: list[Line], again: bool = False, killed: bool = False, keep: bool = True) -> Run:
        before = [_again(line, "again") for line in self._fed[-OVERLAP:]] if again else []
        if keep:
            self._fed += [line for line in lines if line.id and line.role not in ("copy", "malformed")]
        return Run(name, before + lines, killed)

    def _mixed(self, *streams: Sequence[Event], role: Role = "first") -> list[Line]:
        """Streams mixed, each in its order."""
        turns = [number for number, events in enumerate(streams) for _ in events]
        self._chance.shuffle(turns)
        left = [iter(events) for events in streams]
        return [line_of(next(left[number]), role) for number in turns]

    def _copied(self, a: Sequence[Event], b: Sequence[Event]) -> list[Line]:
        """One at once, others after what comes next; between them a stream without copies."""
        one, two, three, four = (line_of(event, "copied") for event in a)
        x, y, z = (line_of(event, "copied") for event in b)
        first, second, third, fourth = (_again(line, "copy") for line in (one, two, three, four))
        return [one, first, x, two, three, second, third, y, four, first, fourth, z, _again(x, "copy"), fourth]

    def _unknown(self, stream: "Stream") -> list[Line]:
        """A type that comes with another version; what follows it in the stream must not be lost."""
        later = stream.add(
            "case.added_later.v1", {"effective_on": "2026-11-03", "by": {"role": "system"}, "more": [{}]}
        )
        return [line_of(later, "unknown", owed=False), *(line_of(event, "unknown") for event in stream.take(2))]

    def _added(self, stream: "Stream") -> list[Line]:
        """Attributes and fields that come with another version, and numbers as text."""
        event = stream.take(1)[0]
        data = {**event["data"], "added_later": {"deep": [1, None]}}
        return [line_of({**event, "addedlater": "x", "sequence": str(event["sequence"]), "data": data}, "added")]

    def _broken(self, events: Sequence[Event]) -> list[Line]:
        lines = []
        for event, unreadable in zip(events, UNREADABLE, strict=True):
            lines += [Line(unreadable, "malformed"), line_of(event, "after_malformed")]
        return lines

    def _lost(self, c: "Stream") -> list[Line]:
        """The third of five is missing; another stream goes on."""
        one, two, _, four, five = self._gap.take(5)
        after = [line_of(event, "gap", owed=False, allowed=False) for event in (four, five)]
        return [*(line_of(event, "first") for event in (one, two)), *after, *self._mixed(c.take(2), role="gap")]

    def _replayed(self) -> list[Line]:
        """All of it again, stream by stream: what was missing is there, and may be handled now."""
        missing = {event["id"]: line_of(event, "gap", owed=False) for event in self._gap.events}
        known = {line.id: _again(line, "replayed") for line in self._fed} | missing
        streams = sorted({line.stream for line in known.values()}, reverse=True)
        lines = sorted(known.values(), key=lambda line: (streams.index(line.stream), line.sequence))
        return [*lines, *self._mixed(self._a.take(1), role="after_restart")]


class Stream:
    """Makes the events of a stream, linked as the case service links them."""

    def __init__(self, name: str, subject: str, position: int = 0) -> None:
        self.id = uuid5(NAMESPACE, name)
        self.events: list[Event] = []
        self._subject = subject
        self._position = position or 1000
        self._hash = chain.GENESIS

    def take(self, count: int) -> list[Event]:
        """The next events."""
        return [self._next() for _ in range(count)]

    def _next(self) -> Event:
        type = "case.opened.v1" if not self.events else MIDDLE[len(self.events) % len(MIDDLE)]
        (data,) = json.loads((EVENTS / f"{type}.json").read_text())["examples"]
        return self.add(type, {**data, "ref": self._subject} if type == "case.opened.v1" else data)

    def add(self, type: str, data: dict[str, Any]) -> Event:
        """An event of any type."""
        sequence, facts = len(self.events) + 1, msgspec.json.encode(data)
        self._position += 7
        time = f"2026-11-03T09:{sequence:02}:00.000000Z"
        digests = chain.digest(facts), chain.digest(None)
        previous, head = self._hash, chain.header(self.id, sequence, type, time)
        self._hash = chain.link(previous, head, *digests)
        event: Event = {
            "specversion": "1.0",
            "id": f"{self.id}.{sequence}",
            "source": "/authorities/937/cases",
            "type": type,
            "subject": self._subject,
            "time": time,
            "datacontenttype": "application/json",
            "dataschema": f"https://inclusion-casework.example/events/{type}.json",
            "partitionkey": str(self.id),
            "sequence": sequence,
            "position": self._position,
            "prevhash": previous.hex(),
            "hash": self._hash.hex(),
            "factshash": digests[0].hex(),
            "sealedhash": digests[1].hex(),
            "data": data,
        }
        self.events.append(event)
        return event


def line_of(event: Event, role: Role, owed: bool = True, allowed: bool = True) -> Line:
    return Line(to_json(event), role, event["id"], event["partitionkey"], int(event["sequence"]), owed, allowed)


def _again(line: Line, role: Role) -> Line:
    return msgspec.structs.replace(line, role=role, owed=False)
