"""The secure link in an e-mail or text to a family that cannot sign in, so that there is a way from it to the words.

A link of ours that is still good is sent again, so the newest message always has one that works. One that a caseworker
gave by hand stays: nobody but the family has it, and the message says to use that.
"""

import asyncio
import contextlib

from services.case.application import links
from services.case.application.door import Door, once
from services.case.application.running import Running
from services.case.domain.case import Case
from services.case.domain.contacts import contact_of
from services.case.domain.errors import Refusal
from services.case.domain.link_events import Factor, LinkIssued, Purpose
from services.case.domain.people import SYSTEM

BY_HAND = ""  # the address of a link that we do not know


class Linking:
    """`start`: where the pages are, "" where nobody has said; then no links go out."""

    def __init__(self, door: Door, start: str) -> None:
        self._door = door
        self._start = start.rstrip("/")

    def factor(self, case: Case) -> Factor:
        """By which other way the council wants a code to go, "" for none."""
        return links.factor_of(self._door.reference.policy_at(case.authority, self._door.clock.today()))

    def may_go(self, case: Case, party: str) -> bool:
        """Whether links go out to a party by themselves: not where somebody has to see to a code that goes another
        way."""
        factor = self.factor(case)
        return bool(self._start) and (not factor or contact_of(case, party).takes_code(factor))

    def code(self, issued: LinkIssued) -> str:
        """The code that goes with a link."""
        return links.code_of(self._door.store.keys.master, issued.digest)

    def address(self, ref: str, party: str, instance: int) -> str | None:
        """Of the link for a party to whom words of a process instance go (0: of no process), `BY_HAND` where it has one
        that we did not make; None if it can have none."""
        found: list[str] = []

        def act(running: Running) -> bytes:
            running.decision.by = SYSTEM
            case, reference = running.case, self._door.reference
            agreements = {t.agreement for t in case.tasks.values() if t.party == party and t.instance == instance}
            asked = "terms" if "terms" in agreements else ""
            purpose: Purpose = links.purpose_of(reference, case, instance, asked) if instance else "see"
            found[:] = [links.standing(running, party, purpose, self._door.store.keys.master)]
            return b""

        with contextlib.suppress(Refusal):
            asyncio.run(self._door.change(ref, once(), act))
        if not found:
            return None
        if not found[0]:
            return BY_HAND
        links.keep(self._door.store.database, links.digest_of(found[0]), ref)
        return f"{self._start}/link/{found[0]}"
