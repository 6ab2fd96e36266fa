"""There and back over a broker: contacts from their topic, results onto theirs, each once although notify begins
again."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import psycopg
import pytest

from services.case.application.door import once
from services.case.application.opening import open_case
from services.case.application.reference import stream_of
from services.case.application.running import Running
from services.case.domain.delivery_events import NoticeSent
from services.case.relay.contacts import contacts_of
from services.case.relay.results import results_of
from services.case.samples import sample_directory
from services.notify.running import Notify
from services.notify.settings import Settings as NotifySettings
from tests.api.desk import pupil
from tests.application.council import PEOPLE
from tests.relay.conftest import Published, following, published  # noqa: F401  a fixture
from tests.store.embedding import until

REF = "EP-2026-000001"


@contextmanager
def running(settings: NotifySettings) -> Iterator[Notify]:
    notify = Notify(settings)
    thread = threading.Thread(target=notify.run, daemon=True)
    thread.start()
    try:
        yield notify
    finally:
        notify.stopping.set()
        thread.join(20)


@pytest.fixture
def settings_of_notify(published: Published, empty_database: str, tmp_path: Path) -> NotifySettings:  # noqa: F811
    outbox = str(tmp_path / "outbox")
    kafka = {"kafka_bootstrap_servers": published.bootstrap, "kafka_topic_prefix": published.prefix}
    return msgspec.structs.replace(NotifySettings(empty_database, outbox_dir=outbox), **kafka)


def test_a_notice_goes_out_and_its_result_comes_back(
    published: Published,  # noqa: F811
    settings_of_notify: NotifySettings,
    empty_database: str,
) -> None:
    house = published.house
    house.reference.directory = sample_directory()

    def act(at_work: Running) -> bytes:
        open_case(at_work, REF, PEOPLE["caseworker"], "exclusion_prevention", pupil())
        return b""

    def sent() -> int:
        return sum(isinstance(recorded.event, NoticeSent) for recorded in house.store.load(stream_of(REF)))

    asyncio.run(house.door.change(REF, once(), act))
    with following(house.offering(), contacts_of(house), results_of(house)):
        with running(settings_of_notify):
            until(lambda: sent() == 1, "the result", 40)
        with psycopg.connect(empty_database, autocommit=True) as connection:
            connection.execute("DELETE FROM places")  # it reads everything once more
        with running(settings_of_notify), psycopg.connect(empty_database, autocommit=True) as connection:
            until(lambda: bool(connection.execute("SELECT FROM places").fetchall()), "it to have read", 40)

    assert sent() == 1
    assert len(list(Path(settings_of_notify.outbox_dir).glob("*.md"))) == 1
    keys = {event["partitionkey"] for event in published.read("case.contacts.v1")}
    assert keys == {f"{stream_of(REF)}.3:parent"}
