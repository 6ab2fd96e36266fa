"""What kind of file something is, found from what is in it; what it is called and said to be tells nothing.

Only kinds that people need for evidence and letters, and that run nothing when they are opened: no macros, no pages, no
programs, no older Office files, in which macros cannot be told apart.
"""

import io
import re
import zipfile
from typing import Literal

MediaType = Literal[
    "application/pdf",
    "image/jpeg",
    "image/png",
    "text/plain",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
]
# What people call a kind, and how names of its files end.
KINDS: dict[MediaType, tuple[str, tuple[str, ...]]] = {
    "application/pdf": ("PDF", (".pdf",)),
    "image/jpeg": ("JPEG image", (".jpg", ".jpeg")),
    "image/png": ("PNG image", (".png",)),
    "text/plain": ("text", (".txt", ".csv")),
    "application/vnd.oasis.opendocument.text": ("OpenDocument text", (".odt",)),
    "application/vnd.oasis.opendocument.spreadsheet": ("OpenDocument spreadsheet", (".ods",)),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("Word document", (".docx",)),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("Excel spreadsheet", (".xlsx",)),
}
ENDINGS = tuple(ending for _, endings in KINDS.values() for ending in endings)
BEGINNINGS: tuple[tuple[bytes, MediaType], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)
ZIP = b"PK\x03\x04"
IN_MIMETYPE: tuple[MediaType, ...] = (
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
)
MAIN_PART: dict[str, MediaType] = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MACROS = re.compile(r"vbaproject|macrosheets/|(^|/)(basic|scripts)/|activex|embeddings/.*\.(bin|exe)", re.IGNORECASE)
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
LONGEST_NAME = 150  # characters


def media_type_of(content: bytes) -> MediaType | None:
    """None for whatever is not among `KINDS`.

    >>> media_type_of(b"%PDF-1.7"), media_type_of("Seen at 9, caf\u00e9.".encode()), media_type_of(b"MZ\\x90\\x00")
    ('application/pdf', 'text/plain', None)
    """
    for beginning, kind in BEGINNINGS:
        if content.startswith(beginning):
            return kind
    return _zipped(content) if content.startswith(ZIP) else _text(content)


def _zipped(content: bytes) -> MediaType | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if any(MACROS.search(name) for name in names):
                return None
            if "mimetype" in names:
                with archive.open("mimetype") as file:
                    said = file.read(100).decode("ascii", "replace").strip()
                return next((kind for kind in IN_MIMETYPE if kind == said), None)
            return next((kind for part, kind in MAIN_PART.items() if part in names), None)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError, EOFError):
        return None  # broken, or packed in a way in which nobody packs documents


def _text(content: bytes) -> MediaType | None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if CONTROLS.search(text) else "text/plain"


def name_of(said: str, kind: MediaType) -> str:
    """What a file is called from now on: as it was called where it came from, without folders, ending as its kind
    does, so that no machine takes it for something else.

    >>> name_of("C:\\\\scans\\\\Statement.PDF", "application/pdf"), name_of("notes.html", "text/plain")
    ('Statement.PDF', 'notes.txt')
    """
    last = re.split(r"[/\\]", said)[-1]
    plain = " ".join("".join(c for c in last if c.isprintable()).split()).strip(". ") or "file"
    endings = KINDS[kind][1]
    if plain.casefold().endswith(endings):
        stem, dot, ending = plain.rpartition(".")
        return f"{stem[:LONGEST_NAME]}{dot}{ending}"
    stem, dot, ending = plain.rpartition(".")
    known = dot and len(ending) <= 5 and ending.isalnum()
    return f"{(stem if known else plain)[:LONGEST_NAME] or 'file'}{endings[0]}"
