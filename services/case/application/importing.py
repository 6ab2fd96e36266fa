"""Putting an extract of the public register of schools in use: one event, with the files kept by their hashes."""

from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha256
from uuid import uuid5

import msgspec

from services.case.application.reference import NAMESPACE
from services.case.domain.directory_events import SchoolsImported
from services.case.domain.meta import Actor, Meta
from services.case.projections.register_file import BadRow, NotARegister, pack
from services.case.projections.school_register import read_links, read_schools
from services.case.store.event_store import EventStore
from services.case.store.recorder import Conflict

REGISTER = uuid5(NAMESPACE, "register of schools")  # the stream of imports, of no authority
KEEP = "INSERT INTO artefacts (hash, kind, name, body) VALUES (%s, %s, %s, %s) ON CONFLICT (hash) DO NOTHING"


class Extract(msgspec.Struct, frozen=True):
    """A file that was read: its hash, packed bytes, how many rows are good, and those that are not."""

    hash: str
    packed: bytes
    rows: int
    bad: list[BadRow]


class Imported(msgspec.Struct, frozen=True):
    """`changed` is false where the register says this already; `position` is the event's."""

    changed: bool
    position: int


def read_register(file: bytes, progress: Callable[[int], None] = lambda done: None) -> Extract:
    """Read an extract to its end. `progress` hears how many bytes have been read. Raises NotARegister."""
    bad: list[BadRow] = []
    packed = pack(file)
    rows = sum(1 for _ in read_schools(packed, bad.append, progress))
    if not rows:
        first = f": line {bad[0].line} {bad[0].message}" if bad else ""
        raise NotARegister(f"The extract of schools has no row that can be read{first}")
    return Extract(sha256(file).hexdigest(), packed, rows, bad)


def read_register_links(file: bytes) -> Extract:
    """Read the extract of links. Raises NotARegister."""
    bad: list[BadRow] = []
    packed = pack(file)
    rows = sum(1 for _ in read_links(packed, bad.append))
    return Extract(sha256(file).hexdigest(), packed, rows, bad)


def import_schools(
    store: EventStore, schools: Extract, links: Extract | None, by: Actor, day: date, at: datetime
) -> Imported:
    """Record that these files are in use. The same as last time changes nothing; without links, the last ones stay."""
    for kind, extract in (("schools", schools), ("school links", links)):
        if extract is not None:
            store.database.execute(KEEP, [extract.hash, kind, f"{extract.rows} rows", extract.packed])
    while True:
        past = store.load(REGISTER)
        last = past[-1] if past else None
        said = last.event if last else None
        if last and isinstance(said, SchoolsImported) and said.register == schools.hash and _adds_none(links, said):
            return Imported(False, last.position)
        event = SchoolsImported(
            meta=Meta(by, day),
            register=schools.hash,
            links=links.hash if links else "",
            schools=schools.rows,
            refused=len(schools.bad) + (len(links.bad) if links else 0),
        )
        version, hash = (last.version, last.row.hash) if last else (0, bytes(32))
        try:
            appended = store.append(REGISTER, version, hash, [event], at, personal=False)
            return Imported(True, appended.positions.result(30)[-1])
        except Conflict:
            continue


def _adds_none(links: Extract | None, said: SchoolsImported) -> bool:
    return links is None or said.links == links.hash
