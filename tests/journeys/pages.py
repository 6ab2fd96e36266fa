"""The address of every page, in a house where there is something to see; for who looks at all of them."""

from concurrent.futures import ThreadPoolExecutor

from services.case.web.role_pages import code_of
from services.case.web.routes import PAGES
from tests.api.desk import Desk
from tests.journeys.chromium import Person

NOT_A_PAGE = {  # ways to the provider and back, files; pages by secure link are looked at in test_families.py
    "/sign-in/start",
    "/sign-in/done",
    "/cases/{ref}/dates.ics",
    "/cases/{ref}/files/{file}",
    "/cases/{ref}/meetings/{task}.ics",
    "/cases/{ref}/messages/{notice}/{to}/pdf",
    "/measures.csv",
    "/measures/{measure}/csv",
    "/reports/{report}/csv",
}
QUERIES = {"/tasks/reassign": "?task={referral}-1", "/measures/{measure}": "?by=school"}
WHO = {
    "/processes": "process-owner",
    "/processes/new-version": "process-owner",
    "/processes/versions/{bundle}": "process-owner",
    "/processes/versions/{bundle}/cases": "process-owner",
    "/calendars": "admin",
    "/calendars/import": "admin",
    "/calendars/closures": "admin",
    "/calendars/closures/{closure}/withdraw": "admin",
    "/calendars/versions/{calendar}": "admin",
    "/people": "admin",
    "/people/{person}": "admin",
    "/people/{person}/give": "admin",
    "/people/{person}/roles/{role}/take": "admin",
    "/policy": "admin",
    "/policy/{policy}": "admin",
    "/audit": "auditor",
    "/cases/{ref}/replay": "auditor",
    "/cases/{ref}/compare": "auditor",
    "/cases/{ref}/export": "auditor",
    "/cases/{ref}/verify": "auditor",
    "/cases/{ref}/access": "auditor",
    "/cases/{ref}/break-glass": "auditor",
    "/break-glass": "dpo",
    "/cases/{ref}/resume": "caseworker",
    "/cases/{ref}/concern": "senco",
}


def say_why(person: Person, who: str, found: dict[str, tuple[str, str]]) -> Person:
    """An auditor says why they look before a case is shown to them."""
    if who == "auditor":
        person.open("/audit").type("Case reference", found["/cases/{ref}"][1].rpartition("/")[2])
        person.type("Why do you look?", "A complaint was made").press("Open case")
    return person


def addresses(desk: Desk) -> dict[str, tuple[str, str]]:
    """Page -> who looks, and at which address. Raises KeyError for a page that nobody has thought of."""
    referral = desk.open()
    desk.open()
    with ThreadPoolExecutor(1) as aside:  # it has an event loop of its own, as the browser has
        ref = aside.submit(desk.moved_to_terms).result()
    desk.as_("caseworker").post(f"/tasks/{referral}-1/claim", json={})
    message = desk.as_("caseworker").get(f"/cases/{ref}/messages").json()[0]
    parts = {
        "{ref}": ref,
        "{task}": "0",
        "{field}": "surname",
        "{what}": "d1",
        "{party}": "parent",
        "{id}": f"{referral}-1",
        "{step}": "1",
        "{notice}": str(message["notice"]),
        "{to}": message["to"],
        "{process}": "exclusion_prevention",
        "{urn}": "900001",
        "{provider}": "AP-1001",
        "{strategy}": "behaviour-outreach",
        "{slug}": "task-edited",
        "{measure}": "move_sustained",
        "{bundle}": version_in_use(desk),
        **administered(desk),
        **improved(desk),
    }
    found = {}
    for page in PAGES:
        if page.method == "GET" and page.path not in NOT_A_PAGE and page.who != "link" and not page.unnamed:
            address = page.path
            for part in [part for part in parts if part in address]:
                address = address.replace(part, parts[part])
            if "{" in address:
                raise KeyError(page.path)
            query = QUERIES.get(page.path, "").format(referral=referral)
            found[page.path] = (WHO.get(page.path, "caseworker"), address + query)
    return found


def administered(desk: Desk) -> dict[str, str]:
    """A closure in the summer, a calendar, the policy, and somebody who was given a role."""
    admin = desk.as_("admin")
    day = {"schools": ["900003"], "days": ["2027-06-15"], "reason": "election"}
    closure = admin.post("/calendars/closures", json=day).json()["closure"]
    given = {"person": "ep", "role": "process-owner", "org": "937", "because": "cover"}
    admin.post("/roles/give", json=given)
    calendar = next(one for one in admin.get("/calendars").json()["calendars"] if one["schools"])
    policy = admin.get("/policies").json()["policies"][0]
    return {
        "{closure}": str(closure),
        "{calendar}": calendar["calendar"],
        "{policy}": policy["policy"],
        "{person}": code_of("ep"),
        "{role}": "process-owner@937",
    }


def improved(desk: Desk) -> dict[str, str]:
    """A report with a finding, an action on it, and a survey about it."""
    worker = desk.as_("caseworker")
    written = {"title": "Autumn quarter", "period": "2026-Q3", "summary": "More of it works.", "themes": ["Be heard."]}
    finding = {"measure": "rung_effectiveness", "words": "Restorative work does."}
    report = worker.post("/reports", json={**written, "findings": [finding]}).json()["report"]
    about = {"report": report, "finding": 1, "measure": "rung_effectiveness"}
    worker.post("/actions", json={**about, "what": "Train two schools", "owner": "Inclusion lead", "due": "2026-12-01"})
    target = {"measure": "rung_effectiveness", "period": "2026/27", "value": 60, "agreed_by": "The board"}
    worker.post("/targets", json=target)
    asked = [
        {"id": "q1", "title": "Is this right?", "options": ["Yes", "No"]},
        {"id": "q2", "title": "How sure are you?", "kind": "scale"},
        {"id": "q3", "title": "Why?", "kind": "words"},
    ]
    survey = {"report": report, "title": "The plan", "contact": "Inclusion team", "audience": ["caseworker"]}
    survey |= {"closes_at": "2027-12-04T17:00:00+00:00", "questions": asked}
    opened = worker.post("/surveys", json=survey)
    return {"{report}": str(report), "{finding}": "1", "{survey}": str(opened.json()["survey"])}


def version_in_use(desk: Desk) -> str:
    """The bundle of the managed move, tried against the cases that there are."""
    owner = desk.as_("process-owner")
    found = next(one for one in owner.get("/bundles").json() if one["process"] == "managed_move")
    owner.post("/bundles/dry-run", json={"bundle": found["bundle"]})
    return str(found["bundle"])
