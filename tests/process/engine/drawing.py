"""A random process as a diagram."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from tests.process.engine import diagrams as d
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

Ends = tuple[str, str]  # the first and the last element of what was drawn; "" as last: all its branches have ended


def draw(model: Model) -> bytes:
    """The file; the process is called p."""
    drawing = _Drawing()
    return d.diagram(*drawing.scope("p", model.body), beside="".join(drawing.beside))


class _Drawing:
    def __init__(self) -> None:
        self.beside: list[str] = []
        self.parts: list[str] = []

    def scope(self, id: str, body: Block, fails: str = "") -> list[str]:
        """The elements of a process or sub-process."""
        outer, self.parts = self.parts, [d.start(f"{id}_s")]
        ends = self.block(body)
        assert ends is not None
        self.parts.append(d.path(f"{id}_s", ends[0]))
        if fails:
            self.parts += [d.exclusive(f"{id}_x", otherwise=f"{id}_e"), d.end(f"{id}_f", d.error(fails))]
            self.parts += [d.when(f"{id}_x", f"{id}_f", f"f_{fails}"), d.path(ends[1], f"{id}_x", f"{id}_e")]
        elif ends[1]:
            self.parts.append(d.path(ends[1], f"{id}_e"))
        if ends[1]:
            self.parts.append(d.end(f"{id}_e"))
        inner, self.parts = self.parts, outer
        return inner

    def block(self, block: Block) -> Ends | None:
        """Draw a block; None where there is nothing to draw."""
        match block:
            case Wait(id, kind):
                self.parts.append(d.catch(id, _definition(id, kind)))
            case Count(id):
                self.parts.append(d.script(id, f"n_{id} += 1"))
            case Row(parts):
                return self.row(parts)
            case Either(id, ways):
                return self.choice(id, d.exclusive, ways, [f"c_{id} == {n}" for n in range(len(ways) - 1)])
            case Some(id, ways):
                return self.choice(id, d.inclusive, ways, [f"{n} in w_{id}" for n in range(len(ways) - 1)])
            case All(id, ways, joined, stops):
                return self.join(id, ways) if joined else self.fork(id, ways, stops)
            case Again(id, body):
                return self.again(id, body)
            case Guarded(activity, events):
                return self.guarded(activity, events)
            case activity:
                self.activity(activity)
        return block.id, block.id

    def row(self, parts: Sequence[Block]) -> Ends | None:
        drawn = [ends for part in parts if (ends := self.block(part)) is not None]
        for before, after in pairwise(drawn):
            self.parts.append(d.path(before[1], after[0]))
        return (drawn[0][0], drawn[-1][1]) if drawn else None

    def choice(self, id: str, gateway: Callable[..., str], ways: Sequence[Block], conditions: list[str]) -> Ends:
        drawn = [self.block(way) or (f"{id}_j", "") for way in ways]
        self.parts += [gateway(id, otherwise=drawn[-1][0]), gateway(f"{id}_j")]
        for condition, (first, _) in zip(conditions, drawn[:-1], strict=True):
            self.parts.append(d.when(id, first, condition))
        self.parts.append(d.path(id, drawn[-1][0]))
        self.parts += [d.path(last, f"{id}_j") for _, last in drawn if last]
        return id, f"{id}_j"

    def join(self, id: str, ways: Sequence[Block]) -> Ends:
        self.parts += [d.parallel(id), d.parallel(f"{id}_j")]
        for way in ways:
            ends = self.block(way)
            self.parts.append(d.path(id, ends[0]) + d.path(ends[1], f"{id}_j") if ends else d.path(id, f"{id}_j"))
        return id, f"{id}_j"

    def fork(self, id: str, ways: Sequence[Block], stops: bool) -> Ends:
        self.parts.append(d.parallel(id))
        for n, way in enumerate(ways):
            ends = self.block(way)
            assert ends is not None
            self.parts.append(d.path(id, ends[0]) + d.path(ends[1], f"{id}_e{n}"))
            self.parts.append(d.end(f"{id}_e{n}", d.TERMINATE if stops and n == 0 else ""))
        return id, ""

    def again(self, id: str, body: Block) -> Ends:
        ends = self.block(body)
        assert ends is not None
        self.parts += [d.exclusive(f"{id}_m"), d.exclusive(id, otherwise=f"{id}_o"), d.exclusive(f"{id}_o")]
        self.parts.append(d.path(f"{id}_m", ends[0]) + d.path(ends[1], id, f"{id}_o"))
        self.parts.append(d.when(id, f"{id}_m", f"r_{id}"))
        return f"{id}_m", f"{id}_o"

    def activity(self, activity: Task | Inside | Each) -> None:
        several = ""
        if isinstance(activity, Each):
            id, until = activity.id, f"q_{activity.id} == 0" if activity.until else ""
            several = d.several(f"l_{id}", f"o_{id}", f"i_{id}", f"q_{id}", one_by_one=activity.one_by_one, until=until)
            activity = activity.activity
        match activity:
            case Task(id):
                self.parts.append(d.user(id, several))
            case Inside(id, body, True, fails):
                self.beside.append(d.process_(f"{id}_p", *self.scope(f"{id}_p", body, id if fails else "")))
                self.parts.append(d.call(id, f"{id}_p", several))
            case Inside(id, body, False, fails):
                self.parts.append(d.sub(id, several, *self.scope(id, body, id if fails else "")))

    def guarded(self, activity: Task | Inside | Each, events: Sequence[Event]) -> Ends:
        self.activity(activity)
        merge = f"{activity.id}_m"
        self.parts.append(d.exclusive(merge) + d.path(activity.id, merge))
        for event in events:
            kind = _definition(activity.id if event.kind == "error" else event.id, event.kind, event.times)
            self.parts.append(d.boundary(event.id, activity.id, kind, event.interrupts))
            ends = self.block(event.handler)
            assert ends is not None
            self.parts.append(d.path(event.id, ends[0]))
            if event.interrupts:
                self.parts.append(d.path(ends[1], merge))
            else:
                self.parts.append(d.path(ends[1], f"{event.id}_e") + d.end(f"{event.id}_e"))
        return activity.id, merge


def _definition(name: str, kind: str, times: int = 1) -> str:
    if kind == "timer":
        return d.timer(f'"R{times}/P1D"', "timeCycle") if times > 1 else d.timer('"P1D"')
    return d.message(name) if kind == "message" else d.error(name)
