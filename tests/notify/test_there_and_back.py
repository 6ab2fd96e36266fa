"""A notice from the case to a parent and its result back on the timeline, with the services as processes of their own;
and notify killed while it is sending."""

import signal
from typing import Any

import psycopg

from tests.api.desk import pupil
from tests.notify.beside import notify
from tests.notify.conftest import hurry
from tests.notify.govuk import Govuk
from tests.serving import Served
from tests.store.embedding import until


def open_case(served: Served) -> str:
    with served.as_("caseworker") as client:
        answer = client.post(
            "/cases", json={"process": "exclusion_prevention", "answers": pupil(parent_informed_on="2026-09-01")}
        )
    return str(answer.json()["ref"])


def seen(served: Served, path: str) -> Any:
    with served.as_("caseworker") as client:
        return client.get(path).json()


def to_parent(served: Served, ref: str) -> dict[str, Any]:
    messages = seen(served, f"/cases/{ref}/messages")
    return next(message for message in messages if message["to"] == "parent")


def types(served: Served, ref: str) -> list[str]:
    return [event["type"] for event in seen(served, f"/cases/{ref}/events")]


def test_a_delivery_comes_back_on_the_timeline(served: Served, empty_database: str, govuk: Govuk) -> None:
    ref = open_case(served)
    with (
        notify(served, empty_database, govuk) as running,
        psycopg.connect(empty_database, autocommit=True) as connection,
    ):
        until(lambda: any(one["email_address"] for one in govuk.sent), "the e-mail", 20)
        govuk.standing(status="delivered")
        until(lambda: _hurried(connection) and to_parent(served, ref)["state"] == "delivered", "the result", 20)
        running.send_signal(signal.SIGTERM)
        assert running.wait(10) == 0

    assert types(served, ref).count("case.notice_delivered.v1") == 1
    assert "Example" not in str(govuk.sent[0]["personalisation"])


def test_killed_while_it_sends_it_sends_nothing_twice(served: Served, empty_database: str, govuk: Govuk) -> None:
    with psycopg.connect(empty_database, autocommit=True) as connection:
        govuk.hold.clear()  # the message is taken, and the answer waits
        ref = open_case(served)
        with notify(served, empty_database, govuk) as running:
            until(lambda: bool(mine(govuk, served, ref)), "the message to be taken", 20)
            running.send_signal(signal.SIGKILL)
            running.wait()
        govuk.hold.set()
        with notify(served, empty_database, govuk):
            until(lambda: _hurried(connection) and _state(connection, ref) == ["accepted"], "it to be known", 20)

    assert len(mine(govuk, served, ref)) == 1


def test_an_email_that_comes_back_becomes_a_task(served: Served, empty_database: str, govuk: Govuk) -> None:
    ref = open_case(served)
    with notify(served, empty_database, govuk), psycopg.connect(empty_database, autocommit=True) as connection:
        until(lambda: bool(mine(govuk, served, ref)), "the e-mail", 20)
        mine(govuk, served, ref)[0]["status"] = "permanent-failure"
        until(lambda: _hurried(connection) and to_parent(served, ref)["state"] == "failed", "the result", 20)

    task = to_parent(served, ref)["task"]
    found = seen(served, f"/tasks/{task}")
    assert found["element"] == "give_otherwise"


def mine(govuk: Govuk, served: Served, ref: str) -> list[dict[str, Any]]:
    events = seen(served, f"/cases/{ref}/events")
    version = next(event["version"] for event in events if event["type"] == "case.notice_due.v1")
    stream = next(event["cause"].partition(".")[0] for event in events if event["cause"])
    return [one for one in govuk.sent if one["reference"] == f"{stream}.{version}:parent"]


def _hurried(connection: Any) -> bool:
    hurry(connection)
    return True


def _state(connection: Any, ref: str) -> list[str]:
    return [state for (state,) in connection.execute("SELECT state FROM deliveries WHERE ref = %s", [ref])]
