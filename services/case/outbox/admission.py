"""Whether an event can be published: it is known here, it keeps its contract, it is not too large."""

import json
from functools import cache
from pathlib import Path

import jsonschema_rs

import contracts
from contracts.envelope import to_record
from services.case.domain.meta import Event
from services.case.domain.pupil_events import EntriesTaken, ExclusionEntered
from services.case.outbox.owners import EVERYBODYS, Owner
from services.case.outbox.turns import Row, Turn
from services.case.publishing import data_of
from services.case.store.mapper import UnknownType

SCHEMAS = Path(contracts.__path__[0]) / "events"
UNKNOWN = "its type is not known to this version"
LARGEST = 900_000  # bytes of a record, below what brokers take unless they are told otherwise


def fault_of(row: Row, owner: Owner | None) -> str:
    """Why an event cannot be published, "" if it can. For operators: it quotes nothing of the event."""
    if owner is None:
        return "nobody knows whose it is"
    try:
        recorded = row.recorded()
        as_told = [data_of(recorded.event, to) for to in (EVERYBODYS, *_named(recorded.event))]
    except UnknownType:
        return UNKNOWN
    except Exception as error:  # one that cannot be read must not keep the others
        return f"it cannot be read: {type(error).__name__}"
    kept = _contract(row.type)
    if kept is None:
        return "there is no contract for its type"
    for data in as_told:
        if not kept.is_valid(data):
            broken = next(iter(kept.iter_errors(data)))
            where, rule = ("/".join(str(part) for part in path) for path in (broken.instance_path, broken.schema_path))
            return f"its data does not keep its contract: {rule} at /{where}"
    if len(row.state) > LARGEST // 2:
        record = to_record(Turn(row.place, owner, recorded).event())
        size = len(record.value or b"") + sum(len(name) + len(value or b"") for name, value in record.headers)
        if size > LARGEST:
            return f"its record has {size} bytes, more than {LARGEST}"
    return ""


def _named(event: Event) -> set[str]:
    """The authorities whose subscribers are told more of a register's event than others are."""
    match event:
        case ExclusionEntered():
            return {event.entry.authority}
        case EntriesTaken():
            return {entry.authority for entry in event.entries}
    return set()


@cache
def _contract(type: str) -> jsonschema_rs.Validator | None:
    file = SCHEMAS / f"{type}.json"
    if not file.exists():
        return None
    return jsonschema_rs.Draft202012Validator(json.loads(file.read_text()), validate_formats=True)
