"""Pure: an integration event -> its entry in the ledger, and whether an entry follows another."""

import re
from typing import Any
from uuid import UUID

import msgspec

from contracts import chain
from contracts.envelope import NotACloudEvent

ACCESS = "case.access.v1"  # the topic of who looked
GLASS_BROKEN = "access.glass_broken.v1"  # somebody may read for a while what is in a case
_TYPE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*\.v[1-9][0-9]*")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Entry(msgspec.Struct, frozen=True):
    """One event's link: its header, the hashes before and after it, the digests of its two parts."""

    topic: str
    stream: UUID
    sequence: int
    type: str
    time: str
    position: int
    previous: bytes
    hash: bytes
    facts: bytes
    sealed: bytes

    @property
    def computed(self) -> bytes:
        """The hash that it must have."""
        head = chain.header(self.stream, self.sequence, self.type, self.time)
        return chain.link(self.previous, head, self.facts, self.sealed)


class Head(msgspec.Struct, frozen=True):
    """Where a stream ends. `stopped`: why nothing more is entered."""

    sequence: int = 0
    position: int = 0
    hash: bytes = chain.GENESIS
    stopped: str | None = None


class Broken(msgspec.Struct, frozen=True):
    """What is wrong with an entry; `kind` is gap, chain or changed."""

    kind: str
    reason: str


class Look(msgspec.Struct, frozen=True):
    """Who looked at which case, in which role for whom, and at what of it."""

    ref: str
    person: str
    role: str
    org: str
    what: str


def entry_of(topic: str, event: dict[str, Any]) -> Entry:
    """The link that an event carries. Raises NotACloudEvent where it carries none that can be read."""
    try:
        stream = UUID(event["partitionkey"])
        entry = Entry(
            topic,
            stream,
            event["sequence"],
            _of(_TYPE, event["type"]),
            _of(_TIME, event["time"]),
            event["position"],
            *(bytes.fromhex(_of(_DIGEST, event[name])) for name in ("prevhash", "hash", "factshash", "sealedhash")),
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise NotACloudEvent("it has no link that can be read") from error
    if event["partitionkey"] != str(stream) or event["id"] != f"{stream}.{entry.sequence}":
        raise NotACloudEvent("its id is not that of its stream and place")
    if entry.sequence < 1 or entry.position < 1:
        raise NotACloudEvent("it has no place")
    return entry


def look_of(event: dict[str, Any]) -> Look:
    """What an event of the access topic tells; "" for what it does not."""
    data = event.get("data")
    said: dict[str, Any] = data if isinstance(data, dict) else {}
    by = said.get("by")
    who: dict[str, Any] = by if isinstance(by, dict) else {}
    what = "glass-broken" if event.get("type") == GLASS_BROKEN else said.get("what")
    told = (event.get("subject"), said.get("person"), who.get("role"), who.get("org"), what)
    return Look(*(text[:200] if isinstance(text, str) and text.isprintable() else "" for text in told))


def broken(head: Head, entry: Entry) -> Broken | None:
    """What is wrong with an entry that comes after this head; None if it follows."""
    if entry.sequence > head.sequence + 1:
        return Broken("gap", f"{head.sequence + 1} is missing before {entry.sequence}")
    if entry.previous != head.hash:
        return Broken("chain", "does not follow the event before it")
    if entry.computed != entry.hash:
        return Broken("chain", "its hash is not that of what it says")
    if entry.position <= head.position:
        return Broken("chain", "is not at a later place in the log than the event before it")
    return None


def _of(form: re.Pattern[str], text: str) -> str:
    if not form.fullmatch(text):
        raise ValueError
    return text
