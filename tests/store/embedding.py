"""Data folders of embedded servers in tests: open to the server's user, and nothing left of them afterwards."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from services.case.store import embedded
from services.case.store.embedded import Place

T = TypeVar("T")


@contextmanager
def data_folder(mode: int = 0o755, inside: str = "") -> Iterator[Path]:
    """A folder of its own, by default one that the server's user may enter also where the tests run as root. At the
    end this process gives the server up, and all others must have."""
    top = Path(tempfile.mkdtemp(prefix="casework-test-"))
    top.chmod(mode)
    data = top / inside
    data.mkdir(parents=True, exist_ok=True)
    try:
        yield data
    finally:
        embedded.stop_using(data)
        until(lambda: has_stopped(data), "the server to stop", 20)
        elsewhere = Place(data).folder / "elsewhere"
        if elsewhere.exists():
            shutil.rmtree(elsewhere.read_text(), ignore_errors=True)
        shutil.rmtree(top)


def has_stopped(data: Path) -> bool:
    """Whether no supervisor holds the server of this folder."""
    lock_file = Place(data).server_lock
    if not lock_file.exists():
        return True
    with lock_file.open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def until(found: Callable[[], T | None], what: str, patience: float = 10) -> T:
    """The first true value. Raises AssertionError."""
    deadline = time.monotonic() + patience
    while not (value := found()):
        assert time.monotonic() < deadline, f"waited {patience} s for {what}"
        time.sleep(0.02)
    return value


def processes(*words: str) -> list[int]:
    """The processes whose command has all these words."""
    pids = []
    for folder in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            command = (folder / "cmdline").read_bytes().decode(errors="replace")
            if all(word in command for word in words) and int(folder.name) != os.getpid():
                pids.append(int(folder.name))
    return sorted(pids)


def supervisor_of(data: Path) -> int:
    return until(lambda: processes("services.case.store.supervisor", str(data)), "the supervisor")[0]


def server_of(data: Path) -> int:
    """The postmaster of this folder's server."""
    return until(lambda: processes("/postgres", str(Place(data).socket)), "the server")[0]
