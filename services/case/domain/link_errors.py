"""Every way in which a secure link, or making one, is refused, as in `errors.py`."""

from services.case.domain.errors import Refusal


class LinkOver(Refusal):
    """This link does not work any more. Ask the school or the council for a new one."""


class NotByThisLink(Refusal):
    """This link is for something else. Ask the school or the council for a link to this."""


class NothingByLink(Refusal):
    """A link would show nothing: at the moment they are asked for nothing of that kind, and nothing is shared."""
