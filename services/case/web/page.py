"""A page's line in the table of pages."""

import msgspec

from services.case.web.visit import Handler


class Page(msgspec.Struct, frozen=True):
    """`who` is an action of `domain.permissions.ACTIONS`, `answering` (whom a task is for), `signed-in`,
    `link` (who came by a secure link) or `anybody`.

    `nav`: the words with which every page links to it · `unnamed`: its address is a secret, never told to another page
    · `takes_files`: its form may have files of a case in it · `counts`: it counts over all cases, which takes its time.
    """

    method: str
    path: str
    handler: Handler
    who: str
    nav: str = ""
    unnamed: bool = False
    takes_files: bool = False
    counts: bool = False
