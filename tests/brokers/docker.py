"""A broker and a PostgreSQL in containers, through testcontainers; and whether a Docker engine is there at all."""

import os
import socket
import time
from typing import Any
from urllib.parse import urlsplit

KAFKA = "confluentinc/cp-kafka:7.9.1"  # the images that testcontainers can start
POSTGRESQL = "postgres:18"
SOCKET = "unix:///var/run/docker.sock"
PATIENCE = 2.0  # seconds to find out


class NoDocker(Exception):
    """No Docker engine answers, or it cannot start the image; the message says which."""


def ask_engine(address: str = "") -> None:
    """Ask the engine for a sign of life, within 2 seconds. Raises NoDocker. testcontainers has no such limit."""
    address = address or os.environ.get("DOCKER_HOST", "") or SOCKET
    parts, until = urlsplit(address), time.monotonic() + PATIENCE
    try:
        with _connected(parts.scheme, parts.path, parts.hostname, parts.port) as connection:
            if os.environ.get("DOCKER_TLS_VERIFY"):
                return
            connection.settimeout(max(0.1, until - time.monotonic()))
            connection.sendall(b"GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n")
            status = connection.recv(12)
    except (OSError, ValueError) as error:
        raise NoDocker(f"no Docker engine answers at {address}") from error
    if not status.endswith(b" 200"):
        raise NoDocker(f"what answers at {address} is no Docker engine")


def _connected(scheme: str, path: str, host: str | None, port: int | None) -> socket.socket:
    if scheme == "unix":
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(PATIENCE)
        try:
            connection.connect(path)
        except OSError:
            connection.close()
            raise
        return connection
    if scheme not in ("tcp", "http", "https"):
        raise ValueError(scheme)
    return socket.create_connection((host or "", port or 2375), PATIENCE)


class DockerKafka:
    """A broker in a container. Raises NoDocker."""

    name = f"{KAFKA} in Docker"

    def __init__(self) -> None:
        ask_engine()
        from testcontainers.community.kafka import KafkaContainer  # needs an engine as soon as it is made

        self._container = KafkaContainer(KAFKA).with_kraft()
        for name, value in {
            "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
            "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
            "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
            "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
        }.items():
            self._container.with_env(name, value)
        _start(self._container, timeout=90)
        self.bootstrap = self._container.get_bootstrap_server()

    def close(self) -> None:
        self._container.stop()


class DockerPostgresql:
    """A PostgreSQL in a container. Raises NoDocker."""

    def __init__(self) -> None:
        ask_engine()
        from testcontainers.community.postgres import PostgresContainer

        self._container = PostgresContainer(POSTGRESQL, username="casework", password="casework", driver=None)
        _start(self._container)
        host, port = self._container.get_container_host_ip(), self._container.get_exposed_port(5432)
        self.url = f"host={host} port={port} user=casework password=casework"  # the database's name comes last

    def close(self) -> None:
        self._container.stop()


def _start(container: Any, **more: Any) -> None:
    try:
        container.start(**more)
    except Exception as error:  # whatever an engine may have against an image
        raise NoDocker(f"the engine could not start {container.image}: {type(error).__name__}") from error
