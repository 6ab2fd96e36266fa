"""Operators: what a service task of a diagram can ask the house to do. A closed list; each has its line in OPERATORS.

An operator answers at once, so that the process can go on, and leaves what it brings about with `Calling`, to become
events after the input that led here.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, Protocol

import msgspec

from services.case.domain import delivery_events as n
from services.case.domain import events as e
from services.case.domain.case import Case
from services.case.domain.meta import Event
from services.case.domain.people import FAMILY, PARTIES

PACKS = {"receiving_school": "receiving_school", "provider": "provider"}  # with whom -> the fact that names them


class Calling(Protocol):
    """The call as an operator sees it: the case before the input, and where to leave effects."""

    case: Case
    instance: int

    def fact(self, name: str) -> Any:
        """A fact of the case, as this very step may have set it."""
        ...

    def bring_about(self, kind: type[Event], **facts: Any) -> None: ...
    def start(self, process: str, given: dict[str, Any]) -> int: ...
    def refreshed(self) -> dict[str, Any]: ...
    def ladder(self) -> dict[str, Any]: ...
    def is_statutory(self, notice: str) -> bool: ...
    def terms_hash(self) -> str: ...
    def exclusion_outlook(self, kind: str, start: str, half_days: int, session: str) -> dict[str, Any]: ...
    def enter_exclusion(self, kind: str, start: str, half_days: int, session: str, reasons: list[str]) -> None: ...
    def revise_exclusion(self, half_days: int) -> None: ...
    def cancel_exclusion(self, half_days_out: int) -> None: ...
    def deemed_service(self, method: str, sent_on: str) -> str: ...


def _send_notice(calling: Calling, notice: str, to: str | list[str]) -> None:
    calling.bring_about(
        e.NoticeDue,
        notice=notice,
        instance=calling.instance,
        to=[to] if isinstance(to, str) else list(to),
        statutory=calling.is_statutory(notice),
    )


def _record_given(calling: Calling, notice: int, to: str, how: str, on: str, deemed_after_posting: bool) -> None:
    """Somebody has posted words that could not be sent, handed them over, or said them on the telephone."""
    if how != "letter":
        calling.bring_about(n.NoticeDelivered, notice=notice, to=to, channel=how)
        return
    deemed = date.fromisoformat(calling.deemed_service("post", on)) if deemed_after_posting else None
    posted = date.fromisoformat(on)
    calling.bring_about(n.NoticeSent, notice=notice, to=to, channel="letter", posted_on=posted, deemed_on=deemed)


def _start_process(calling: Calling, process: str, **given: Any) -> int:
    return calling.start(process, given)


def _refresh(calling: Calling) -> dict[str, Any]:
    return calling.refreshed()


def _set_fact(calling: Calling, name: str, value: Any) -> None:
    calling.bring_about(e.FactSet, name=name, value=value)


def _ladder(calling: Calling) -> dict[str, Any]:
    return calling.ladder()


def _involved(calling: Calling) -> list[str]:
    asked = {key.partition("@")[0] for key in calling.case.involved}
    return [party for party, role in PARTIES.items() if role in asked and role not in FAMILY]


def _issue_terms(calling: Calling) -> dict[str, Any]:
    version, digest = calling.case.next("terms"), calling.terms_hash()
    calling.bring_about(e.TermsIssued, version=version, hash=digest, task=calling.case.drafted_by)
    return {"version": version, "hash": digest}


def _share_pack(calling: Calling, **arguments: str) -> None:
    party = arguments["with"]
    org = calling.fact(PACKS[party])
    if org:
        calling.bring_about(e.PackShared, with_=party, org=org)


def _revoke_pack(calling: Calling, **arguments: str) -> None:
    party = arguments["with"]
    org = calling.case.shared_with.get(party)
    if org:
        calling.bring_about(e.PackRevoked, with_=party, org=org)


def _exclusion_outlook(calling: Calling, kind: str, start: str, half_days: int, session: str) -> dict[str, Any]:
    return calling.exclusion_outlook(kind, start, half_days, session)


def _enter_exclusion(calling: Calling, kind: str, start: str, half_days: int, session: str, reasons: list[str]) -> None:
    calling.enter_exclusion(kind, start, half_days, session, reasons)


def _revise_exclusion(calling: Calling, half_days: int) -> None:
    calling.revise_exclusion(half_days)


def _cancel_exclusion(calling: Calling, half_days_out: int) -> None:
    calling.cancel_exclusion(half_days_out)


def _deemed_service(calling: Calling, method: str, sent_on: str) -> str:
    return calling.deemed_service(method, sent_on)


class Operator(msgspec.Struct, frozen=True):
    """`parameters` must all be given; with `more`, others may be."""

    call: Callable[..., Any]
    parameters: tuple[str, ...] = ()
    more: bool = False


OPERATORS: dict[str, Operator] = {
    "send_notice": Operator(_send_notice, ("notice", "to")),
    "record_given": Operator(_record_given, ("notice", "to", "how", "on", "deemed_after_posting")),
    "start_process": Operator(_start_process, ("process",), more=True),
    "refresh": Operator(_refresh),
    "set_fact": Operator(_set_fact, ("name", "value")),
    "ladder": Operator(_ladder),
    "exclusion_outlook": Operator(_exclusion_outlook, ("kind", "start", "half_days", "session")),
    "enter_exclusion": Operator(_enter_exclusion, ("kind", "start", "half_days", "session", "reasons")),
    "revise_exclusion": Operator(_revise_exclusion, ("half_days",)),
    "cancel_exclusion": Operator(_cancel_exclusion, ("half_days_out",)),
    "deemed_service": Operator(_deemed_service, ("method", "sent_on")),
    "involved": Operator(_involved),
    "issue_terms": Operator(_issue_terms),
    "share_pack": Operator(_share_pack, ("with",)),
    "revoke_pack": Operator(_revoke_pack, ("with",)),
}
