"""One clock for every process of a data folder: it runs, it can be moved forward, and it stays moved."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from services.case.clock.now import ClockGoesForwardOnly, ClockTimeUnreadable, SettableClock, SystemClock

START = datetime(2026, 9, 2, 7, 0, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
A_LITTLE = timedelta(seconds=30)
AT_START = {"CASE_CLOCK_START": "2026-09-02T08:00:00+01:00"}


def _near(clock: SettableClock, time: datetime) -> bool:
    return time <= clock.now() < time + A_LITTLE


def test_the_clock_starts_where_the_setting_says_and_runs_on(tmp_path: Path) -> None:
    clock = SettableClock(tmp_path / "clock.json", AT_START)
    assert _near(clock, START)
    first = clock.now()
    assert clock.now() > first
    assert first.tzinfo is UTC


def test_without_the_setting_it_is_the_systems_time(tmp_path: Path) -> None:
    clock = SettableClock(tmp_path / "clock.json", {})
    assert abs(clock.now() - SystemClock().now()) < A_LITTLE


def test_the_setting_is_read_once_only(tmp_path: Path) -> None:
    SettableClock(tmp_path / "clock.json", AT_START).set(NOVEMBER)
    restarted = SettableClock(tmp_path / "clock.json", {"CASE_CLOCK_START": "2030-01-01T00:00:00+00:00"})
    assert _near(restarted, NOVEMBER)


def test_moving_it_forward_is_seen_by_those_who_have_it_already(tmp_path: Path) -> None:
    one, other = (SettableClock(tmp_path / "clock.json", AT_START) for _ in range(2))
    assert _near(other, START)
    one.set(NOVEMBER)
    assert _near(other, NOVEMBER)
    assert other.today() == date(2026, 11, 3)


def test_it_is_never_moved_back(tmp_path: Path) -> None:
    clock = SettableClock(tmp_path / "clock.json", AT_START)
    clock.set(NOVEMBER)
    with pytest.raises(ClockGoesForwardOnly):
        clock.set(NOVEMBER - timedelta(days=1))
    with pytest.raises(ClockGoesForwardOnly):
        clock.set(NOVEMBER)
    assert _near(clock, NOVEMBER)


def test_the_date_is_that_of_england(tmp_path: Path) -> None:
    summer = SettableClock(tmp_path / "clock.json", {"CASE_CLOCK_START": "2026-07-01T23:30:00+00:00"})
    assert summer.today() == date(2026, 7, 2)
    summer.set(datetime(2026, 12, 1, 23, 30, tzinfo=UTC))
    assert summer.today() == date(2026, 12, 1)


@pytest.mark.parametrize("text", ["tomorrow", "2026-09-02T08:00:00", "2026-02-30T08:00:00+00:00"])
def test_a_time_without_offset_or_sense_is_refused_and_leaves_no_file(tmp_path: Path, text: str) -> None:
    with pytest.raises(ClockTimeUnreadable):
        SettableClock(tmp_path / "clock.json", {"CASE_CLOCK_START": text})
    assert not (tmp_path / "clock.json").exists()
    clock = SettableClock(tmp_path / "clock.json", AT_START)
    with pytest.raises(ClockTimeUnreadable):
        clock.set(datetime(2026, 11, 3, 9, 0))


_SETTING = """
import sys
from datetime import datetime, timedelta
from pathlib import Path
from services.case.clock.now import ClockGoesForwardOnly, SettableClock
clock = SettableClock(Path(sys.argv[1]))
sys.stdout.write("up\\n"); sys.stdout.flush(); sys.stdin.readline()
for day in range(int(sys.argv[2]), 400, 2):
    try:
        clock.set(datetime.fromisoformat("2027-01-01T00:00:00+00:00") + timedelta(days=day))
    except ClockGoesForwardOnly:
        pass
"""


def test_of_two_processes_that_set_it_at_once_the_later_time_stays(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    clock = SettableClock(path, AT_START)
    command = [sys.executable, "-c", _SETTING, str(path)]
    processes = [
        subprocess.Popen([*command, first], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for first in ("0", "1")
    ]
    for process in processes:
        assert process.stdout is not None and process.stdout.readline() == "up\n"
    seen = [clock.now()]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    while any(process.poll() is None for process in processes):
        seen.append(clock.now())
    for process in processes:
        process.communicate()
        assert process.returncode == 0
    seen.append(clock.now())
    assert seen == sorted(seen)
    assert _near(clock, datetime(2027, 1, 1, tzinfo=UTC) + timedelta(days=399))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["clock.json", "clock.json.lock"]
