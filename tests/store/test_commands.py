"""What operators run on the log: `verify`, `rebuild`, `events`, each a process of its own."""

import json

import psycopg
import pytest

from services.case.application.reference import stream_of
from services.case.wiring import House
from tests.projections.rows import fresh_rows, rows_of
from tests.projections.traffic import Traffic
from tests.store.commands import run

REF = "SC-2026-000002"


@pytest.fixture
def busy_house(house: House) -> House:
    Traffic(house.store, cases=4).run()
    return house


def test_verify_says_that_all_is_well_and_of_how_much(busy_house: House) -> None:
    done = run(busy_house, "verify")
    assert done.returncode == 0
    said = json.loads(done.stdout)
    assert said["ok"]
    assert said["events"] == len(list(busy_house.store.read_all()))
    assert said["first_bad"] is None

    of_one = json.loads(run(busy_house, "verify", "--case", REF, "--json").stdout)
    assert (of_one["ok"], of_one["streams"]) == (True, 1)
    assert of_one["events"] == len(busy_house.store.load(stream_of(REF)))


def test_verify_names_the_first_bad_event_and_fails(busy_house: House) -> None:
    with psycopg.connect(busy_house.url) as owner:
        owner.execute("ALTER TABLE events DISABLE TRIGGER USER")
        owner.execute(
            "UPDATE events SET state = set_byte(state, length(state) - 5, 0) "
            "WHERE originator_id = %s AND originator_version = 5",
            [stream_of(REF)],
        )

    done = run(busy_house, "verify")

    assert done.returncode == 1
    first_bad = json.loads(done.stdout)["first_bad"]
    assert (first_bad["stream"], first_bad["version"]) == (str(stream_of(REF)), 5)
    assert run(busy_house, "verify", "--case", REF).returncode == 1
    assert run(busy_house, "verify", "--case", "SC-2026-000003").returncode == 0


def test_rebuild_refills_one_read_model_and_knows_its_names(busy_house: House) -> None:
    for model in busy_house.projecting.models:
        done = run(busy_house, "rebuild", model.name)
        assert (done.returncode, done.stderr) == (0, "")
    assert rows_of(busy_house) == fresh_rows(busy_house)

    refused = run(busy_house, "rebuild", "gossip")
    assert refused.returncode == 2
    assert all(model.name in refused.stderr for model in busy_house.projecting.models)


def test_events_prints_every_event_with_its_hash_and_nothing_personal(busy_house: House) -> None:
    lines = [json.loads(line) for line in run(busy_house, "events").stdout.splitlines()]
    history = list(busy_house.store.read_all())
    assert [(line["stream"], line["version"], line["type"]) for line in lines] == [
        (str(r.stream), r.version, r.type) for r in history
    ]
    assert [line["hash"] for line in lines] == [r.row.hash.hex() for r in history]
    assert all("personal" not in line and "personal" not in line["facts"] for line in lines)
    assert "Example SC-2026" not in json.dumps(lines)

    after = lines[10]["position"]
    assert [json.loads(line) for line in run(busy_house, "events", "--after", str(after)).stdout.splitlines()] == lines[
        11:
    ]
    of_one = [json.loads(line) for line in run(busy_house, "events", "--case", REF, "--after", "3").stdout.splitlines()]
    assert [line["version"] for line in of_one] == list(range(4, len(busy_house.store.load(stream_of(REF))) + 1))
