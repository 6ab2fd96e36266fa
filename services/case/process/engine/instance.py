"""A process instance: the one interface through which the rest of the house drives the engine.

State is a fold of the inputs. The same inputs give the same state, byte for byte, whether lived through, replayed or
restored from a snapshot after any step. On any exception the instance is half advanced: throw it away and build it
again from its inputs.
"""

from collections.abc import Callable, Iterator
from typing import Any

from SpiffWorkflow.bpmn.specs import event_definitions as definitions

from services.case.domain.trace import Effect
from services.case.process.engine import snapshot
from services.case.process.engine.definition import Definition
from services.case.process.engine.record import Record
from services.case.process.engine.scope import TopScope
from services.case.process.engine.steps import Complete, Fire, Input, Receive, Start, Step
from services.case.process.engine.values import own

Call = Callable[[str, dict[str, Any]], Any]


class NotOpen(LookupError):
    """The task or timer is not open, or the message not awaited, any more."""


class Diverged(RuntimeError):
    """A re-run did something else than the record says: the alarm of architecture decision 3."""


class Instance:
    """One running (or ended) instance of a definition."""

    def __init__(self, definition: Definition, top: TopScope) -> None:
        self.definition = definition
        self._top = top

    @classmethod
    def new(cls, definition: Definition) -> "Instance":
        """An instance to which nothing has happened yet; its first input is `Start`."""
        return cls(definition, TopScope(definition.spec, definition.subprocess_specs, {}))

    @classmethod
    def restore(cls, definition: Definition, state: bytes) -> "Instance":
        return cls(definition, snapshot.read(definition, state))

    def snapshot(self) -> bytes:
        """The whole state as bytes: equal states give equal bytes."""
        return snapshot.write(self._top)

    def apply(self, given: Input, call: Call) -> Step:
        """Take an input and run until only people, timers and messages can go on. `call` answers operators.

        Raises NotOpen, with the instance unchanged, where the input meets nothing that waits for it.
        """
        top = self._top
        top.record, top.call = Record(), call
        match given:
            case Start(variables):
                if top.counter:
                    raise NotOpen("started")
                top.variables.update(own(variables))
                top.begin()
            case Complete(key, variables):
                token = self._open(key, manual=True)
                token.data.update(own(variables))
                token.run()
            case Fire(key):
                token = self._open(key, manual=False)
                token.task_spec.happen(token)
            case Receive(message, payload):
                if not top.deliver(definitions.MessageEventDefinition, message, payload):
                    raise NotOpen(message)
        top.advance()
        step = top.record.finish()
        del top.record, top.call  # who called, and what this step brought, are not kept with the instance
        return step

    def replay(self, given: Input, effects: list[Effect]) -> Step:
        """Take an input again as it was taken before: operators answer from the journal and do nothing."""
        journal = iter(effects)
        step = self.apply(given, lambda operator, parameters: _recorded(journal, operator, parameters))
        if next(journal, None) is not None:
            raise Diverged("fewer operators called than recorded")
        return step

    def _open(self, key: str, manual: bool) -> Any:
        token = self._top.open.get(key)
        if token is None or bool(token.task_spec.manual) is not manual:
            raise NotOpen(key)
        if not manual and token.task_spec.timer is None:
            raise NotOpen(key)
        return token

    @property
    def open(self) -> list[str]:
        """Keys of all open user tasks, timers and awaited messages, in the order in which they opened."""
        return list(self._top.open)

    def awaits(self, message: str, payload: dict[str, Any] | None = None) -> bool:
        """Whether anything in the instance awaits this message now."""
        kind = definitions.MessageEventDefinition
        return any(t.task_spec.hears(t, kind, message, payload or {}) for t in self._top.open.values())

    def outstanding(self) -> Step:
        """All that is open now, told again as if it had just been opened; nothing changes."""
        self._top.record = Record()
        for token in self._top.open.values():
            token.task_spec.announce(token)
        step = self._top.record.finish()
        del self._top.record
        return step

    @property
    def variables(self) -> dict[str, Any]:
        return self._top.variables

    @property
    def ended(self) -> bool:
        return bool(self._top.completed)


def _recorded(journal: Iterator[Effect], operator: str, parameters: dict[str, Any]) -> Any:
    effect = next(journal, None)
    if effect is None or effect.operator != operator or effect.parameters != parameters:
        raise Diverged(f"operator {operator} called otherwise than recorded")
    return effect.result
