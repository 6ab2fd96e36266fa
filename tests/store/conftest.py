"""Recorders and stores on the test's own database."""

from collections.abc import Callable, Iterator

import pytest

from services.case.store.cipher import MasterKey
from services.case.store.database import Database
from services.case.store.event_store import EventStore
from services.case.store.keys import Keys
from services.case.store.recorder import GroupCommitRecorder

NewRecorder = Callable[[], GroupCommitRecorder]


@pytest.fixture
def new_recorder(database_url: str) -> Iterator[NewRecorder]:
    """Recorders as several processes would have, closed at the end."""
    opened: list[GroupCommitRecorder] = []

    def new() -> GroupCommitRecorder:
        opened.append(GroupCommitRecorder(database_url))
        return opened[-1]

    yield new
    for recorder in opened:
        recorder.close()


@pytest.fixture
def recorder(new_recorder: NewRecorder) -> GroupCommitRecorder:
    return new_recorder()


@pytest.fixture
def store(database_url: str) -> Iterator[EventStore]:
    database = Database(database_url)
    database.open()
    opened = EventStore(database, Keys(database, MasterKey(b"m" * 32)))
    yield opened
    opened.close()
    database.close()
