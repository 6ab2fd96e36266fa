"""A request as our handlers see it, and what they answer: one decode, one check, one encode."""

import contextlib
import hashlib
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from services.case.application.door import Command
from services.case.clock.bank_holidays import DateOutOfReach
from services.case.clock.now import Clock
from services.case.clock.rules import NotInForce
from services.case.domain.errors import (
    AnswersInvalid,
    BodyInvalid,
    BodyMalformed,
    CaseUnknown,
    MediaTypeUnknown,
    TaskUnknown,
    TooLarge,
)
from services.case.domain.people import Person
from services.case.store.cipher import MasterKey
from services.case.wiring import House

LARGEST = 1_000_000  # bytes of a body
DEEPEST = 30  # levels of a body
EARLIEST = date(1990, 1, 1)  # on which what is told now may have been true
REF = re.compile(r"[A-Z]{2,4}-\d{4}-\d{6}")
TASK = re.compile(rf"({REF.pattern})-([1-9]\d{{0,8}})")
AT = re.compile(r" - at `\$(.*)`$")
POSITION = re.compile(r"[0-9]{1,18}")
IDENTIFIER = re.compile(r"[A-Za-z0-9._-]{1,100}")
PLAIN = re.compile(r"[^A-Za-z0-9 ._()-]")
KEY = re.compile(r"[\x21-\x7e]{1,200}")


class Ask(msgspec.Struct):
    """Who asks what: `body` and `query` are checked structs of the route, `house` all there is to work with.

    `seen` is the ETag that the client has seen, "" if it does not say. `parts` of the address are those of the request,
    unless others are named. `reason`: why it is looked at; None where only the request's header can say.
    """

    request: Request
    house: House
    person: Person
    body: Any = None
    query: Any = None
    command: Command = msgspec.field(default_factory=lambda: Command(uuid4()))
    seen: str = ""
    parts: Mapping[str, str] = {}
    reason: str | None = None

    def part(self, name: str) -> str:
        """A part of the address, such as the party."""
        return str(self.parts[name] if name in self.parts else self.request.path_params[name])

    @property
    def ref(self) -> str:
        """The case reference of the address. Raises CaseUnknown."""
        ref = self.part("ref")
        if not REF.fullmatch(ref):
            raise CaseUnknown
        return ref

    @property
    def task(self) -> tuple[str, int]:
        """Reference and number of the task of the address. Raises TaskUnknown."""
        found = TASK.fullmatch(self.part("id"))
        if not found:
            raise TaskUnknown
        return found[1], int(found[2])


class Reply(msgspec.Struct, frozen=True):
    """What goes back: `body` is encoded once. Also what is remembered of a command, so that it can be said again."""

    body: Any
    status: int = 200
    etag: str = ""
    location: str = ""
    links: str = ""
    position: int | None = None
    content_type: str = "application/json"
    file_name: str = ""


Handler = Callable[[Ask], Awaitable[Reply]]


def respond(reply: Reply) -> Response:
    headers = {"Cache-Control": "no-store"}
    if reply.etag:
        headers["ETag"] = reply.etag
    if reply.location:
        headers["Location"] = reply.location
    if reply.links:
        headers["Link"] = reply.links
    if reply.position is not None:
        headers["Position"] = str(reply.position)
    if reply.file_name:  # to be kept, never to be shown as a page of ours
        plain = PLAIN.sub("_", reply.file_name)
        exact = quote(reply.file_name, safe="")
        headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}"
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    body = reply.body if isinstance(reply.body, bytes) else msgspec.json.encode(reply.body)
    return Response(body, reply.status, headers, reply.content_type)


async def read_body(request: Request, kind: type | None) -> tuple[bytes, Any]:
    """The raw body and what it says. Raises TooLarge, MediaTypeUnknown, BodyMalformed, BodyInvalid."""
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > LARGEST:
            raise TooLarge
    if kind is None:
        return raw, None
    if not raw:
        return raw, decode(b"{}", kind)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in ("application/json", ""):
        raise MediaTypeUnknown
    return raw, decode(raw, kind)


def decode(raw: bytes, kind: type) -> Any:
    """A JSON body as a struct."""
    if b"\\u0000" in raw or b"\\ud" in raw.lower() or raw.count(b"[") + raw.count(b"{") > DEEPEST:
        _refuse_odd(raw)
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        raise BodyInvalid([_located(error)]) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, ValueError) as error:
        raise BodyMalformed("The request is not JSON that can be read.") from error


def _refuse_odd(raw: bytes) -> None:
    """A NUL or half a surrogate pair is valid JSON and cannot be stored or shown; nothing is asked so deep."""
    try:
        left: list[tuple[Any, int]] = [(msgspec.json.decode(raw), 0)]
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise BodyMalformed("The request is not JSON that can be read.") from error
    while left:
        part, depth = left.pop()
        if isinstance(part, dict | list):
            if depth == DEEPEST:
                raise BodyInvalid([{"pointer": "", "detail": "This is nested too deep."}])
            inside = [*part, *part.values()] if isinstance(part, dict) else part
            left += [(one, depth + 1) for one in inside]
        elif isinstance(part, str) and "\0" in part:
            raise BodyInvalid([{"pointer": "", "detail": "A character in it cannot be stored."}])


def _located(error: msgspec.ValidationError) -> dict[str, str]:
    message = str(error)
    found = AT.search(message)
    pointer = re.sub(r"\[(\d+)\]", r"/\1", found[1].replace(".", "/")) if found else ""
    return {"pointer": pointer.replace("[...]", "/*"), "detail": f"{AT.sub('', message)}."}


@contextlib.contextmanager
def said_at(place: str, instead_of: str = "") -> Iterator[None]:
    """Answers stand in the body at a place: what is wrong with them is pointed to there. So is a date among them that
    nothing can be counted from."""
    try:
        yield
    except AnswersInvalid as invalid:
        wrong = invalid.details["errors"]
        raise AnswersInvalid(
            [{**error, "pointer": place + error["pointer"].removeprefix(instead_of)} for error in wrong]
        ) from invalid
    except DateOutOfReach as far:
        raise AnswersInvalid([{"pointer": place, "detail": str(far)}]) from far
    except NotInForce as early:
        detail = "There was no rule yet by which a date in this can be counted."
        raise AnswersInvalid([{"pointer": place, "detail": detail}]) from early


def read_query(request: Request, kind: type | None) -> Any:
    """The query string as a struct; each name at most once. Raises BodyInvalid."""
    given: dict[str, str] = {}
    if not request.scope["query_string"] and kind is None:
        return None
    for name, value in request.query_params.multi_items():
        if name in given:
            raise BodyInvalid([{"pointer": "", "detail": f"“{name}” is given twice."}])
        if value.lower() == "null":  # would be taken for nothing given
            raise BodyInvalid([{"pointer": "", "detail": f"“{name}” has no value."}])
        if "\x00" in value:
            raise BodyInvalid([{"pointer": "", "detail": f"“{name}” has a character that cannot be."}])
        given[name] = value
    if kind is None:
        if given:
            raise BodyInvalid([{"pointer": "", "detail": "This address takes no query."}])
        return None
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise BodyInvalid([_located(error)]) from None


def wait_for(request: Request) -> int | None:
    """The position that the reader wants to see (`Wait-For`). Raises BodyInvalid."""
    wanted = request.headers.get("wait-for")
    if wanted is None:
        return None
    if not POSITION.fullmatch(wanted):
        raise BodyInvalid([{"pointer": "", "detail": "Wait-For: a position, as `Position` gives it."}])
    return int(wanted)


def command_of(
    request: Request, person: Person, raw: bytes, effective_on: date | None, clock: Clock, master: MasterKey
) -> Command:
    """The command that a request is: by its Idempotency-Key the same one, however often it is sent.

    Raises BodyInvalid, also for what is told of a day to come.
    """
    if effective_on is not None and not EARLIEST <= effective_on <= clock.today():
        raise BodyInvalid([{"pointer": "/effective_on", "detail": "Give a day that has been, today at the latest."}])
    correlation = request.headers.get("x-correlation-id", "")
    if correlation and not IDENTIFIER.fullmatch(correlation):  # it is kept and published in clear
        raise BodyInvalid([{"pointer": "", "detail": "X-Correlation-ID: up to 100 letters, digits, dots, - and _."}])
    key = request.headers.get("idempotency-key")
    if key is None:
        return Command(uuid4(), correlation=correlation, effective_on=effective_on)
    if not KEY.fullmatch(key):
        raise BodyInvalid([{"pointer": "", "detail": "Idempotency-Key: 1 to 200 printable characters."}])
    name = hashlib.sha256(f"{person.id}\0{person.authority}\0{key}".encode()).digest()[:16]
    # Keyed: nobody shall find out what was asked by trying.
    asked = master.digest("asked", request.method, request.scope["path"], hashlib.sha256(raw).hexdigest())
    return Command(UUID(bytes=name), asked, True, correlation, effective_on)
