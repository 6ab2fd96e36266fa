"""Templates: Jinja with the GOV.UK macros, and what every page may say in them."""

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

WORDS = MarkdownIt("zero").enable(["emphasis", "list", "newline"])  # nothing in a notice becomes a tag or a link


def as_letter(words: str) -> Markup:
    """The words of a notice, in Markdown, with the classes of our pages."""
    html = WORDS.render(words).replace("<p>", '<p class="govuk-body">')
    return Markup(html.replace("<ul>", '<ul class="govuk-list govuk-list--bullet">'))  # noqa: S704  no tags come through


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
