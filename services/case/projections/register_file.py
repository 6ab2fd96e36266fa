"""A file of the public register of schools as it is kept, and its rows: comma-separated, Windows-1252 as downloaded or
UTF-8, each read by the names of its columns.

A row that cannot be read is reported with its line and left out; it never takes others with it.
"""

import csv
import gzip
import io
from collections import deque
from collections.abc import Callable, Iterator
from typing import IO, TypeVar

import msgspec

Cells = dict[str, str]  # column -> what stands in it
Read = TypeVar("Read")


class NotARegister(ValueError):
    """The file is no extract of the register; the message says why."""


class WrongCell(ValueError):
    """Something in a row cannot be read; the message says what."""


class BadRow(msgspec.Struct, frozen=True):
    """A row that was left out: the line on which it begins, and what is wrong with it."""

    line: int
    message: str


Bad = Callable[[BadRow], None]
Progress = Callable[[int], None]


def pack(file: bytes) -> bytes:
    """A file as it is kept. The same bytes in, the same out."""
    return gzip.compress(file, 6, mtime=0)


def read_rows(
    packed: bytes, needed: tuple[str, ...], read: Callable[[Cells], Read], bad: Bad, progress: Progress
) -> Iterator[Read]:
    """What `read` makes of each row; it raises WrongCell for a bad one. `progress` hears how many bytes were read.

    Raises NotARegister where a needed column is missing.
    """
    lines = _Lines(packed)
    rows = csv.reader(lines, strict=True)
    header = next(rows, [])
    missing = [column for column in needed if column not in header]
    if missing:
        raise NotARegister(f"This is no such extract of the register of schools: it has no column “{missing[0]}”")
    while True:
        begin = lines.next_row()
        try:
            cells = next(rows, None)
            if cells is None:
                return
            if not cells:
                continue
            if len(cells) != len(header):
                raise WrongCell(f"has {len(cells)} columns, not {len(header)}")
            found = read(dict(zip(header, cells, strict=True)))
        except (WrongCell, csv.Error) as wrong:
            lines.take_back()  # a quotation mark that is not closed swallows the lines after it
            bad(BadRow(begin, str(wrong) if isinstance(wrong, WrongCell) else "has a quotation mark out of place"))
        else:
            yield found
        if begin % 500 == 0:
            progress(lines.read)


class _Lines:
    """The lines of a packed file, which remembers those of the row under way so that they can be read once more."""

    def __init__(self, packed: bytes) -> None:
        file = io.BufferedReader(gzip.GzipFile(fileobj=io.BytesIO(packed)))
        encoding = encoding_of(file)
        file.seek(0)
        self._bytes = file
        self._text = io.TextIOWrapper(file, encoding, errors="replace", newline="")
        self._again: deque[str] = deque()
        self._row: list[str] = []
        self._number = 0

    @property
    def read(self) -> int:
        """How many bytes of the file have been read."""
        return self._bytes.tell()

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._text)
        self._number += 1
        self._row.append(line)
        return line

    def next_row(self) -> int:
        """A row begins: the number of its first line."""
        self._row.clear()
        return self._number + 1

    def take_back(self) -> None:
        """All lines of the row under way but the first are read again."""
        rest = self._row[1:]
        self._again.extendleft(reversed(rest))
        self._number -= len(rest)


def encoding_of(file: IO[bytes]) -> str:
    """UTF-8 where every byte of the file is, else Windows-1252."""
    if file.read(3) == b"\xef\xbb\xbf":
        return "utf-8-sig"
    file.seek(0)
    decoder = io.TextIOWrapper(file, "utf-8")
    try:
        while decoder.read(1 << 16):
            pass
    except UnicodeDecodeError:
        return "cp1252"
    finally:
        decoder.detach()
    return "utf-8"
