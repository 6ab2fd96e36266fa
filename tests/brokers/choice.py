"""Which broker the tests run on: the one that is named, one in Docker, or Apache Kafka from its jars. Never a fake one.

`KAFKA_TEST_BROKER` = `env`, `docker` or `jars` forces one. With `REQUIRE_ALL=1` having none is a failure, not a skip.
"""

import os
from collections.abc import Callable, Mapping
from typing import NoReturn, Protocol
from uuid import uuid4

import pytest

from tests.brokers.apache import ApacheKafka, answers
from tests.brokers.docker import DockerKafka, NoDocker
from tests.brokers.jars import NoJars

NAMED = os.environ.pop("KAFKA_BOOTSTRAP_SERVERS", "")  # taken away: a service under test is told its broker by its test
os.environ.pop("KAFKA_TOPIC_PREFIX", None)


class Broker(Protocol):
    """A running broker: what it is, and where."""

    name: str
    bootstrap: str

    def close(self) -> None: ...


class NoBroker(Exception):
    """There is none of this kind; the message says why."""


class NamedBroker:
    """The one at `KAFKA_BOOTSTRAP_SERVERS`. It is somebody's: tests only use names of their own there."""

    def __init__(self) -> None:
        self.bootstrap = NAMED
        self.name = "the broker of KAFKA_BOOTSTRAP_SERVERS"
        if not NAMED:
            raise NoBroker("KAFKA_BOOTSTRAP_SERVERS is not set")
        if not answers(NAMED):
            raise NoBroker("no broker answers at KAFKA_BOOTSTRAP_SERVERS")

    def close(self) -> None:
        """It was not ours to start."""


KINDS: dict[str, Callable[[], Broker]] = {
    "env": NamedBroker,
    "docker": DockerKafka,
    "jars": lambda: ApacheKafka().begin(),
}


def choose(environment: Mapping[str, str] = os.environ) -> tuple[Broker, list[str]]:
    """The first that can be had, with why others were passed over. Raises NoBroker with all reasons."""
    forced = environment.get("KAFKA_TEST_BROKER", "")
    if forced and forced not in KINDS:
        raise NoBroker(f"KAFKA_TEST_BROKER: one of {', '.join(KINDS)}")
    passed_over: list[str] = []
    for kind in [forced] if forced else KINDS:
        try:
            return KINDS[kind](), passed_over
        except (NoBroker, NoDocker, NoJars) as reason:
            passed_over.append(f"{kind}: {reason}")
    raise NoBroker("; ".join(passed_over))


def missing(what: str, reason: object) -> NoReturn:
    """Skip for something that this machine lacks, by name; where all is required, fail."""
    said = f"no {what}: {reason}"
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(said, pytrace=False)
    pytest.skip(said)


def own_names(bootstrap: str) -> dict[str, str]:
    """The environment of a service on this broker, its topics and producers named by nobody else."""
    return {"KAFKA_BOOTSTRAP_SERVERS": bootstrap, "KAFKA_TOPIC_PREFIX": f"test-{uuid4().hex[:8]}."}
