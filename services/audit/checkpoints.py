"""Countersigning: what the case service states of its whole log is borne out only if this ledger says the same.

A checkpoint must be signed by the same key as the first, name the one before it, and count and bind exactly what was
entered here. One that is not so is found, and countersigning goes no further until it is.
"""

import logging
import time
from collections.abc import Sequence
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from contracts.checkpoint import COUNTERSIGNED, NotACheckpoint, Statement, leaf, read_statement, root
from services.audit import figures
from services.audit.case_api import Away, CaseApi, NotAccepted, Served
from services.audit.ledger import Connection, Finding, find, report
from services.audit.settings import Settings

EVERY = 1.0  # seconds between looks for new ones
PATIENCE = 600.0  # seconds for which the ledger may lack what a checkpoint counts
NONE = "0" * 64
LAST = "SELECT position, statement, key FROM checkpoints ORDER BY position DESC LIMIT 1"
UNTOLD = "SELECT position, countersignature FROM checkpoints WHERE NOT told ORDER BY position"
KEEP = "INSERT INTO checkpoints (position, statement, key, signature, countersignature) VALUES (%s, %s, %s, %s, %s)"
SAID = "SELECT FROM findings WHERE kind = 'checkpoint' AND place = %s AND reason = %s"
HEADS = """
    SELECT stream, sequence, hash FROM heads WHERE position <= %(position)s AND sequence > 0
    UNION ALL
    SELECT h.stream, e.sequence, e.hash FROM heads h CROSS JOIN LATERAL (
        SELECT sequence, hash FROM entries WHERE stream = h.stream AND position <= %(position)s
        ORDER BY sequence DESC LIMIT 1
    ) e WHERE h.position > %(position)s
    ORDER BY 1
"""

log = logging.getLogger(__name__)


class NotBorneOut(Exception):
    """A checkpoint says something else than the ledger; the message says what."""


class Behind(Exception):
    """The ledger does not have yet what the checkpoint counts."""


class Countersigning:
    def __init__(self, settings: Settings, api: CaseApi) -> None:
        self._api = api
        self._case_key = settings.case_key
        seed = settings.seed()
        self._key = Ed25519PrivateKey.from_private_bytes(seed) if seed else None
        self._next = 0.0
        self._behind_since: float | None = None

    def work(self, connection: Connection) -> None:
        """Judge what is new, if it is time to, and tell the case service of what was borne out."""
        if self._key is None or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + EVERY
        try:
            while self._work(connection, self._key):
                pass
        except (Away, NotAccepted) as why:
            log.debug("%s", why)  # the source says so

    def _work(self, connection: Connection, key: Ed25519PrivateKey) -> bool:
        """One answer of the case service; whether there may be more."""
        row = connection.execute(LAST).fetchone()
        last = read_statement(row[1]) if row else None
        case_key = self._case_key or (row[2] if row else "")
        served = self._api.checkpoints(last.position if last else 0)
        for one in served:
            try:
                last = self._bear_out(connection, one, last, case_key or one.key)
            except NotBorneOut as why:
                self._find(connection, one, str(why))
                return False
            except Behind:
                return False
            signature = key.sign(COUNTERSIGNED + last.text.encode()).hex()
            connection.execute(KEEP, [last.position, last.text, one.key, one.signature, signature])
            figures.COUNTERSIGNED.set(last.position)
            case_key = case_key or one.key
        for position, signature in connection.execute(UNTOLD).fetchall():
            self._api.countersign(position, key.public_key().public_bytes_raw().hex(), signature)
            connection.execute("UPDATE checkpoints SET told = true WHERE position = %s", [position])
        return bool(served)

    def _bear_out(self, connection: Connection, one: Served, last: Statement | None, key: str) -> Statement:
        """What the checkpoint states, if it is so. Raises NotBorneOut, Behind."""
        statement = signed_statement(one, key)
        if statement.previous != (last.digest if last else NONE):
            raise NotBorneOut("does not name the checkpoint before it")
        try:
            compare(connection, statement)
        except Behind:
            self._behind_since = self._behind_since or time.monotonic()
            if time.monotonic() - self._behind_since > PATIENCE:
                raise NotBorneOut("counts events that never came here") from None
            raise
        self._behind_since = None
        return statement

    def _find(self, connection: Connection, one: Served, why: str) -> None:
        """Once, however often it is looked at."""
        place = f"checkpoint {one.statement.partition('position ')[2].partition(chr(10))[0][:18]}"
        if connection.execute(SAID, [place, why]).fetchone() is None:
            found = [Finding("checkpoint", None, None, place, why)]
            find(connection, found)
            report(found)


def signed_statement(one: Served, key: str) -> Statement:
    """What a checkpoint states, if it was signed with the key. Raises NotBorneOut."""
    if one.key != key:
        raise NotBorneOut("is signed with another key")
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(bytes.fromhex(one.signature), one.statement.encode())
        return read_statement(one.statement)
    except (InvalidSignature, ValueError) as error:
        wrong = "cannot be read" if isinstance(error, NotACheckpoint) else "is not signed as it says"
        raise NotBorneOut(wrong) from error


def compare(connection: Connection, statement: Statement) -> None:
    """Raises NotBorneOut where the ledger says something else, Behind where it may only lack something."""
    heads = connection.execute(HEADS, {"position": statement.position}).fetchall()
    events = sum(sequence for _, sequence, _ in heads)
    if events < statement.events or len(heads) < statement.streams:
        raise Behind
    if (events, len(heads), root_of(heads)) != (statement.events, statement.streams, statement.root):
        raise NotBorneOut("states another log than was published")


def root_of(heads: Sequence[tuple[UUID, int, bytes]]) -> str:
    return root(leaf(stream, sequence, bytes(hash)) for stream, sequence, hash in heads).hex()
