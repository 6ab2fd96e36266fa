"""XML from strangers: read without entities, network or patience for bombs.

It lives beside the tables because the gate reads diagrams with it and depends on this package.
"""

import re
from typing import Any, Final

from lxml import etree

LARGEST_FILE: Final = 2_000_000  # bytes; the diagram of a long process with its layout has about 100,000

_DOCTYPE: Final = re.compile(rb"<!DOCTYPE", re.IGNORECASE)


class XmlRefused(ValueError):
    """The file is not read: it is too large, not well-formed, or declares a document type."""

    def __init__(self, rule: str, line: int, message: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.line = line


def read_xml(xml: bytes) -> Any:
    """The root element (lxml). `XmlRefused` names the rule, the line and, in a sentence, the reason."""
    if len(xml) > LARGEST_FILE:
        raise too_large()
    if declared := _DOCTYPE.search(xml):
        raise _doctype(1 + xml.count(b"\n", 0, declared.start()))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        raise XmlRefused("xml-malformed", line, "The file is not well-formed XML.") from None
    except (ValueError, LookupError):
        raise XmlRefused("xml-malformed", 1, "The file is not well-formed XML.") from None
    if root.getroottree().docinfo.doctype:  # in an encoding in which the bytes did not show it
        raise _doctype(1)
    return root


def too_large() -> XmlRefused:
    """The refusal of a file that is not even read."""
    return XmlRefused("file-too-large", 1, f"The file has more than {LARGEST_FILE // 1_000_000} megabytes.")


def local_name(element: Any) -> str:
    """The name of an element without its namespace; empty for a comment or processing instruction."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def namespace(element: Any) -> str:
    """The namespace of an element, or nothing."""
    tag = element.tag
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag.startswith("{") else ""


def plain_text(element: Any) -> str | None:
    """The text of an element; `None` if something stands inside it, such as a comment that hides half of it."""
    return None if len(element) else (element.text or "")


def _doctype(line: int) -> XmlRefused:
    return XmlRefused(
        "doctype", line, "The file declares a document type, which can name files or grow without end: remove it."
    )
