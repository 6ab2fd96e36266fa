"""The forms in which a case can be copied, by name."""

from collections.abc import Callable

from services.case.application.reference import Reference, stream_of
from services.case.export.case_file import case_file
from services.case.export.contents import NONE, Contents
from services.case.export.ocel import ocel
from services.case.export.xes import xes
from services.case.store.checkpoints import Checkpointing
from services.case.store.event_store import EventStore

Copy = Callable[[EventStore, Reference, Checkpointing, str, Contents], bytes]
COPIES: dict[str, tuple[Copy, str]] = {
    "case-file": (case_file, "application/zip"),
    "xes": (lambda store, reference, _, ref, __: xes(ref, store.load(stream_of(ref)), reference), "application/xml"),
    "ocel": (lambda store, reference, _, ref, __: ocel(ref, store.load(stream_of(ref))), "application/json"),
}


def copy_of(
    store: EventStore,
    reference: Reference,
    checkpointing: Checkpointing,
    ref: str,
    form: str,
    contents: Contents = NONE,
) -> bytes:
    """A copy of a case that is there. Raises NoKey."""
    return COPIES[form][0](store, reference, checkpointing, ref, contents)
