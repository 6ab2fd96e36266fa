"""Bundles, for process owners: what is in use, drafts checked and tried, one put in use, cases moved to it."""

import asyncio
import base64
import binascii
from typing import Any
from uuid import uuid5

import msgspec

from services.case.api.asking import Ask, Reply
from services.case.application import dry_runs
from services.case.application.bundles import bundle_of, put_bundle, refuse_unused, told
from services.case.application.door import Command, answered_before
from services.case.application.drafts import draft_of_archive, keep
from services.case.application.dry_run import history_of
from services.case.application.in_use import InUse
from services.case.application.migrating import HistoryGrown, migrate
from services.case.application.running import Running
from services.case.domain.errors import CaseUnknown, DraftUnreadable, DryRunMissing, ReasonMissing, Refusal, TryAgain
from services.case.domain.meta import Actor, Event, Meta
from services.case.domain.permissions import role_anywhere
from services.case.process.bundle import Bundle
from services.case.projections.bundles import running_on, uses
from services.case.store.recorder import CommandRecord

LINES = 1_000  # of a dry run in an answer
ATTEMPTS = 10


def owner(ask: Ask) -> Actor:
    """The person as a process owner. Raises NotAllowed."""
    return ask.person.as_actor(role_anywhere(ask.person, "put_in_use"))


async def list_bundles(ask: Ask) -> Reply:
    """Processes in use, with the bundles that are and were, since when and why, and how many cases run on each."""
    owner(ask)
    house, authority = ask.house, ask.person.authority
    await asyncio.to_thread(house.administration.refresh)
    counted = await asyncio.to_thread(uses, house.database, authority)
    return Reply(told(house.administration.of(authority), house.reference, counted))


async def check_draft(ask: Ask) -> Reply:
    """What the gate finds in a draft. One that it accepts is kept by its hash, to be tried and put in use."""
    owner(ask)
    house, body = ask.house, ask.body
    try:
        archive = base64.b64decode(body.archive, validate=True)
    except (binascii.Error, ValueError) as error:
        raise DraftUnreadable("The archive is not in base64.") from error
    draft = await asyncio.to_thread(draft_of_archive, body.process, archive, house.reference, ask.person.authority)
    if draft.bundle is not None:
        await asyncio.to_thread(keep, house.database, draft.bundle)
    hash = draft.bundle.hash if draft.bundle else None
    return Reply({"process": draft.process, "bundle": hash, "findings": draft.findings})


async def dry_run_draft(ask: Ask) -> Reply:
    """Try a draft against all stored histories of its process in the authority: nothing is written. Of the process
    instances that are not the same, the first thousand are told; the first difference of each is the event's version,
    the element and a sentence."""
    owner(ask)
    draft = await known(ask, ask.body.bundle)
    house, authority, at = ask.house, ask.person.authority, ask.house.clock.now()
    await asyncio.to_thread(dry_runs.begin, house.database, authority, draft.hash, at)
    found = await asyncio.to_thread(dry_runs.finish, house.database, authority, draft, house.reference.calendars, at)
    shown = {"instances": found.instances, "counts": found.counts, "different": found.lines[:LINES]}
    return Reply({"bundle": draft.hash, "process": draft.process, "upto": found.upto, **shown})


async def put_bundle_in_use(ask: Ask) -> Reply:
    """Put a draft in use that was tried: new instances follow it, those that run stay on theirs."""
    by = owner(ask)
    bundle = await known(ask, ask.part("bundle"))
    house, authority = ask.house, ask.person.authority
    if await asyncio.to_thread(dry_runs.last, house.database, authority, bundle.hash) is None:
        raise DryRunMissing

    def decide(state: InUse, meta: Meta) -> tuple[list[Event], bytes]:
        events = put_bundle(state, meta, bundle, ask.body.because)
        return events, msgspec.json.encode({"bundle": bundle.hash, "changed": bool(events)})

    outcome = await house.administration.change(authority, by, ask.command, decide)
    return Reply(msgspec.json.decode(outcome.answer), position=outcome.position)


async def list_running(ask: Ask) -> Reply:
    """The open cases that run on a bundle, by reference."""
    owner(ask)
    query, hash = ask.query, ask.part("bundle")
    found = await asyncio.to_thread(
        running_on, ask.house.database, ask.person.authority, hash, query.cursor, query.limit + 1
    )
    links = ""
    if len(found) > query.limit:
        url = ask.request.url.include_query_params(cursor=found[query.limit - 1][0])
        links = f'<{url.path}?{url.query}>; rel="next"'
    return Reply([ref for _, ref in found[: query.limit]], links=links)


async def move_cases(ask: Ask) -> Reply:
    """Let running cases follow the bundle that is in use, each for itself: a case in which what was done would have
    been another stays as it is, and is told why. Tasks and dates that differ are cancelled, offered and set anew."""
    by = owner(ask)
    bundle = await known(ask, ask.part("bundle"))
    house = ask.house
    await asyncio.to_thread(house.administration.refresh)
    state = house.administration.of(ask.person.authority)
    if not ask.body.reason.strip():
        raise ReasonMissing
    answered = await asyncio.to_thread(answered_before, house.store, ask.command)
    if answered is None:
        refuse_unused(state, bundle)
        told = [await _told_of(ask, ref, bundle, by) for ref in dict.fromkeys(ask.body.cases)]
        answer = msgspec.json.encode([max((place for place, _ in told), default=0), [line for _, line in told]])
        if ask.command.repeatable:
            record = CommandRecord(ask.command.id, ask.command.digest, answer)
            await asyncio.to_thread(house.store.remember, state.stream, record)
    else:
        answer = answered.answer
    position, lines = msgspec.json.decode(answer)
    moved = sum(line["moved"] for line in lines)
    return Reply({"bundle": bundle.hash, "moved": moved, "cases": lines}, position=position or None)


async def _told_of(ask: Ask, ref: str, bundle: Bundle, by: Actor) -> tuple[int, dict[str, Any]]:
    """What became of one case, and the place in the log after it."""
    try:
        position = await _move(ask, ref, bundle, by)
    except Refusal as refusal:
        return 0, {"case": ref, "moved": False, "type": f"/problems/{refusal.slug}", "detail": str(refusal)}
    return position, {"case": ref, "moved": True, "type": None, "detail": None}


async def _move(ask: Ask, ref: str, bundle: Bundle, by: Actor) -> int:
    """Raises the refusals of `migrate`, CaseUnknown, TryAgain."""
    house, asked = ask.house, ask.command
    command = Command(uuid5(asked.id, ref), asked.digest, asked.repeatable, asked.correlation, asked.effective_on)
    for _ in range(ATTEMPTS):
        case = await house.door.see(ref)
        if case.authority != ask.person.authority:
            raise CaseUnknown
        history = await asyncio.to_thread(history_of, house.database, case.stream)

        def act(running: Running, history: Any = history) -> bytes:
            running.decision.by = by
            return msgspec.json.encode(migrate(running, history, bundle, ask.body.because, ask.body.reason))

        try:
            return (await house.door.change(ref, command, act)).position
        except HistoryGrown:
            continue
    raise TryAgain


async def known(ask: Ask, hash: str) -> Bundle:
    """The bundle of that hash. Raises BundleUnknown."""
    return await asyncio.to_thread(bundle_of, ask.house.database, ask.house.reference, hash)
