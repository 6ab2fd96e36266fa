"""What a channel is, and all that it can answer."""

from datetime import date
from typing import Literal, Protocol

import msgspec

from services.notify.notices import Notice, Way


class Accepted(msgspec.Struct, frozen=True):
    """The channel has it, under an id of its own. `final`: it will tell no more than that it was sent."""

    id: str = ""
    final: bool = False


class Refused(msgspec.Struct, frozen=True):
    """The channel will never take it: the address takes no messages (`not_received`), or for another reason."""

    because: Literal["not_received", "refused"]


class Away(msgspec.Struct, frozen=True):
    """The channel does not answer, or asks us to come back; it surely has not taken it."""


class Unknown(msgspec.Struct, frozen=True):
    """It may have taken it or not: the answer was lost."""


class Absent(msgspec.Struct, frozen=True):
    """It has nothing under that reference, and will not have."""


class Standing(msgspec.Struct, frozen=True):
    """How something accepted stands: still on its way, or at its end. `posted_on` of a letter."""

    state: Literal["on_its_way", "sent", "delivered", "failed"]
    because: Literal["", "not_received", "refused"] = ""
    posted_on: date | None = None


Answer = Accepted | Refused | Away | Unknown


class Channel(Protocol):
    """`name` for the record · `send` at most once for a reference unless `find` says Absent · `find` asks by reference
    what became of a `send` that nobody saw the end of; Unknown where the channel cannot tell."""

    name: str

    def send(self, notice: Notice, way: Way) -> Answer: ...
    def find(self, reference: str) -> Accepted | Absent | Away | Unknown: ...
    def standing(self, id: str) -> Standing | Away: ...
