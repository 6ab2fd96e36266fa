"""Records as no consumer should ever get: of every kind in turn, so that as many come of one as of another."""

import os
import random
from collections.abc import Callable, Iterator
from uuid import UUID

import msgspec

from contracts.envelope import Record

STRUCTURED = [("content-type", b"application/cloudevents+json")]
HUGE = 800_000  # bytes, of the 1 MiB that a record may have
SELDOM = 50  # of so many rounds, one has the huge ones
REQUIRED = ("ce_id", "ce_source", "ce_type", "ce_specversion", "ce_subject")

Make = Callable[[random.Random], Record]


def junk(count: int, type: str, seed: int = 1) -> Iterator[Record]:
    """So many records, most of which pretend to be events of a type that the consumer handles."""
    chance, made = random.Random(seed), 0
    while True:
        for kind in [*KINDS, *(HUGE_KINDS if made // len(KINDS) % SELDOM == 0 else ())]:
            if made == count:
                return
            made += 1
            yield kind(chance, type)


def headers(chance: random.Random, type: str, **changes: bytes) -> dict[str, bytes]:
    """Those of an event whose stream nobody knows."""
    stream = UUID(int=chance.getrandbits(128), version=4)
    said = {
        "ce_specversion": b"1.0",
        "ce_id": f"{stream}.1:parent".encode(),
        "ce_source": b"/authorities/937/cases",
        "ce_type": type.encode(),
        "ce_subject": b"EP-2026-999999",
        "content-type": b"application/json",
    }
    return said | {f"ce_{name}": value for name, value in changes.items()}


def binary(said: dict[str, bytes], value: bytes | None, key: bytes | None = b"junk") -> Record:
    return Record(key, list(said.items()), value)


def structured(value: bytes | None) -> Record:
    return Record(b"junk", STRUCTURED, value)


def as_json(chance: random.Random, type: str, **changes: object) -> Record:
    said: dict[str, object] = {
        name.removeprefix("ce_"): value.decode() for name, value in headers(chance, type).items()
    }
    said.pop("content-type")
    return structured(msgspec.json.encode({**said, "data": {}, **changes}))


def without(chance: random.Random, type: str) -> Record:
    """Headers with one or more missing that every event has."""
    said = headers(chance, type)
    for name in chance.sample(REQUIRED[:4], chance.randint(1, 4)):
        del said[name]
    return binary(said, b"{}")


def wrong_types(chance: random.Random, type: str) -> Record:
    wrong = chance.choice([{"id": 7}, {"subject": []}, {"sequence": "x"}, {"position": 1e99}, {"time": {"at": 1}}])
    return as_json(chance, type, **wrong)


def another_schema(chance: random.Random, type: str) -> Record:
    """Data of another shape, or values that are none."""
    delivery = f"{UUID(int=chance.getrandbits(128))}.1:parent"
    data = chance.choice(
        [
            [],
            "words",
            {"delivery": delivery, "state": "lost", "channel": "pigeon"},
            {"delivery": 7, "expires": "soon", "ways": "email"},
            {"delivery": delivery, "expires": "2199-01-01T00:00:00", "ways": ["email"], "email": None},
            {"delivery": delivery, "expires": "2199-01-01T00:00:00Z", "ways": ["email", "fax"]},
            {"delivery": delivery, "state": "failed", "because": "x" * 5_000},
        ]
    )
    return as_json(chance, type, data=data)


def with_nul(chance: random.Random, type: str) -> Record:
    """Text that PostgreSQL does not store."""
    id = f"{UUID(int=chance.getrandbits(128))}.1:par\0ent"
    email = {"address": "a\0b", "title": "c", "words": "d"}
    data = {"delivery": id, "expires": "2199-01-01T00:00:00Z", "ways": ["email"], "email": email, "state": "failed"}
    return as_json(chance, type, id=id, data=data)


def long_names(chance: random.Random, type: str) -> Record:
    """An id that no index takes."""
    id = chance.randbytes(4_000).hex()
    email = {"address": "a@b.example", "title": "c", "words": "d"}
    data = {"delivery": id, "expires": "2199-01-01T00:00:00Z", "ways": ["email"], "email": email, "state": "failed"}
    return as_json(chance, type, id=id, data=data)


KINDS: list[Callable[[random.Random, str], Record]] = [
    lambda chance, type: binary(headers(chance, type), b"{not json"),
    lambda chance, type: binary(headers(chance, type), chance.randbytes(300)),
    lambda chance, type: binary(headers(chance, type), None),
    lambda chance, type: binary(headers(chance, type), b""),
    lambda chance, type: Record(b"", [], None),
    lambda chance, type: Record(chance.randbytes(20), [("ce_id", chance.randbytes(9))], chance.randbytes(50)),
    lambda chance, type: binary(headers(chance, type, subject=b"\xff\xfe"), b"{}", b"\xff"),
    lambda chance, type: Record(b"junk", [*headers(chance, type).items(), ("ce_id", b"again")], b"{}"),
    lambda chance, type: binary(headers(chance, type, specversion=b"2.0"), b"{}"),
    lambda chance, type: binary(headers(chance, f"{type[:-1]}9"), b"{}"),
    lambda chance, type: binary(headers(chance, "nobody.knows_this.v1"), b"{}"),
    lambda chance, type: binary(headers(chance, type, sequence=b"-1", position=b"9" * 30), b"{}"),
    lambda chance, type: structured(None),
    lambda chance, type: structured(b"[" * 20_000),
    lambda chance, type: structured(b'{"specversion":"1.0","id":"\\ud800"}'),
    lambda chance, type: structured(chance.choice([b"7", b"null", b"[]", b'"words"', b"{}"])),
    without,
    wrong_types,
    another_schema,
    with_nul,
    long_names,
]
HUGE_KINDS: list[Callable[[random.Random, str], Record]] = [
    lambda chance, type: binary(headers(chance, type), os.urandom(HUGE)),
    lambda chance, type: as_json(chance, type, data={"words": "x" * HUGE}),
]
