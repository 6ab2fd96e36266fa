"""`Lived`: an instance lived through in three ways at once, which must agree byte for byte after every input.

Live; restored from the snapshot before each input; replayed from the start with the journalled effects. What is
compared besides the state is the step, and what the step says about tokens and open work with where they really are.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from services.case.domain.trace import Effect, element_of
from services.case.process.engine import (
    Await,
    Complete,
    Definition,
    Fire,
    Input,
    Instance,
    NotOpen,
    Offer,
    Receive,
    Start,
    Step,
    Timer,
)
from services.case.process.engine.events import BoundaryEvent

Call = Callable[[str, dict[str, Any]], Any]
Opened = Offer | Timer | Await

INPUTS = msgspec.json.Decoder(Input)
EFFECTS = msgspec.json.Decoder(list[Effect])


def nothing(operator: str, parameters: dict[str, Any]) -> None:
    """An operator that answers nothing."""


def define(xml: bytes, process: str = "p", **others: bytes) -> Definition:
    """The definition of a diagram, with other files: `gates_dmn=…` is gates.dmn."""
    named = {name.replace("_dmn", ".dmn").replace("_bpmn", ".bpmn"): file for name, file in others.items()}
    return Definition(process, {"p.bpmn": xml, **named})


class Lived:
    """Give it inputs by name; it checks everything after each."""

    def __init__(self, definition: Definition | bytes, call: Call = nothing) -> None:
        self.definition = define(definition) if isinstance(definition, bytes) else definition
        self.call = call
        self.live = Instance.new(self.definition)
        self.replayed = Instance.new(self.definition)
        self.state = self.live.snapshot()
        self.journal: list[tuple[bytes, bytes, bytes]] = []
        self.leads_to = leads_to(self.definition)
        self.passed: set[str] = set()
        self.tokens: set[str] = set()
        self.opened: dict[str, list[Opened]] = {}

    def start(self, **variables: Any) -> Step:
        return self.take(Start(variables))

    def complete(self, name: str, **variables: Any) -> Step:
        return self.take(Complete(self.key(name), variables))

    def fire(self, name: str) -> Step:
        return self.take(Fire(self.key(name)))

    def message(self, name: str, **payload: Any) -> Step:
        return self.take(Receive(name, payload))

    def key(self, name: str) -> str:
        """The first open key that ends so, its occurrence left out: `a`, `a[parent]`, `sub/a`."""
        for key in self.live.open:
            if f"/{bare(key)}".endswith(f"/{name}"):
                return key
        raise AssertionError(f"{name} is not among {self.live.open}")

    @property
    def open(self) -> list[str]:
        """What is open, as element or element[label], in order of name."""
        return sorted(bare(key).rpartition("/")[2] for key in self.live.open)

    @property
    def variables(self) -> dict[str, Any]:
        return self.live.variables

    def take(self, given: Input) -> Step:
        """Give an input to the three, and compare."""
        written = msgspec.json.encode(given)
        step = self.live.apply(given, self.call)
        told = msgspec.json.encode(step)
        assert msgspec.json.encode(given) == written, "the input that will be stored was changed by living through it"
        effects = msgspec.json.encode(step.effects)
        self.journal.append((written, effects, told))
        restored = Instance.restore(self.definition, self.state)
        self.state = self.live.snapshot()
        for way, other in (("restored", restored), ("replayed", self.replayed)):
            again = other.replay(INPUTS.decode(written), EFFECTS.decode(effects))
            assert msgspec.json.encode(again) == told, f"{way}: another step after {given}"
            assert other.snapshot() == self.state, f"{way}: another state after {given}"
            assert other.open == self.live.open
        self._follow(step)
        assert self.live.snapshot() == self.state, "to look has changed something"
        return step

    def _follow(self, step: Step) -> None:
        for flow, key in step.path:
            assert key not in self.passed, "a key is of one token only"
            assert not flow or self.leads_to[flow] == element_of(key)
            self.passed.add(key)
        assert len(set(step.left)) == len(step.left) and set(step.active) <= self.passed
        assert not set(step.left) & set(step.active)
        assert set(step.left) <= self.tokens | set(self.opened), "what was never there has left"
        self.tokens = (self.tokens - set(step.left)) | set(step.active)
        assert self.tokens == resting(self.live), "the step tells of other tokens than there are"
        for key in step.left:
            self.opened.pop(key, None)
        for news in (step.offers, step.timers, step.awaits):
            for opened in news:
                self.opened.setdefault(opened.key, []).append(opened)
        assert sorted(self.opened) == sorted(self.live.open), "the step tells of other open work than there is"
        told = self.live.outstanding()
        assert {opened.key for news in (told.offers, told.timers, told.awaits) for opened in news} == set(self.opened)
        assert step.ended is self.live.ended
        if self.live.ended:
            assert not self.tokens and not self.opened

    def rebuilt(self) -> Instance:
        """A new instance from the journal alone, its steps compared."""
        instance = Instance.new(self.definition)
        for given, effects, told in self.journal:
            step = instance.replay(INPUTS.decode(given), EFFECTS.decode(effects))
            assert msgspec.json.encode(step) == told
        return instance

    def refuses(self, given: Input) -> None:
        """The input meets nothing that waits for it, and nothing has changed."""
        try:
            self.live.apply(given, self.call)
        except NotOpen:
            assert self.live.snapshot() == self.state
            return
        raise AssertionError(f"{given} was taken")

    def fails(self, given: Input, error: type[Exception], call: Call | None = None) -> None:
        """The input fails half way: the instance is thrown away and what its inputs rebuild is the state before."""
        try:
            self.live.apply(given, call or self.call)
        except error:
            self.recover()
            return
        raise AssertionError(f"{given} was taken")

    def recover(self) -> None:
        """After a failure: the inputs taken so far give the state before."""
        self.live = self.rebuilt()
        assert self.live.snapshot() == self.state


def leads_to(definition: Definition) -> dict[str, str]:
    """Each flow with the element it leads to; an activity with events on its border has no id of its own there."""
    specs = [spec for scope in definition.by_name.values() for spec in scope.values()]
    ways = [way for spec in specs for way in getattr(spec, "follow", ())]
    return {flow: target.name.removesuffix(".BoundaryEventSplit") for flow, target in ways if flow}


def bare(key: str) -> str:
    """A key without occurrences: `sub#1/a#2[x]` is `sub/a[x]`."""
    parts = []
    for part in key.split("/"):
        element, _, rest = part.partition("#")
        parts.append(element + (rest[rest.index("[") :] if "[" in rest else ""))
    return "/".join(parts)


def resting(instance: Instance) -> set[str]:
    """The keys of all tokens; an event that is armed on a border is none."""
    top = instance._top
    scopes: list[Any] = [top, *top.subprocesses.values()]
    keys = [t.key for s in scopes for t in s.tasks.values() if t.key and not isinstance(t.task_spec, BoundaryEvent)]
    assert len(keys) == len(set(keys)), "two tokens of one key"
    return set(keys)


def operators(answers: Mapping[str, Any]) -> Call:
    """Operators that answer always the same."""
    return lambda operator, parameters: msgspec.json.decode(msgspec.json.encode(answers[operator]))
