"""The processes that one command runs side by side: each replaced when it dies, all stopped together, and none of them
left when whoever started them is gone."""

import contextlib
import ctypes
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from services.case.commands.log_lines import frames_and_kinds

Started = Callable[[], None]
Work = Callable[[Started], int]  # runs in a process of its own; says when it works, and answers with an exit code

FAILED = 2  # exit code where something that is needed cannot start
PAUSE = 0.5  # seconds before what died is started again
PATIENCE = 8  # seconds that what is told to stop has until it is killed: the whole has to be gone within ten
PR_SET_PDEATHSIG = 1


def command(arguments: Sequence[str]) -> Work:
    """Another module of ours as a program: `["-m", "services.audit", "run"]`. It counts as started at once."""

    def work(started: Started) -> int:
        started()
        os.execv(sys.executable, [sys.executable, *arguments])  # noqa: S606 - no shell is wanted

    return work


class Processes:
    """Forks each `work` that is to be kept. Nothing may have been started in this process before: a fork copies no
    threads, and no connection can be shared."""

    def __init__(self, died: Callable[[int], None] = lambda pid: None, patience: int = PATIENCE) -> None:
        self._works: list[Work] = []
        self._running: dict[int, Work] = {}  # by process id
        self._stopping = False
        self._died = died
        self._patience = patience

    def keep(self, work: Work, times: int = 1) -> None:
        """Have so many processes at it."""
        self._works += [work] * times

    def run(self, ready: Callable[[], None]) -> int:
        """Until told to stop. Calls `ready` once everything has started; 2 if something cannot start."""
        self._heard, self._told = os.pipe()
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        for work in self._works:
            self._start(work)
        code = self._wait_for_start()
        if code == 0 and not self._stopping:
            ready()
        while self._running:
            self._replace(os.waitpid(-1, 0)[0])
        return code

    def _wait_for_start(self) -> int:
        waiting, code = len(self._works), 0
        while self._running and waiting and not self._stopping:
            if select.select([self._heard], [], [], 0.05)[0]:
                waiting -= len(os.read(self._heard, waiting))
            pid, _ = os.waitpid(-1, os.WNOHANG)
            if self._running.pop(pid, None) and not self._stopping:
                code = FAILED  # and it has said why
                self._stop()
        return code

    def _replace(self, pid: int) -> None:
        work = self._running.pop(pid, None)
        self._died(pid)
        if work is not None and not self._stopping:
            time.sleep(PAUSE)
            if not self._stopping:
                self._start(work)

    def _start(self, work: Work) -> None:
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            os._exit(self._child(work, parent))
        self._running[pid] = work

    def _child(self, work: Work, parent: int) -> int:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            return 0
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        try:
            return work(self._started)
        except SystemExit as said:
            if isinstance(said.code, str):
                print(said.code, file=sys.stderr)
            return said.code if isinstance(said.code, int) else FAILED
        except BaseException as error:
            print(frames_and_kinds(error), file=sys.stderr)
            return FAILED

    def _started(self) -> None:
        os.write(self._told, b".")

    def _stop(self, number: int = 0, frame: Any = None) -> None:
        if not self._stopping:
            self._stopping = True
            signal.signal(signal.SIGALRM, lambda number, frame: self._tell(signal.SIGKILL))
            signal.alarm(self._patience)
        self._tell(signal.SIGTERM)

    def _tell(self, what: signal.Signals) -> None:
        for pid in self._running:
            with contextlib.suppress(ProcessLookupError):  # gone a moment ago
                os.kill(pid, what)
