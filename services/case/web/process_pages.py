"""Processes, for their owners: versions in use and what runs on each, a new one checked, tried and put in use, cases
moved to it. A version of a process is what the record calls a bundle."""

import asyncio
import base64
import logging
from datetime import timedelta
from typing import Any

from starlette.responses import Response

from services.case.api import bundle_bodies as bodies
from services.case.api import bundles as api
from services.case.application import dry_runs
from services.case.application.rehearsal import VERDICTS
from services.case.domain.errors import DraftUnreadable, DryRunMissing, TooLarge
from services.case.process.bundle import Bundle
from services.case.projections.bundles import running_on
from services.case.web.visit import Visit

BECAUSE = {
    "law_changed": "The law changed",
    "guidance_changed": "Guidance changed",
    "policy_changed": "The council’s own policy changed",
    "mistake_mended": "A mistake was put right",
    "improved": "It was made better: wording, order, less to fill in",
    "other": "Something else",
}
LISTED = 100  # differences on a page
PATIENCE = 6.0  # seconds for which somebody waits for a dry run before the page comes back without it
GIVEN_UP = timedelta(minutes=10)  # after which a dry run that found nothing was cut short
log = logging.getLogger(__name__)
_under_way: set["asyncio.Task[Any]"] = set()


async def listed(visit: Visit) -> Response:
    """Every process, with its versions."""
    processes = (await visit.read(api.list_bundles)).body
    people = [put["by"].person for process in processes for put in process["bundles"]]
    names = await asyncio.to_thread(visit.names, *people)
    return visit.page("processes/list.html", processes=processes, because=BECAUSE, names=names)


async def choose(visit: Visit) -> Response:
    """The file of a new version."""
    return _upload(visit)


def _upload(visit: Visit, code: int = 200, **more: Any) -> Response:
    found = visit.house.reference.processes(visit.person.authority)
    processes = {bundle.process: bundle.about.title for bundle in found}
    return visit.page("processes/new.html", code, processes=processes, back="/processes", **more)


async def check(visit: Visit) -> Response:
    """Have it judged: what the gate finds, or on to the page of the version."""
    process, file = visit.posted.get("process"), visit.posted.files.get("archive")
    if file and file.too_large:
        raise TooLarge
    archive = file.value if file else b""
    errors = [] if process else [{"text": "Select which process this is", "href": "#process"}]
    if not archive:
        errors.append({"text": "Select the zip archive of the process’s folder", "href": "#archive"})
    if errors:
        return _upload(visit, 422, errors=errors, process=process)
    said = {"process": process, "archive": base64.b64encode(archive).decode()}
    try:
        judged = (await visit.act(api.check_draft, bodies.CheckDraft, said)).body
    except DraftUnreadable as unreadable:
        errors = [{"text": str(unreadable), "href": "#archive"}]
        return _upload(visit, 422, errors=errors, process=process)
    if judged["bundle"] is None:
        return _upload(visit, 422, errors=[REFUSED], process=process, findings=judged["findings"])
    return visit.to(f"/processes/versions/{judged['bundle']}")


REFUSED = {"text": "This version cannot be used yet. Below is what needs to be put right.", "href": "#findings"}


async def version(visit: Visit) -> Response:
    """A version: whether it was tried and what that found, whether it is in use, what runs on others."""
    return await _version(visit)


async def _version(visit: Visit, code: int = 200, **more: Any) -> Response:
    bundle, others, state = await _known(visit)
    asked = await asyncio.to_thread(dry_runs.last, visit.house.database, visit.person.authority, bundle.hash)
    found = asked.found if asked else None
    cut_short = asked is not None and found is None and visit.house.clock.now() - asked.began_at > GIVEN_UP
    return visit.page(
        "processes/version.html",
        code,
        bundle=bundle,
        in_use=state == bundle.hash,
        asked=asked,
        found=found,
        cut_short=cut_short,
        verdicts=[(verdict, VERDICT_WORDS[verdict], found.counts[verdict]) for verdict in VERDICTS] if found else [],
        lines=found.lines[:LISTED] if found else [],
        verdict_words=VERDICT_WORDS,
        others=sum(one["running"] for one in others),
        because=BECAUSE,
        back="/processes",
        **more,
    )


VERDICT_WORDS = {
    "same": ("Same", "Everything would have been as it was"),
    "deadline moved": ("Deadline moved", "A date would have been another"),
    "different outcome": ("Different outcome", "Something else would have been done, asked or told"),
    "stuck": ("Stuck", "The process could not have gone on"),
    "impossible": ("Impossible", "What was done could not have been done"),
}


async def _known(visit: Visit) -> tuple[Bundle, list[dict[str, Any]], str]:
    """The version of the address, the others of its process, and which is in use. Raises BundleUnknown, NotAllowed."""
    processes = (await visit.read(api.list_bundles)).body
    bundle = await api.known(visit.asking(), visit.part("bundle"))
    mine = next((process for process in processes if process["process"] == bundle.process), None)
    others = [put for put in mine["bundles"] if put["bundle"] != bundle.hash] if mine else []
    return bundle, others, mine["bundle"] if mine else ""


async def try_it(visit: Visit) -> Response:
    """Begin a dry run. What it finds is on the page of the version, at once where there are few cases."""
    bundle, _, _ = await _known(visit)
    house, authority, at = visit.house, visit.person.authority, visit.house.clock.now()
    await asyncio.to_thread(dry_runs.begin, house.database, authority, bundle.hash, at)
    calendars = house.reference.calendars
    task = asyncio.create_task(asyncio.to_thread(dry_runs.finish, house.database, authority, bundle, calendars, at))
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)
    task.add_done_callback(_say_if_it_failed)
    await asyncio.wait({task}, timeout=PATIENCE)
    return visit.to(_address(bundle))


def _say_if_it_failed(task: "asyncio.Task[Any]") -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("a dry run was cut short", exc_info=task.exception())


async def put_in_use(visit: Visit) -> Response:
    """From now on new cases follow it."""
    bundle, _, _ = await _known(visit)
    because = visit.posted.get("because")
    if because not in BECAUSE:
        return await _version(visit, 422, errors=[{"text": "Select why", "href": "#because"}])
    try:
        await visit.act(api.put_bundle_in_use, bodies.PutBundle, {"because": because}, bundle=bundle.hash)
    except DryRunMissing as missing:
        return await _version(visit, 409, errors=[{"text": str(missing), "href": "#try"}])
    return visit.to(_address(bundle))


async def choose_cases(visit: Visit) -> Response:
    """Which cases are to follow the version that is in use."""
    return await _cases(visit)


async def _cases(visit: Visit, code: int = 200, **more: Any) -> Response:
    bundle, others, _ = await _known(visit)
    refs, total = await _older(visit, others), sum(one["running"] for one in others)
    said = {
        "chosen": visit.posted.all("case"),
        "why": visit.posted.get("because"),
        "reason": visit.posted.get("reason"),
    }
    return visit.page(
        "processes/cases.html", code, bundle=bundle, refs=refs, total=total, because=BECAUSE, back=_address(bundle),
        **said, **more,
    )  # fmt: skip


async def _older(visit: Visit, others: list[dict[str, Any]]) -> list[str]:
    """Open cases that run on other versions, as many as can be moved at once."""
    database, authority = visit.house.database, visit.person.authority
    found: dict[str, None] = {}
    for one in others:
        rows = await asyncio.to_thread(running_on, database, authority, one["bundle"], 0, bodies.MOST_CASES)
        found |= dict.fromkeys(ref for _, ref in rows)
    return list(found)[: bodies.MOST_CASES]


async def move(visit: Visit) -> Response:
    """Move them; each for itself, and those that cannot follow are told with why."""
    bundle, others, _ = await _known(visit)
    posted = visit.posted
    refs = await _older(visit, others) if posted.get("all") else posted.all("case")
    errors = [] if refs else [{"text": "Select at least one case", "href": "#case"}]
    if posted.get("because") not in BECAUSE:
        errors.append({"text": "Select why", "href": "#because"})
    if not posted.get("reason"):
        errors.append({"text": "Say why in words", "href": "#reason"})
    if errors:
        return await _cases(visit, 422, errors=errors)
    said = {"cases": refs, "because": posted.get("because"), "reason": posted.get("reason")}
    told = (await visit.act(api.move_cases, bodies.MoveCases, said, bundle=bundle.hash)).body
    refused = [line for line in told["cases"] if not line["moved"]]
    return visit.page(
        "processes/moved.html", 409 if refused else 200, bundle=bundle, moved=told["moved"], refused=refused,
        back=_address(bundle),
    )  # fmt: skip


def _address(bundle: Bundle) -> str:
    return f"/processes/versions/{bundle.hash}"
