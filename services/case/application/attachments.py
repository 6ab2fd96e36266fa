"""The contents of files: looked at before they are kept, sealed with the case's key, opened for whoever may read them.

A file may come before its case: with the form that opens one. Then it is held for whoever brought it, for a day, and
handed to the case as it opens.
"""

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import msgspec

from services.case.application.reference import stream_of
from services.case.application.scanning import Clamd
from services.case.clock.now import Clock
from services.case.domain.case import Case
from services.case.domain.errors import Erased, KeyUsedOtherwise
from services.case.domain.file_errors import FileEmpty, FileTooLarge, FileTypeNotAllowed, FileUnknown
from services.case.domain.files import File
from services.case.domain.media_types import media_type_of, name_of
from services.case.domain.people import Person
from services.case.store.cipher import StreamKey
from services.case.store.event_store import EventStore

HELD_FOR = timedelta(days=1)
ADD = """
    INSERT INTO files (id, stream, ref, held, bringer, added_at, media_type, size, sha256, names, sealed)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING
"""
SAME = "SELECT FROM files WHERE id = %s AND sha256 = %s AND ref = %s"
DISCARD = "DELETE FROM files WHERE id = %s"
CASE_OF = "SELECT ref FROM files WHERE id = %s AND ref <> ''"
READ = "SELECT stream, held, sealed FROM files WHERE id = %s"
HELD = """
    SELECT id, media_type, size, sha256, names, added_at FROM files WHERE id = ANY (%s) AND held AND bringer = %s
"""
HAND = "UPDATE files SET stream = %s, ref = %s WHERE id = ANY (%s) AND held AND bringer = %s"
SETTLE = "UPDATE files SET held = false, stream = %s, ref = %s, names = '', sealed = %s WHERE id = %s AND held"
LEFT_BEHIND = """
    DELETE FROM files WHERE held AND added_at < %s
    AND NOT EXISTS (SELECT FROM events WHERE originator_id = files.stream)
"""


class Upload(msgspec.Struct, frozen=True):
    """A file that may be kept: what it is was found from what is in it."""

    file: File
    content: bytes


class Attachments:
    """`largest`: bytes of a file. All of it blocks."""

    def __init__(self, store: EventStore, clock: Clock, largest: int, scanner: Clamd | None) -> None:
        self._store = store
        self._clock = clock
        self.largest = largest
        self._scanner = scanner

    def looked_at(self, id: UUID, content: bytes, called: str, description: str, by: Person) -> Upload:
        """Raises FileEmpty, FileTooLarge, FileTypeNotAllowed, FileInfected, ScannerAway."""
        if not content:
            raise FileEmpty
        if len(content) > self.largest:
            raise FileTooLarge(f"The selected file must be smaller than {self.largest // 1_000_000} MB.")
        kind = media_type_of(content)
        if kind is None:
            raise FileTypeNotAllowed
        if self._scanner is not None:
            self._scanner.refuse_infected(content)
        digest = hashlib.sha256(content).hexdigest()
        name, today = name_of(called, kind), self._clock.today()
        return Upload(File(str(id), kind, len(content), digest, today, by.id, name, description), content)

    def keep(self, upload: Upload, case: Case, by: Person) -> bool:
        """For a case; whether it was not there yet. Raises Erased, KeyUsedOtherwise."""
        key = self._store.keys.of(case.stream)
        if key is None:
            raise Erased
        return self._add(upload, by, case.stream, case.ref, key)

    def hold(self, upload: Upload, by: Person) -> None:
        """For a case that is not open yet. Raises KeyUsedOtherwise."""
        self._store.database.execute(LEFT_BEHIND, [self._clock.now() - HELD_FOR])
        self._add(upload, by, None, "", self._key_of_its_own(UUID(upload.file.id)))

    def _add(self, upload: Upload, by: Person, stream: UUID | None, ref: str, key: StreamKey) -> bool:
        file = upload.file
        names = key.seal(msgspec.json.encode([file.name, file.description]), _place(file.id, "names"))
        sealed = key.seal(upload.content, _place(file.id))
        digest, held = bytes.fromhex(file.sha256), stream is None
        row = [UUID(file.id), stream, ref, held, self._bringer(by), self._clock.now(), file.media_type, file.size]
        database = self._store.database
        if database.execute(ADD, [*row, digest, names if held else b"", sealed]):
            return True
        if database.row(SAME, [UUID(file.id), digest, ref]) is None:
            raise KeyUsedOtherwise
        return False

    def discard(self, id: UUID) -> None:
        self._store.database.execute(DISCARD, [id])

    def held(self, ids: Iterable[str], by: Person) -> dict[str, File]:
        """Those of the files that are held for this person, by id."""
        wanted = [UUID(id) for id in ids if is_id(id)]
        rows = self._store.database.rows(HELD, [wanted, self._bringer(by)]) if wanted else []
        return {str(row[0]): self._as_held(by, *row) for row in rows}

    def _as_held(self, by: Person, id: UUID, *row: Any) -> File:
        media_type, size, sha256, names, added_at = row
        name, description = msgspec.json.decode(self._key_of_its_own(id).open(names, _place(str(id), "names")))
        return File(str(id), media_type, size, sha256.hex(), added_at.date(), by.id, name, description)

    def hand(self, ids: Iterable[str], by: Person, ref: str) -> None:
        """To a case that is about to open. If it does not, they can be handed to another."""
        wanted = [UUID(id) for id in ids]
        self._store.database.execute(HAND, [stream_of(ref), ref, wanted, self._bringer(by)])

    def settle(self, ids: Iterable[str], ref: str) -> None:
        """The case is open now and has a key: what was held is sealed with that from now on."""
        stream = stream_of(ref)
        key = self._store.keys.of(stream)
        for id in map(UUID, ids):
            row = self._store.database.row(READ, [id])
            if row is not None and row[1] and key is not None:
                content = self._key_of_its_own(id).open(row[2], _place(str(id)))
                self._store.database.execute(SETTLE, [stream, ref, key.seal(content, _place(str(id))), id])

    def case_of(self, id: str) -> str:
        """The reference of the case to which a file belongs. Raises FileUnknown."""
        row = self._store.database.row(CASE_OF, [UUID(id)]) if is_id(id) else None
        if row is None:
            raise FileUnknown
        return cast(str, row[0])

    def content(self, case: Case, id: str) -> bytes:
        """Raises FileUnknown, Erased."""
        if id not in case.files:
            raise FileUnknown
        row = self._store.database.row(READ, [UUID(id)])
        key = self._store.keys.of(case.stream)
        if row is None or key is None or row[0] != case.stream:
            raise Erased
        return (self._key_of_its_own(UUID(id)) if row[1] else key).open(row[2], _place(id))

    def _bringer(self, person: Person) -> bytes:
        return self._store.keys.master.digest("who brought a file", person.authority, person.id)

    def _key_of_its_own(self, id: UUID) -> StreamKey:
        return StreamKey(id, self._store.keys.master.digest("a file that is held", str(id)))


def is_id(text: object) -> bool:
    """Whether this is written as ids of files are."""
    try:
        return isinstance(text, str) and str(UUID(text)) == text
    except ValueError:
        return False


def _place(id: str, what: str = "") -> str:
    return f"file:{id}{what and f':{what}'}"
