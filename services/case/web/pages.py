"""What all pages of a process share: static files, templates, sessions, the provider at which people sign in."""

import secrets
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.requests import Request

from services.case.domain.people import Membership
from services.case.domain.permissions import ACTIONS
from services.case.web import safety
from services.case.web.oidc import Provider
from services.case.web.rendering import environment
from services.case.web.sessions import BY_LINK, Session, Sessions
from services.case.web.static_files import StaticFiles
from services.case.web.tries import Tries
from services.case.wiring import House

if TYPE_CHECKING:
    from services.case.web.page import Page
    from services.case.web.visit import Visit

SESSION = "session"
FAMILY = "family"  # the cookie of who came by a link


class Pages:
    """`listed` are those that others link to by their words for it. The house may be opened later."""

    def __init__(self, house: House, listed: "Sequence[Page]") -> None:
        self.house = house
        self._listed = [page for page in listed if page.nav]
        self.secure = not house.settings.embedded
        self.static = StaticFiles(house.settings.brand_colour)
        issuer = urlsplit(house.settings.oidc_issuer)
        self.provider_origin = f"{issuer.scheme}://{issuer.netloc}" if issuer.netloc else ""
        self.tries = Tries()
        self._templates = environment(self.static.url)

    @cached_property
    def sessions(self) -> Sessions:
        return Sessions(self.house.database)

    @cached_property
    def by_link(self) -> Sessions:
        """The sessions of those who came by a link: of a kind of their own, and short."""
        return Sessions(self.house.database, FAMILY, BY_LINK)

    @cached_property
    def provider(self) -> Provider:
        return Provider(self.house)

    def session_of(self, request: Request, by_link: bool = False) -> Session | None:
        """The session of the request's cookie. Raises SessionOver, DatabaseAway."""
        cookie = request.cookies.get(safety.cookie_name(FAMILY if by_link else SESSION, self.secure))
        if not cookie:
            return None
        session = (self.by_link if by_link else self.sessions).find(cookie)
        if session is not None:
            person = self.house.administration.as_said_here(session.person)
            session.person = self.house.break_glass.as_it_holds(person)
        return session

    def render(self, visit: "Visit", template: str, /, **values: Any) -> str:
        """The text of a page. Every template has `me`, `council`, `today` and `navigation`."""
        session, settings = visit.session, self.house.settings
        shared = {
            "me": session.person if session else None,
            "my_name": session.name if session else "",
            "council": self.council(session),
            "contact": settings.brand_contact,
            "today": self.house.clock.today(),
            "navigation": self._navigation(visit),
            "address": visit.request.url.path,
            "token": visit.token,
            "once": secrets.token_hex(16),
        }
        return self._templates.get_template(template).render({**shared, **values})

    def council(self, session: Session | None) -> str:
        """In whose name pages and letters are."""
        if self.house.settings.brand_name:
            return self.house.settings.brand_name
        authorities = self.house.reference.authorities
        if session and session.person.authority in authorities.codes:
            return f"{authorities[session.person.authority].name} council"
        return "Inclusion team"

    def _navigation(self, visit: "Visit") -> list[dict[str, Any]]:
        """The pages that are found from every page, as far as the person may visit them."""
        if visit.session is None:
            return []
        here = visit.request.url.path
        found = [page for page in self._listed if _may(visit.session.person.memberships, page.who)]
        inside = [page.path for page in found if here == page.path or here.startswith(f"{page.path}/")]
        nearest = max(inside, key=len, default="")
        return [
            {"text": page.nav, "href": page.path, "active": page.path == nearest, "current": page.path == here}
            for page in found
        ]


def _may(memberships: tuple[Membership, ...], who: str) -> bool:
    return who in ("signed-in", "answering") or any(m.role in ACTIONS[who] for m in memberships)
