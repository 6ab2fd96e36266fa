"""The choice of a broker for tests: quick, in order, and never silent."""

import socket
import time
from collections.abc import Iterator

import pytest

from tests.brokers import choice
from tests.brokers.apache import ApacheKafka, answers
from tests.brokers.choice import KINDS, Broker, NoBroker, choose, missing
from tests.brokers.docker import PATIENCE, NoDocker, ask_engine
from tests.ports import free_port


@pytest.fixture
def hanging() -> Iterator[str]:
    """The address of something that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield f"127.0.0.1:{silent.getsockname()[1]}"


@pytest.fixture
def closed() -> str:
    """An address at which nobody listens."""
    return f"127.0.0.1:{free_port()}"


def test_an_engine_without_a_socket_is_passed_over() -> None:
    with pytest.raises(NoDocker, match=r"answers at unix:///nowhere/docker\.sock$"):
        ask_engine("unix:///nowhere/docker.sock")


def test_an_engine_that_hangs_is_given_up_within_three_seconds(hanging: str) -> None:
    began = time.monotonic()
    with pytest.raises(NoDocker):
        ask_engine(f"tcp://{hanging}")

    assert PATIENCE <= time.monotonic() - began < 3


@pytest.mark.parametrize("address", ["ssh://somebody@somewhere", "tcp://127.0.0.1:0", "nonsense"])
def test_an_address_that_cannot_be_asked_is_passed_over(address: str) -> None:
    with pytest.raises(NoDocker):
        ask_engine(address)


def test_another_server_is_not_taken_for_an_engine(broker: Broker) -> None:
    with pytest.raises(NoDocker):
        ask_engine(f"tcp://{broker.bootstrap}")


def test_only_what_speaks_kafka_is_a_broker(broker: Broker, hanging: str, closed: str) -> None:
    assert answers(broker.bootstrap)
    assert not answers(closed)
    assert not answers(hanging, 0.2)
    assert not answers("nonsense")


def test_the_named_broker_comes_first(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "NAMED", broker.bootstrap)

    chosen, passed_over = choose({})

    assert (chosen.bootstrap, passed_over) == (broker.bootstrap, [])


def test_what_is_passed_over_is_named_with_its_reason(monkeypatch: pytest.MonkeyPatch, hanging: str) -> None:
    monkeypatch.setattr(choice, "NAMED", "")
    monkeypatch.setenv("DOCKER_HOST", f"tcp://{hanging}")
    monkeypatch.setitem(KINDS, "jars", lambda: ApacheKafka())  # not started: what is asked is the order

    chosen, passed_over = choose({})

    chosen.close()
    assert "from its jars" in chosen.name
    assert passed_over == [
        "env: KAFKA_BOOTSTRAP_SERVERS is not set",
        f"docker: no Docker engine answers at tcp://{hanging}",
    ]


def test_a_kind_that_is_forced_is_the_only_one_tried(monkeypatch: pytest.MonkeyPatch, closed: str) -> None:
    monkeypatch.setattr(choice, "NAMED", closed)

    with pytest.raises(NoBroker, match=r"^env: no broker answers at KAFKA_BOOTSTRAP_SERVERS$"):
        choose({"KAFKA_TEST_BROKER": "env"})
    with pytest.raises(NoBroker, match=r"one of env, docker, jars"):
        choose({"KAFKA_TEST_BROKER": "a fake"})


def test_what_is_missing_is_a_skip_by_name_and_a_failure_where_all_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REQUIRE_ALL", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no Kafka broker: there is no java"):
        missing("Kafka broker", "there is no java")

    monkeypatch.setenv("REQUIRE_ALL", "1")
    with pytest.raises(pytest.fail.Exception, match="no Kafka broker: there is no java"):
        missing("Kafka broker", "there is no java")
