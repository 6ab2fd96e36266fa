"""The broker away, twice, while people work on: commands are answered as if nothing were, nothing is lost, and what has
gathered is published fast."""

import time

from tests.bench.record import Record
from tests.faults.all_services import AllServices, all_services
from tests.faults.clients import Crowd
from tests.faults.invariants import as_text, findings
from tests.faults.work import Casework
from tests.store.embedding import until

CLIENTS = 16
PER_SECOND = 60.0  # commands
LONGER = 5  # times as long, the second time
FAST = 1_000  # events a second
LATEST = 300.0  # seconds
BETWEEN = "SELECT count(*) FROM events WHERE notification_id > %s AND notification_id <= %s"
MUST = "commands answered meanwhile, none turned away"


def broker(size: int) -> list[Record]:
    """Stopped for so many seconds, then for five times as many."""
    with all_services() as running:
        with Crowd(running.web, [Casework(number) for number in range(CLIENTS)], PER_SECOND) as crowd:
            until(lambda: len(crowd.good) > CLIENTS, "commands to be taken", LATEST)
            records = [record for seconds in (size, LONGER * size) for record in away(running, crowd, seconds)]
        found = running.findings() + findings(running.web, crowd)
    said = f"{len(crowd.good):,} commands acknowledged, {len(running.govuk.sent)} notices; {as_text(found)}"
    must = "nothing lost, nothing twice, each stream in order, ledger equal to store"
    return [
        *records,
        Record("after the broker was away", 2, "times", runs=1, must=must, holds=not found, notes=said),
    ]


def away(running: AllServices, crowd: Crowd, seconds: int) -> list[Record]:
    """Once. Clients work on all the time, also while what has gathered is published."""
    running.broker.stop()
    answered, turned_away = len(crowd.good), crowd.statuses[503]
    time.sleep(seconds)
    answered, turned_away = len(crowd.good) - answered, crowd.statuses[503] - turned_away
    start = running.relayed
    running.broker.start()
    back = time.monotonic()
    until(lambda: running.relayed > start, "something to be published", LATEST)
    began, end = time.monotonic(), running.log_end
    first = running.relayed
    until(lambda: running.relayed >= end, "all to be published", LATEST)
    took = max(time.monotonic() - began, 0.001)
    gathered, rest = running.ask("web", BETWEEN, [start, end]), running.ask("web", BETWEEN, [first, end])
    rate = rest / took
    notes = (
        f"{gathered:,} events had gathered; the first was published {began - back:.1f} s after the broker answered, "
        f"the last after {time.monotonic() - back:.1f} s"
    )
    served = answered > 0 and turned_away == 0
    return [
        Record(
            f"commands while the broker was away for {seconds} s", answered / seconds, "commands/s", runs=1, must=MUST,
            holds=served, notes=f"{answered:,} acknowledged, {turned_away} turned away",
        ),
        Record(
            f"drained after the broker was away for {seconds} s", rate, "events/s", runs=1, must=f"> {FAST:,}",
            holds=rate > FAST or rest == 0, timed=True, notes=notes,
        ),
    ]  # fmt: skip
