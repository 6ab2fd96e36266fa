"""Speaks to the API as sample people do: with a bearer token, ETags, Idempotency-Keys and positions."""

import json
from collections.abc import Callable
from functools import cache
from http.client import HTTPConnection, HTTPException
from typing import Any

import msgspec


class Answer(msgspec.Struct, frozen=True):
    body: Any
    etag: str = ""


class Refused(Exception):
    """The service refused: `kind` is its problem's slug, `sentences` what it says to a person."""

    def __init__(self, problem: dict[str, Any]) -> None:
        self.kind = str(problem.get("type", "")).removeprefix("/problems/")
        wrong = [f"{_field(error['pointer'])}: {error['detail']}" for error in problem.get("errors", [])]
        self.sentences = [str(problem.get("detail", "")), *wrong]
        super().__init__(" ".join(self.sentences))


class NoAnswer(Exception):
    """The service did not answer, or not in its own words."""


class Api:
    """`token_of` gives a sample person's token. Remembers the last position written, and reads no earlier state."""

    def __init__(self, address: str, token_of: Callable[[str], str]) -> None:
        self._host = address.removeprefix("http://")
        self._token_of = cache(token_of)
        self._position = 0

    def read(self, who: str, path: str) -> Answer:
        return self._send("GET", f"/api/v1{path}", {**self._as(who), "Wait-For": str(self._position)})

    def write(self, who: str, path: str, body: dict[str, Any], key: str, etag: str = "") -> Answer:
        """Post once, however often it is sent with this key. `etag` is of what the person has seen."""
        seen = {"If-Match": etag} if etag else {}
        return self._send("POST", f"/api/v1{path}", {**self._as(who), "Idempotency-Key": key, **seen}, body)

    def clock_to(self, moment: str) -> None:
        """Move the clock; what is due by then has happened after it."""
        self._send("PUT", "/dev/clock", {}, {"now": moment})

    def _as(self, who: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token_of(who)}"}

    def _send(self, method: str, path: str, headers: dict[str, str], body: Any = None) -> Answer:
        connection = HTTPConnection(self._host, timeout=60)
        try:
            sent = None if body is None else json.dumps(body)
            connection.request(method, path, sent, {"Content-Type": "application/json", **headers})
            reply = connection.getresponse()
            said = json.loads(reply.read() or b"null")
        except (OSError, HTTPException, ValueError) as error:
            raise NoAnswer(f"the service did not answer: {error!r}") from error
        finally:
            connection.close()
        if reply.status >= 400:
            raise Refused(said)
        self._position = max(self._position, int(reply.headers.get("Position", 0)))
        return Answer(said, reply.headers.get("ETag", ""))


def _field(pointer: str) -> str:
    """A JSON Pointer in words."""
    return pointer.strip("/").replace("_", " ").replace("/", ", ")
