"""Relays as processes of their own, as an operator runs them: to be killed."""

import os
import subprocess
import sys

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


class Relays:
    """`relay` twice, ready: one is active, the other waits. What is left is killed at the end."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._running: list[subprocess.Popen[str]] = []

    def __enter__(self) -> "Relays":
        return self.fill()

    def __exit__(self, *_: object) -> None:
        self.kill(len(self._running))

    def fill(self) -> "Relays":
        """Start those that are missing."""
        command = [sys.executable, "-m", "services.case", "relay"]
        environment = environment_of(self._settings)
        while len(self._running) < 2:
            fresh = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
            self._running.append(fresh)
            assert fresh.stdout is not None
            assert fresh.stdout.readline() == "ready\n"
        return self

    def kill(self, number: int = 1) -> None:
        """kill -9 the elder, which is the active one, or both."""
        for _ in range(number):
            process = self._running.pop(0)
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


def run(settings: Settings, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """A command of the case service, to its end."""
    command = [sys.executable, "-m", "services.case", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment_of(settings), capture_output=True, text=True, check=False)
