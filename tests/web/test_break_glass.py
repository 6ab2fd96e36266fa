"""Auditors and the data protection officer see no content of a case until they break the glass, with a reason, for a
while; and each use is reported."""

from collections.abc import Callable

import pytest

from tests.api.desk import Desk
from tests.web.browsing import Browser

At = Callable[[str], Browser]
WHY = "The ombudsman asks what was answered"


def broken_by(desk: Desk, who: str, ref: str, reason: str = WHY) -> int:
    """The position from which on they may read it."""
    answer = desk.as_(who).post(f"/cases/{ref}/break-glass", json={"reason": reason})
    assert answer.status_code == 201, answer.text
    return int(answer.headers["position"])


def seen(desk: Desk, who: str, ref: str, position: int = 0) -> dict[str, object]:
    found: dict[str, object] = desk.as_(who).get(f"/cases/{ref}", headers={"Wait-For": str(position)}).json()
    return found


def test_who_breaks_the_glass_reads_that_case_alone_and_only_reads(desk: Desk) -> None:
    # given two cases of which an auditor sees no more than that they are there
    ref, other = desk.open(), desk.open()
    assert seen(desk, "auditor", ref)["you_see"] == "meta" and "pupil" not in seen(desk, "auditor", ref)

    # when they break the glass of one
    position = broken_by(desk, "auditor", ref)

    # then they read what is in it, in every place, and nobody else does, nor they another case, nor do they act in it
    auditor = desk.as_("auditor")
    now = seen(desk, "auditor", ref, position)
    assert now["you_see"] == "full" and "pupil" in now
    assert any(event["personal"] for event in auditor.get(f"/cases/{ref}/events").json())
    assert any("words" in message for message in auditor.get(f"/cases/{ref}/messages").json())
    assert seen(desk, "dpo", ref)["you_see"] == seen(desk, "auditor", other)["you_see"] == "meta"
    assert auditor.post(f"/cases/{ref}/notes", json={"text": "x"}).status_code == 403


@pytest.mark.parametrize("reason", ["", "   "])
def test_without_a_reason_the_glass_stays_whole(desk: Desk, reason: str) -> None:
    ref = desk.open()
    refused = desk.as_("auditor").post(f"/cases/{ref}/break-glass", json={"reason": reason})
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/reason-missing")
    assert seen(desk, "auditor", ref)["you_see"] == "meta"


def test_only_those_who_oversee_break_it_and_another_council_does_not_get_to_know_of_the_case(desk: Desk) -> None:
    ref = desk.open()
    for who, status in {
        "caseworker": 403,
        "home-head": 403,
        "parent": 403,
        "admin": 404,
        "caseworker-885": 404,
    }.items():
        refused = desk.as_(who).post(f"/cases/{ref}/break-glass", json={"reason": WHY})
        assert refused.status_code == status, who
    for who in ("caseworker", "auditor", "home-head", "parent", "process-owner"):
        assert desk.as_(who).get("/break-glass").status_code == 403, who


def test_sent_twice_it_is_one_use_and_the_same_key_for_another_reason_is_refused(desk: Desk) -> None:
    ref, auditor, key = desk.open(), desk.as_("auditor"), {"Idempotency-Key": "once"}
    first, again = (auditor.post(f"/cases/{ref}/break-glass", json={"reason": WHY}, headers=key) for _ in range(2))
    assert first.json() == again.json() and first.headers["position"] == again.headers["position"]
    other = auditor.post(f"/cases/{ref}/break-glass", json={"reason": "Another"}, headers=key)
    assert (other.status_code, other.json()["type"]) == (422, "/problems/key-used-otherwise")


def test_each_use_is_reported_with_what_was_looked_at_until_it_held_no_more(browser: At, desk: Desk) -> None:
    # given an auditor who breaks the glass on the pages of a case, with a reason
    ref, auditor = desk.open(), browser("auditor")
    auditor.look_at(ref).open(f"/cases/{ref}")
    assert "Break the glass" in auditor.links()
    here = f"/cases/{ref}/break-glass"
    assert auditor.open(here).send(here, said="").errors == ["Enter why"]
    auditor.send(here, said=WHY)
    assert auditor.path == f"/cases/{ref}" and "You broke the glass" in auditor.text
    assert auditor.open(f"/cases/{ref}/answers").status == 200

    # then the data protection officer and the administrator find it among their tasks, and nobody else does
    said = "The glass of a case was broken"
    assert all(said in browser(who).open("/tasks").text for who in ("dpo", "admin"))
    assert not any(said in browser(who).open("/tasks").text for who in ("auditor", "caseworker"))

    # when its time is over
    (use,) = [one for one in desk.as_("dpo").get("/break-glass").json() if one["ref"] == ref]
    desk.served.clock_to(use["until"])
    assert "You broke the glass" not in auditor.open(f"/cases/{ref}").text
    assert seen(desk, "auditor", ref)["you_see"] == "meta"

    # then the data protection officer and the administrator are told who, why, and at what they looked before
    for who in ("dpo", "admin"):
        told = browser(who).open("/break-glass").text
        assert all(words in told for words in (ref, WHY, "Auditor", "The case as it was")), told
    (again,) = [one for one in desk.as_("dpo").get("/break-glass").json() if one["ref"] == ref]
    assert again["looks"] and all(look["at"] < again["until"] for look in again["looks"])
    assert "Broke the glass until" in browser("dpo").look_at(ref, "Looking after it").open(f"/cases/{ref}/access").text
