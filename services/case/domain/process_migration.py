"""A running process instance is moved to another bundle of its process: the event, and the case after it."""

from collections.abc import Callable
from typing import Any, ClassVar

from services.case.domain.authority_events import BundleReason
from services.case.domain.case import Case
from services.case.domain.meta import Event
from services.case.domain.trace import Trace


class ProcessMigrated(Event, frozen=True, kw_only=True):
    """From here on a process instance follows another bundle, on which its history is the same up to now; before, it
    followed `was`. `given`: variables that the bundle knows from the start and the record of the start does not say ·
    `trace`: `left`, where tokens rested until now; `active` and `awaited`, where they rest and what is awaited by the
    bundle · `edited`: open tasks, with their elements, that ask for something else now. Personal: `reason`."""

    TOPIC: ClassVar = "case.process_migrated.v1"

    instance: int
    process: str
    was: str
    bundle: str
    because: BundleReason
    given: dict[str, Any]
    trace: Trace
    edited: list[tuple[int, str]] = []


def _migrated(case: Case, event: ProcessMigrated) -> None:
    instance = case.instances[event.instance]
    instance.bundle = instance.migrated[case.version] = event.bundle
    instance.tokens = dict.fromkeys(event.trace.active)
    instance.awaited = dict(event.trace.awaited)
    for number, _ in event.edited:
        case.tasks[number].revision += 1


APPLY: dict[type, Callable[[Case, Any], None]] = {ProcessMigrated: _migrated}
