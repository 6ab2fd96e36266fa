"""An address of the JSON API, as data."""

from typing import Any

import msgspec

from services.case.api.asking import Handler
from services.case.domain import errors


class Route(msgspec.Struct, frozen=True):
    """`who` is an action of `domain.permissions.ACTIONS`, `answering` (whom a task is for), or `scope:…`.

    `if_match` says whose ETag must be sent: `task`, `case`, `terms` or, of what is listed already, `entry` ·
    `patience`: seconds after which the client is asked to come back, as when the database hangs · `looks`: that
    auditors look is recorded, and why if they say so · `takes_file`: the body is a form with a file in it.
    """

    method: str
    path: str
    handler: Handler
    who: str
    summary: str
    body: Any = None
    query: Any = None
    status: int = 200
    if_match: str = ""
    refusals: tuple[type[errors.Refusal], ...] = ()
    embedded_only: bool = False
    patience: float = 10.0
    media: str = "application/json"
    looks: bool = False
    takes_file: bool = False
