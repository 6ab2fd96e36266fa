"""The topics of `deploy/topics.toml`: made where they are missing, compared where they are there."""

import contextlib
import tomllib
from pathlib import Path
from typing import Any

import msgspec
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.errors import TopicAlreadyExistsError

from services.case.relay.client import connection
from services.case.settings import HOUSE, Settings

FILE = HOUSE / "deploy" / "topics.toml"


class Topic(msgspec.Struct, frozen=True):
    """A topic as it shall be."""

    name: str
    partitions: int
    replicas: int
    config: dict[str, str]


class Difference(msgspec.Struct, frozen=True):
    """Where a topic is not as it shall be."""

    topic: str
    setting: str
    wanted: str
    found: str


class Made(msgspec.Struct, frozen=True):
    """What `make_topics` did and saw."""

    created: list[str]
    differences: list[Difference]


def topics_of(prefix: str, replicas: int = 0, file: Path = FILE) -> list[Topic]:
    """What the file says, for a cluster that can keep `replicas` copies (0: as many as the file says)."""
    said = tomllib.loads(file.read_text())
    copies = replicas or said["replication_factor"]
    topics = []
    for name, topic in said["topics"].items():
        config = {**said["config"], **topic.get("config", {})}
        config["min.insync.replicas"] = str(min(copies, int(config["min.insync.replicas"])))
        topics.append(Topic(prefix + name, topic["partitions"], copies, config))
    return topics


def make_topics(settings: Settings, replicas: int = 0) -> Made:
    """Create those that are missing; nothing that is there is changed. Raises BrokerError."""
    topics = topics_of(settings.kafka_topic_prefix, replicas)
    with KafkaAdminClient(**connection(settings)) as admin:
        there = set(admin.list_topics())
        missing = [topic for topic in topics if topic.name not in there]
        if missing:
            with contextlib.suppress(TopicAlreadyExistsError):  # somebody else makes them at this moment
                admin.create_topics({topic.name: _wanted(topic) for topic in missing}, wait_for_metadata=True)
        differences = [found for topic in topics if topic.name in there for found in _compare(admin, topic)]
    return Made([topic.name for topic in missing], differences)


def _wanted(topic: Topic) -> dict[str, Any]:
    return {"num_partitions": topic.partitions, "replication_factor": topic.replicas, "configs": topic.config}


def _compare(admin: KafkaAdminClient, topic: Topic) -> list[Difference]:
    (described,) = admin.describe_topics([topic.name])
    resource = ConfigResource(ConfigResourceType.TOPIC, topic.name)
    config = admin.describe_configs([resource], config_filter="all")["topic"][topic.name]
    partitions = described["partitions"]
    found = {name: str(setting["value"]) for name, setting in config.items()}
    found |= {"partitions": str(len(partitions)), "replicas": str(len(partitions[0]["replica_nodes"]))}
    wanted = {"partitions": str(topic.partitions), "replicas": str(topic.replicas), **topic.config}
    return [
        Difference(topic.name, name, value, found.get(name, ""))
        for name, value in wanted.items()
        if found.get(name) != value
    ]
