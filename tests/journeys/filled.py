"""Puts something to see on every page into a served house, and says by which parts of an address it is found."""

from concurrent.futures import ThreadPoolExecutor

from services.case.web.role_pages import code_of
from tests.api.desk import Desk, answers
from tests.web.browsing import Browser

Parts = dict[str, str]  # of an address -> what stands there
TRIED = (  # with a pupil: element, who, answers
    ("triage", "caseworker", "accept"),
    ("verify_flags", "senco", "flags_n"),
    ("assess_risk", "home-staff", "risk_medium"),
    ("assess_needs", "senco", "needs_met"),
    ("plan_meeting", "home-staff", "plan"),
    ("choose_step", "home-staff", "take_restorative"),
    ("start_restorative", "home-staff", "restorative"),
    ("review_restorative", "home-staff", "restorative_partly"),
)


def at_terms(desk: Desk) -> str:
    """A move that everybody is asked to agree to; its reference."""
    with ThreadPoolExecutor(1) as aside:  # it has an event loop of its own, as the browser has
        return aside.submit(desk.moved_to_terms).result()


def worked_on(desk: Desk) -> Parts:
    """A move that waits for agreement, with messages; a referral that a caseworker has answered but not completed."""
    ref, referral = at_terms(desk), desk.open()
    desk.open()
    worker = desk.as_("caseworker")
    worker.post(f"/tasks/{referral}-1/claim", json={})
    worker.put(f"/tasks/{referral}-1/draft", json={"answers": answers("exclusion_prevention", "accept")})
    message = worker.get(f"/cases/{ref}/messages").json()[0]
    return {"{ref}": ref, "{id}": f"{referral}-1", "{notice}": str(message["notice"]), "{to}": message["to"]}


def helped(desk: Desk) -> str:
    """A pupil with whom something was tried; the reference of the case."""
    ref = desk.open(name="pupil_n")
    desk.walk(ref, *TRIED, process="exclusion_prevention")
    return ref


def agreed(desk: Desk) -> str:
    """A move to which the family has agreed, and the schools have not answered yet."""
    ref = at_terms(desk)
    seen = desk.as_("caseworker").get(f"/cases/{ref}/agreements").headers["etag"]
    for party in ("pupil", "parent"):
        yes = {"answers": answers("managed_move", f"agree_{party}")}
        done = desk.as_(party).post(f"/cases/{ref}/agreements/{party}", json=yes, headers={"If-Match": seen})
        assert done.status_code == 200, done.text
    return ref


def by_link(desk: Desk, party: str, cases: Parts) -> Parts:
    """A secure link to each of the cases, made for what the case is named by."""
    worker = Browser(desk.served.address).sign_in("caseworker")
    links = {what: _link(worker, ref, party, what.removesuffix("d")) for what, ref in cases.items()}
    worker.close()
    return links


def _link(worker: Browser, ref: str, party: str, purpose: str) -> str:
    page = f"/cases/{ref}/people/{party}/link"
    worker.open(page).send(page, purpose=purpose)
    return "/link/" + worker.page.findtext(".//*[@id='the-link']").strip().partition("/link/")[2]


def asked_by_link(desk: Desk, link: str) -> str:
    """Somebody writes a question to the school and does not send it; the task’s number."""
    person = Browser(desk.served.address).open(link).send(link).open("/family/ask").send("/family/ask")
    task = person.path.split("/")[3]
    person.send(person.path, topic="tried", question="What did you try, and how did it go?", answer_how="written")
    assert person.path.endswith("/check"), person.errors
    person.close()
    return task


def administered(desk: Desk) -> Parts:
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


def improved(desk: Desk) -> Parts:
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
    survey = {
        "report": report,
        "title": "The plan",
        "contact": "Inclusion team",
        "audience": ["caseworker", "parent", "pupil"],
    }
    survey |= {"closes_at": "2027-12-04T17:00:00+00:00", "questions": asked}
    opened = worker.post("/surveys", json=survey)
    return {"{report}": str(report), "{finding}": "1", "{survey}": str(opened.json()["survey"])}


def version_in_use(desk: Desk) -> str:
    """The bundle of the managed move, tried against the cases that there are."""
    owner = desk.as_("process-owner")
    found = next(one for one in owner.get("/bundles").json() if one["process"] == "managed_move")
    owner.post("/bundles/dry-run", json={"bundle": found["bundle"]})
    return str(found["bundle"])
