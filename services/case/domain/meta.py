"""What every event says beside its own facts: who did it, when it was true, and what brought it about."""

from datetime import date
from typing import Any, ClassVar

import msgspec


class Actor(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who did it: a person's id in a role for an organisation (URN, provider, authority code), perhaps for a party.

    `clock` acts where a day has come, `system` where one event brings about another.
    """

    person: str
    role: str = ""
    org: str = ""
    on_behalf_of: str = ""


class Meta(msgspec.Struct, frozen=True, omit_defaults=True):
    """`effective_on`: the day on which it was true · `command`: the request that brought it about · `cause`: the event
    that did, as `stream.version`, where another event came between · `correlation`: what the client calls the whole.
    """

    by: Actor
    effective_on: date
    command: str = ""
    cause: str = ""
    correlation: str = ""


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that happened. `personal` is None where there is nothing personal, and once the key is destroyed."""

    TOPIC: ClassVar[str]

    meta: Meta
    personal: dict[str, Any] | None = None
