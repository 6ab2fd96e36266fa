"""Notices: the words of a process for a person, with a few lines of front matter."""

import re
from collections.abc import Mapping

import msgspec
import yaml

from services.case.domain.wrong_file import WrongFile

PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
PLACEHOLDERS = frozenset(
    {
        "reference",
        "pupil_name",
        "school_name",
        "receiving_school_name",
        "authority_name",
        "contact",
        "due_date",
        "duty",
        "meeting_date",
        "start_date",
        "review_date",
        "outcome",
        "reasons",
        "link",
        "code",
    }
)


class NoticeRefused(WrongFile):
    """This is not a notice; the message says why."""


class Notice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`statutory` ones follow stricter rules of delivery; `channels` in order of preference · `deemed_after_posting`: a
    letter counts as given on the second working day after posting (SI 2012/1033, of exclusions only) · `values`: the
    answer that fills a placeholder, by its field, where it is not the usual one."""

    title: str
    name: str = ""
    body: str = ""
    statutory: bool = False
    channels: tuple[str, ...] = ("portal",)
    basis: str = ""
    deemed_after_posting: bool = False
    values: dict[str, str] = {}

    def asks(self) -> frozenset[str]:
        """The placeholders in it."""
        return frozenset(PLACEHOLDER.findall(self.body))

    def render(self, values: Mapping[str, str]) -> str:
        """The words, with what is known filled in; what is not known stays out."""
        return PLACEHOLDER.sub(lambda match: values.get(match[1], ""), self.body)


def read_notice(name: str, text: bytes) -> Notice:
    """Raises NoticeRefused."""
    parts = text.decode().split("---\n", 2)
    if len(parts) != 3 or parts[0].strip():
        raise NoticeRefused(f"{name}: a notice begins with front matter between two lines of ---")
    try:
        front = msgspec.convert(yaml.safe_load(parts[1]), Notice)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise NoticeRefused(f"{name}: {error}") from error
    unknown = set(PLACEHOLDER.findall(parts[2])) - PLACEHOLDERS
    if unknown:
        raise NoticeRefused(f"{name}: nothing fills {', '.join(sorted(unknown))}")
    return msgspec.structs.replace(front, name=name, body=parts[2].strip())
