"""A message as a letter in PDF: tagged (PDF/UA-1), in its language, with the fonts of its own embedded."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
import typst
from markdown_it.tree import SyntaxTreeNode

from services.case.domain.errors import LetterNotShown
from services.case.web.rendering import WORDS

LAYOUT = Path(__file__).with_name("letter.typ")
FONTS = ("fontpkg_noto_sans", "fontpkg_noto_sans_arabic")  # Latin, Greek, Cyrillic, Devanagari; Arabic


class Letter(msgspec.Struct, frozen=True):
    """`head`: the lines above the title · `words`: what it says, in the Markdown of notices · `language`: of the words,
    its BCP 47 tag."""

    title: str
    council: str
    reference: str
    head: Sequence[str]
    words: str
    language: str = "en"


def as_pdf(letter: Letter, at: datetime) -> bytes:
    """The letter as made at that moment. Raises LetterNotShown rather than leave out a character. Blocks for
    milliseconds."""
    said = {
        "title": letter.title,
        "council": letter.council,
        "language": letter.language.partition("-")[0],
        "reference": letter.reference,
        "head": [line for line in letter.head if line],
        "blocks": list(_blocks(SyntaxTreeNode(WORDS.parse(letter.words)))),
    }
    try:
        made = typst.compile(
            LAYOUT.read_bytes(),
            format="pdf",
            font_paths=_fonts(),
            sys_inputs={"letter": msgspec.json.encode(said).decode()},
            pdf_standards="ua-1",
            timestamp=at.replace(microsecond=0),
        )
    except typst.TypstError:
        raise LetterNotShown from None  # its message quotes the letter
    assert isinstance(made, bytes)
    return made


@cache
def _fonts() -> typst.Fonts:
    folders = [str(resources.files(name) / "files") for name in FONTS]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


def _blocks(node: SyntaxTreeNode) -> Iterator[dict[str, Any]]:
    for block in node.children:
        if block.type in ("bullet_list", "ordered_list"):
            yield {"items": [list(_blocks(item)) for item in block.children], "ordered": block.type == "ordered_list"}
        elif block.type == "heading":
            yield {"heading": list(_runs(block.children[0]))}
        else:
            yield {"runs": list(_runs(block.children[0]))}


def _runs(node: SyntaxTreeNode, strong: bool = False, emphasis: bool = False) -> Iterator[dict[str, Any]]:
    for run in node.children:
        if run.children:
            yield from _runs(run, strong or run.type == "strong", emphasis or run.type == "em")
        else:
            text = " " if run.type == "softbreak" else run.content
            yield {"text": text, "strong": strong, "emphasis": emphasis, "new_line": run.type == "hardbreak"}
