"""The same adversaries at work on the entries of the ledger."""

import random
from typing import TYPE_CHECKING

import msgspec

from services.audit.entry import Entry
from services.audit.ledger import COLUMNS

if TYPE_CHECKING:
    from tests.faults.audited import Audited

OF_STREAM = f"SELECT {COLUMNS} FROM entries WHERE stream = %s ORDER BY sequence"
PUT = f"INSERT INTO entries ({COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
HEAD = "UPDATE heads SET sequence = %s, position = %s, hash = %s WHERE stream = %s"
BYTES = ("previous", "hash", "facts", "sealed")


def alter_ledger(house: "Audited", chance: random.Random, adversary: str) -> str:
    """By what it was found."""
    stream = chance.choice(sorted({row[0] for row in house.rows}))
    before = [Entry(*row) for row in house.ledger.execute(OF_STREAM, [stream]).fetchall()]
    after = before
    while after == before:
        house.did, after = _altered(chance, list(before))
    if adversary == "recomputing":
        after = _rehashed(after)
        if after == before:  # what was flipped was made good again
            return alter_ledger(house, chance, adversary)
    try:
        _replace(house, before, after, adversary == "recomputing")
        return house.ledger_differs()
    finally:
        _replace(house, after or before, before, True)


def _altered(chance: random.Random, entries: list[Entry]) -> tuple[str, list[Entry]]:
    at, did = chance.randrange(len(entries)), chance.choice(["flip", "delete", "reorder", "insert", "truncate"])
    entry = entries[at]
    if did == "delete":
        return did, entries[:at] + entries[at + 1 :]
    if did == "truncate":
        return did, entries[:at]
    if did == "insert":
        extra = msgspec.structs.replace(entries[-1], sequence=len(entries) + 1, previous=entries[-1].hash)
        return did, [*entries, msgspec.structs.replace(extra, hash=extra.computed)]
    if did == "reorder" and len(entries) > 1:
        other = chance.choice([n for n in range(len(entries)) if n != at])
        found = list(entries)
        found[at] = msgspec.structs.replace(entries[other], sequence=entry.sequence)
        found[other] = msgspec.structs.replace(entry, sequence=entries[other].sequence)
        return did, found
    return "flip", [*entries[:at], _flipped(chance, entry), *entries[at + 1 :]]


def _flipped(chance: random.Random, entry: Entry) -> Entry:
    name = chance.choice([*BYTES, "type", "time", "topic", "position"])
    value = getattr(entry, name)
    if name in BYTES:
        place = chance.randrange(32)
        other = value[:place] + bytes([value[place] ^ (1 << chance.randrange(8))]) + value[place + 1 :]
    elif name == "position":
        other = value + chance.choice([-1, 1, 1000])
    else:
        other = value.replace(value[-2], "x" if value[-2] != "x" else "y")
    return msgspec.structs.replace(entry, **{name: other})


def _rehashed(entries: list[Entry]) -> list[Entry]:
    previous, found = bytes(32), []
    for sequence, entry in enumerate(entries, start=1):
        linked = msgspec.structs.replace(entry, sequence=sequence, previous=previous)
        found.append(msgspec.structs.replace(linked, hash=linked.computed))
        previous = found[-1].hash
    return found


def _replace(house: "Audited", before: list[Entry], after: list[Entry], head: bool) -> None:
    stream = (before or after)[0].stream
    house.ledger.execute("DELETE FROM entries WHERE stream = %s", [stream])
    with house.ledger.cursor() as cursor:
        cursor.executemany(PUT, [msgspec.structs.astuple(entry) for entry in after])
    if head:
        last = after[-1] if after else None
        end = [last.sequence, last.position, last.hash] if last else [0, 0, bytes(32)]
        house.ledger.execute(HEAD, [*end, stream])
