"""Sends nothing: writes each message into a folder where whoever tries the product out can read it. The log has ids
only."""

import logging
import os
from pathlib import Path

from services.notify.channels.channel import Absent, Accepted, Standing
from services.notify.notices import Notice, Way

log = logging.getLogger(__name__)


class Console:
    """A file for each delivery, named by it."""

    name = "console"

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def send(self, notice: Notice, way: Way) -> Accepted:
        """Written whole or not at all."""
        file = self._file(notice.delivery)
        fresh = file.with_name(f".{file.name}.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(_page(notice, way))
        fresh.replace(file)
        log.warning("%s went out as %s", notice.delivery, way)
        return Accepted(final=True)

    def find(self, reference: str) -> Accepted | Absent:
        return Accepted(final=True) if self._file(reference).exists() else Absent()

    def standing(self, id: str) -> Standing:
        return Standing("sent")

    def _file(self, reference: str) -> Path:
        safe = "".join(c if c.isalnum() or c in "-." else "_" for c in reference)
        return self._folder / f"{safe}.md"


def _page(notice: Notice, way: Way) -> str:
    match way:
        case "email":
            assert notice.email is not None
            return f"E-mail to {notice.email.address}\n\n# {notice.email.title}\n\n{notice.email.words}\n"
        case "sms":
            assert notice.sms is not None
            return f"Text to {notice.sms.number}\n\n{notice.sms.words}\n"
        case "letter":
            assert notice.letter is not None
            address = "\n".join(notice.letter.address)
            return f"Letter to\n{address}\n\n# {notice.letter.title}\n\n{notice.letter.words}\n"
