"""The keys of streams: made with a stream's first event, kept in memory while in use, destroyed to erase a person."""

import time
from collections import OrderedDict
from collections.abc import Iterable
from uuid import UUID

from services.case.store.cipher import MasterKey, StreamKey
from services.case.store.database import Database

KEPT = 5_000
SURE = 30.0  # seconds for which a key is taken to be there still: that it was destroyed is told, but may not be heard


class Keys:
    """Finds the key of a stream; None once it is destroyed."""

    def __init__(self, database: Database, master: MasterKey) -> None:
        self._database = database
        self.master = master
        self._kept: OrderedDict[UUID, tuple[StreamKey, float]] = OrderedDict()

    def of(self, stream: UUID) -> StreamKey | None:
        """The key, looked for in the database if it was not there lately."""
        kept = self._kept.get(stream)
        if kept is not None and time.monotonic() < kept[1]:
            return kept[0]
        found = self._database.row("SELECT wrapped FROM stream_keys WHERE stream = %s", [stream])
        if found is None:
            self.forget(stream)
            return None
        key = self.master.unwrap(stream, found[0])
        self.keep(key)
        return key

    def look_up(self, streams: Iterable[UUID]) -> None:
        """Have the keys of many streams in memory, where they are still there: one question instead of many."""
        now = time.monotonic()
        wanted = [stream for stream in streams if stream not in self._kept or self._kept[stream][1] <= now]
        if not wanted:
            return
        found = dict(self._database.rows("SELECT stream, wrapped FROM stream_keys WHERE stream = ANY (%s)", [wanted]))
        for stream in wanted:
            if stream in found:
                self.keep(self.master.unwrap(stream, found[stream]))
            else:
                self.forget(stream)

    def at_hand(self, stream: UUID) -> StreamKey | None:
        """The key as `of` gives it, without asking the database where it is in memory."""
        kept = self._kept.get(stream)
        return self.of(stream) if kept is None else kept[0]

    def new(self, stream: UUID) -> tuple[StreamKey, bytes]:
        """A key for a stream that begins, and its wrapped form to be stored with the first event."""
        return self.master.new_stream_key(stream)

    def keep(self, key: StreamKey) -> None:
        self._kept[key.stream] = key, time.monotonic() + SURE
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def forget(self, stream: UUID) -> None:
        self._kept.pop(stream, None)
