"""Files of a case: evidence, minutes, letters. What is in them is kept beside the log, sealed with the case's key."""

from typing import ClassVar

from services.case.domain.media_types import MediaType
from services.case.domain.meta import Event


class FileAdded(Event, frozen=True, kw_only=True):
    """Somebody added a file. `size` in bytes · `sha256` of what is in it, in hex · `media_type` found in it, whatever
    it is called. Personal: `name` and `description`."""

    TOPIC: ClassVar = "case.file_added.v1"

    file: str
    media_type: MediaType
    size: int
    sha256: str
