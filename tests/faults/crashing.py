"""Runs a command of the service that dies, as by kill -9, at a named place as soon as that place is armed:
`python -m tests.faults.crashing web …`. A place is armed by its name in the file that CRASH_AT names; one process dies
of it, and whoever looks after that one starts another.

Nothing in the service knows of this: functions are replaced here before the command runs.
"""

import functools
import importlib
import inspect
import os
import signal
import sys
from pathlib import Path
from typing import Any, Literal

import msgspec

CRASH_AT = "CRASH_AT"
MODULE = "tests.faults.crashing"


class Place(msgspec.Struct, frozen=True):
    """Before or after a function, named where it is looked up; only if `given` is among what it was given."""

    when: Literal["before", "after"]
    function: str
    given: str = ""


COMMAND = {
    "command: came in": Place("before", "services.case.application.door:Door.change"),
    "command: case loaded": Place("after", "services.case.application.door:Door._load"),
    "command: decided": Place("before", "services.case.store.event_store:EventStore.append"),
    "command: waits to be written": Place("after", "services.case.store.event_store:EventStore.append"),
    "command: taken up by the writer": Place("before", "services.case.store.recorder:GroupCommitRecorder._append"),
    "command: committed": Place("after", "services.case.store.recorder:GroupCommitRecorder._append"),
    "command: known to be stored": Place("after", "services.case.application.door:Door._store"),
    "command: about to be answered": Place("after", "services.case.api.app:respond"),
    "command: state of the case taken": Place("after", "services.case.application.keeping:as_bytes"),
    "command: that it changes nothing not yet kept": Place(
        "before", "services.case.store.event_store:EventStore.remember"
    ),
    "command: that it changes nothing kept": Place("after", "services.case.store.event_store:EventStore.remember"),
    "command: draft not yet kept": Place("before", "services.case.api.tasks:_keep_draft"),
    "command: draft kept": Place("after", "services.case.api.tasks:_keep_draft"),
    "command: case number drawn": Place("before", "services.case.application.door:Door._attempt"),
    "command: school days about to change": Place(
        "before", "services.case.application.administration:Administration._change"
    ),
    "command: school days changed": Place("after", "services.case.application.administration:Administration._change"),
}
PROJECTION = {
    "projection: woken": Place("before", "services.case.projections.projecting:Projecting.work"),
    "projection: first read model about to be changed": Place("before", "services.case.projections.cases:Cases.apply"),
    "projection: some read models changed": Place("after", "services.case.projections.timeline:Timeline.apply"),
    "projection: all read models changed": Place("after", "services.case.projections.directory:Entries.apply"),
    "projection: position moved": Place("after", "psycopg:Cursor.execute", "INSERT INTO reader_positions"),
    "projection: committed": Place("after", "services.case.projections.projecting:Projecting.work"),
    "projection: others told": Place("before", "services.case.projections.projected:Projected.passed"),
    "projection: register about to be written": Place("before", "services.case.application.registering:enter"),
    "projection: register written": Place("after", "services.case.application.registering:enter"),
    "projection: register's cases told": Place("after", "services.case.application.registering:tell_cases"),
    "projection: rebuilt in part": Place("after", "services.case.projections.projecting:Projecting._apply_after"),
    "projection: rebuilt, not put in place": Place("after", "psycopg:Cursor.execute", "SET SCHEMA public"),
    "projection: rebuilt": Place("after", "services.case.projections.projecting:Projecting.rebuild"),
}
TIMER = {
    "timer: what is due known": Place("after", "services.case.timers:pending"),
    "timer: about to fire": Place("before", "services.case.timers:pass_day"),
    "timer: fired, not stored": Place("after", "services.case.timers:pass_day"),
    "timer: stored": Place("after", "services.case.timers:_pass"),
    "timer: all calendars looked at": Place("after", "services.case.application.recounting:Recounting.catch_up"),
    "timer: one case counted again": Place("after", "services.case.application.recounting:Recounting._count"),
    "timer: counted again, not yet said": Place("before", "services.case.application.recounting:Recounting._record"),
}
ERASURE = {
    "erasure: asked for": Place("before", "services.case.commands.destroy_key:erase"),
    "erasure: said in the log, key still there": Place("before", "services.case.application.erasing:_destroy"),
    "erasure: key gone, drafts still there": Place("before", "psycopg:Connection.execute", "DELETE FROM drafts"),
    "erasure: claims gone, answers still there": Place("before", "psycopg:Connection.execute", "UPDATE commands"),
    "erasure: not yet committed": Place("after", "psycopg:Connection.execute", "key_destroyed"),
    "erasure: committed, not said": Place("after", "services.case.application.erasing:_destroy"),
    "erasure: done": Place("after", "services.case.commands.destroy_key:erase"),
}
PLACES: dict[str, Place] = {**COMMAND, **PROJECTION, **TIMER, **ERASURE}


def put_in(name: str, place: Place) -> None:
    """Replace the function of a place by one that dies there when armed. Raises AttributeError where it is no more."""
    module, _, path = place.function.partition(":")
    *holders, last = path.split(".")
    holder: Any = functools.reduce(getattr, holders, importlib.import_module(module))
    setattr(holder, last, _dying(getattr(holder, last), name, place))


def _dying(original: Any, name: str, place: Place) -> Any:
    def pass_by(when: str, given: tuple[Any, ...]) -> None:
        if when == place.when and _armed() == name and (not place.given or place.given in repr(given)):
            armed = Path(os.environ[CRASH_AT])
            armed.rename(armed.with_suffix(".died"))
            os.kill(os.getpid(), signal.SIGKILL)

    @functools.wraps(original)
    def call(*given: Any, **named: Any) -> Any:
        pass_by("before", given)
        found = original(*given, **named)
        pass_by("after", given)
        return found

    @functools.wraps(original)
    async def call_async(*given: Any, **named: Any) -> Any:
        pass_by("before", given)
        found = await original(*given, **named)
        pass_by("after", given)
        return found

    return call_async if inspect.iscoroutinefunction(original) else call


def _armed() -> str:
    try:
        return Path(os.environ[CRASH_AT]).read_text()
    except FileNotFoundError:
        return ""


if __name__ == "__main__":
    from services.case.__main__ import main

    for name, place in PLACES.items():
        put_in(name, place)
    sys.exit(main())
