"""Two adversaries at work on the rows of a stream."""

import random
from collections.abc import Callable, Sequence
from uuid import UUID

import msgspec

from contracts import chain
from services.case.store.mapper import Row as Stored

ADVERSARIES = ("blind", "recomputing")
Row = tuple[UUID, int, str, bytes, int]  # stream, version, type, state, position
Alteration = Callable[[random.Random, list[Row], Sequence[Row]], list[Row]]


def flip(chance: random.Random, rows: list[Row], others: Sequence[Row]) -> list[Row]:
    at = chance.randrange(len(rows))
    state = rows[at][3]
    place = chance.randrange(len(state))
    other = bytes([state[place] ^ (1 << chance.randrange(8))])
    return [*rows[:at], with_state(rows[at], state[:place] + other + state[place + 1 :]), *rows[at + 1 :]]


def delete(chance: random.Random, rows: list[Row], others: Sequence[Row]) -> list[Row]:
    at = chance.randrange(len(rows))
    return rows[:at] + rows[at + 1 :]


def reorder(chance: random.Random, rows: list[Row], others: Sequence[Row]) -> list[Row]:
    if len(rows) < 2:
        return delete(chance, rows, others)
    a, b = sorted(chance.sample(range(len(rows)), 2))
    found = list(rows)
    found[a], found[b] = (*rows[a][:2], *rows[b][2:4], rows[a][4]), (*rows[b][:2], *rows[a][2:4], rows[b][4])
    return found


def insert(chance: random.Random, rows: list[Row], others: Sequence[Row]) -> list[Row]:
    """An event of this or another stream, between two or at the end, where the log ended long ago."""
    copy, at = chance.choice(others), chance.randint(0, len(rows) - 1)
    later = [(s, v + 1, t, st, p) for s, v, t, st, p in rows[at:]]
    places = [p for *_, p in rows[at:]] + [max(p for *_, p in others) + 1]
    moved = [
        (*row[:4], place) for row, place in zip([(rows[0][0], at + 1, *copy[2:4], 0), *later], places, strict=True)
    ]
    return [*rows[:at], *moved]


def truncate(chance: random.Random, rows: list[Row], others: Sequence[Row]) -> list[Row]:
    """Its end, or the whole stream."""
    return rows[: chance.randrange(len(rows))]


def rewrite(chance: random.Random, rows: list[Row], others: Sequence[Row]) -> list[Row]:
    """Facts that say something else, in good form."""
    at = chance.randrange(len(rows))
    state = msgspec.msgpack.decode(rows[at][3], type=Stored)
    facts = msgspec.json.decode(state.facts)
    facts["meta"]["effective_on"] = f"2025-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    other = msgspec.structs.replace(state, facts=msgspec.json.encode(facts))
    return [*rows[:at], with_state(rows[at], msgspec.msgpack.encode(other)), *rows[at + 1 :]]


BLIND: tuple[Alteration, ...] = (flip, delete, reorder, insert, truncate)
KNOWING: tuple[Alteration, ...] = (rewrite, delete, reorder, insert, truncate)


def altered(chance: random.Random, adversary: str, rows: list[Row], others: Sequence[Row]) -> tuple[str, list[Row]]:
    """What was done, and the rows then, which are not what they were."""
    while True:
        alteration = chance.choice(BLIND if adversary == "blind" else KNOWING)
        found = alteration(chance, list(rows), others)
        if adversary == "recomputing":
            found = rehashed(found)
        if found != rows:
            return alteration.__name__, found


def rehashed(rows: list[Row]) -> list[Row]:
    """The chain made good from the first event on, versions too: it needs no secret."""
    previous, found = chain.GENESIS, []
    for version, (stream, _, type, state, position) in enumerate(rows, start=1):
        row = msgspec.msgpack.decode(state, type=Stored)
        head = chain.header(stream, version, type, row.recorded_at)
        hash = chain.link(previous, head, chain.digest(row.facts), chain.digest(row.sealed))
        row = msgspec.structs.replace(row, previous=previous, hash=hash)
        found.append((stream, version, type, msgspec.msgpack.encode(row), position))
        previous = hash
    return found


def with_state(row: Row, state: bytes) -> Row:
    return (*row[:3], state, row[4])
