"""What is in the files of a case, for a copy of it: as it was added, or why it is not there."""

import hashlib
from collections.abc import Collection
from typing import Literal

import msgspec

from services.case.application.attachments import Attachments
from services.case.domain.case import Case
from services.case.domain.errors import Erased
from services.case.store.cipher import Unreadable

LeftOut = Literal["kept_back", "erased", "damaged"]


class Contents(msgspec.Struct, frozen=True):
    """By the ids of files. Whatever is in neither is kept back from whoever takes the copy."""

    inside: dict[str, bytes] = {}
    left_out: dict[str, LeftOut] = {}


NONE = Contents()


def contents_of(attachments: Attachments, case: Case, readable: Collection[str]) -> Contents:
    """Of those that may be read. One that is gone, or not what was added, is told of and stops nothing; blocks."""
    found = Contents({}, {})
    for id, file in case.files.items():
        if case.erased:
            found.left_out[id] = "erased"
        elif id in readable:
            try:
                content = attachments.content(case, id)
            except Erased:
                found.left_out[id] = "erased"
                continue
            except Unreadable:
                content = b""
            if hashlib.sha256(content).hexdigest() == file.sha256:
                found.inside[id] = content
            else:
                found.left_out[id] = "damaged"
    return found
