"""What can happen to a pupil's register, and how a case tells it of a suspension or exclusion.

An entry of one council is for another to see as half days only, so every event of a register says what the register
adds up to since (`totals`). Nothing is edited: a correction is a later revision, two registers of one pupil become
one by an event on each.
"""

from typing import ClassVar
from uuid import UUID

import msgspec

from services.case.domain.events import DestroyedBecause
from services.case.domain.meta import Event
from services.case.domain.pupil import Entry, TermTotal


class ExclusionNotified(Event, frozen=True, kw_only=True):
    """A case has a suspension or exclusion for the pupil's register, or something new about one. Personal: `pupil`,
    whose register it is."""

    TOPIC: ClassVar = "case.exclusion_notified.v1"

    instance: int
    entry: Entry


class ExclusionEntered(Event, frozen=True, kw_only=True):
    """A suspension or exclusion, or a later revision of one, is in the register. Personal: `pupil`."""

    TOPIC: ClassVar = "register.exclusion_entered.v1"

    entry: Entry
    totals: list[TermTotal]


class EntriesTaken(Event, frozen=True, kw_only=True):
    """Entries of another register count here: it was one pupil with two numbers (`merged`), or they had been entered
    for the wrong pupil. Personal: `reason`."""

    TOPIC: ClassVar = "register.entries_taken.v1"

    from_: UUID = msgspec.field(name="from")
    merged: bool
    entries: list[Entry]
    totals: list[TermTotal]


class EntriesGiven(Event, frozen=True, kw_only=True):
    """Entries count in another register from now on; if it was `merged`, so does all that comes. Personal: `reason`."""

    TOPIC: ClassVar = "register.entries_given.v1"

    to: UUID
    merged: bool
    ids: list[str]
    totals: list[TermTotal]


class RegisterErased(Event, frozen=True, kw_only=True):
    """The key of this register was destroyed: whose it was can never be read again. Its half days stay."""

    TOPIC: ClassVar = "register.key_destroyed.v1"

    because: DestroyedBecause
