"""School days over HTTP: an administrator reports closures and puts calendars in use, and open deadlines follow."""

import subprocess
from pathlib import Path

from tests.api.desk import Answer, Desk, problem
from tests.store.commands import COMMAND, ROOT
from tests.store.embedding import until

CALENDAR = """\
urn = "900004"
academic_year = "2026/27"
ranges = [[2026-09-02, 2026-10-23], [2026-11-02, 2026-12-18], [2027-01-05, 2027-07-21]]
"""
NEW = {"calendar": CALENDAR, "because": "new_year"}
MISTAKE = {"because": "wrong_days"}
CLOSED = {"schools": ["900003"], "days": ["2026-09-29"], "reason": "weather"}


def told(desk: Desk) -> Answer:
    answer = desk.as_("admin").get("/calendars")
    assert answer.status_code == 200, answer.text
    body: Answer = answer.json()
    return body


def due(desk: Desk, ref: str) -> str:
    (deadline,) = desk.case(ref)["deadlines"]
    return str(deadline["due"])


def test_a_reported_closure_is_an_event_and_deadlines_follow(desk: Desk) -> None:
    ref = desk.open_move(home_school="900003")
    assert due(desk, ref) == "2026-10-05"

    key = {"Idempotency-Key": "snow"}
    first = desk.as_("admin").post("/calendars/closures", json=CLOSED, headers=key)
    again = desk.as_("admin").post("/calendars/closures", json=CLOSED, headers=key)

    assert first.status_code == again.status_code == 200
    assert first.json() == again.json() == {"changed": True, "closure": 1}
    (closure,) = told(desk)["closures"]
    assert (closure["schools"], closure["days"]) == (["900003"], ["2026-09-29"])
    assert (closure["by"]["person"], closure["by"]["role"], closure["reason"]) == ("admin", "admin", "weather")
    until(lambda: due(desk, ref) == "2026-10-06", "the deadline to follow")
    until(lambda: told(desk)["recounted"]["complete"], "it to be told")

    (moved,) = desk.events(ref, "case.deadline_moved.v1")
    assert (moved["facts"]["was"], moved["facts"]["because"]) == ("2026-10-05", "unplanned_closure")
    why = desk.as_("caseworker").get(f"/cases/{ref}/why/d1").json()
    assert [(move["was"], move["due"]) for move in why["moved"]] == [("2026-10-05", "2026-10-06")]
    back = desk.as_("admin").post("/calendars/closures/1/withdraw", json=MISTAKE)
    assert back.json()["changed"] is True
    (closure,) = told(desk)["closures"]
    assert (closure["withdrawal"]["because"], closure["withdrawal"]["by"]["person"]) == ("wrong_days", "admin")
    until(lambda: due(desk, ref) == "2026-10-05", "the deadline to follow again")


def test_only_an_administrator_changes_school_days(desk: Desk) -> None:
    for name in ("caseworker", "home-head", "parent", "auditor", "process-owner"):
        problem(desk.as_(name).post("/calendars/closures", json=CLOSED), 403)
        problem(desk.as_(name).post("/calendars", json=NEW), 403)
        problem(desk.as_(name).get("/calendars"), 403)


def test_what_cannot_be_is_refused_with_the_place(desk: Desk) -> None:
    def refused(path: str, **body: object) -> Answer:
        return problem(desk.as_("admin").post(path, json=body), 422)

    saturday = refused("/calendars/closures", **{**CLOSED, "days": ["2026-09-30", "2026-10-03"]})
    assert [error["pointer"] for error in saturday["errors"]] == ["/days/1"]
    refused("/calendars/closures", **{**CLOSED, "schools": ["900101"]})
    assert (
        refused("/calendars/closures", **{**CLOSED, "reason": "Boiler of Mr Smith"})["type"] == "/problems/body-invalid"
    )
    backwards = refused("/calendars", **{**NEW, "calendar": CALENDAR.replace("2026-10-23", "2026-08-23")})
    assert backwards["errors"] == [
        {"pointer": "/calendar", "detail": "ranges[0]: ends on 2026-08-23, before it starts on 2026-09-02."}
    ]
    assert (
        "headmaster"
        in refused("/calendars", **{**NEW, "calendar": f'{CALENDAR}headmaster = "A"\n'})["errors"][0]["detail"]
    )
    refused("/calendars", **{**NEW, "calendar": CALENDAR.replace("900004", "900101")})
    for path, body in (("/calendars", {"calendar": CALENDAR}), ("/calendars/closures/1/withdraw", {})):
        assert refused(path, **body)["type"] == "/problems/body-invalid", "without a reason"
    problem(desk.as_("admin").post("/calendars/closures/999/withdraw", json=MISTAKE), 404)
    problem(desk.as_("admin").post("/calendars/closures/²/withdraw", json=MISTAKE), 404)


def test_a_calendar_is_put_in_use_once(desk: Desk) -> None:
    answers = [desk.as_("admin").post("/calendars", json=NEW).json()["changed"] for _ in range(2)]

    assert answers == [True, False]
    (held,) = (held for held in told(desk)["calendars"] if held["name"] == "900004")
    assert (held["academic_year"], held["schools"], held["by"]["role"]) == ("2026/27", ["900004"], "admin")
    assert held["because"] == "new_year"
    one = desk.as_("admin").get(f"/calendars/versions/{held['calendar']}").json()
    assert (one["in_use"], one["calendar"]["urn"], len(one["history"])) == (True, "900004", 1)
    problem(desk.as_("admin").get(f"/calendars/versions/{'0f' * 32}"), 404)
    problem(desk.as_("caseworker").get(f"/calendars/versions/{held['calendar']}"), 403)


def test_the_command_puts_a_calendar_in_use_and_refuses_a_wrong_one(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "next.toml"
    command = [*COMMAND, "import-calendar", str(file), "--because", "days_changed", "--data", str(desk.served.data)]

    def run() -> "subprocess.CompletedProcess[str]":
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    file.write_text(CALENDAR.replace("2026-10-23", "2026-10-22"))
    done = run()
    assert (done.returncode, done.stdout) == (0, "the calendar of 900004 for 2026/27 is in use now\n"), done.stderr
    until(lambda: len([held for held in told(desk)["calendars"] if held["by"]["person"] == "operator"]) == 1, "it")

    file.write_text(CALENDAR.replace("ranges", "rangs"))
    refused = run()
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "next.toml" in refused.stderr and "rangs" in refused.stderr
    file.write_text(CALENDAR.replace('urn = "900004"', 'authority = "998"\ndefault = true'))
    assert run().returncode == 1
