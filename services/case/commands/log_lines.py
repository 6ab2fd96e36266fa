"""What the service writes to standard error: lines without the messages of exceptions. A database's message quotes the
row that it refused, and a child's name may be in it; frames and kinds of exceptions are enough to find a defect. Only
what is wrong with a file that sets the service up is told."""

import logging
import sys
import threading
import traceback
from collections.abc import Iterator
from types import TracebackType

from services.case.domain.wrong_file import WrongFile

QUOTING = ("asyncio", "uvicorn.error")  # their further lines show what was raised


class WithoutMessages(logging.Formatter):
    """Formats exceptions as their frames and kinds."""

    def formatException(self, ei: object) -> str:
        assert isinstance(ei, tuple)
        return frames_and_kinds(ei[1])

    def formatMessage(self, record: logging.LogRecord) -> str:
        if record.name in QUOTING:
            record.message = record.message.partition("\n")[0]
        return super().formatMessage(record)


def install() -> None:
    """For this process, those that it forks, and their threads: log lines, and what nobody caught."""
    handler = logging.StreamHandler()
    handler.setFormatter(WithoutMessages("%(asctime)s case %(levelname)s %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    sys.excepthook = lambda kind, error, frames: print(frames_and_kinds(error), file=sys.stderr)
    threading.excepthook = lambda failed: print(frames_and_kinds(failed.exc_value), file=sys.stderr)


def frames_and_kinds(error: BaseException | None) -> str:
    """An exception, with those it came from and those it holds: where each was raised and what kind it is, never what
    it says, unless that is about a file that sets the service up."""
    return "\n".join(_lines(error, set()))


def _lines(error: BaseException | None, told: set[int]) -> Iterator[str]:
    if error is None or id(error) in told:
        return
    told.add(id(error))
    came_from = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if came_from is not None:
        yield from _lines(came_from, told)
        yield "and then"
    yield from _frames(error.__traceback__)
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    yield f"{kind}: {error}" if isinstance(error, WrongFile) else kind
    if isinstance(error, BaseExceptionGroup):
        for held in error.exceptions:
            yield "with"
            yield from _lines(held, told)


def _frames(frames: TracebackType | None) -> Iterator[str]:
    yield from (frame.rstrip() for frame in traceback.format_tb(frames))
