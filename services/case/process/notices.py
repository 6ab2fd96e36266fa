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
    answer that fills a placeholder, by its field, where it is not the usual one · `language`: its BCP 47 tag, "" for
    English, and what people call it (`called`) · `variants`: the same in other languages, or in easy read."""

    title: str
    name: str = ""
    body: str = ""
    statutory: bool = False
    channels: tuple[str, ...] = ("portal",)
    basis: str = ""
    deemed_after_posting: bool = False
    values: dict[str, str] = {}
    language: str = ""
    called: tuple[str, ...] = ()
    easy_read: bool = False
    variants: tuple["Notice", ...] = ()

    def asks(self) -> frozenset[str]:
        """The placeholders in it."""
        return frozenset(PLACEHOLDER.findall(self.body))

    def suited_to(self, language: str, easy_read: bool) -> "Notice":
        """As a person gets it who calls their language so: in that language if it is there, else in easy read if they
        asked for that and it is there, else as it is."""
        said = set(re.findall(r"\w+", language.casefold()))
        theirs = [one for one in self.variants if said & {word.casefold() for word in one.called}]
        easy = [one for one in theirs or self.variants if one.easy_read == easy_read and (theirs or not one.language)]
        return next(iter([*easy, *theirs]), self)

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
    return msgspec.structs.replace(front, name=name, body=parts[2].strip(), variants=())


def with_variants(read: Mapping[str, Notice]) -> dict[str, Notice]:
    """Notices by name, those called `name.variant` as variants of the notice `name`: they differ in title, words and
    what they say of their language. Raises NoticeRefused."""
    found = {name: notice for name, notice in read.items() if "." not in name}
    for name, other in read.items():
        of, dot, _ = name.partition(".")
        if not dot:
            continue
        if of not in found:
            raise NoticeRefused(f"{name}: there is no notice {of}")
        if not (other.language and other.called) and not other.easy_read:
            raise NoticeRefused(
                f"{name}: it says neither in which language it is, and what that is called, nor easy_read"
            )
        if other.asks() != found[of].asks():
            raise NoticeRefused(f"{name}: it has other placeholders than {of}")
        words = {"title": other.title, "body": other.body, "language": other.language, "called": other.called}
        variant = msgspec.structs.replace(found[of], **words, easy_read=other.easy_read, variants=())
        found[of] = msgspec.structs.replace(found[of], variants=(*found[of].variants, variant))
    return found
