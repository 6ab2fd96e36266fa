"""Relays as processes of their own, as an operator runs them: to be killed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from services.case.settings import Settings
from tests.serving import ROOT


def environment_of(settings: Settings) -> dict[str, str]:
    """The variables that say what these settings say."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "CASE_DATABASE_URL": settings.database_url,
        "CASE_DATA_DIR": str(settings.data_dir),
        "CASE_MASTER_KEY": settings.master_key,
        "CASE_SIGNING_KEY": settings.signing_key,
        "KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        "KAFKA_TOPIC_PREFIX": settings.kafka_topic_prefix,
    }


@contextmanager
def relay_process(settings: Settings) -> Iterator["subprocess.Popen[str]"]:
    """`relay`, ready; killed at the end, if it is still there."""
    command = [sys.executable, "-m", "services.case", "relay"]
    running = subprocess.Popen(command, cwd=ROOT, env=environment_of(settings), stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    try:
        assert running.stdout.readline() == "ready\n"
        yield running
    finally:
        running.kill()
        running.wait()
        running.stdout.close()


def run(settings: Settings, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """A command of the case service, to its end."""
    command = [sys.executable, "-m", "services.case", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment_of(settings), capture_output=True, text=True, check=False)
