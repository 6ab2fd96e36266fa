"""The service in processes of its own, as an operator starts them: web, projections, timers."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from services.case.store.embedded import Place, start, stop_using
from tests.serving import ROOT, Served
from tests.store.embedding import data_folder, until

OUR_PROCESSES = Path(__file__).parent / "bpmn"
MORNING = "2026-09-28T09:00:00+01:00"


class Worker:
    """A process beside web: `projections`, `timers` or `relay`, or another service's `run`."""

    def __init__(self, data: Path, command: str, environment: Mapping[str, str], module: str = "services.case") -> None:
        self._line = [sys.executable, "-m", module, command, "--data", str(data)]
        self._environment = {**os.environ, **environment, "PYTHONPATH": str(ROOT)}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Worker":
        self._process = subprocess.Popen(
            self._line, cwd=ROOT, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        return self

    def stop(self, number: int = signal.SIGTERM) -> int:
        assert self._process is not None
        self._process.send_signal(number)
        return self._process.wait(15)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None


class Service:
    """All of them on one data folder, with the embedded PostgreSQL, which stays whichever of them goes."""

    def __init__(
        self, data: Path, more: Mapping[str, str] | None = None, workers: Sequence[str] = ("projections", "timers")
    ) -> None:
        self.data = data
        self.url = start(data)  # ours too, so that it outlives them
        environment = {"CASE_CLOCK_START": MORNING, "CASE_BPMN_PATH": str(OUR_PROCESSES), **(more or {})}
        self.web = Served(data, environment)
        self.workers = {name: Worker(data, name, environment) for name in workers}

    @property
    def names(self) -> tuple[str, ...]:
        return ("web", *self.workers)

    @property
    def pids(self) -> dict[str, int]:
        assert self.web.process is not None
        return {"web": self.web.process.pid, **{name: worker.pid for name, worker in self.workers.items()}}

    @property
    def parts(self) -> list[int]:
        """The processes that web itself has started, and starts again."""
        return children(self.pids["web"])

    def start(self, names: Sequence[str] = ()) -> "Service":
        """All or some; returns once web, if it is among them, takes requests."""
        for name in names or self.names:
            if name != "web":
                self.workers[name].start()
        if "web" in (names or self.names):
            self.web.start()
        return self

    def kill(self, names: Sequence[str]) -> None:
        """kill -9, all at the same moment."""
        ends = [(self.web if name == "web" else self.workers[name]).stop for name in names]
        threads = [threading.Thread(target=end, args=(signal.SIGKILL,)) for end in ends]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def stop(self) -> None:
        for worker in self.workers.values():
            if worker.is_alive:
                worker.stop(signal.SIGKILL)
        if self.web.process is not None and self.web.process.poll() is None:
            self.web.stop()

    def row(self, statement: str, parameters: Sequence[object] = ()) -> tuple[object, ...] | None:
        """Asked on a connection of its own: none of ours is to be in the way."""
        with psycopg.connect(self.url, autocommit=True, connect_timeout=5) as connection:
            return connection.execute(statement.encode(), list(parameters)).fetchone()

    @property
    def postmaster(self) -> int:
        """The process of the database server, once one is there."""

        def started() -> int:
            with suppress(psycopg.OperationalError):
                row = self.row("SELECT pg_read_file('postmaster.pid')")
                assert row is not None
                return int(str(row[0]).split()[0])
            return 0

        return until(started, "a database server", 30)

    @property
    def log(self) -> Path:
        return Place(self.data).log


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@contextmanager
def service() -> Iterator[Service]:
    """Started on an empty data folder; nothing is left of it afterwards."""
    with data_folder() as data:
        running = Service(data)
        try:
            yield running.start()
        finally:
            running.stop()
            stop_using(data)
