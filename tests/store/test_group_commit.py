"""Many callers in one transaction: each item whole or not at all, and none the worse for its neighbours."""

import statistics
import time
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from uuid import uuid4

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError, OperationalError

from services.case.store.recorder import (
    QUEUE,
    Busy,
    Claim,
    Claimed,
    CommandRecord,
    Conflict,
    GroupCommitRecorder,
    Item,
    Repeated,
    Stopped,
)
from tests.store.conftest import NewRecorder
from tests.store.items import held_up, item, stored

Stored = Future[list[int]]


def results(futures: list[Stored]) -> list[object]:
    """Positions, or the class of the exception."""
    wait_for(futures, 20)
    return [type(f.exception(0)) if f.exception(0) else f.result(0) for f in futures]


def in_one_batch(recorder: GroupCommitRecorder, url: str, items: list[Item]) -> list[object]:
    with held_up(url) as stopper:
        first = recorder.append(item())
        stopper.held_up()
        futures = [recorder.append(each) for each in items]
    first.result(20)
    return results(futures)


def test_a_conflict_touches_nobody_else(recorder: GroupCommitRecorder, database_url: str) -> None:
    taken = uuid4()
    recorder.append(item(taken, events=3)).result(20)

    found = in_one_batch(
        recorder, database_url, [item(events=2), item(taken, after=2, events=2), item(), item(taken, after=3)]
    )

    assert found == [[5, 6], Conflict, [7], [8]]
    assert [version for stream, version, _ in stored(database_url) if stream == taken] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "poison",
    [
        item(topic="a\0b"),
        item(topic="a\ud800b"),
        item(after=2**70),
        item(topic=None),  # type: ignore[arg-type]
        Item([*item().events, *item().events][:1] * 2),
    ],
    ids=["NUL", "half a surrogate pair", "a version too large", "no topic", "twice the same version"],
)
def test_an_item_that_cannot_be_stored_falls_alone(
    recorder: GroupCommitRecorder, database_url: str, poison: Item
) -> None:
    found = in_one_batch(recorder, database_url, [item(events=2), poison, item()])

    assert found[1] is IntegrityError
    assert [type(positions) for positions in (found[0], found[2])] == [list, list]
    assert len(stored(database_url)) == 4
    assert recorder.append(item()).result(20)


def test_items_of_one_stream_are_stored_in_the_order_in_which_they_came(
    recorder: GroupCommitRecorder, database_url: str
) -> None:
    stream, claim = uuid4(), Claim("upn", b"digest")

    found = in_one_batch(
        recorder,
        database_url,
        [item(claims=[claim]), item(stream, claims=[Claim("upn", b"other"), claim]), item(stream), item(stream, 1)],
    )

    assert found[:3] == [[2], Claimed, [3]]
    assert found[3] == [4]


def test_positions_are_the_places_in_the_log(recorder: GroupCommitRecorder, database_url: str) -> None:
    items = [item(events=n % 3 + 1) for n in range(50)]

    found = in_one_batch(recorder, database_url, items)

    places = {(stream, version): position for stream, version, position in stored(database_url)}
    for each, positions in zip(items, found, strict=True):
        assert positions == [places[e.originator_id, e.originator_version] for e in each.events]  # type: ignore[index]


def test_a_full_queue_turns_callers_away_and_loses_nothing(recorder: GroupCommitRecorder, database_url: str) -> None:
    with held_up(database_url) as stopper:
        first = recorder.append(item())
        stopper.held_up()
        futures = [recorder.append(item(events=100)) for _ in range(QUEUE // 100)]
        with pytest.raises(Busy):
            recorder.append(item())
    first.result(20)
    assert all(isinstance(found, list) for found in results(futures))
    assert len(stored(database_url)) == QUEUE + 1
    assert recorder.append(item()).result(20)


def test_an_item_larger_than_the_queue_is_taken_when_nothing_waits(recorder: GroupCommitRecorder) -> None:
    assert len(recorder.append(item(events=QUEUE + 1)).result(20)) == QUEUE + 1


def test_the_same_command_many_times_at_once_is_stored_once(new_recorder: NewRecorder, database_url: str) -> None:
    command = CommandRecord(uuid4(), b"asked", b"answered")
    recorders = [new_recorder(), new_recorder()]

    found = results([recorders[n % 2].append(item(command=command)) for n in range(16)])

    assert found.count(Repeated) == 15
    assert len(stored(database_url)) == 1


def test_what_many_claim_at_once_one_holds_until_it_gives_it_up(new_recorder: NewRecorder) -> None:
    claim = Claim("upn:937", b"digest")
    recorders = [new_recorder(), new_recorder()]
    items = [item(claims=[claim]) for _ in range(16)]

    found = results([recorders[n % 2].append(each) for n, each in enumerate(items)])

    assert found.count(Claimed) == 15
    holder = next(each.stream for each, got in zip(items, found, strict=True) if got is not Claimed)
    recorder = recorders[0]
    assert recorder.append(item(holder, after=1, claims=[claim])).result(20)  # it holds it already
    assert results([recorder.append(item(claims=[Claim("upn:937", b"digest", hold=False)]))])  # not its own to give
    assert results([recorder.append(item(claims=[claim]))]) == [Claimed]
    given_up = item(holder, after=2, claims=[Claim("upn:937", b"digest", hold=False)])
    assert results([recorder.append(given_up), recorder.append(item(claims=[claim]))]) == [[4], [5]]


def test_an_item_whose_caller_has_gone_is_not_stored_unless_it_is_being_written(
    recorder: GroupCommitRecorder, database_url: str
) -> None:
    with held_up(database_url) as stopper:
        being_written = recorder.append(item())
        stopper.held_up()
        waiting, other = recorder.append(item()), recorder.append(item())
        assert not being_written.cancel()
        assert waiting.cancel()

    assert being_written.result(20) == [1]
    assert other.result(20) == [2]
    assert recorder.append(item()).result(20) == [3]


def test_a_lost_connection_is_said_to_be_one_and_the_writer_recovers(
    recorder: GroupCommitRecorder, database_url: str
) -> None:
    with held_up(database_url) as stopper:
        lost = recorder.append(item(events=3))
        backend = stopper.held_up()
        after = recorder.append(item(events=2))
        with psycopg.connect(database_url, autocommit=True) as killer:
            killer.execute("SELECT pg_terminate_backend(%s)", [backend])
        assert results([lost]) == [OperationalError]

    assert len(after.result(20)) == 2
    assert len(stored(database_url)) == 2


def test_closing_writes_what_waits_and_takes_no_more(new_recorder: NewRecorder, database_url: str) -> None:
    recorder = new_recorder()
    futures = [recorder.append(item()) for _ in range(20)]
    recorder.close()

    assert all(isinstance(found, list) for found in results(futures))
    with pytest.raises(Stopped):
        recorder.append(item())


def test_a_lone_caller_waits_for_nobody(recorder: GroupCommitRecorder) -> None:
    def seconds() -> float:
        began = time.perf_counter()
        recorder.append(item()).result(20)
        return time.perf_counter() - began

    assert statistics.median(seconds() for _ in range(60)) < 0.2


def test_of_many_that_write_the_same_version_one_wins(new_recorder: NewRecorder, database_url: str) -> None:
    stream, last = uuid4(), 60
    recorders = [new_recorder(), new_recorder()]

    def race(number: int) -> int:
        version = wins = 0
        while version < last:
            try:
                recorders[number % 2].append(item(stream, after=version)).result(20)
                wins += 1
            except Conflict:
                pass
            version += 1
        return wins

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(race, range(16))) == last
    assert [version for _, version, _ in stored(database_url)] == list(range(1, last + 1))
