"""What every read model is: its tables, and how a batch of the log changes them."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, Protocol
from uuid import UUID

import psycopg

from services.case.domain import events as e
from services.case.domain.process_migration import ProcessMigrated
from services.case.store.mapper import Recorded

Cursor = psycopg.Cursor[Any]
About = Literal["cases", "directories", "access"]
ABOUT: tuple[About, ...] = ("cases", "directories", "access")
TitleOf = Callable[[str, str], str]  # bundle hash, element id -> what people call the element


class ReadModel(Protocol):
    """`apply` is given the events of what it is about, in order, each once, and writes with the cursor in the
    transaction that moves the position. Table names are unqualified, so that a rebuild can fill a copy in a schema of
    its own."""

    name: str
    about: About
    tables: tuple[str, ...]

    def apply(self, cursor: Cursor, batch: Sequence[Recorded]) -> None: ...


class Origins:
    """What many models need of the case that an event belongs to, remembered or looked up in `cases`, `instances`."""

    def __init__(self) -> None:
        self._cases: dict[UUID, tuple[str, str, str]] = {}
        self._instances: dict[tuple[UUID, int], tuple[str, str]] = {}

    def note(self, batch: Sequence[Recorded]) -> None:
        if len(self._cases) > 5_000:
            self._cases.clear()
            self._instances.clear()
        for recorded in batch:
            event = recorded.event
            if isinstance(event, e.CaseOpened):
                self._cases[recorded.stream] = (event.ref, event.authority, event.home_school)
            elif isinstance(event, e.ProcessStarted):
                self._instances[recorded.stream, event.instance] = (event.process, event.bundle)

    def migrated(self, stream: UUID, event: ProcessMigrated) -> None:
        """From here on the instance follows another bundle."""
        self._instances[stream, event.instance] = (event.process, event.bundle)

    def case(self, cursor: Cursor, stream: UUID) -> tuple[str, str, str]:
        """Reference, authority and home school."""
        if stream not in self._cases:
            row = cursor.execute("SELECT ref, authority, home_school FROM cases WHERE stream = %s", [stream]).fetchone()
            assert row is not None, stream
            self._cases[stream] = tuple(row)
        return self._cases[stream]

    def instance(self, cursor: Cursor, stream: UUID, number: int) -> tuple[str, str]:
        """Process and bundle."""
        if (stream, number) not in self._instances:
            row = cursor.execute(
                "SELECT process, bundle FROM instances WHERE stream = %s AND instance = %s", [stream, number]
            ).fetchone()
            assert row is not None, (stream, number)
            self._instances[stream, number] = tuple(row)
        return self._instances[stream, number]
