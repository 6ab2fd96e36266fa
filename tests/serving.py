"""Starts the real service as its users do, and talks to it over HTTP."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from services.case.api.identity import ed25519_key, issue
from services.case.domain.people import Person
from services.case.samples import as_person, sample_people
from services.case.settings import Settings
from services.case.wiring import signing_key_of
from tests.ports import free_port

ROOT = Path(__file__).parents[1]


class Served:
    """A running service: its address, tokens for its sample people, and ways to end it."""

    def __init__(
        self, data: Path, environment: Mapping[str, str], module: str = "services.case", alone: bool = True
    ) -> None:
        self.data = data
        self.environment = {**os.environ, **environment, "PYTHONPATH": str(ROOT)}
        self.module = module  # that runs the commands
        self.alone = alone  # whether the other services are left out
        self.address = ""
        self._port = free_port()
        self.process: subprocess.Popen[str] | None = None
        self.said: list[str] = []  # what it printed
        self.token = cache(self._token)

    def start(self) -> "Served":
        """Once more, too: at the same address."""
        command = [sys.executable, "-m", self.module, "web", "--port", str(self._port), "--data", str(self.data)]
        command += ["--alone"] if self.alone else []
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self.process.stdout is not None
        self.said = []
        for line in self.process.stdout:
            self.said.append(line)
            if line.startswith("ready "):
                self.address = line.split()[1]
                self._listener = threading.Thread(target=self.said.extend, args=(self.process.stdout,), daemon=True)
                self._listener.start()
                return self
        self.process.wait(15)
        self.process.stdout.close()
        raise RuntimeError("".join(self.said))

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait; the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        code = self.process.wait(15)
        self._listener.join(5)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code

    def _token(self, name: str) -> str:
        sample = sample_people()[name]
        return self.token_of(as_person(name, sample))

    def token_of(self, person: Person) -> str:
        settings = Settings(data_dir=self.data)
        return issue(ed25519_key(signing_key_of(settings)), settings.oidc_audience, person)

    def as_(self, name: str) -> httpx.Client:
        """A client that acts as this sample person."""
        return self.with_token(self.token(name))

    def with_token(self, token: str) -> httpx.Client:
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.Client(base_url=f"{self.address}/api/v1", headers=headers, timeout=30)

    def clock_to(self, moment: str) -> dict[str, Any]:
        answer = httpx.put(f"{self.address}/dev/clock", json={"now": moment}, timeout=60)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


@contextmanager
def serve(
    data: Path, clock: str = "", environment: Mapping[str, str] | None = None, alone: bool = True
) -> Iterator[Served]:
    """A service on this data folder, stopped at the end; unless it is alone, with the others that `make run` starts."""
    given = dict(environment or {})
    if clock:
        given["CASE_CLOCK_START"] = clock
    running = Served(data, given, alone=alone).start()
    try:
        yield running
    finally:
        if running.process is not None and running.process.poll() is None:
            running.stop()
