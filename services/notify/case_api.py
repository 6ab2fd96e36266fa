"""The case service over HTTP, as its API is described: feeds, and results."""

import http.client
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from typing import Any

import msgspec

from services.notify.settings import Settings
from services.notify.tokens import ClientRefused, NoToken, Tokens

NEXT = re.compile(r'<([^>]*)>; rel="next"')
PATIENCE = 60  # seconds for an answer


class Away(Exception):
    """The other side does not answer, or asks us to come back."""


class NotAccepted(Exception):
    """The case service does not take our token, or its scopes; or the provider gives us none."""


class CaseApi:
    """`authorities`: those whose records our tokens open."""

    def __init__(self, settings: Settings) -> None:
        self._address = f"{settings.feed_url.rstrip('/')}/api/v1"
        self._tokens = Tokens(settings)
        self.authorities = self._tokens.authorities

    def feed(self, authority: str, topic: str, after: int, limit: int = 200, wait: int = 0) -> tuple[list[bytes], int]:
        """Records of a topic after a place, and the place from which on to ask next. Raises Away, NotAccepted."""
        query = urllib.parse.urlencode({"topic": topic, "after": after, "limit": limit, "wait": wait})
        body, links = self._ask("GET", f"/feed?{query}", authority)
        try:
            records = [bytes(record) for record in msgspec.json.decode(body, type=list[msgspec.Raw])]
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise Away("The case service answers something else than it describes.") from error
        following = NEXT.search(links)
        place = urllib.parse.parse_qs(urllib.parse.urlsplit(following[1]).query)["after"][0] if following else after
        return records, int(place)

    def tell(self, authority: str, records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Hand over results; those that are not taken, with why. Raises Away, NotAccepted."""
        body, _ = self._ask("POST", "/results", authority, list(records))
        errors: list[dict[str, Any]] = msgspec.json.decode(body).get("errors", [])
        return errors

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
