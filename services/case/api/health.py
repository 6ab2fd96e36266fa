"""Whether the process lives, whether it can work, and its figures."""

import asyncio
import contextlib
import os
import time

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.requests import Request
from starlette.responses import Response

from services.case.outbox.status import status
from services.case.projections.cases import standing_still
from services.case.store.database import DatabaseAway
from services.case.wiring import House

REGISTRY = CollectorRegistry()
REQUESTS = Counter("case_requests", "Requests by route and status.", ["route", "status"], registry=REGISTRY)
SECONDS = Histogram("case_request_seconds", "Time to answer, by route.", ["route"], registry=REGISTRY)


def _gauge(name: str, words: str) -> Gauge:
    return Gauge(name, words, registry=REGISTRY, multiprocess_mode="mostrecent")


STANDING_STILL = _gauge("cases_without_next_step", "Open cases that nothing can move; should be 0.")
LAG = _gauge("projection_lag_events", "Positions that the read models are behind the log.")
OVERDUE = _gauge("deadlines_overdue", "Duties that were missed and are still owed.")
OUTBOX = _gauge("outbox_lag_events", "Events that are recorded and not published yet.")
OLDEST = _gauge("outbox_oldest_seconds", "For how long the first of these has waited.")
HELD = _gauge("outbox_held_streams", "Streams that wait because an event cannot be published; should be 0.")
PARKED = _gauge("results_parked", "Results of deliveries that came back and could not be read; should be 0.")
SHARED = "PROMETHEUS_MULTIPROC_DIR"  # where the processes of one service keep their figures, if there are several
FRESH = 10.0  # seconds for which figures from the database are good
PATIENCE = 3.0  # seconds


async def live(request: Request) -> Response:
    return Response("ok", media_type="text/plain")


async def ready(request: Request) -> Response:
    """503 while the database does not answer."""
    house = request.app.state.house
    try:
        async with asyncio.timeout(PATIENCE):
            await asyncio.to_thread(house.database.row, "SELECT 1")
    except (DatabaseAway, TimeoutError):
        return Response("the database is away", 503, {"Retry-After": "1"}, "text/plain")
    return Response("ok", media_type="text/plain")


async def metrics(request: Request) -> Response:
    with contextlib.suppress(DatabaseAway, TimeoutError):  # then what was last known is shown
        async with asyncio.timeout(PATIENCE):
            await asyncio.to_thread(FIGURES.look, request.app.state.house)
    registry = REGISTRY
    if folder := os.environ.get(SHARED):
        registry = CollectorRegistry()
        MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class Figures:
    """Asks the database for the gauges' values, not more often than they can be news."""

    def __init__(self) -> None:
        self._looked_at = -FRESH

    def look(self, house: House) -> None:
        if time.monotonic() - self._looked_at < FRESH:
            return
        self._looked_at = time.monotonic()
        STANDING_STILL.set(standing_still(house.database))
        LAG.set(max(0, house.store.head() - house.projected.position))
        row = house.database.row("SELECT count(*) FROM deadlines WHERE state = 'missed' AND task > 0")
        OVERDUE.set(row[0] if row else 0)
        outbox = status(house.database, bool(house.settings.kafka_bootstrap_servers), house.clock.now())
        OUTBOX.set(outbox.behind)
        OLDEST.set(outbox.oldest_seconds)
        HELD.set(len(outbox.held))
        PARKED.set(outbox.parked)


FIGURES = Figures()
