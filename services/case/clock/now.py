"""The one place that asks what time it is. Everything else is told."""

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
START_SETTING = "CASE_CLOCK_START"

_Stamp = tuple[int, int, int]


class ClockGoesForwardOnly(ValueError):
    """The clock can only be moved forward."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class ClockTimeUnreadable(ValueError):
    """A time for the clock needs a date, a time and an offset, such as 2026-09-02T08:00:00+01:00."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class Clock(Protocol):
    """Knows the time."""

    def now(self) -> datetime:
        """The time in UTC."""
        ...

    def today(self) -> date:
        """The date in England, Europe/London."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The time in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """The date in England, Europe/London."""
        return day_in_england(self.now())


class SettableClock:
    """The machine's time plus an offset kept in a file, for the embedded mode only.

    Every process that names the same file has the same time, also after a restart. Where there is no file
    one is made, starting at CASE_CLOCK_START if that is set; from there time runs on.
    Raises ClockTimeUnreadable where that setting is no time with an offset.
    """

    def __init__(self, path: Path, environment: Mapping[str, str] = os.environ) -> None:
        self._path = path
        self._stamp: _Stamp | None = None
        self._offset = timedelta()
        with self._alone():
            if not path.exists():
                start = environment.get(START_SETTING)
                self._write(parse_time(start) - datetime.now(UTC) if start else timedelta())

    def now(self) -> datetime:
        """The time in UTC."""
        return datetime.now(UTC) + self._current_offset()

    def today(self) -> date:
        """The date in England, Europe/London."""
        return day_in_england(self.now())

    def set(self, time: datetime) -> None:
        """Moves the clock forward to `time`, for everybody. Raises ClockGoesForwardOnly for an earlier time.

        Of two that set it at once the later time stays: the other one either came first or is refused.
        """
        if time.utcoffset() is None:
            raise ClockTimeUnreadable
        with self._alone():
            system = datetime.now(UTC)
            if time < system + self._current_offset():
                raise ClockGoesForwardOnly
            self._write(time - system)

    def _current_offset(self) -> timedelta:
        status = self._path.stat()
        stamp = (status.st_mtime_ns, status.st_ino, status.st_size)
        if stamp != self._stamp:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            self._offset = timedelta(microseconds=kept["offset_microseconds"])
            self._stamp = stamp
        return self._offset

    def _write(self, offset: timedelta) -> None:
        """Replaces the file in one step, so that no reader meets half of one."""
        kept = {"offset_microseconds": offset // timedelta(microseconds=1)}
        descriptor, name = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(kept, file)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self._path)
        except BaseException:
            with suppress(FileNotFoundError):
                Path(name).unlink()
            raise
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Holds the lock beside the file, which one process at a time has; it goes when a process dies."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_name(f"{self._path.name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def day_in_england(time: datetime) -> date:
    """The date that a time has in England, Europe/London."""
    return time.astimezone(LONDON).date()


def parse_time(text: str) -> datetime:
    """A time with its offset, in ISO 8601. Raises ClockTimeUnreadable."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise ClockTimeUnreadable from error
    if time.utcoffset() is None:
        raise ClockTimeUnreadable
    return time.astimezone(UTC)


def morning(day: date) -> datetime:
    """When people are reminded on a day: at seven in England, in UTC."""
    return datetime.combine(day, time(7), LONDON).astimezone(UTC)
