"""Random processes as nested blocks: what they are made of, and how one grows from a seed.

A block's `id` names its element and, with a letter in front, the variable that it reads: c_ which way, w_ which ways,
r_ once more, l_ for whom, f_ whether it fails; q_ is what an instance hands back to o_, n_ counts. Every choice hangs
on variables, so that whoever plays a process steers it by what is answered.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any


@dataclass(frozen=True)
class Task:
    id: str


@dataclass(frozen=True)
class Wait:
    """For a timer or a message, which is called like the element."""

    id: str
    kind: str


@dataclass(frozen=True)
class Count:
    """A script: n_ is one more."""

    id: str


@dataclass(frozen=True)
class Row:
    parts: tuple["Block", ...]


@dataclass(frozen=True)
class Either:
    """One of the ways; the last is the default."""

    id: str
    ways: tuple["Block", ...]


@dataclass(frozen=True)
class All:
    """All ways at once. Without a join they end apart, and `stops` says that the first then ends the scope."""

    id: str
    ways: tuple["Block", ...]
    joined: bool = True
    stops: bool = False


@dataclass(frozen=True)
class Some:
    """The ways chosen; the last is taken where none is."""

    id: str
    ways: tuple["Block", ...]


@dataclass(frozen=True)
class Again:
    """Done once, and then as often as r_ says."""

    id: str
    body: "Block"


@dataclass(frozen=True)
class Inside:
    """A sub-process, or with `called` a process of its own; one that `fails` may end with an error called like it."""

    id: str
    body: "Block"
    called: bool = False
    fails: bool = False


@dataclass(frozen=True)
class Each:
    """The activity once per member of l_; `until` somebody hands back 0."""

    activity: Task | Inside
    one_by_one: bool
    keyed: bool
    until: bool

    @property
    def id(self) -> str:
        return self.activity.id


@dataclass(frozen=True)
class Event:
    """On a border: a timer, a message, or the error of the activity. A cycle fires so many `times`."""

    id: str
    kind: str
    interrupts: bool
    handler: "Block"
    times: int = 1


@dataclass(frozen=True)
class Guarded:
    activity: Task | Inside | Each
    events: tuple[Event, ...]


Block = Task | Wait | Count | Row | Either | All | Some | Again | Inside | Each | Guarded


def within(block: Block) -> Iterator[Block]:
    """The block and all blocks in it."""
    yield block
    inner: tuple[Block, ...] = ()
    match block:
        case Row(inner) | Either(_, inner) | Some(_, inner) | All(_, inner):
            pass
        case Again(_, body) | Inside(_, body) | Each(body):
            inner = (body,)
        case Guarded(activity, events):
            inner = (activity, *(event.handler for event in events))
    for part in inner:
        yield from within(part)


@dataclass
class Model:
    """A whole process. `answers` are the variables that whoever plays it may set, with their values."""

    body: Block
    answers: dict[str, list[Any]]
    counts: list[str]

    def begin(self, random: Random) -> dict[str, Any]:
        """Variables to start with: all of them."""
        return {
            **dict.fromkeys(self.counts, 0),
            **{name: random.choice(values) for name, values in self.answers.items()},
        }

    def answer(self, random: Random) -> dict[str, Any]:
        """What one input sets: a few of them."""
        names = random.sample(sorted(self.answers), random.randint(0, min(4, len(self.answers))))
        return {name: random.choice(self.answers[name]) for name in names}


SIMPLE = ("task", "task", "wait", "count")
KINDS = ("task", "wait", "count", "either", "all", "some", "again", "inside", "each", "guarded", "guarded")


def grow(random: Random, depth: int = 4, size: int = 18, kinds: tuple[str, ...] = KINDS) -> Model:
    """A random process of so many elements about, nested at most so deep, of blocks of these kinds."""
    nursery = _Nursery(random, size, kinds)
    body = nursery.scope(depth)
    return Model(body, nursery.answers, nursery.counts)


@dataclass
class _Nursery:
    random: Random
    room: int
    kinds: tuple[str, ...]
    answers: dict[str, list[Any]] = field(default_factory=dict)
    counts: list[str] = field(default_factory=list)
    named: int = 0

    def name(self, letter: str) -> str:
        self.named += 1
        self.room -= 1
        return f"{letter}{self.named}"

    def asks(self, name: str, values: list[Any]) -> str:
        self.answers[name] = values
        return name

    def scope(self, depth: int, calm: bool = False) -> Block:
        """What a process holds: a task, a row of blocks, sometimes branches that end apart."""
        parts = [self.task(), *self.row(depth, calm).parts]
        if depth > 1 and self.room > 0 and self.random.random() < 0.25:
            stops = self.random.random() < 0.5
            ways = [self.row(depth - 2, calm) for _ in range(2)]
            parts.append(All(self.name("fork"), (Row((self.task(), *ways[0].parts)), ways[1]), False, stops))
        return Row(tuple(parts))

    def row(self, depth: int, calm: bool) -> Row:
        return Row(tuple(self.block(depth, calm) for _ in range(self.random.choice((1, 1, 2, 2, 3)))))

    def task(self) -> Task:
        return Task(self.name("t"))

    def block(self, depth: int, calm: bool) -> Block:
        """`calm`: nothing inside hears messages, so that no two tokens ever move at the same time."""
        kind = self.random.choice(SIMPLE if depth <= 0 or self.room <= 0 else self.kinds)
        build = getattr(self, f"_{kind}")
        block: Block = build(depth - 1, calm)
        return block

    def _task(self, depth: int, calm: bool) -> Block:
        return self.task()

    def _wait(self, depth: int, calm: bool) -> Block:
        kind = "timer" if calm else self.random.choice(("timer", "message"))
        return Wait(self.name("w"), kind)

    def _count(self, depth: int, calm: bool) -> Block:
        name = self.name("k")
        self.counts.append(f"n_{name}")
        return Count(name)

    def _ways(self, depth: int, calm: bool, empty: bool) -> tuple[Block, ...]:
        ways: list[Block] = [self.row(depth, calm) for _ in range(self.random.choice((2, 2, 3)))]
        if empty and self.random.random() < 0.3:
            ways[self.random.randrange(len(ways))] = Row(())
        return tuple(ways)

    def _either(self, depth: int, calm: bool) -> Block:
        name, ways = self.name("x"), self._ways(depth, calm, True)
        self.asks(f"c_{name}", list(range(len(ways))))
        return Either(name, ways)

    def _all(self, depth: int, calm: bool) -> Block:
        return All(self.name("a"), self._ways(depth, calm, True))

    def _some(self, depth: int, calm: bool) -> Block:
        name, ways = self.name("o"), self._ways(depth, calm, True)
        numbers = list(range(len(ways) - 1))
        self.asks(f"w_{name}", [[], numbers, numbers, *([n] for n in numbers)])
        return Some(name, ways)

    def _again(self, depth: int, calm: bool) -> Block:
        name = self.name("r")
        self.asks(f"r_{name}", [True, False, False])
        return Again(name, Row((self.task(), *self.row(depth, calm).parts)))

    def inside(self, depth: int, calm: bool, fails: bool = False) -> Inside:
        called = self.random.random() < 0.3
        name = self.name("call" if called else "sub")
        if fails:
            self.asks(f"f_{name}", [True, False])
        body = self.scope(depth, calm)
        while fails and isinstance(body, Row) and isinstance(body.parts[-1], All) and not body.parts[-1].joined:
            body = Row(body.parts[:-1])
        return Inside(name, body, called, fails)

    def _inside(self, depth: int, calm: bool) -> Block:
        return self.inside(depth, calm)

    def _each(self, depth: int, calm: bool) -> Each:
        keyed, until = self.random.random() < 0.5, self.random.random() < 0.3
        activity = self.task() if self.random.random() < 0.5 else self.inside(depth, calm or until)
        names: list[Any] = [[], ["ann"], ["ann", "bob"], ["ann", "bob", "cat"], ["ann", "ann"]]
        pairs: list[Any] = [{}, {"ann": 1}, {"ann": 1, "bob": 2}, {"bob": 1, "ann": 2, "c d": 3}]
        self.asks(f"l_{activity.id}", pairs if keyed else names)
        self.asks(f"q_{activity.id}", [0, 1, 2, 3])
        return Each(activity, self.random.random() < 0.4, keyed, until)

    def _guarded(self, depth: int, calm: bool) -> Block:
        kind = self.random.choice(("task", "inside", "inside", "each") if "each" in self.kinds else ("task", "inside"))
        fails = kind == "inside" and self.random.random() < 0.4
        activity: Task | Inside | Each
        if kind == "task":
            activity = self.task()
        elif kind == "inside":
            activity = self.inside(depth, calm, fails=fails)
        else:
            activity = self._each(depth, calm)
        events = [self.event(depth, calm) for _ in range(self.random.choice((1, 1, 2)))]
        if fails:
            events.append(Event(self.name("b"), "error", True, self.row(depth - 1, calm)))
        return Guarded(activity, tuple(events))

    def event(self, depth: int, calm: bool) -> Event:
        kind = "timer" if calm else self.random.choice(("timer", "message"))
        if self.random.random() < 0.5:
            return Event(self.name("b"), kind, True, self.row(depth - 1, calm))
        # Several of these can be under way at once: each in a scope of its own, or their tokens would meet in one join,
        # and calm, or two would move at once and what follows from it would hang on which is first.
        handler = self.task() if self.random.random() < 0.5 else self.inside(depth - 1, True)
        return Event(self.name("b"), kind, False, handler, self.random.choice((1, 1, 2, 3)) if kind == "timer" else 1)
