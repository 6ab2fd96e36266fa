"""What goes into a process instance, and what a step of it brought about.

Inputs are the truth: the state of an instance is a fold over them. A step is what an input caused; it is recorded
beside the input, so that reading never runs the engine, and compared again whenever an input is re-run.
"""

from typing import Any

import msgspec

from services.case.domain.trace import Trace
from services.case.process.expressions import Timing


class Start(msgspec.Struct, frozen=True, tag="start"):
    """The instance begins with these variables (JSON values)."""

    variables: dict[str, Any]


class Complete(msgspec.Struct, frozen=True, tag="complete"):
    """A person completed the open user task `key`; only whitelisted answers are variables."""

    key: str
    variables: dict[str, Any] = {}


class Fire(msgspec.Struct, frozen=True, tag="fire"):
    """The day that the open timer `key` waited for has come."""

    key: str


class Receive(msgspec.Struct, frozen=True, tag="receive"):
    """A message arrived for whatever in the instance awaits it."""

    message: str
    payload: dict[str, Any] = {}


Input = Start | Complete | Fire | Receive


class Offer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A user task that now waits for a person."""

    key: str
    element: str
    lane: str | None = None
    party: str | None = None
    due: Timing | None = None


class Timer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A timer that now waits; the domain works out the day."""

    key: str
    element: str
    when: Timing


class Await(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message or signal that is now awaited; `instance` narrows it to the end of one linked instance."""

    key: str
    element: str
    message: str
    instance: Any = None


class Milestone(msgspec.Struct, frozen=True, omit_defaults=True):
    """A business event that an element of the diagram declares, such as `agreement.signed`."""

    name: str
    element: str
    outcome: str | None = None
    fields: dict[str, Any] = {}


class Thrown(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message, signal, error or escalation that nothing inside the instance caught."""

    kind: str
    name: str
    payload: Any = None


class Step(Trace, omit_defaults=True):
    """What one input brought about: its trace, what it opened, and what it calls for outside."""

    offers: list[Offer] = []
    timers: list[Timer] = []
    awaits: list[Await] = []
    milestones: list[Milestone] = []
    thrown: list[Thrown] = []
