"""compose.yaml read as Compose reads it, its services as processes on this machine."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from tests.serving import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if "build" in service]
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


class Composed:
    """`given`: what the person's .env says · `secrets`: a folder · `instead`: what stands here for a container."""

    def __init__(self, given: Mapping[str, str], secrets: Path, instead: Mapping[str, str], more: Mapping[str, str]):
        self.given, self.secrets, self.instead, self.more = given, secrets, instead, more
        self.running: dict[str, subprocess.Popen[str]] = {}

    def environment(self, name: str) -> dict[str, str]:
        return {key: self._here(value) for key, value in SERVICES[name]["environment"].items()}

    def start(self, name: str) -> None:
        """What it prints goes to a file beside the secrets."""
        self.running[name] = self._begin(name, SERVICES[name]["command"], name)

    def once(self, name: str, *command: str) -> None:
        """To its end; another command, as `docker compose run` has it."""
        code = self._begin(name, command or SERVICES[name]["command"], f"{name}-once").wait(60)
        assert code == 0, self.said(f"{name}-once")

    def said(self, log: str) -> str:
        return (self.secrets.parent / f"{log}.log").read_text()

    def _begin(self, name: str, command: Sequence[str], log: str) -> "subprocess.Popen[str]":
        _, *words = [self._here(word) for word in command]
        kept = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
        with (self.secrets.parent / f"{log}.log").open("w") as said:
            return subprocess.Popen(
                [sys.executable, *words],
                cwd=ROOT,
                env={**kept, **self.environment(name), **self.more},
                stdout=said,
                stderr=subprocess.STDOUT,
                text=True,
            )

    def close(self) -> None:
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)

    def _here(self, value: str) -> str:
        value = VARIABLE.sub(lambda found: self.given.get(found[1]) or (found[3] if found[2] == "-" else ""), value)
        for there, here in self.instead.items():
            value = value.replace(there, here)
        return value.replace("/run/secrets", str(self.secrets))
