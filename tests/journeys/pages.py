"""The address of every page, in a house where there is something to see and in an empty one; for who looks at all."""

import contextlib
from collections.abc import Callable
from typing import Any

from services.case.web.routes import PAGES
from tests.api.desk import Desk
from tests.journeys.chromium import Person
from tests.journeys.filled import (
    administered,
    agreed,
    asked_by_link,
    by_link,
    helped,
    improved,
    version_in_use,
    worked_on,
)

NO_PAGE = ("/sign-in/start", "/sign-in/done", ".ics", "csv", "/pdf", "/files/{file}")  # how their addresses end
QUERIES = {"/tasks/reassign": "?task={id}", "/measures/{measure}": "?by=school"}
ADMINISTRATORS = ("/calendars", "/people", "/policy")
OWNERS = ("/processes",)
AUDITORS = (
    "/audit",
    *map("/cases/{{ref}}/{}".format, ("replay", "compare", "export", "verify", "access", "break-glass")),
)
WHO = {"/break-glass": "dpo", "/cases/{ref}/concern": "senco"}
FAMILY = ("parent", "pupil")
BY_LINK = ("/family", "/link/")
FOR_TERMS = {"agreement": "agree", "plan": "agree", "answer": "agree", "withdraw": "agreed"}  # by link, in /family
LEAD_ON = {  # to where somebody goes on
    "/",
    "/directory",
    "/cases/new/{process}",
    "/cases/new/{process}/check",
    "/cases/{ref}/answers/{task}/{field}",
    "/reports/new",
    "/reports/new/check",
    "/reports/{report}/new-version",
    "/reports/{report}/survey",
    "/reports/{report}/survey/check",
}
EVERYWHERE = {  # what parts of addresses stand for in any house
    "{task}": "0",
    "{field}": "surname",
    "{what}": "d1",
    "{party}": "parent",
    "{step}": "1",
    "{process}": "exclusion_prevention",
    "{urn}": "900001",
    "{provider}": "AP-1001",
    "{strategy}": "behaviour-outreach",
    "{slug}": "task-edited",
    "{measure}": "move_sustained",
}
Found = dict[str, tuple[str, str]]  # page -> who looks, and at which address


def who_looks(path: str) -> str:
    """Whose page it is, of the sample people."""
    for who, theirs in (("admin", ADMINISTRATORS), ("process-owner", OWNERS), ("auditor", AUDITORS)):
        if path.startswith(theirs):
            return WHO.get(path, who)
    return WHO.get(path, "caseworker")


def arrive(at: Callable[..., Person], who: str, found: Found, **settings: Any) -> Person:
    """A sample person who signs in, or a family by its link; an auditor says why they look before a case is shown."""
    if who.startswith("/link/"):
        return at(**settings).open(who).press("Continue")
    person = at(who, **settings)
    if who == "auditor":
        person.open("/audit").type("Case reference", found["/cases/{ref}"][1].rpartition("/")[2])
        person.type("Why do you look?", "A complaint was made").press("Open case")
    return person


def addresses(desk: Desk) -> Found:
    """Raises KeyError for a page that nobody has thought of."""
    working = worked_on(desk)
    parts = {
        **EVERYWHERE,
        "{bundle}": version_in_use(desk),
        **working,
        **administered(desk),
        **improved(desk),
    }
    found = {
        path: (who_looks(path), address(path + QUERIES.get(path, ""), parts))
        for path in shown()
        if not path.startswith(BY_LINK)
    }
    return found | families(desk, parts)


def empty(desk: Desk) -> Found:
    """The pages that there are when nothing has happened but that a case was opened; it has no messages."""
    kept_back = {"parent_informed": "no_safeguarding", "safeguarding_reason": "The lead for safeguarding decided so."}
    ref = desk.open(**kept_back, parent_informed_on=None)
    links = {party: by_link(desk, party, {"see": ref})["see"] for party in FAMILY}
    found: Found = {}
    for path in shown():
        with contextlib.suppress(KeyError):
            found[path] = (who_looks(path), address(path, {"{ref}": ref, "{measure}": "move_sustained"}))
    pages = [path for path in found if path.startswith("/family") and who_needs(path) == "see"]
    by_party = {f"{path} ({party})": (links[party], path) for path in pages for party in FAMILY}
    return {path: seen for path, seen in found.items() if not path.startswith("/family")} | by_party


def who_needs(path: str) -> str:
    """What for the link is by which the page is seen."""
    return FOR_TERMS.get(path.rpartition("/")[2], "see")


def shown() -> list[str]:
    """The path of every page."""
    return [page.path for page in PAGES if page.method == "GET" and not page.path.endswith(NO_PAGE)]


def address(path: str, parts: dict[str, str]) -> str:
    """Where the page is found. Raises KeyError."""
    filled = path
    for part, value in parts.items():
        filled = filled.replace(part, value)
    if "{" in filled:
        raise KeyError(path)
    return filled


def families(desk: Desk, parts: dict[str, str]) -> Found:
    """Every page by link, as a parent sees it and as a pupil does. Raises KeyError."""
    cases = {"agree": parts["{ref}"], "agreed": agreed(desk)}
    found = {}
    for party in FAMILY:
        links = by_link(desk, party, {**cases, "see": helped(desk)})
        asked = {**parts, "{task}": asked_by_link(desk, links["see"])}
        for path in shown():
            if path.startswith(BY_LINK):
                link = links[who_needs(path)]
                who = link if path.startswith("/family") else ""
                found[f"{path} ({party})"] = (who, address(path, {**asked, "/link/{token}": link}))
    return found
