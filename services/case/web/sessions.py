"""Who is signed in to the pages: a row per session, found by the SHA-256 of a cookie that only the browser has."""

import hashlib
import hmac
import secrets
from typing import Any
from uuid import UUID

import msgspec

from services.case.domain.people import Person
from services.case.store.cipher import StreamKey, Unreadable
from services.case.store.database import Database

IDLE = "30 minutes"  # without a page, after which a session is over
ABSOLUTE = "12 hours"  # after which it is over whatever happens
BY_LINK = "2 hours"  # the same for who came by a link
WARNED_AFTER = 25 * 60  # seconds without a page, after which the browser warns
KEPT = "what a session keeps"

BEGIN = "INSERT INTO sessions (id, person, name, sealed) VALUES (%s, %s, %s, %s)"
FIND = f"""
    SELECT person, name, sealed, seen_at > now() - interval '{IDLE}' AND began_at > now() - %s::interval,
        seen_at < now() - interval '1 minute'
    FROM sessions WHERE id = %s
"""  # noqa: S608
SEEN = "UPDATE sessions SET seen_at = now() WHERE id = %s"
KEEP = "UPDATE sessions SET sealed = %s WHERE id = %s"
END = "DELETE FROM sessions WHERE id = %s"
END_OLD = "DELETE FROM sessions WHERE began_at < now() - interval '2 days'"


class SessionOver(Exception):
    """There was a session, and it is over: nobody used it for half an hour, or it lasted twelve."""


class Session(msgspec.Struct):
    """`cookie` is the secret that the browser sends; `kept` is for its person alone, gone when they sign out."""

    cookie: str
    person: Person
    name: str
    kept: dict[str, Any] = {}

    @property
    def token(self) -> str:
        """What a form has to send to show that it is a page of this session."""
        return hmac.digest(self.cookie.encode(), b"forms of this session", "sha256").hex()


class Sessions:
    """`kind`: a cookie of one kind is nothing to the others. `longest`: after which a session is over anyway."""

    def __init__(self, database: Database, kind: str = "", longest: str = ABSOLUTE) -> None:
        self._database = database
        self._kind = kind
        self._longest = longest

    def begin(self, person: Person, name: str, kept: dict[str, Any]) -> Session:
        """Somebody has signed in: a new cookie, never one that was there before."""
        session = Session(secrets.token_urlsafe(32), person, name, kept)
        self._database.execute(END_OLD)
        row = [self._id(session.cookie), msgspec.json.encode(person).decode(), name, _seal(session)]
        self._database.execute(BEGIN, row)
        return session

    def find(self, cookie: str) -> Session | None:
        """The session of a cookie, which is in use by this; None if there is none. Raises SessionOver."""
        row = self._database.row(FIND, [self._longest, self._id(cookie)])
        if row is None:
            return None
        person, name, sealed, going_on, touch = row
        if not going_on:
            self.end(cookie)
            raise SessionOver
        if touch:
            self._database.execute(SEEN, [self._id(cookie)])
        return Session(cookie, msgspec.convert(person, Person), name, _open(cookie, sealed))

    def keep(self, session: Session) -> None:
        """Store what the session now keeps."""
        self._database.execute(KEEP, [_seal(session), self._id(session.cookie)])

    def end(self, cookie: str) -> None:
        self._database.execute(END, [self._id(cookie)])

    def _id(self, cookie: str) -> bytes:
        return hashlib.sha256(f"{self._kind}{cookie}".encode()).digest()


def _key(cookie: str) -> StreamKey:
    return StreamKey(UUID(int=0), hmac.digest(cookie.encode(), b"seal what is kept", "sha256"))


def _seal(session: Session) -> bytes:
    return _key(session.cookie).seal(msgspec.json.encode(session.kept), KEPT)


def _open(cookie: str, sealed: bytes | None) -> dict[str, Any]:
    try:
        kept: dict[str, Any] = msgspec.json.decode(_key(cookie).open(sealed, KEPT)) if sealed else {}
    except Unreadable:
        return {}
    return kept
