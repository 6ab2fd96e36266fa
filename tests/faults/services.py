"""kill -9 under load of any of web, relay, notify and audit, on Apache Kafka and PostgreSQL: what was acknowledged is
stored and published once and in order, nobody gets a notice twice, the ledger is the store."""

import random
import time

import httpx
import msgspec

from tests.bench.record import Record
from tests.faults.all_services import ENTERED, AllServices, all_services
from tests.faults.clients import Crowd
from tests.faults.invariants import as_text, findings
from tests.faults.kills import LATEST, first_effects, wait_for
from tests.faults.work import Casework, opening

CLIENTS = 16
PER_SECOND = 60.0  # commands: 20,000 in the time that 200 kills take
PER_KILL = 100  # commands
PER_CASE = 40  # commands
MUST = (
    "every acknowledged event stored and published once, in order and without a gap, no notice sent twice, "
    "ledger equal to store"
)


def services(size: int) -> list[Record]:
    """So many kills."""
    chance = random.Random(size)
    effects: dict[str, list[float]] = {}
    with all_services() as running:
        work = [Casework(number, PER_CASE) for number in range(CLIENTS)]
        with Crowd(running.web, work, PER_SECOND) as crowd:
            for _ in range(size):
                time.sleep(chance.uniform(0.2, 1.0))
                name = chance.choice(running.names)
                running.kill([name])
                effects.setdefault(name, []).append(restarted(running, crowd, name))
            wait_for(crowd, PER_KILL * size, LATEST * size)
        found = running.findings() + findings(running.web, crowd)
        sent = len(running.govuk.sent)
    acknowledged, cases = len(crowd.good), sum(answer.command.path == "/cases" for answer in crowd.good)
    notes = f"{acknowledged:,} commands acknowledged over {cases} cases, {sent} notices sent; {as_text(found)}"
    right = not found and acknowledged >= PER_KILL * size
    return [
        Record("kill -9 of web, relay, notify and audit", size, "kills", runs=1, must=MUST, holds=right, notes=notes),
        *first_effects(effects),
    ]


def restarted(running: AllServices, crowd: Crowd, name: str) -> float:
    """Start what was killed; seconds from there to the first thing that it brought about: a command acknowledged, a
    record on a topic, a message at the channel, an entry in the ledger."""
    before = done(running, name)
    began = time.monotonic()
    running.start([name])
    if name == "notify":
        something_to_send(running)
    while time.monotonic() - began < LATEST:
        if crowd.good_since(began) if name == "web" else done(running, name) > before:
            break
        time.sleep(0.02)
    return time.monotonic() - began


def done(running: AllServices, name: str) -> int:
    """How much a service has done so far; of web the clients know."""
    match name:
        case "relay":
            return running.relayed
        case "notify":
            return len(running.govuk.sent)
        case "audit":
            return int(running.ask("audit", ENTERED))
    return 0


def something_to_send(running: AllServices) -> None:
    """A case of our own: clients open one now and then only."""
    command = opening()
    headers = {"Authorization": f"Bearer {running.web.token(command.by)}", "Idempotency-Key": command.key}
    body = msgspec.json.encode(command.body)
    address = f"{running.web.address}/api/v1{command.path}"
    httpx.post(address, content=body, headers={**headers, "Content-Type": "application/json"}, timeout=30)
