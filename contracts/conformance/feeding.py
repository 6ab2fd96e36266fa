"""Starts a consumer, feeds it the lines of a run, and listens to what it says."""

import contextlib
import json
import os
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path

from contracts.conformance.history import Run
from contracts.conformance.judging import Said


class CannotStart(Exception):
    """The command cannot be started; the message says why."""


def feed(command: Sequence[str], run: Run, state: Path, patience: float) -> Said:
    """One start. `patience`: seconds in which it must have ended after its input has; a part of that for what is owed
    before it is killed. Raises CannotStart."""
    try:
        consumer = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "CONFORMANCE_STATE": str(state)},
        )
    except OSError as error:
        raise CannotStart(f"{command[0]}: {error.strerror}") from error
    listening = _Listening(consumer, {line.id for line in run.lines if line.owed})
    listening.start()
    writing = threading.Thread(target=_write, args=(consumer, run), daemon=True)
    writing.start()
    code: int | None
    if run.killed:
        listening.satisfied.wait(patience / 5)
        code = consumer.poll() or 0
        consumer.kill()
    try:
        ended = consumer.wait(patience)
        code = code if run.killed else ended
    except subprocess.TimeoutExpired:
        consumer.kill()
        consumer.wait()
        code = None
    writing.join()
    listening.join()
    return Said(listening.ids, code)


def _write(consumer: subprocess.Popen[bytes], run: Run) -> None:
    assert consumer.stdin is not None
    with contextlib.suppress(OSError):  # it has ended: its exit code says so
        for line in run.lines:
            consumer.stdin.write(line.body + b"\n")
        consumer.stdin.flush()
    if run.killed:
        consumer.wait()
    with contextlib.suppress(OSError):
        consumer.stdin.close()


class _Listening(threading.Thread):
    """Reads what it says, until it has said all that is owed or has ended."""

    def __init__(self, consumer: subprocess.Popen[bytes], owed: set[str]) -> None:
        super().__init__(daemon=True)
        self.ids: list[str] = []
        self.satisfied = threading.Event()
        self._consumer = consumer
        self._owed = owed

    def run(self) -> None:
        assert self._consumer.stdout is not None
        for line in self._consumer.stdout:
            self.ids.append(_id(line))
            self._owed.discard(self.ids[-1])
            if not self._owed:
                self.satisfied.set()
        self.satisfied.set()
        self._consumer.stdout.close()


def _id(line: bytes) -> str:
    """Of which event a line tells; "" where it tells of none."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return ""
    told = isinstance(said, dict) and "effect" in said and isinstance(said.get("id"), str)
    return said["id"] if told else ""
