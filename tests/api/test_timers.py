"""Days that pass: late or not, in due order, once each however many processes see to it; not on a case that is paused,
but for what the law says."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from services.case.clock.now import SettableClock, parse_time
from services.case.projections.deadlines import pending
from tests.api.conftest import MORNING
from tests.api.desk import PARTIES, Desk, answers, house_of
from tests.api.test_killed import command
from tests.serving import ROOT, Served, serve
from tests.store.embedding import data_folder, until

TIMERS = 3
PASSING = ("case.timer_fired.v1", "case.deadline_met.v1", "case.deadline_missed.v1")
WITH_PLAN = {"sen_provision": "E", "sen_type": "SEMH", "maintaining_authority": "937"}
TO_REVIEW = (
    ("triage", "caseworker", "accept"),
    ("verify_flags", "senco", "flags_e"),
    ("assess_risk", "home-staff", "risk_high"),
    ("assess_needs", "senco", "needs"),
    ("call_annual_review", "send-caseworker", "call_review"),
    ("consult_psychologist", "ep", "psychologist"),
    ("consult_professionals", "senco", "consultation_early"),
    ("hold_annual_review", "send-caseworker", "annual_review"),
)
Event = dict[str, Any]


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with data_folder() as data, serve(data, clock=MORNING, environment={"CASE_WORKERS": "2"}) as running:
        yield running


def signed(desk: Desk) -> str:
    """A move to which everybody has agreed: two school days for second thoughts."""
    ref = desk.moved_to_terms()
    for party, by in PARTIES.items():
        body = {"answers": answers("managed_move", f"agree_{party}")}
        done = desk.as_(by).post(f"/cases/{ref}/agreements/{party}", json=body, headers={"If-Match": "*"})
        assert done.status_code == 200, done.text
    return ref


def act(desk: Desk, ref: str, action: str) -> None:
    done = desk.as_("caseworker").post(f"/cases/{ref}/{action}", json={"reason": "So."}, headers={"If-Match": "*"})
    assert done.status_code == 200, done.text


def log_of(desk: Desk) -> list[Event]:
    return [json.loads(line) for line in command(desk.served.data, "events").splitlines()]


@pytest.fixture(scope="module")
def lived(desk: Desk, served: Served) -> dict[str, str]:
    """Cases of which much is due; then a month in which nobody was there, and at its end everybody comes at once."""
    referred = [desk.open() for _ in range(3)]
    agreed, paused = [signed(desk) for _ in range(2)], signed(desk)
    act(desk, paused, "hold")
    served.clock_to("2026-09-29T15:00:00+01:00")
    planned = desk.open(form="managed_move", name="pupil_n", **WITH_PLAN)
    desk.walk(planned, *TO_REVIEW, process="exclusion_prevention")
    act(desk, planned, "hold")
    referred.append(desk.open())

    assert served.stop() == 0
    SettableClock(served.data / "clock.json").set(parse_time("2026-10-30T09:00:00+00:00"))
    line = [sys.executable, "-m", "services.case", "timers", "--once", "--data", str(served.data)]
    workers = [subprocess.Popen(line, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(TIMERS)]
    served.start()
    said = [worker.communicate(timeout=60)[0] for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * TIMERS
    assert all("deadlines passed" in text for text in said)
    with house_of(served) as house:  # web sees to days too, and may be in the middle of one
        until(lambda: not pending(house.database, house.clock.now(), 1), "everything that is due to have passed", 30)
    return {"paused": paused, "planned": planned, "agreed": agreed[0], "referred": referred[0]}


def passed(log: list[Event]) -> list[tuple[str, int, str]]:
    """The deadlines that the clock let pass, in the order of the log: case, number, when it was due."""
    due: dict[tuple[str, int], str] = {}
    found = []
    for event in log:
        facts = event["facts"]
        if event["type"] == "case.deadline_set.v1":
            due[event["stream"], facts["deadline"]] = facts["acts_at"]
        elif event["type"] in PASSING and event["meta"]["by"]["person"] == "clock":
            found.append((event["stream"], facts["deadline"], due[event["stream"], facts["deadline"]]))
    return found


def test_everything_due_passed_once_in_due_order(desk: Desk, lived: dict[str, str]) -> None:
    found = passed(log_of(desk))

    assert len(found) >= 8
    assert max(Counter((stream, number) for stream, number, _ in found).values()) == 1
    moments = [datetime.fromisoformat(moment) for _, _, moment in found]
    assert moments == sorted(moments)


def test_what_was_waited_for_came(desk: Desk, lived: dict[str, str]) -> None:
    assert len(desk.events(lived["agreed"], "case.timer_fired.v1")) == 1
    assert [task["element"] for task in desk.case(lived["agreed"])["open_tasks"]] == ["confirm_roll_change"]
    missed = desk.events(lived["referred"], "case.deadline_missed.v1")
    assert len(missed) == 1
    late = desk.as_("caseworker").get(f"/tasks?late&case={lived['referred']}").json()
    assert [(row["element"], row["late"]) for row in late] == [("triage", True)]


def test_a_paused_case_waits_but_for_the_law(desk: Desk, lived: dict[str, str]) -> None:
    assert desk.events(lived["paused"], "case.timer_fired.v1") == []
    by_law = {d["deadline"]: d["strength"] for d in desk.case(lived["planned"])["deadlines"]}
    missed = [event["facts"]["deadline"] for event in desk.events(lived["planned"], "case.deadline_missed.v1")]
    assert missed
    assert {by_law[f"d{number}"] for number in missed} == {"LAW"}
    assert "LOCAL" in by_law.values()

    act(desk, lived["paused"], "resume")
    act(desk, lived["planned"], "resume")

    until(lambda: desk.events(lived["paused"], "case.timer_fired.v1"), "what had waited")
    until(lambda: len(desk.events(lived["planned"], "case.deadline_missed.v1")) > len(missed), "what had waited")


def test_when_the_clock_has_moved_nothing_is_due(desk: Desk, served: Served, lived: dict[str, str]) -> None:
    for moment in ("2026-11-20T09:00:00+00:00", "2027-01-15T09:00:00+00:00"):
        moved = served.clock_to(moment)

        with house_of(served) as house:
            assert pending(house.database, parse_time(moment), 100) == []
        assert moved["today"] == moment[:10]
    passing = Counter((stream, number) for stream, number, _ in passed(log_of(desk)))
    assert max(passing.values()) == 1


def test_the_clock_only_goes_forward_and_is_told_in_full(desk: Desk, served: Served) -> None:
    address = f"{served.address}/dev/clock"
    client = desk.as_("caseworker")

    assert client.put(address, json={"now": "2020-01-01T00:00:00+00:00"}).status_code == 409
    for odd in ("yesterday", "2027-02-01", "2027-02-01T09:00:00", "0001-01-01T00:00:00+10:00", "", "9" * 30):
        assert client.put(address, json={"now": odd}).status_code in (409, 422), odd
    assert client.put(address, json={"now": "9999-12-31T23:59:59-10:00"}).status_code == 422
    assert client.put(address, json={"now": "2150-01-01T00:00:00+00:00"}).status_code == 422
