"""Notices: front matter that can be read, placeholders that something fills, variants in other languages."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from services.case.process.gate.bundle.contents import LARGEST_TEXT, Contents
from services.case.process.gate.finding import Finding
from services.case.process.notices import PLACEHOLDER, PLACEHOLDERS, Notice, NoticeRefused, read_notice, with_variants

RULES: Final = {
    "notice-malformed": "a notice without front matter, words or a title, or with a key that there is not",
    "notice-placeholder": "a placeholder that nothing fills, or broken braces",
    "notice-variant": "a notice in another language or easy read that says not which, is of none, or fills in others",
}

_BRACES: Final = re.compile(r"\{\{|\}\}|\{%|%\}")


def judge(contents: Contents) -> Iterator[Finding]:
    """Findings about the notices of a folder."""
    read: dict[str, Notice] = {}
    for path in sorted(path for path in contents.files if path.startswith("notices/") and path.endswith(".md")):
        name, body = PurePosixPath(path).stem, contents.files[path]
        found = list(_placeholders(contents, name, path, body.decode("utf-8", "replace")))
        yield from found or _front_matter(contents, name, path, body, read)
    for name in read:
        of, dot, _ = name.partition(".")
        try:
            with_variants({one: read[one] for one in (of, name) if dot and one in read})
        except NoticeRefused as refused:
            yield contents.finding("notice-variant", f"notices/{name}.md", name, f"{refused}.", 1)


def _placeholders(contents: Contents, name: str, path: str, text: str) -> Iterator[Finding]:
    for number, line in enumerate(text.splitlines(), start=1):
        for placeholder in PLACEHOLDER.findall(line):
            if placeholder not in PLACEHOLDERS:
                message = f"Nothing fills {placeholder[:60]} in the notice {name}."
                yield contents.finding("notice-placeholder", path, name, message, number)
        if _BRACES.search(PLACEHOLDER.sub("", line)):
            yield contents.finding("notice-placeholder", path, name, "A placeholder is {{ name }}.", number)


def _front_matter(contents: Contents, name: str, path: str, body: bytes, read: dict[str, Notice]) -> Iterator[Finding]:
    """Also puts it among those read, if it can be."""
    try:
        if len(body) > LARGEST_TEXT:
            raise NoticeRefused(f"{name}: it is too large")
        notice = read_notice(name, body)
        if not notice.body or not notice.title.strip():
            raise NoticeRefused(f"{name}: it has no title, or no words")
        read[name] = notice
    except NoticeRefused as refused:
        yield contents.finding("notice-malformed", path, name, f"{' '.join(str(refused).split()).rstrip('.')}.", 1)
    except (ValueError, RecursionError):
        yield contents.finding("notice-malformed", path, name, f"{name}: it cannot be read.", 1)
