"""The event store against the library's: appends of many callers, the log followed while it grows, one case loaded."""

import asyncio
import multiprocessing
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import uvloop
from eventsourcing.persistence import StoredEvent

from contracts import chain
from services.case.domain import events as e
from services.case.domain.case import Case
from services.case.domain.folding import apply
from services.case.domain.meta import Actor, Event, Meta
from services.case.store import mapper
from services.case.store.cipher import MasterKey
from services.case.store.database import Database
from services.case.store.event_store import EventStore
from services.case.store.keys import Keys
from services.case.store.recorder import GroupCommitRecorder, Item
from tests.bench.baselines import library
from tests.bench.place import database
from tests.bench.record import Record, interleaved, median, versus

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
WHO = Meta(Actor("8d6f0f1c", "caseworker", "937"), date(2026, 11, 25), str(uuid4()), str(uuid4()), str(uuid4()))
MASTER = MasterKey(bytes(32))


def note(number: int = 1) -> Event:
    """An event whose row has about 600 bytes, a part of it sealed."""
    return e.NoteAdded(meta=WHO, note=number, personal={"text": "The pupil came to the meeting today. " * 4})


def open_store(url: str) -> EventStore:
    opened = Database(url)
    opened.open()
    return EventStore(opened, Keys(opened, MASTER))


async def ours(store: EventStore, callers: int, each: int) -> None:
    async def call(stream: UUID) -> None:
        hash = bytes(32)
        for version in range(each):
            appended = store.append(stream, version, hash, [note()], NOW)
            await asyncio.wrap_future(appended.positions)
            hash = appended.hash
            if version == 0 and appended.key is not None:
                store.keys.keep(appended.key)

    await asyncio.gather(*(call(uuid4()) for _ in range(callers)))


async def bare(recorder: GroupCommitRecorder, callers: int, each: int) -> None:
    """Ours without chain and encryption: rows of 600 bytes as they are."""
    state = bytes(600)

    async def call(stream: UUID) -> None:
        for version in range(1, each + 1):
            await asyncio.wrap_future(
                recorder.append(Item([StoredEvent(stream, version, "case.note_added.v1", state)]))
            )

    await asyncio.gather(*(call(uuid4()) for _ in range(callers)))


async def theirs(recorder: Any, callers: int, each: int) -> None:
    """The library's recorder in a pool of threads; chain and encryption are on here too."""
    loop, stamp = asyncio.get_running_loop(), chain.stamp(NOW)
    with ThreadPoolExecutor(callers) as pool:

        async def call(stream: UUID) -> None:
            hash, key = bytes(32), MASTER.new_stream_key(stream)[0]
            for version in range(1, each + 1):
                row, hash = mapper.to_stored(note(), stream, version, hash, stamp, key)
                await loop.run_in_executor(pool, recorder.insert_events, [row])

        await asyncio.gather(*(call(uuid4()) for _ in range(callers)))


def rate(work: Callable[[], Coroutine[Any, Any, None]], appends: int) -> float:
    """Appends a second."""
    began = time.perf_counter()
    uvloop.run(work())
    return appends / (time.perf_counter() - began)


def append() -> list[Record]:
    found = []
    with database() as url, library.recorder(url) as recorder:
        store = open_store(url)
        for callers, must, goal in ((16, 5, "10,000"), (64, 10, "20,000")):
            measured = interleaved(
                {
                    "ours": partial(rate, partial(ours, store, callers, 6400 // callers), 6400),
                    "library": partial(rate, partial(theirs, recorder, callers, 640 // callers), 640),
                    "bare": partial(rate, partial(bare, store.recorder, callers, 6400 // callers), 6400),
                }
            )
            without = f"without chain and encryption {median(measured['bare']):,.0f}, goal {goal}"
            found.append(
                versus(
                    f"append, {callers} callers", "appends/s", measured["ours"], measured["library"], must, True,
                    notes=without,
                )
            )  # fmt: skip
        store.close()
        store.database.close()
    return found


def _write(url: str, streams: int, each: int) -> None:
    store = open_store(url)
    uvloop.run(ours(store, streams, each))
    store.close()
    store.database.close()


def tail() -> list[Record]:
    """Two processes write 20,000 events while this one reads: it must see each once, in order."""
    context = multiprocessing.get_context("spawn")
    with database() as url:
        store = open_store(url)
        writers = [context.Process(target=_write, args=(url, 50, 200)) for _ in range(2)]
        began = time.perf_counter()
        for writer in writers:
            writer.start()
        seen: list[tuple[UUID, int, int]] = []
        while len(seen) < 20_000 and time.perf_counter() - began < 120:
            after = seen[-1][2] if seen else 0
            seen += [(recorded.stream, recorded.version, recorded.position) for recorded in store.read(after, 1000)]
        took = time.perf_counter() - began
        for writer in writers:
            writer.join()
        stored = store.head()
        store.close()
        store.database.close()
    positions = [position for _, _, position in seen]
    last: dict[UUID, int] = {}
    in_order = positions == sorted(set(positions))
    for stream, version, _ in seen:
        in_order = in_order and version == last.get(stream, 0) + 1
        last[stream] = version
    right = in_order and len({(s, v) for s, v, _ in seen}) == 20_000
    return [
        Record(
            "tail: 20,000 events of two writing processes, read meanwhile", len(seen) / took, "events/s", runs=1,
            must="none missed, none twice, in order", holds=right, notes=f"{len(seen):,} seen of {stored:,}",
        )
    ]  # fmt: skip


def load() -> list[Record]:
    """A case of 100 events: ours read, opened and folded, against the library's repository of aggregates."""
    with database() as url, library.application(url) as application:
        store = open_store(url)
        uvloop.run(ours(store, 20, 100))
        streams = list({recorded.stream for recorded in store.read(0, 5000)})
        theirs = library.write_notes(application, 20, 100)

        def mine() -> float:
            began = time.perf_counter()
            for stream in streams:
                case = Case(stream)
                for recorded in store.load(stream):
                    apply(case, recorded.event)
                assert case.version == 100
            return (time.perf_counter() - began) / len(streams) * 1000

        def librarys() -> float:
            began = time.perf_counter()
            for id in theirs:
                assert application.repository.get(id).version >= 100
            return (time.perf_counter() - began) / len(theirs) * 1000

        measured = interleaved({"ours": mine, "library": librarys}, 9)
        store.close()
        store.database.close()
    return [
        versus("load of a case of 100 events", "ms", measured["ours"], measured["library"], 3, False, goal="1.5 ms")
    ]
