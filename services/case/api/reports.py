"""Targets, demand, and reports and plans as they were published: with the figures of that moment, never changed."""

import asyncio
import csv
import io
from typing import Any

import msgspec

from services.case.api.asking import Ask, Reply
from services.case.api.directory import for_authority
from services.case.api.measures import CSV, LEFT_OUT, counting, period_of, scope_for
from services.case.application.improving import Decide, Improving, keep_document, kept_document, publish, set_target
from services.case.application.reports import Written, compose
from services.case.clock.periods import before
from services.case.domain.directory import Additions
from services.case.domain.errors import BodyInvalid, ReportUnknown
from services.case.domain.improvement import Report, Version
from services.case.domain.permissions import role_anywhere
from services.case.domain.provider import Provider
from services.case.projections.directory import listed
from services.case.projections.measures.catalogue import BY_ID
from services.case.projections.measures.counting import Scope
from services.case.projections.measures.demand import Demand, demand, school_places

LINES = ("measure", "title", "unit", "numerator", "denominator", "value", "before", "change", "target", "reached")


async def improving(ask: Ask) -> Improving:
    """What the person's authority does about its findings, as it is now."""
    return await asyncio.to_thread(ask.house.improvements.see, ask.person.authority)


async def improve(ask: Ask, decide: Decide, action: str = "improve") -> Reply:
    """Change it, for those who may, where their authority is set up here. Raises NotAllowed."""
    person, house = ask.person, ask.house
    by = for_authority(person, action)
    house.administration.of(person.authority)
    outcome = await asyncio.to_thread(
        house.improvements.change, person.authority, person.as_actor(by), ask.command, decide
    )
    return Reply(msgspec.json.decode(outcome.answer), position=outcome.position)


def refuse_unknown_measures(*pointed: tuple[str, str]) -> None:
    """Raises BodyInvalid for what is no measure: pointers with what stands there."""
    wrong = [{"pointer": at, "detail": "There is no such measure."} for at, id in pointed if id not in BY_ID]
    if wrong:
        raise BodyInvalid(wrong)


async def list_targets(ask: Ask) -> Reply:
    """What the authority wants measures to reach, with how each stands now."""
    scope, state = scope_for(ask, "measure"), await improving(ask)
    authority = Scope(ask.person.authority)
    count = counting(ask)

    def stand() -> list[dict[str, Any]]:
        found = []
        for target in sorted(state.is_now.targets.values(), key=lambda one: (one.period, one.measure)):
            measure = BY_ID.get(target.measure)  # None once it is measured no more
            shown = None
            if measure is not None and scope.schools is None:
                shown = count.figures(measure, period_of(ask, target.period), authority).whole.value
            found.append({**msgspec.to_builtins(target), "now": shown, "unit": measure and measure.unit})
        return found

    return Reply(await asyncio.to_thread(stand))


async def put_target(ask: Ask) -> Reply:
    """Set what a measure should reach in a period, or set it anew."""
    body, authority = ask.body, ask.person.authority
    refuse_unknown_measures(("/measure", body.measure))
    period_of(ask, body.period)
    return await improve(ask, set_target(authority, body.measure, body.period, body.value, body.agreed_by, body.reason))


async def expected_demand(ask: Ask) -> Reply:
    """Alternative provision that will be wanted, if it is as in the year before, against the room and price of those
    who provide it."""
    scope, period = scope_for(ask, "measure"), period_of(ask, ask.query.period)
    found = await asyncio.to_thread(_demand, ask, scope, period)
    return Reply({"period": period, "as_in": before(period), "kinds": msgspec.to_builtins(found)})


def _demand(ask: Ask, scope: Scope, period: Any) -> list[Demand]:
    database, earlier = ask.house.database, before(period)
    providers = {one.id: one.entry for one in listed(database, scope.authority, Provider)}
    additions = [one.entry for one in listed(database, scope.authority, Additions)]
    placements = demand(database, scope, providers, period, earlier)
    return [*placements, school_places(database, scope, additions, earlier)]


async def list_reports(ask: Ask) -> Reply:
    """Reports and plans that the authority has published, with all their versions."""
    role_anywhere(ask.person, "read_reports")
    state = await improving(ask)
    return Reply([_report(one) for one in state.is_now.reports.values()])


def _report(report: Report) -> dict[str, Any]:
    versions = [_version(one) for one in report.versions]
    return {"report": report.report, "kind": report.kind, "title": report.versions[-1].title, "versions": versions}


def _version(one: Version) -> dict[str, Any]:
    """Who published it: the role, not the person."""
    return {
        "version": one.version,
        "period": one.period,
        "title": one.title,
        "hash": one.document,
        "published_on": one.on,
        "published_by": {"role": one.by.role, "org": one.by.org},
        "reason": one.reason,
    }


async def _issue(ask: Ask) -> tuple[Version, dict[str, Any]]:
    role_anywhere(ask.person, "read_reports")
    state, query = await improving(ask), ask.query
    issue = state.is_now.issue(int(ask.request.path_params["report"]), None if query is None else query.version)
    body = await asyncio.to_thread(kept_document, ask.house.database, "report", issue.document)
    return issue, msgspec.json.decode(body)


async def one_report(ask: Ask) -> Reply:
    """A version of a report or plan, exactly as it was published. `hash` is the SHA-256 of `document`, its names in
    order and without spaces."""
    issue, document = await _issue(ask)
    return Reply({**_version(issue), "document": document}, etag=f'"{issue.document}"')


async def one_report_csv(ask: Ask) -> Reply:
    """The figures of a version, as CSV; `c` stands where a number was left out."""
    _, document = await _issue(ask)
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(LINES)
    for line in document["figures"]:
        numbers = {name: LEFT_OUT for name in ("numerator", "denominator", "value") if line["small"]}
        rows.writerow([numbers.get(name, line[name]) for name in LINES])
    return Reply(text.getvalue().encode(), content_type=CSV)


async def publish_report(ask: Ask) -> Reply:
    """Publish a report or plan. Its figures are counted now, and stay as they are."""
    return await _publish(ask, None, ask.body.kind, "")


async def publish_again(ask: Ask) -> Reply:
    """Publish another version, with the reason for it."""
    state = await improving(ask)
    report = state.is_now.report(int(ask.request.path_params["report"]))
    return await _publish(ask, report.report, report.kind, ask.body.reason)


async def _publish(ask: Ask, report: int | None, kind: Any, reason: str) -> Reply:
    for_authority(ask.person, "improve")
    body, authority = ask.body, ask.person.authority
    refuse_unknown_measures(*((f"/findings/{n}/measure", one.measure) for n, one in enumerate(body.findings)))
    period, state, count = period_of(ask, body.period), await improving(ask), counting(ask)
    written = Written(title=body.title, summary=body.summary, themes=tuple(body.themes), findings=tuple(body.findings))

    def document() -> str:
        wanted = _demand(ask, Scope(authority), period)
        composed = compose(count, Scope(authority), state.is_now, kind, period, written, wanted)
        return keep_document(ask.house.database, "report", authority, composed)

    hash = await asyncio.to_thread(document)
    return await improve(ask, publish(authority, report, kind, body.period, body.title, hash, reason))


def finding_of(document: dict[str, Any], number: int) -> dict[str, Any]:
    """Raises ReportUnknown where the report has no such finding."""
    found = next((one for one in document["findings"] if one["finding"] == number), None)
    if found is None:
        raise ReportUnknown("That report has no finding of that number.")
    return dict(found)
