"""The eventsourcing library's own tests of recorders, unchanged, on our recorder; a database for each test."""

import sys
from collections.abc import Iterator
from typing import ClassVar
from unittest.mock import patch

import pytest
from eventsourcing import cryptography
from eventsourcing.persistence import ApplicationRecorder

from services.case.store.recorder import GroupCommitRecorder

with patch.dict(sys.modules, {"eventsourcing.cipher": cryptography}):
    # The library's tests ask for its cipher on another package than the one we have; recorders use neither.
    from eventsourcing.tests import persistence


class OnOurRecorder:
    url: ClassVar[str]
    opened: ClassVar[list[GroupCommitRecorder]]

    @pytest.fixture(autouse=True)
    def own_database(self, database_url: str, capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
        type(self).url, type(self).opened = database_url, []
        yield
        for recorder in self.opened:
            recorder.close()

    def create_recorder(self) -> ApplicationRecorder:
        recorder = GroupCommitRecorder(self.url)
        self.opened.append(recorder)
        return recorder


class TestApplicationRecorder(OnOurRecorder, persistence.ApplicationRecorderTestCase[ApplicationRecorder]):
    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestPositionsOfAnInsertDoNotInterleave(OnOurRecorder, persistence.NonInterleavingNotificationIDsBaseCase):
    pass
