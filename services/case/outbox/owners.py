"""Whose a stream is: what names it to a subscriber, and the authority it belongs to. Read from the log itself."""

import contextlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from services.case.application.importing import REGISTER
from services.case.application.improving import improvement_stream
from services.case.application.in_use import authority_stream
from services.case.application.listing import directory_stream
from services.case.publishing import is_of_register
from services.case.store.database import Database
from services.case.store.mapper import UnknownType, to_recorded

FIRST = (
    "SELECT originator_id, originator_version, topic, state, notification_id FROM events "
    "WHERE originator_version = 1 AND originator_id = ANY (%s)"
)
EVERYBODYS = ""  # the authority of what is of none: the register of schools, the pupils' registers
REMEMBERED = 5_000


class Owner(NamedTuple):
    """`subject`: a case reference, an authority's code, `schools`, or the stream itself of a pupil's register."""

    subject: str
    authority: str


class Owners:
    """Remembers cases, whose first event says whose they are; asks for those it does not know. `codes` gives the
    authorities there are, `remembered` how many cases are enough."""

    def __init__(self, database: Database, codes: Callable[[], Iterable[str]], remembered: int = REMEMBERED) -> None:
        self.database = database
        self.codes = codes
        self._remembered = remembered
        self._cases: dict[UUID, Owner] = {}

    def of(self, types: Mapping[UUID, str]) -> dict[UUID, Owner]:
        """The owners of streams, each given with the type of one of its events; what is nobody's is left out."""
        found = {stream: Owner(str(stream), EVERYBODYS) for stream, type in types.items() if is_of_register(type)}
        administered = [stream for stream, type in types.items() if type.startswith("authority.")]
        if administered:
            found |= {stream: owner for stream, owner in self._administered() if stream in administered}
        cases = types.keys() - found.keys() - set(administered)
        known = {stream: owner for stream in cases if (owner := self._cases.get(stream))}
        return found | known | self._look_up(cases - known.keys())

    def _administered(self) -> Iterable[tuple[UUID, Owner]]:
        yield REGISTER, Owner("schools", EVERYBODYS)
        for code in self.codes():
            yield authority_stream(code), Owner(code, code)
            yield directory_stream(code), Owner(code, code)
            yield improvement_stream(code), Owner(code, code)

    def _look_up(self, streams: set[UUID]) -> dict[UUID, Owner]:
        found: dict[UUID, Owner] = {}
        for stream, version, type, state, position in self.database.rows(FIRST, [list(streams)]) if streams else ():
            with contextlib.suppress(UnknownType):
                first: Any = to_recorded(stream, version, type, state, position, no_key).event
                if hasattr(first, "ref") and hasattr(first, "authority"):
                    found[stream] = Owner(first.ref, first.authority)
        if len(self._cases) > self._remembered:
            self._cases.clear()
        self._cases |= found
        return found


def no_key(stream: UUID) -> None:
    """Nothing personal is published, so nothing is decrypted for it."""
