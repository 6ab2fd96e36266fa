"""Who came by a secure link: the party of one case, for one purpose; and how pages for them are shown.

Most are of the family. A school or a professional without an account sees fewer of these pages."""

import asyncio
from typing import Any

import msgspec
from starlette.responses import Response

from services.case.api.problems import STATUS
from services.case.application import links
from services.case.domain.access_events import What
from services.case.domain.case import Case
from services.case.domain.errors import NotSignedIn, Refusal
from services.case.domain.link_errors import LinkOver, NotByThisLink
from services.case.domain.links import Link
from services.case.domain.permissions import relation
from services.case.web.visit import Visit

FILES = "/family/files"  # the address of what a family may fetch
LEFT = "You have been away for a while, or this page was closed. Open your link again to go on."


class Reader(msgspec.Struct):
    """`visit` acts as the party's own person."""

    visit: Visit
    case: Case
    link: Link

    @property
    def party(self) -> str:
        return self.link.party

    @property
    def is_pupil(self) -> bool:
        return self.link.party == "pupil"

    @property
    def is_guest(self) -> bool:
        return self.visit.person.is_guest

    @property
    def knows(self) -> bool:
        """Whether they are to know whose case it is; some are only asked a question in it."""
        return not self.is_guest or bool(relation(self.visit.person, self.case))

    @property
    def forename(self) -> str:
        return "" if not self.knows else str(self.case.personal.get("pupil_forename", ""))

    async def record(self, what: What) -> None:
        """That a guest looks at something. Raises TryAgain where it cannot be recorded."""
        visit = self.visit
        if self.is_guest and visit.request.method == "GET":
            by = visit.person.as_actor(visit.person.memberships[0])
            await asyncio.to_thread(visit.house.looking.record, self.case, by, what)

    def page(self, template: str, code: int = 200, /, **values: Any) -> Response:
        """A page in the words for a parent, or for the pupil."""
        return self.visit.page(template, code, **{**self.around, **values})

    @property
    def around(self) -> dict[str, Any]:
        """What every template for families says."""
        return {
            **around(self.visit, self.case.authority),
            "link": self.link,
            "is_pupil": self.is_pupil,
            "is_guest": self.is_guest,
            "forename": self.forename,
            "whose": "you" if self.is_pupil else self.forename or ("the pupil" if self.is_guest else "your child"),
            "ref": self.case.ref,
            "school": self.visit.house.reference.directory.name_of(self.case.home_school) if self.knows else "",
            "here": True,
        }


async def reader_of(visit: Visit, *purposes: str) -> Reader:
    """Who came, if their link is still good and for one of the purposes (any, if none is named). What they may do
    follows from the link, each time.

    Raises NotSignedIn, LinkOver, NotByThisLink.
    """
    if visit.session is None:
        raise NotSignedIn
    case = await visit.house.door.see(str(visit.session.kept["ref"]))
    link = links.good(case, int(visit.session.kept["link"]), visit.house.clock.now())
    if purposes and link.purpose not in purposes:
        raise NotByThisLink
    visit.session.person = links.reader(case, link)
    visit.correlation = f"link-{link.id}"
    return Reader(visit, case, link)


async def family_of(visit: Visit, *purposes: str) -> Reader:
    """The same, of the family alone. Raises NotSignedIn, LinkOver, NotByThisLink."""
    reader = await reader_of(visit, *purposes)
    if reader.is_guest:
        raise NotByThisLink
    return reader


def show(visit: Visit, template: str, code: int = 200, authority: str = "", /, **values: Any) -> Response:
    """A page for families: nobody's name, no way to other pages of the house, help at its end."""
    return visit.page(template, code, **{**around(visit, authority), **values})


def around(visit: Visit, authority: str = "") -> dict[str, Any]:
    """The layout for families, with the council whom they can ask."""
    authorities = visit.house.reference.authorities
    found: dict[str, Any] = {"me": None, "navigation": [], "home": "/family", "layout": "family/layout.html"}
    if authority in authorities.codes:
        known = authorities[authority]
        found |= {"council": visit.house.settings.brand_name or f"{known.name} council", "contact": known.contact}
    return found


def refused_by_link(visit: Visit, refusal: Refusal) -> Response:
    """Why somebody who came by a link does not get any further."""
    over = isinstance(refusal, LinkOver)
    return show(visit, "family/refused.html", STATUS[type(refusal)], sentence=str(refusal), over=over)
