"""The case service over HTTP, as its API is described: the feed, checkpoints, countersignatures."""

import http.client
import re
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, TypeVar

import msgspec

from services.audit.settings import Settings
from services.audit.tokens import ClientRefused, NoToken, Tokens

T = TypeVar("T")
NEXT = re.compile(r'<([^>]*)>; rel="next"')
PATIENCE = 60  # seconds for an answer


class Away(Exception):
    """The case service does not answer, or asks us to come back."""


class NotAccepted(Exception):
    """The case service does not take our token, or its scopes; or the provider gives us none."""


class Served(msgspec.Struct, frozen=True):
    """A checkpoint as the case service serves it: the text of its statement, and by whom it is signed."""

    statement: str
    key: str
    signature: str


class CaseApi:
    """`authorities`: those whose records our tokens open."""

    def __init__(self, settings: Settings) -> None:
        self._address = f"{settings.feed_url.rstrip('/')}/api/v1"
        self._tokens = Tokens(settings)
        self.authorities = self._tokens.authorities

    def feed(self, authority: str, topic: str, after: int, limit: int = 1000, wait: int = 0) -> tuple[list[bytes], int]:
        """Records after a position, and the position from which on to ask next. Raises Away, NotAccepted."""
        query = urllib.parse.urlencode({"topic": topic, "after": after, "limit": limit, "wait": wait})
        body, links = self._ask("GET", f"/feed?{query}", authority)
        records = [bytes(record) for record in _decoded(body, list[msgspec.Raw])]
        following = NEXT.search(links)
        place = urllib.parse.parse_qs(urllib.parse.urlsplit(following[1]).query)["after"][0] if following else after
        return records, int(place)

    def checkpoints(self, after: int) -> list[Served]:
        """Those of positions after one, in order, as many as come in one answer. Raises Away, NotAccepted."""
        body, _ = self._ask("GET", f"/checkpoints?after={after}", self.authorities[0])
        return _decoded(body, list[Served])

    def countersign(self, position: int, key: str, signature: str) -> None:
        """Raises Away, NotAccepted."""
        body = {"key": key, "signature": signature}
        self._ask("POST", f"/checkpoints/{position}/countersignature", self.authorities[0], body)

    def _ask(self, method: str, path: str, authority: str, body: Any = None) -> tuple[bytes, str]:
        request = self._request(method, path, authority, body)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
                return answer.read(), answer.headers.get("Link") or ""
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in (401, 403) and not (error.code == 401 and self._tokens.forget(authority)):
                raise NotAccepted(f"The case service answers {error.code} to the token for {authority}.") from error
            raise Away(f"The case service answers {error.code}.") from error
        except (OSError, http.client.HTTPException) as error:
            raise Away("The case service does not answer.") from error

    def _request(self, method: str, path: str, authority: str, body: Any) -> urllib.request.Request:
        try:
            token = self._tokens.of(authority)
        except NoToken as away:
            raise Away(str(away)) from away
        except ClientRefused as refused:
            raise NotAccepted(str(refused)) from refused
        return urllib.request.Request(  # noqa: S310  the scheme is checked with the settings
            f"{self._address}{path}",
            None if body is None else msgspec.json.encode(body),
            {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            method=method,
        )


def _decoded(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Away("The case service answers something else than it describes.") from error
