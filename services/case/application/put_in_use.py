"""Puts files in use: what folders hold and an authority's stream does not say yet is recorded there, once."""

from collections.abc import Callable, Iterator
from datetime import datetime

from services.case.application.administration import KEEP, Administration
from services.case.application.in_use import said_by
from services.case.application.reference import Reference
from services.case.domain import authority_events as a
from services.case.domain.meta import Event, Meta
from services.case.domain.people import SYSTEM
from services.case.store.database import Database
from services.case.store.recorder import Conflict


def put_files_in_use(administration: Administration, at: datetime) -> None:
    """For every authority: bundles, policies and calendars kept by hash, and an event for each file that says something
    else than the file did before. What people have put in use since stays, until the file itself changes.

    After it, `reference` is what the streams say. Any number of processes may start at once.
    """
    store, reference = administration.store, administration.reference
    keep = store.database.execute
    files = reference.calendars.calendars
    for bundle in reference.bundles.values():
        keep(KEEP, [bundle.hash, "bundle", bundle.process, bundle.to_bytes()])
    for calendar in files:
        administration.keep(calendar)
    for code in reference.authorities.codes:
        for policy in reference.authorities[code].policies:
            keep(KEEP, [policy.hash, "policy", code, policy.to_bytes()])
    said = {code: list(_from_files(reference, code, Meta(SYSTEM, at.date()))) for code in reference.authorities.codes}
    for code, events in said.items():
        while not _record(administration, code, events, at):
            pass
    administration.refresh()


def _record(administration: Administration, code: str, said: list[Event], at: datetime) -> bool:
    """False if another process was faster and everything must be looked at again."""
    administration.refresh()
    state = administration.in_use[code]
    fresh = [event for event in said if (now := said_by(event)) and state.from_files.get(now[0]) != now[1]]
    if fresh:
        append = administration.store.append
        try:
            append(state.stream, state.version, state.hash, fresh, at, personal=False).positions.result(30)
        except Conflict:
            return False
    return True


def _from_files(reference: Reference, code: str, meta: Meta) -> Iterator[Event]:
    """What the files would put in use in an authority."""
    for bundle in reference.bundles.values():
        yield a.BundlePutInUse(meta=meta, process=bundle.process, bundle=bundle.hash)
    for policy in reference.authorities[code].policies:
        yield a.PolicyPutInUse(meta=meta, policy=policy.hash, effective_from=policy.effective_from)
    for calendar in reference.calendars.calendars:
        school = reference.schools.get(calendar.urn or "")
        if (calendar.authority or (school and school.authority)) == code:
            yield a.CalendarPutInUse(
                meta=meta, calendar=calendar.hash, name=calendar.holder, academic_year=calendar.academic_year
            )


def fetch_from(database: Database) -> Callable[[str], bytes]:
    """Gives stored files by hash."""

    def fetch(hash: str) -> bytes:
        row = database.row("SELECT body FROM artefacts WHERE hash = %s", [hash])
        if row is None:
            raise LookupError(f"nothing is stored under {hash}")
        return bytes(row[0])

    return fetch
