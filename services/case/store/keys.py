"""The keys of streams: made with a stream's first event, kept in memory while in use, destroyed to erase a person."""

from collections import OrderedDict
from uuid import UUID

from services.case.store.cipher import MasterKey, StreamKey
from services.case.store.database import Database

KEPT = 20_000


class Keys:
    """Finds the key of a stream; None once it is destroyed."""

    def __init__(self, database: Database, master: MasterKey) -> None:
        self._database = database
        self.master = master
        self._kept: OrderedDict[UUID, StreamKey] = OrderedDict()

    def of(self, stream: UUID) -> StreamKey | None:
        key = self._kept.get(stream)
        if key is None:
            found = self._database.row("SELECT wrapped FROM stream_keys WHERE stream = %s", [stream])
            if found is None:
                return None
            key = self.master.unwrap(stream, found[0])
            self.keep(key)
        return key

    def new(self, stream: UUID) -> tuple[StreamKey, bytes]:
        """A key for a stream that begins, and its wrapped form to be stored with the first event."""
        return self.master.new_stream_key(stream)

    def keep(self, key: StreamKey) -> None:
        self._kept[key.stream] = key
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def forget(self, stream: UUID) -> None:
        self._kept.pop(stream, None)
