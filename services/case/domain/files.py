"""What a case knows of its files; `folding.py` keeps it."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from services.case.domain.errors import Erased
from services.case.domain.file_events import FileAdded
from services.case.domain.media_types import KINDS, MediaType

if TYPE_CHECKING:
    from services.case.domain.case import Case
    from services.case.domain.decision import Decision


class File(msgspec.Struct, omit_defaults=True):
    """`name` and `description` are personal, and "" once the key is destroyed · `by`: the person who added it."""

    id: str
    media_type: MediaType
    size: int
    sha256: str
    added_on: date
    by: str
    name: str = ""
    description: str = ""

    @property
    def in_words(self) -> str:
        """“Statement.pdf (PDF, 340 KB)”."""
        return f"{self.name or 'A file'} ({about(self.media_type, self.size)})"


def about(media_type: MediaType, size: int) -> str:
    """What kind of file, and how large.

    >>> about("application/pdf", 345_600), about("text/plain", 12), about("image/png", 2_500_000)
    ('PDF, 346 KB', 'text, 1 KB', 'PNG image, 2.5 MB')
    """
    large = f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(round(size / 1000), 1)} KB"
    return f"{KINDS[media_type][0]}, {large}"


def add_file(decision: "Decision", file: File) -> None:
    """The case has it from now on. Raises Erased."""
    if decision.case.erased:
        raise Erased
    decision.emit(
        FileAdded,
        {"name": file.name, "description": file.description},
        file=file.id,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
    )


def _added(case: "Case", event: FileAdded) -> None:
    said = event.personal or {}
    case.files[event.file] = File(
        event.file,
        event.media_type,
        event.size,
        event.sha256,
        event.meta.effective_on,
        event.meta.by.person,
        str(said.get("name", "")),
        str(said.get("description", "")),
    )


APPLY: dict[type, Callable[[Any, Any], None]] = {FileAdded: _added}
