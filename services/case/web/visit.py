"""A request for a page as page handlers see it: who asks, what they typed, and ways to answer.

What a page shows and does it asks of the same handlers as the JSON API (`read`, `act`), as the person who is signed in.
"""

import hashlib
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.case.api.asking import Ask, Reply, read_body
from services.case.api.asking import Handler as ApiHandler
from services.case.api.multipart import Part, parts_of
from services.case.application.door import Command
from services.case.domain.errors import BodyInvalid, BodyMalformed, NotSignedIn
from services.case.domain.people import Person
from services.case.web.known_people import names_of
from services.case.web.pages import Pages
from services.case.web.safety import token_for
from services.case.web.sessions import Session

OWN_CHANGE = 1.0  # seconds that somebody waits to see their own change
MOST_FIELDS = 2_000
REASONS = "reasons"  # for which somebody looks at cases whose work is not theirs, by reference, kept in the session


class Posted:
    """What a form sent, by field; a field may be sent more than once. `files`: those that were chosen · `digest`: of
    all that was sent."""

    def __init__(self, body: bytes = b"", parts: Sequence[Part] = (), digest: bytes = b"") -> None:
        """Raises BodyMalformed."""
        self.files = {part.name: part for part in parts if part.is_file and (part.called or part.value)}
        self.digest = digest or hashlib.sha256(body).digest()
        try:
            if parts:
                pairs = [(part.name, part.value.decode()) for part in parts if not part.is_file]
            else:
                pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
        except ValueError as error:
            raise BodyMalformed("The form could not be read.") from error
        if any("\0" in value for _, value in pairs):
            raise BodyMalformed("A character in it cannot be stored.")
        self.pairs = pairs

    def get(self, name: str, otherwise: str = "") -> str:
        """The value last sent for a field, without space around it; lines end as on every other machine."""
        found = [value for field, value in self.pairs if field == name]
        return found[-1].replace("\r\n", "\n").strip() if found else otherwise

    def all(self, name: str) -> list[str]:
        return [value for field, value in self.pairs if field == name]

    @property
    def names(self) -> list[str]:
        return [field for field, _ in self.pairs]


async def posted_by(request: Request, largest: int) -> Posted:
    """What a form sent; `largest`: bytes of a file in it. Raises BodyMalformed, TooLarge."""
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        parts, digest = await parts_of(request.stream(), kind, largest)
        return Posted(b"", parts, digest)
    body, _ = await read_body(request, None)
    return Posted(body)


class Visit:
    """`session` is None where nobody is signed in."""

    def __init__(self, request: Request, pages: Pages, session: Session | None, posted: Posted | None = None) -> None:
        self.request = request
        self.pages = pages
        self.house = pages.house
        self.session = session
        self.posted = posted or Posted()
        self.correlation = ""  # what all that is done by this visit is part of, such as a family's link

    @property
    def person(self) -> Person:
        """Who is signed in. Raises NotSignedIn."""
        if self.session is None:
            raise NotSignedIn
        return self.session.person

    @cached_property
    def token(self) -> str:
        """What forms on this page have to send back."""
        return token_for(self.request, self.session, self.pages.secure)

    def part(self, name: str) -> str:
        """A part of the address."""
        return str(self.request.path_params[name])

    def query(self, name: str) -> str:
        """What the address says after the question mark, such as the filter of a list; nothing personal ever."""
        return self.request.query_params.get(name, "")

    def page(self, template: str, code: int = 200, /, **values: Any) -> Response:
        """A page of this template."""
        return HTMLResponse(self.pages.render(self, template, **values), code)

    def to(self, address: str) -> Response:
        """Go on to another page of ours, after something was done."""
        return RedirectResponse(address, 303)

    def asking(self, query: Any = None, body: Any = None, **parts: str) -> Ask:
        """This visit as the API's handlers see a request."""
        ref = parts.get("ref") or self.request.path_params.get("ref", "")
        reason = self.session.kept.get(REASONS, {}).get(ref, "") if self.session else ""
        return Ask(self.request, self.house, self.person, body=body, query=query, parts=parts, reason=reason)

    async def read(self, handler: ApiHandler, query: Any = None, body: Any = None, **parts: str) -> Reply:
        """What a handler of the API answers to this person."""
        return await handler(self.asking(query, body, **parts))

    async def act(
        self, handler: ApiHandler, kind: type[Any], said: Mapping[str, Any], seen: str = "", **parts: str
    ) -> Reply:
        """Let a handler of the API do what this form asks, once however often it is sent, and wait for the read models.

        Raises the handler's refusals, BodyInvalid.
        """
        try:
            body = msgspec.convert(said, kind)
        except msgspec.ValidationError as error:
            raise BodyInvalid([{"pointer": "", "detail": str(error)}]) from error
        return await self.do(handler, body, seen, **parts)

    async def do(self, handler: ApiHandler, body: Any, seen: str = "", about: str = "", **parts: str) -> Reply:
        """The same with a body that is made already. `about`: which of several things that one form asks for."""
        command = self._command(*parts.values(), *filter(None, [about]))
        reply = await handler(
            Ask(self.request, self.house, self.person, body=body, command=command, seen=seen, parts=parts)
        )
        if reply.position is not None:
            await self.house.projected.wait(reply.position, OWN_CHANGE)
        return reply

    def _command(self, *about: str) -> Command:
        """The same for the same form sent twice, by a double click say; another for every other."""
        master = self.house.store.keys.master
        once = self.posted.get("once") or secrets.token_hex(16)
        said = [
            "page",
            self.person.id,
            self.person.authority,
            self.request.url.path,
            *about,
            once,
            self.posted.digest.hex(),
        ]
        digest = master.digest(*said)
        return Command(UUID(bytes=digest[:16]), digest, True, self.correlation)

    def names(self, *ids: str | None) -> dict[str, str]:
        """Names of people by their ids, as far as they are known. Asks the database."""
        return names_of(self.house.database, [id for id in ids if id])


Handler = Callable[[Visit], Awaitable[Response]]
