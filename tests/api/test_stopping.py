"""Told to stop: no new requests, those under way are finished, exit 0 within ten seconds."""

import threading
import time

import httpx
import pytest

from services.case.domain.people import Person
from tests.api.desk import Desk
from tests.serving import Served

SUBSCRIBER = Person("subscriber", "937", (), frozenset({"feed"}))


def test_what_is_under_way_is_finished(served: Served, desk: Desk) -> None:
    # Given people at work, one subscriber who waits, and one who is only connected
    ref = desk.open()
    stop = threading.Event()
    answered: list[httpx.Response] = []
    waited: list[httpx.Response] = []

    def work() -> None:
        with served.as_("caseworker") as client:
            while not stop.is_set():
                try:
                    answered.append(client.post(f"/cases/{ref}/notes", json={"text": "Rang."}))
                except httpx.TransportError:
                    return

    def wait() -> None:
        with served.with_token(served.token_of(SUBSCRIBER)) as client:
            waited.append(client.get("/feed?after=1000000&wait=30"))

    threads = [threading.Thread(target=target) for target in (work, work, work, wait)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)

    # When it is told to stop
    began = time.monotonic()
    code = served.stop()
    took = time.monotonic() - began
    stop.set()
    for thread in threads:
        thread.join(10)

    # Then it was in time, nobody got an error, and all that was acknowledged is there
    assert (code, took < 10) == (0, True), took
    assert {answer.status_code for answer in answered} == {200}
    assert [(answer.status_code, answer.json()) for answer in waited] == [(200, [])]
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{served.address}/livez")
    served.start()
    assert len(desk.events(ref, "case.note_added.v1")) >= len(answered)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_without_a_database_it_does_not_start(workers: str, tmp_path: object) -> None:
    environment = {
        "CASE_DATABASE_URL": "host=127.0.0.1 port=9 dbname=nowhere connect_timeout=1",
        "CASE_MASTER_KEY": "5a" * 32,
        "CASE_SIGNING_KEY": "a5" * 32,
        "CASE_WORKERS": workers,
    }
    away = Served(tmp_path, environment)  # type: ignore[arg-type]
    began = time.monotonic()

    with pytest.raises(RuntimeError):
        away.start()

    assert away.process is not None
    assert away.process.wait(10) == 2
    assert time.monotonic() - began < 20
