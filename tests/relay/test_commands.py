"""The commands of an operator, and the whole service beside a broker."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from services.case.relay.topics import make_topics
from services.case.settings import Settings
from tests.api.desk import Desk, house_of
from tests.brokers.choice import Broker, own_names
from tests.relay.conftest import Published, assert_whole, on
from tests.relay.processes import run
from tests.relay.reading import read_all
from tests.relay.streams import Stream, breaking_its_contract
from tests.relay.test_feed import SUBSCRIBER
from tests.serving import ROOT, Served, serve
from tests.store.embedding import data_folder, until


def test_a_case_or_a_part_of_the_log_is_published_again(published: Published) -> None:
    settings = published.house.settings
    one, other = Stream(published.house, 1), Stream(published.house, 2)
    first, last = one.notes(1, 2)[-1], other.notes(1, 2)[-1]
    target = f"{published.prefix}case.access.v1"
    with published.relaying():
        published.until_drained()

    case = run(settings, "republish", "--case", one.ref, "--topic", target)
    part = run(settings, "republish", "--from", str(first), "--to", str(last), "--topic", target)
    nowhere = run(settings, "republish", "--case", one.ref, "--topic", "nowhere")

    assert (case.returncode, part.returncode, nowhere.returncode) == (0, 0, 2)
    events = {event["id"]: event for event in published.read("case.events.v1")}
    again = read_all(published.bootstrap, [target])
    ids = [f"{one.id}.{n}" for n in (1, 2, 3, 3)] + [f"{other.id}.{n}" for n in (2, 3)]
    assert sorted(event["id"] for event in again) == sorted(ids)
    assert all(event == events[event["id"]] for event in again)
    assert_whole(published)


def test_topics_are_made_once_and_what_differs_is_told(settings: Settings, kafka: dict[str, str]) -> None:
    mine = on(settings, kafka)
    made, again = make_topics(mine, replicas=1), make_topics(mine, replicas=1)
    prefix = kafka["KAFKA_TOPIC_PREFIX"]

    assert f"{prefix}case.events.v1" in made.created and len(made.created) == 6
    assert (again.created, again.differences) == ([], [])
    more = make_topics(mine, replicas=3)
    assert {(d.topic, d.setting, d.wanted, d.found) for d in more.differences} >= {
        (f"{prefix}case.events.v1", "replicas", "3", "1"),
        (f"{prefix}case.events.v1", "min.insync.replicas", "2", "1"),
    }


@pytest.fixture
def served(broker: Broker) -> Iterator[Served]:
    with data_folder() as data:
        environment = own_names(broker.bootstrap)
        made = run(on(Settings(data_dir=data), environment), "topics", "--replicas", "1")
        assert made.returncode == 0, made.stderr
        with serve(data, clock="2026-09-28T09:00:00+01:00", environment=environment, alone=False) as running:
            yield running


def test_beside_a_broker_a_case_goes_out_and_what_became_of_its_notices_comes_back(
    served: Served,
) -> None:
    desk = Desk(served)
    desk.strangers["subscriber"] = SUBSCRIBER
    bootstrap, prefix = (served.environment[name] for name in ("KAFKA_BOOTSTRAP_SERVERS", "KAFKA_TOPIC_PREFIX"))
    ref = desk.moved_to_terms()

    def on_topic() -> list[dict[str, Any]]:
        events = read_all(bootstrap, [f"{prefix}case.events.v1"])
        found = [event for event in events if event["subject"] == ref]
        return found if len([e for e in found if e["type"] == "case.notice_sent.v1"]) == 4 else []

    found = until(on_topic, "the case and its notices on the topic", 20)
    feed = desk.as_("subscriber").get("/feed?limit=1000", headers={"Wait-For": str(desk.head())}).json()
    assert [event for event in feed if event["subject"] == ref] == found
    assert [event["sequence"] for event in found] == list(range(1, len(found) + 1))

    with house_of(served) as house:
        stream = Stream(house, 77)
        stream.add(breaking_its_contract())
        until(lambda: house.database.row("SELECT 1 FROM held_streams"), "the stream to be held")
        settings = on(house.settings, dict(served.environment))
        status = run(settings, "relay", "--status", "--json")
        release = run(settings, "release", str(stream.id))

    assert status.returncode == 1
    (held,) = json.loads(status.stdout)["held"]
    assert (held["stream"], held["version"], held["waiting"]) == (str(stream.id), 2, 1)
    assert (release.returncode, "stays held: version 2" in release.stderr) == (1, True)
    desk.close()


def test_where_no_broker_is_set_nothing_of_its_client_is_loaded() -> None:
    loads = "import sys, services.case.commands.web, services.case.background, services.case.api.app"
    program = f"{loads}; sys.exit('kafka' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
