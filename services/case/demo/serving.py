"""The service for a demo: on its own data folder, with its own database, as `python -m services.case web` starts it."""

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.case.settings import HOUSE
from services.case.store.embedded import Place

COMMAND = (sys.executable, "-m", "services.case")
PATIENCE = 15.0  # seconds for the service, and then for its database, to stop


class NotServed(RuntimeError):
    """The service did not start or did not stop well; the message has its last words."""


def environment(clock_start: str) -> dict[str, str]:
    """Our own, without anybody's settings of the service: a demo never touches a real database."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CASE_")}
    return {**kept, "CASE_CLOCK_START": clock_start}


@contextmanager
def serving(data: Path, settings: dict[str, str]) -> Iterator[str]:
    """The address of the service while it runs. Raises NotServed."""
    # Errors go to a file: nobody reads them while the service runs, and a full pipe would stop it.
    with (data / "web.err").open("wb") as errors:
        command = [*COMMAND, "web", "--port", "0", "--data", str(data)]
        process = subprocess.Popen(
            command, cwd=HOUSE, env=settings, stdout=subprocess.PIPE, stderr=errors, text=True, encoding="utf-8"
        )
    assert process.stdout is not None
    with process.stdout:
        try:
            yield _address(process.stdout, data)
        finally:
            process.terminate()
            try:
                code = process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                code = process.wait()
    if code:
        raise NotServed(f"The service stopped with exit code {code}. {_last_words(data)}")


def _address(said: Iterator[str], data: Path) -> str:
    for line in said:
        if line.startswith("ready "):
            return line.split()[1]
    raise NotServed(f"The service did not start. {_last_words(data)}")


def _last_words(data: Path) -> str:
    return (data / "web.err").read_text(encoding="utf-8", errors="replace")[-2000:]


def sweep(data: Path) -> None:
    """Remove a data folder once its database, which outlives its users by a moment, has stopped."""
    place = Place(data)
    if place.server_lock.exists():  # else no database was ever started
        _wait_for(place.server_lock)
    shutil.rmtree(place.socket, ignore_errors=True)
    shutil.rmtree(data, ignore_errors=True)


def _wait_for(held: Path) -> None:
    """Until nobody holds this lock, or patience ends."""
    until = time.monotonic() + PATIENCE
    with held.open("ab") as lock:
        while time.monotonic() < until:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(0.1)
            else:
                return
