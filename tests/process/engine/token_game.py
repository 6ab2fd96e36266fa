"""What BPMN 2.0 says that happens, played on the blocks of a random process and not on its diagram.

Nothing here is the engine's: a process under way is a tree of `Play`s that mirrors the blocks, each knowing what is
open in it and what follows when something open is done. It plays depth first, the engine breadth first; the blocks
are such that this makes no difference.
"""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from tests.process.engine.blocks import (
    Again,
    All,
    Block,
    Count,
    Each,
    Either,
    Event,
    Guarded,
    Inside,
    Model,
    Row,
    Some,
    Task,
    Wait,
)


class Scope:
    """Variables, how often each element was entered, and what runs beside the main path."""

    def __init__(self, prefix: str, data: dict[str, Any]) -> None:
        self.prefix = prefix
        self.data = data
        self.entries: dict[str, int] = {}
        self.beside: list[Play] = []
        self.stopped = False

    def enter(self, element: str) -> str:
        self.entries[element] = self.entries.get(element, 0) + 1
        return f"{self.prefix}{element}#{self.entries[element]}"


class Play:
    """A block under way; by itself, one that is over at once."""

    done = True
    failed = False

    def inner(self) -> "list[Play]":
        return []

    def own(self) -> "dict[str, tuple[str, Play]]":
        """Keys that are open because of this very block, with their kind."""
        return {}

    def open(self) -> "Iterator[tuple[str, tuple[str, Play]]]":
        yield from self.own().items()
        for play in self.inner():
            yield from play.open()

    def take(self, key: str) -> bool:
        """The open `key` is done or has happened. False if it is not in here."""
        if key in self.own():
            self.happen(key)
            return True
        for play in self.inner():
            if play.take(key):
                self.go_on()
                return True
        return False

    def happen(self, key: str) -> None:
        """Something of this block's own has happened."""

    def go_on(self) -> None:
        """Something inside has moved: whatever now follows."""


class Resting(Play):
    """A user task, timer or message."""

    def __init__(self, key: str, kind: str, data: dict[str, Any]) -> None:
        self.key, self.kind, self.data, self.done = key, kind, data, False

    def own(self) -> dict[str, tuple[str, Play]]:
        return {} if self.done else {self.key: (self.kind, self)}

    def happen(self, key: str) -> None:
        self.done = True


class InRow(Play):
    """One block after the other; also what is repeated."""

    def __init__(self, parts: Iterator[Block], scope: Scope) -> None:
        self.parts, self.scope = parts, scope
        self.now: Play = Play()
        self.go_on()

    def inner(self) -> list[Play]:
        return [self.now]

    def go_on(self) -> None:
        self.done = False
        while self.now.done:
            block = next(self.parts, None)
            if block is None:
                self.done = True
                return
            self.now = play(block, self.scope)


class Together(Play):
    """Branches of which all must end."""

    def __init__(self, ways: list[Block], scope: Scope, stops: bool) -> None:
        self.scope, self.stops = scope, stops
        self.ways = [play(way, scope) for way in ways]
        self.go_on()

    def inner(self) -> list[Play]:
        return self.ways

    def go_on(self) -> None:
        self.done = all(way.done for way in self.ways)
        if self.stops and self.ways[0].done:
            self.scope.stopped = True


class Whole(Play):
    """A scope: over when nothing moves in it any more. `name` is of the variable that says whether it fails."""

    def __init__(self, body: Block, scope: Scope, fails: str = "") -> None:
        self.scope, self.fails = scope, fails
        self.main = play(body, scope)
        self.go_on()

    def inner(self) -> list[Play]:
        return [] if self.done else [self.main, *self.scope.beside]

    def go_on(self) -> None:
        if self.fails and self.main.done:  # asked once, when the main path gets there
            self.failed, self.fails = self.scope.data[self.fails], ""
        over = self.scope.stopped or self.failed
        self.done = over or (self.main.done and all(other.done for other in self.scope.beside))


class Called(Whole):
    """A scope on a copy of the variables, which hands back what has changed."""

    def __init__(self, body: Block, key: str, data: dict[str, Any], fails: str) -> None:
        self.data, self.given = data, deepcopy(data)
        super().__init__(body, Scope(f"{key}/", deepcopy(data)), fails)

    def go_on(self) -> None:
        super().go_on()
        if self.done and not self.failed:
            self.data.update({n: v for n, v in self.scope.data.items() if n not in self.given or self.given[n] != v})


class ForEach(Play):
    """One play per member, on a copy of the variables each."""

    def __init__(self, each: Each, scope: Scope) -> None:
        self.each, self.data, self.key = each, scope.data, scope.enter(each.id)
        self.done = False
        self.results: dict[Any, Any] = {}
        given = scope.data[f"l_{each.id}"]
        self.members = [*given.items()] if each.keyed else [*enumerate(given)]
        names = [str(key if each.keyed else value) for key, value in self.members]
        telling = len(set(names)) == len(names) and not any(" " in name for name in names)
        self.labels = names if telling else [str(n) for n in range(len(names))]
        self.plays: list[tuple[int, Play, dict[str, Any]]] = []
        self.waiting = list(range(len(self.members)))
        self.report()
        self.go_on()

    def inner(self) -> list[Play]:
        return [] if self.done else [instance for _, instance, _ in self.plays]

    def go_on(self) -> None:
        while not self.done:
            for n, instance, data in [*self.plays]:
                if instance.failed:
                    self.failed = self.done = True
                    return
                if instance.done:
                    self.plays.remove((n, instance, data))
                    self.results[n] = deepcopy(data[f"q_{self.each.id}"])
                    self.report()
                    if self.each.until and data[f"q_{self.each.id}"] == 0:
                        self.done = True
                        return
            if not self.waiting or (self.each.one_by_one and self.plays):
                self.done = not self.plays and not self.waiting
                return
            self.begin(self.waiting.pop(0))

    def begin(self, n: int) -> None:
        data = deepcopy(self.data)
        data[f"i_{self.each.id}"] = deepcopy(self.members[n][1])
        self.plays.append((n, activity(self.each.activity, f"{self.key}[{self.labels[n]}]", data), data))

    def report(self) -> None:
        listed = [(self.members[n][0], value) for n, value in sorted(self.results.items())]
        self.data[f"o_{self.each.id}"] = deepcopy(dict(listed) if self.each.keyed else [value for _, value in listed])


class Watched(Play):
    """An activity with events on its border, and what replaces it once one has interrupted."""

    def __init__(self, block: Guarded, scope: Scope) -> None:
        self.scope, self.events = scope, block.events
        self.now = play(block.activity, scope)
        self.armed: dict[str, tuple[Event, int]] = {}
        for event in block.events:
            if event.kind != "error":
                self.armed[scope.enter(event.id)] = (event, event.times if event.kind == "timer" else 0)
        self.go_on()

    def inner(self) -> list[Play]:
        return [self.now]

    def own(self) -> dict[str, tuple[str, Play]]:
        return {key: (event.kind, self) for key, (event, _) in self.armed.items()}

    def happen(self, key: str) -> None:
        event, times = self.armed.pop(key)
        if event.interrupts:
            self.interrupt(event)
            return
        self.scope.beside.append(play(event.handler, self.scope))
        if times != 1:
            self.armed[self.scope.enter(event.id)] = (event, times - 1 if times else 0)

    def interrupt(self, event: Event) -> None:
        self.armed.clear()
        self.now = play(event.handler, self.scope)
        self.done = self.now.done

    def go_on(self) -> None:
        self.done = self.now.done
        if self.now.failed:
            self.interrupt(next(event for event in self.events if event.kind == "error"))
        elif self.done:
            self.armed.clear()


def activity(block: Task | Inside, key: str, data: dict[str, Any]) -> Play:
    """An activity that has been entered, as one of several or alone."""
    if isinstance(block, Task):
        return Resting(key, "task", data)
    fails = f"f_{block.id}" if block.fails else ""
    return Called(block.body, key, data, fails) if block.called else Whole(block.body, Scope(f"{key}/", data), fails)


def play(block: Block, scope: Scope) -> Play:
    """A token arrives at a block."""
    data = scope.data
    match block:
        case Task(id) | Inside(id):
            return activity(block, scope.enter(id), data)
        case Wait(id, kind):
            return Resting(scope.enter(id), kind, data)
        case Count(id):
            data[f"n_{id}"] += 1
            return Play()
        case Row(parts):
            return InRow(iter(parts), scope)
        case Either(id, ways):
            return play(ways[data[f"c_{id}"]], scope)
        case Some(id, ways):
            chosen: list[Block] = [ways[n] for n in range(len(ways) - 1) if n in data[f"w_{id}"]]
            return Together(chosen or [ways[-1]], scope, False)
        case All(_, ways, _, stops):
            return Together(list(ways), scope, stops)
        case Again(id, body):
            return InRow(_repeated(id, body, data), scope)
        case Each():
            return ForEach(block, scope)
        case Guarded():
            return Watched(block, scope)


def _repeated(id: str, body: Block, data: dict[str, Any]) -> Iterator[Block]:
    yield body
    while data[f"r_{id}"]:
        yield body


class Game:
    """A process under way."""

    def __init__(self, model: Model, variables: dict[str, Any]) -> None:
        self.variables = deepcopy(variables)
        self.whole = Whole(model.body, Scope("", self.variables))
        self.open: dict[str, str] = {}
        self.look()

    def look(self) -> None:
        """`open`: keys and their kinds (task, timer or message) in the order in which they opened."""
        now = {key: kind for key, (kind, _) in self.whole.open()}
        self.open = {key: now[key] for key in [*self.open, *now] if key in now}

    @property
    def ended(self) -> bool:
        return self.whole.done

    def complete(self, key: str, variables: dict[str, Any]) -> None:
        task = dict(self.whole.open())[key][1]
        assert isinstance(task, Resting)
        task.data.update(deepcopy(variables))
        self.fire(key)

    def fire(self, key: str) -> None:
        self.whole.take(key)
        self.look()

    def message(self, name: str) -> None:
        """Heard by all that await it, who has waited longest first, and not withdrawn by one that heard it before."""
        for key, kind in [*self.open.items()]:
            if kind == "message" and key.rpartition("/")[2].startswith(f"{name}#"):
                self.whole.take(key)
        self.look()
