"""Publishing again, to a topic of somebody's choice: the records are those of the first time, ids and all."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from uuid import UUID, uuid4

from kafka.admin import KafkaAdminClient

from contracts.envelope import to_record
from services.case.outbox.turns import Outbox, Turn
from services.case.relay.client import BrokerError, connection
from services.case.relay.transactions import Transactions
from services.case.settings import Settings

BATCH = 500


def between(outbox: Outbox, first: int, last: int) -> Iterator[Turn]:
    """All turns at the places from `first` to `last`, in their order."""
    after = first - 1
    while (page := outbox.read(after, BATCH)).place > after:
        yield from (turn for turn in page.turns if turn.place <= last)
        after = page.place
        if after >= last:
            return


def of_stream(outbox: Outbox, stream: UUID) -> Sequence[Turn]:
    """All turns of one stream so far."""
    return outbox.stream(stream).turns


def republish(settings: Settings, turns: Iterable[Turn], topic: str, progress: Callable[[int], None]) -> int:
    """Send turns to a topic, 500 in a transaction; how many that were. Raises BrokerError, RecordRefused."""
    with KafkaAdminClient(**connection(settings)) as admin:
        if topic not in admin.list_topics():
            raise BrokerError(f"there is no topic {topic}")
    done, waiting = 0, iter(turns)
    with closing(Transactions(settings, f"republish.{uuid4()}")) as transactions:
        transactions.open()
        while batch := list(islice(waiting, BATCH)):
            transactions.publish((topic, to_record(turn.event())) for turn in batch)
            done += len(batch)
            progress(done)
    return done
