"""A consumer that does everything right, and consumers that each do one thing wrong: `python consumers.py NAME`."""

import json
import os
import sqlite3
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Event = dict[str, Any]
KNOWN = ("case.", "managed_move.", "authority.", "register.")


class Right:
    """Keeps the last sequence of each stream in the transaction of the effect, and prints when that is stored."""

    first = 0  # the last sequence of a stream that nothing is known of

    def __init__(self) -> None:
        self.database = sqlite3.connect(Path(os.environ["CONFORMANCE_STATE"]) / "consumer.sqlite")
        self.database.execute("PRAGMA synchronous = off")  # it outlives its process, if not the machine
        self.database.execute("CREATE TABLE IF NOT EXISTS last (stream TEXT PRIMARY KEY, sequence INT)")
        self.database.execute("CREATE TABLE IF NOT EXISTS effects (id TEXT)")

    def consume(self, lines: Iterable[bytes]) -> None:
        for line in lines:
            event = self.read(line)
            if event is not None:
                self.take(event)

    def read(self, line: bytes) -> Event | None:
        try:
            event: Event = json.loads(line)
            event["sequence"] = int(event["sequence"])
            return event if {"id", "partitionkey", "type"} <= event.keys() else None
        except (ValueError, TypeError, KeyError):
            return self.unreadable()

    def unreadable(self) -> None:
        print("a record cannot be read", file=sys.stderr)

    def take(self, event: Event) -> None:
        if self.follows(event):
            with self.database:
                self.remember(event)
                self.act(event)
            self.tell(event)

    def follows(self, event: Event) -> bool:
        return event["sequence"] == self.last(event) + 1

    def stream(self, event: Event) -> str:
        return str(event["partitionkey"])

    def last(self, event: Event) -> int:
        row = self.database.execute("SELECT sequence FROM last WHERE stream = ?", [self.stream(event)]).fetchone()
        return int(row[0]) if row else self.first

    def remember(self, event: Event) -> None:
        self.database.execute("REPLACE INTO last VALUES (?, ?)", [self.stream(event), event["sequence"]])

    def act(self, event: Event) -> None:
        self.database.execute("INSERT INTO effects VALUES (?)", [event["id"]])

    def tell(self, event: Event) -> None:
        print(json.dumps({"id": event["id"], "effect": event["type"]}), flush=True)


class ActsTwice(Right):
    def tell(self, event: Event) -> None:
        super().tell(event)
        super().tell(event)


class ActsOnCopies(Right):
    """Knows what was handled before it started, and not what it has handled since."""

    def __init__(self) -> None:
        super().__init__()
        self.before = dict(self.database.execute("SELECT * FROM last").fetchall())

    def follows(self, event: Event) -> bool:
        return bool(event["sequence"] > self.before.get(self.stream(event), 0) and not self.is_gap(event))

    def is_gap(self, event: Event) -> bool:
        return bool(event["sequence"] > self.last(event) + 1)


class DropsFirstCopies(Right):
    """Takes a copy for a correction, and the one before it for void."""

    def consume(self, lines: Iterable[bytes]) -> None:
        kept = list(lines)
        for number, line in enumerate(kept):
            event = self.read(line)
            if event is not None and line in kept[number + 1 :] and self.follows(event):
                self.remember(event)
                self.database.commit()
            elif event is not None:
                self.take(event)


class Disorderly(Right):
    """The newest first."""

    def consume(self, lines: Iterable[bytes]) -> None:
        events = [
            event for event in map(self.read, lines) if event is not None and event["sequence"] > self.last(event)
        ]
        known: set[str] = set()
        for event in sorted(events, key=lambda event: event["sequence"], reverse=True):
            if event["id"] not in known:
                known.add(event["id"])
                self.tell(event)
        for event in events:
            self.remember(event)
        self.database.commit()


class LosesItsPlace(Right):
    """Keeps where it is in memory alone, and takes what comes after a restart for a gap."""

    def __init__(self) -> None:
        super().__init__()
        self.memory: dict[str, int] = {}

    def last(self, event: Event) -> int:
        return self.memory.get(self.stream(event), 0)

    def remember(self, event: Event) -> None:
        self.memory[self.stream(event)] = event["sequence"]


class Forgets(LosesItsPlace):
    """The same, and begins again with whatever comes first."""

    def last(self, event: Event) -> int:
        return self.memory.get(self.stream(event), event["sequence"] - 1)


class CrashesOnUnknown(Right):
    def act(self, event: Event) -> None:
        if event["type"] == "case.added_later.v1":
            raise LookupError(event["type"])
        super().act(event)


class IgnoresUnknown(Right):
    """Does not count them, and has a gap then."""

    def take(self, event: Event) -> None:
        if event["type"] != "case.added_later.v1":
            super().take(event)


class CrashesOnMalformed(Right):
    def unreadable(self) -> None:
        raise ValueError


class SkipsAfterMalformed(Right):
    """Passes over the rest of the batch in which something could not be read."""

    skip = False

    def unreadable(self) -> None:
        self.skip = True

    def take(self, event: Event) -> None:
        if not self.skip:
            super().take(event)


class MixesStreams(Right):
    """Takes the case for the stream."""

    def stream(self, event: Event) -> str:
        return str(event["subject"])


class StopsEverything(Right):
    """Where one stream has a gap, handles nothing more."""

    stopped = False

    def take(self, event: Event) -> None:
        self.stopped = self.stopped or event["sequence"] > self.last(event) + 1
        if not self.stopped:
            super().take(event)


class ActsAfterGaps(Right):
    """Guesses that nothing is missing."""

    def follows(self, event: Event) -> bool:
        return bool(event["sequence"] > self.last(event))


class GoesByPosition(Right):
    """Passes over everything below the highest position that it has seen in this case or another."""

    def follows(self, event: Event) -> bool:
        row = self.database.execute("SELECT max(sequence) FROM last WHERE stream = 'position'").fetchone()
        return bool(super().follows(event) and (event["sequence"] > 1 or event["position"] > (row[0] or 0) - 500))

    def remember(self, event: Event) -> None:
        super().remember(event)
        self.database.execute("REPLACE INTO last VALUES ('position', ?)", [event["position"]])


class SwallowsTheLast(Right):
    """Acts on a record when the next one has come."""

    def consume(self, lines: Iterable[bytes]) -> None:
        before: Event | None = None
        for event in filter(None, map(self.read, lines)):
            if before is not None:
                self.take(before)
            before = event
        if before is not None:
            self.remember(before)
            self.database.commit()


class RemembersAtTheEnd(Right):
    """Stores what it has handled when it ends, and is not always asked to."""

    def __init__(self) -> None:
        super().__init__()
        self.late = dict(self.database.execute("SELECT * FROM last").fetchall())

    def consume(self, lines: Iterable[bytes]) -> None:
        super().consume(lines)
        self.database.executemany("REPLACE INTO last VALUES (?, ?)", self.late.items())
        self.database.commit()

    def last(self, event: Event) -> int:
        return int(self.late.get(self.stream(event), 0))

    def remember(self, event: Event) -> None:
        self.late[self.stream(event)] = event["sequence"]


class KnowsTheLatestOnly(Right):
    """Remembers the ids of the last few events, and takes an earlier version that comes again for a new one."""

    def take(self, event: Event) -> None:
        ids = [row[0] for row in self.database.execute("SELECT id FROM effects ORDER BY rowid DESC LIMIT 20")]
        if event["id"] not in ids and (event["sequence"] <= self.last(event) or self.follows(event)):
            with self.database:
                self.remember(event)
                self.act(event)
            self.tell(event)


class Chatters(Right):
    def tell(self, event: Event) -> None:
        super().tell(event)
        if event["sequence"] == 1:
            print("a new stream", flush=True)


class Hangs(Right):
    def consume(self, lines: Iterable[bytes]) -> None:
        super().consume(lines)
        while True:
            sys.stdin.buffer.read(1)


class Sends(Right):
    """Of what comes in no order, each id once."""

    def read(self, line: bytes) -> Event | None:
        try:
            event: Event = json.loads(line)
            return event if event["type"] == "delivery.offered.v1" else None
        except (ValueError, TypeError, KeyError):
            return self.unreadable()

    def follows(self, event: Event) -> bool:
        return not self.database.execute("SELECT 1 FROM effects WHERE id = ?", [event["id"]]).fetchone()

    def remember(self, event: Event) -> None:
        """The effect is what is remembered."""


class SendsWhileItRemembers(Sends):
    def __init__(self) -> None:
        super().__init__()
        self.database.execute("DELETE FROM effects")


if __name__ == "__main__":
    kind: type[Right] = globals()[sys.argv[1]]
    kind().consume(sys.stdin.buffer)
