"""Whoever has no part in something does not get to know whether it is there: every address of the API and of the pages
answers the same of a thing that is another's and of one that nobody has.

The addresses are those of the two tables of routes: one that is added with a part that is not named here fails.
"""

import re
from collections.abc import Iterator
from itertools import product

import httpx
import pytest

from services.case.api.routes import ROUTES
from services.case.domain.people import FAMILY, Membership, Person, Role
from services.case.web.role_pages import code_of
from services.case.web.routes import PAGES
from services.case.web.sessions import Session, Sessions
from tests.api.desk import Desk, house_of
from tests.api.documents import PDF
from tests.api.test_statuses import ADDRESSES
from tests.journeys.pages import administered, improved

OF_A_CASE = {"{ref}", "{id}", "{file}"}
# What is everybody's, or is an address within something else that is asked first.
OPEN = {
    "{process}",
    "{measure}",
    "{urn}",
    "{slug}",
    "{step}",
    "{what}",
    "{field}",
    "{party}",
    "{notice}",
    "{to}",
    "{role}",
}
OPEN |= {"{finding}", "{task}"}
NOBODYS = {
    "{ref}": "EP-2026-999999",
    "{id}": "EP-2026-999999-1",
    "{file}": "00000000-0000-5000-8000-000000000000",
    "{provider}": "AP-9999",
    "{strategy}": "nothing-of-the-kind",
    "{calendar}": "0" * 64,
    "{policy}": "0" * 64,
    "{closure}": "999",
    "{person}": code_of("nobody-of-that-name"),
    "{report}": "999",
    "{action}": "999",
    "{survey}": "999",
}
BESIDE = {"{process}": "exclusion_prevention", "{measure}": "suspensions", "{urn}": "900001", "{slug}": "task-edited"}
BESIDE |= {"{step}": "1", "{what}": "1", "{field}": "surname", "{party}": "parent", "{notice}": "5", "{to}": "parent"}
BESIDE |= {"{role}": "process-owner@937", "{finding}": "1", "{task}": "1"}
ODD = {"{what}": "d999", "{party}": "nobody", "{task}": "999", "{field}": "nothing", "{step}": "99"}
ODD |= {"{notice}": "999", "{to}": "nobody", "{role}": "nothing@1", "{finding}": "99"}
# A secret; of the whole log, for the audit service alone; named by what is in it, so that who asks for it has it, and
# nobody's own: a council may use the process of another.
NOT_HERE = {"{token}", "{position}", "{bundle}"}
BODIES = {(method, path.replace("/1", "/{what}")): body for method, path, body, _ in ADDRESSES if body != {}} | {
    ("POST", "/cases/{ref}/exports"): {"reason": "A complaint"},
    ("POST", "/cases/{ref}/break-glass"): {"reason": "A complaint"},
    ("POST", "/surveys/{survey}/answers"): {"answers": {"q1": "Yes"}},
    ("POST", "/surveys/{survey}/close"): {"reason": "Enough."},
    ("POST", "/actions/{action}/updates"): {"state": "done"},
    ("POST", "/reports/{report}/versions"): {"title": "A", "period": "2026-Q3", "summary": "B.", "reason": "C."},
}
MAKING = {("PUT", f"/directory/{shelf}") for shelf in ("providers/{provider}", "strategies/{strategy}")}  # one's own
PARTS = re.compile(r"{\w+}")


def everything_at(authority: str, school: str, provider: str, *without: str) -> tuple[Membership, ...]:
    """Every role that there is, but some."""
    found = []
    for role in set(Role.__args__) - set(without):  # type: ignore[attr-defined]
        org = school if role in ("home-staff", "home-head", "receiving-head", "senco", "gb-clerk") else authority
        found.append(Membership(role, "" if role in FAMILY else provider if role == "ap-provider" else org))
    return tuple(sorted(found, key=lambda one: one.role))


ELSEWHERE = Person("elsewhere", "885", everything_at("885", "900101", "AP-9001"))
ASIDE = Person(
    "aside", "937", everything_at("937", "900003", "AP-1002", "caseworker", "auditor", "dpo", "admin", "process-owner")
)


@pytest.fixture(scope="module")
def there(desk: Desk) -> dict[str, str]:
    """What there is in authority 937, by part of an address."""
    ref = desk.open()
    added = desk.as_("caseworker").post("/files", data={"case": ref}, files={"file": ("plan.pdf", PDF)}).json()
    entry = desk.as_("caseworker").get("/directory/providers").json()[0]["id"]
    strategy = desk.as_("caseworker").get("/directory/strategies").json()[0]["id"]
    mine = {"{ref}": ref, "{id}": f"{ref}-1", "{file}": added["file"], "{provider}": entry, "{strategy}": strategy}
    found = {**BESIDE, **administered(desk), **improved(desk), **mine}
    return found | {"{action}": str(desk.as_("caseworker").get("/actions").json()[0]["action"])}


@pytest.fixture(scope="module")
def sessions(desk: Desk) -> dict[str, Session]:
    with house_of(desk.served) as house:
        known = Sessions(house.database)
        return {person.id: known.begin(person, "", {}) for person in (ELSEWHERE, ASIDE)}


def addresses() -> Iterator[tuple[str, str, bool]]:
    """Method, path, and whether it is of the API."""
    for route in ROUTES:
        if (route.method, route.path) not in MAKING:
            yield route.method, route.path, True
    for page in PAGES:
        if page.who != "link":  # by the link of one case: test_family_links.py, test_guest_links.py
            yield page.method, page.path, False


SECRET = [
    one for one in addresses() if (parts := set(PARTS.findall(one[1]))) and not parts & NOT_HERE and not parts <= OPEN
]


def test_every_part_of_an_address_is_thought_of() -> None:
    parts = {part for _, path, _ in addresses() for part in PARTS.findall(path)}
    assert parts == NOBODYS.keys() | OPEN | NOT_HERE


def filled(path: str, parts: dict[str, str]) -> str:
    return PARTS.sub(lambda part: parts[part[0]], path)


def answer(desk: Desk, session: Session, person: Person, one: tuple[str, str, bool], address: str) -> httpx.Response:
    method, path, of_api = one
    if of_api:
        desk.strangers.setdefault(person.id, person)
        body = BODIES.get((method, path), {}) if method != "GET" else None
        return desk.as_(person.id).request(method, address, json=body, headers={"If-Match": "*"})
    at = desk.served.address
    headers = {"origin": at, "accept": "text/html", "cookie": f"session={session.cookie}"}
    sent = {
        "token": session.token,
        "once": "1",
        "reason": "Because.",
        "said": "Because.",
        "purpose": "see",
        "state": "done",
    }
    return httpx.request(method, f"{at}{address}", headers=headers, data=sent if method == "POST" else None)


def said(found: httpx.Response, address: str, parts: dict[str, str]) -> tuple[int, str, str]:
    """Status, whereto, and words, without what was asked for in them."""
    words = found.text.replace(address, "HERE")
    to = found.headers.get("location", "")
    for part in sorted((parts[part] for part in NOBODYS), key=len, reverse=True):
        if len(part) > 3:
            words, to = words.replace(part, "IT"), to.replace(part, "IT")
    return found.status_code, to, re.sub(r'name="once" value="\w+"', "", words)


@pytest.mark.parametrize("one", SECRET, ids=lambda one: f"{one[0]} {'/api' if one[2] else ''}{one[1]}")
def test_what_is_anothers_is_answered_like_what_nobody_has(
    one: tuple[str, str, bool], desk: Desk, there: dict[str, str], sessions: dict[str, Session]
) -> None:
    of_a_case = bool(OF_A_CASE & set(PARTS.findall(one[1])))
    for person, beside in product(
        [ELSEWHERE, ASIDE] if of_a_case else [ELSEWHERE], [BESIDE, ODD] if of_a_case else [{}]
    ):
        existing, nobodys = {**there, **beside}, {**BESIDE, **NOBODYS, **beside}
        mine, none = filled(one[1], existing), filled(one[1], nobodys)

        theirs = answer(desk, sessions[person.id], person, one, mine)
        absent = answer(desk, sessions[person.id], person, one, none)

        assert said(theirs, mine, existing) == said(absent, none, nobodys), person.id
        assert absent.status_code in (303, 403, 404), (person.id, absent.status_code, absent.text[:300])
