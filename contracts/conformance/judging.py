"""Pure: what was fed in a run and what the consumer said in it -> what it got wrong, and by which rule."""

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from contracts.conformance.history import Line, Role, Run

# Rules, and what they ask for. Each names what a consumer got wrong.
RULES = {
    "lost": "Every event has its effect.",
    "lost-first-after-restart": "After a restart a stream goes on where it was: keep the last sequence of each stream.",
    "lost-last": "The last record before the end of the input has its effect like any other.",
    "lost-other-stream": "Streams are told apart by `partitionkey`: two of them may be about one case.",
    "lost-duplicated": "Of an event that comes twice the first copy has the effect.",
    "lost-beside-unknown": "A type that is not known is passed over, and its place in the stream counted.",
    "lost-with-additions": "Attributes and fields that are not known are passed over; a sequence may come as text.",
    "lost-after-malformed": "A record that cannot be read is passed over and reported, and no other.",
    "lost-late": "A stream that was held back comes with lower positions: never pass over events by position.",
    "lost-beside-gap": "A gap stops its own stream only.",
    "twice": "An event has its effect once, however it is handled.",
    "twice-duplicate": "A copy has no effect.",
    "twice-after-restart": "What was handled before a restart has no effect after it.",
    "twice-after-kill": "That an event was handled is stored with its effect, before it is printed.",
    "twice-replayed": "What is at or below the last sequence of its stream was handled, however long ago.",
    "order": "The effects of a stream come in the order of its sequence.",
    "acted-after-gap": "Where an event is missing, nothing after it has an effect.",
    "acted-on-nothing": "Only events that were fed have effects.",
    "said-nonsense": 'Each line of the output is `{"id": …, "effect": …}`.',
    "crashed": "The consumer goes on until its input ends.",
    "crashed-on-unknown": "A type that is not known does no harm.",
    "crashed-on-malformed": "A record that cannot be read does no harm.",
    "hung": "Where the input ends the consumer ends.",
}
LOST: dict[Role, str] = {
    "after_restart": "lost-first-after-restart", "shared": "lost-other-stream", "copied": "lost-duplicated",
    "unknown": "lost-beside-unknown", "added": "lost-with-additions", "after_malformed": "lost-after-malformed",
    "late": "lost-late", "gap": "lost-beside-gap",
}  # fmt: skip
TWICE: dict[Role, str] = {"copy": "twice-duplicate", "again": "twice-after-restart", "replayed": "twice-replayed"}
CRASHED: dict[Role, str] = {"unknown": "crashed-on-unknown", "malformed": "crashed-on-malformed"}


class Said(msgspec.Struct, frozen=True):
    """What the consumer did in a run: the ids it printed, in order, "" for a line that is none; its exit code, None
    where it had to be ended."""

    ids: Sequence[str]
    code: int | None


class Wrong(msgspec.Struct, frozen=True):
    """A rule that was not kept: in which run, by which event ("" for none), how often in that run."""

    rule: str
    run: str
    id: str
    times: int

    @property
    def sentence(self) -> str:
        return RULES[self.rule]


class Judge:
    """Remembers what had its effect, from run to run."""

    def __init__(self) -> None:
        self._acted: set[str] = set()
        self._furthest: dict[str, int] = {}
        self._killed = False

    def judge(self, run: Run, said: Said) -> list[Wrong]:
        """What was wrong in a run, the cause of a kind that comes first before what follows from it."""
        found = [*self._crash(run, said), *self._lines(run, said), *self._missing(run, said)]
        self._killed = run.killed
        counted = Counter(rule for rule, _ in found)
        first = dict(reversed(found))
        return [Wrong(rule, run.name, first[rule], times) for rule, times in counted.items()]

    def _crash(self, run: Run, said: Said) -> Iterator[tuple[str, str]]:
        if said.code is None:
            yield "hung", ""
        elif said.code != 0:
            roles = {line.role for line in run.lines}
            yield next((rule for role, rule in CRASHED.items() if role in roles), "crashed"), ""

    def _lines(self, run: Run, said: Said) -> Iterator[tuple[str, str]]:
        fed: dict[str, list[Line]] = {}
        for line in run.lines:
            fed.setdefault(line.id, []).append(line)
        for id in said.ids:
            if not id:
                yield "said-nonsense", ""
            elif id not in fed:
                yield "acted-on-nothing", id
            elif id in self._acted:
                yield self._twice(fed[id]), id
            else:
                yield from self._first(fed[id][0])

    def _first(self, line: Line) -> Iterator[tuple[str, str]]:
        self._acted.add(line.id)
        if not line.allowed:
            yield "acted-after-gap", line.id
        elif line.sequence < self._furthest.get(line.stream, 0):
            yield "order", line.id
        self._furthest[line.stream] = max(line.sequence, self._furthest.get(line.stream, 0))

    def _twice(self, lines: Sequence[Line]) -> str:
        rule = next((TWICE[line.role] for line in lines if line.role in TWICE), "twice")
        return "twice-after-kill" if rule == "twice-after-restart" and self._killed else rule

    def _missing(self, run: Run, said: Said) -> Iterator[tuple[str, str]]:
        last = [line.id for line in run.lines if line.id][-1:]
        lost = [line for line in run.lines if line.owed and line.id not in self._acted]
        for line in lost:
            swallowed = [line.id] == last and len(lost) == 1
            yield "lost-last" if swallowed else LOST.get(line.role, "lost"), line.id
