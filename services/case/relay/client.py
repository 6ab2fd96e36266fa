"""How a client of Kafka is told where the broker is and who it is, from the settings."""

import logging
from typing import Any

from kafka.errors import KafkaError as BrokerError

from services.case.settings import Settings

__all__ = ["BrokerError", "connection"]

logging.getLogger("kafka").setLevel(logging.CRITICAL)  # it tells every attempt, we tell every change


def connection(settings: Settings) -> dict[str, Any]:
    """The arguments that every client of kafka-python takes."""
    given: dict[str, Any] = {
        "bootstrap_servers": settings.kafka_bootstrap_servers.split(","),
        "security_protocol": settings.kafka_security_protocol,
        "request_timeout_ms": 5_000,
        "bootstrap_timeout_ms": 10_000,
        "reconnect_backoff_max_ms": 1_000,  # a broker that is back is found soon
    }
    if settings.kafka_sasl_mechanism:
        given["sasl_mechanism"] = settings.kafka_sasl_mechanism
        given["sasl_plain_username"] = settings.kafka_sasl_username
        given["sasl_plain_password"] = settings.kafka_sasl_password
    if settings.kafka_ssl_cafile:
        given["ssl_cafile"] = settings.kafka_ssl_cafile
    return given
