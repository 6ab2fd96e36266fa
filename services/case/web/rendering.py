"""Templates: Jinja with the GOV.UK macros, and what every page may say in them."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader
from markdown_it import MarkdownIt
from markupsafe import Markup

from services.case.domain.lifecycle import OUTCOMES
from services.case.domain.media_types import ENDINGS
from services.case.web import wording
from services.case.web.sessions import WARNED_AFTER
from services.case.web.wording import whom

WORDS = MarkdownIt("zero").enable(
    ["emphasis", "heading", "list", "newline"]
)  # nothing in a notice becomes a tag or a link


CLASSES = {
    "<p>": '<p class="govuk-body">',
    "<ul>": '<ul class="govuk-list govuk-list--bullet">',
    "<ol>": '<ol class="govuk-list govuk-list--number">',
}
HEADING = re.compile(r"<(/?)h[1-6]>")


def as_letter(words: str, level: int = 2) -> Markup:
    """The words of a notice, in Markdown, with the classes of our pages; `level` of their headings."""
    html = WORDS.render(words)
    for tag, with_class in CLASSES.items():
        html = html.replace(tag, with_class)
    html = HEADING.sub(lambda h: f"</h{level}>" if h[1] else f'<h{level} class="govuk-heading-s">', html)
    return Markup(html)  # noqa: S704  no tags come through


FILTERS: Mapping[str, Callable[..., Any]] = {
    "day": wording.day,
    "short_day": wording.short_day,
    "moment": wording.moment,
    "due": wording.due,
    "count_of": wording.count,
    "party": wording.party,
    "role": wording.role,
    "whom": whom,
    "status": wording.status,
    "colour": wording.colour,
    "looked_at": lambda what: wording.LOOKED_AT[what],
    "outcome": lambda code: OUTCOMES.get(code, (code or "").replace("_", " ").capitalize()),
    "letter": as_letter,
    "spoken": lambda code: str(code or "").replace("_", " "),
}


def environment(asset: Callable[[str], str]) -> Environment:
    """`asset` gives the address of a static file."""
    found = Environment(
        loader=ChoiceLoader(
            [
                PackageLoader("services.case.web"),
                PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
            ]
        ),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: "" if value is None else value,  # the macros would print “None” into a field
    )
    found.filters.update(FILTERS)
    found.globals.update(asset=asset, warned_after=WARNED_AFTER, file_endings=",".join(ENDINGS))
    return found
