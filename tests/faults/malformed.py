"""Malformed records on the topics of audit, notify and the case service while people work: each is parked or found, and
told by its place; nobody ends of it, and the good ones between them are handled."""

import threading
from contextlib import closing

from kafka import KafkaProducer

from tests.bench.record import Record
from tests.faults.all_services import AllServices, all_services
from tests.faults.clients import Crowd
from tests.faults.invariants import as_text, findings
from tests.faults.junk import junk
from tests.faults.work import Casework
from tests.store.embedding import until

CLIENTS = 8
PER_SECOND = 60.0  # commands
BATCH = 50  # records at a time, so that good ones come between
LATEST = 120.0  # seconds
CONSUMERS = {  # the topic, what it carries, and how many records its reader has reported
    "audit": ("case.events.v1", "case.key_destroyed.v1", "SELECT count(*) FROM findings WHERE kind = 'malformed'"),
    "notify": ("case.contacts.v1", "delivery.offered.v1", "SELECT count(*) FROM parked"),
    "web": ("notify.results.v1", "delivery.result.v1", "SELECT count(*) FROM parked_results"),
}
PLACES = {
    "audit": "SELECT count(DISTINCT place) FROM findings",
    "notify": "SELECT count(DISTINCT place) FROM parked",
    "web": "SELECT count(DISTINCT place) FROM parked_results",
}
MUST = "each reported once by its place, no process ends, everything good handled"


def malformed(size: int) -> list[Record]:
    """So many for each consumer."""
    with all_services() as running:
        before = running.pids
        with Crowd(running.web, [Casework(number) for number in range(CLIENTS)], PER_SECOND) as crowd:
            until(lambda: len(crowd.good) > CLIENTS, "commands to be taken", LATEST)
            threads = [threading.Thread(target=pour, args=(running, name, size)) for name in CONSUMERS]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            good = len(crowd.good)
            until(lambda: len(crowd.good) > good + CLIENTS, "commands to be taken", LATEST)
        found = running.findings()
        for name, (_, _, reported) in CONSUMERS.items():
            until(lambda: running.ask(name, reported) >= size, f"all to be reported by {name}", LATEST)  # noqa: B023
            counts = running.ask(name, reported), running.ask(name, PLACES[name])
            found += [f"{name} reported {counts} of {size}"] if counts != (size, size) else []
        found += findings(running.web, crowd)
        found += ["a process ended"] if running.pids != before else []
        sent = len(running.govuk.sent)
    notes = f"{len(crowd.good):,} commands acknowledged and {sent} notices sent meanwhile; {as_text(found)}"
    return [
        Record("malformed records for audit, notify and the case service each", size, "records", runs=1, must=MUST,
               holds=not found, notes=notes)
    ]  # fmt: skip


def pour(running: AllServices, name: str, size: int) -> None:
    """Spread over the partitions of the topic."""
    topic, type, _ = CONSUMERS[name]
    topic = running.names_on_broker["KAFKA_TOPIC_PREFIX"] + topic
    with closing(KafkaProducer(bootstrap_servers=running.broker.bootstrap, linger_ms=5)) as producer:
        numbers = sorted(producer.partitions_for(topic))
        for sent, record in enumerate(junk(size, type)):
            partition = numbers[sent // BATCH % len(numbers)]
            headers = [(name, value or b"") for name, value in record.headers]
            producer.send(topic, record.value, record.key, headers, partition)
            if sent % BATCH == BATCH - 1:
                producer.flush(20)
        producer.flush(20)
