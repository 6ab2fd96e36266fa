"""Who came by a secure link: the party of one case, for one purpose; and how pages for them are shown."""

from typing import Any

import msgspec
from starlette.responses import Response

from services.case.api.problems import STATUS
from services.case.application import links
from services.case.domain.case import Case
from services.case.domain.errors import LinkOver, NotByThisLink, NotSignedIn, Refusal
from services.case.domain.links import Link
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
    def forename(self) -> str:
        return str(self.case.personal.get("pupil_forename", ""))

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
            "forename": self.forename,
            "whose": "you" if self.is_pupil else self.forename or "your child",
            "ref": self.case.ref,
            "school": self.visit.house.reference.directory.name_of(self.case.home_school),
            "here": True,
        }


async def reader_of(visit: Visit, *purposes: str) -> Reader:
    """Who came, if their link is still good and for one of the purposes (any, if none is named).

    Raises NotSignedIn, LinkOver, NotByThisLink.
    """
    if visit.session is None:
        raise NotSignedIn
    case = await visit.house.door.see(str(visit.session.kept["ref"]))
    link = links.good(case, int(visit.session.kept["link"]), visit.house.clock.now())
    if purposes and link.purpose not in purposes:
        raise NotByThisLink
    visit.correlation = f"link-{link.id}"
    return Reader(visit, case, link)


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
