"""What is said when a file that somebody wrote by hand cannot be accepted: which file, which key, and why."""

import re

import msgspec

from services.case.domain.wrong_file import WrongFile

_PATH = re.compile(r"^(?P<reason>.*) - at `\$\.?(?P<path>.*)`$", re.DOTALL)
_UNKNOWN = re.compile(r"unknown field `(?P<field>.*)`")


class FileRefused(WrongFile):
    """The file cannot be used; `file`, `key` and `reason` say where and why, and the message is all three."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        self.file = file
        self.key = key
        self.reason = reason
        super().__init__(": ".join(part for part in (file, key, reason) if part))


def key_and_reason(error: msgspec.ValidationError) -> tuple[str, str]:
    """Key and sentence of an error of shape: an unknown key, a wrong type or a value not in the list."""
    text = str(error)
    found = _PATH.match(text)
    reason, path = (found["reason"], found["path"]) if found else (text, "")
    unknown = _UNKNOWN.search(reason)
    if unknown:
        return ".".join(part for part in (path, unknown["field"]) if part), "is not a key known here"
    return path, reason[:1].lower() + reason[1:]
