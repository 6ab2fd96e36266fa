"""School days, for administrators: calendars in use and before, and days on which schools were closed after all. Each
change says why, and open deadlines follow."""

import asyncio
from collections.abc import Iterable
from datetime import date
from itertools import islice
from typing import Any

from starlette.responses import Response

from services.case.api import bodies
from services.case.api import calendars as api
from services.case.application.calendars import read_import
from services.case.application.in_use import Closure
from services.case.clock.calendar import CLOSURE_REASONS, days_between
from services.case.domain import errors
from services.case.web.filling import html_id
from services.case.web.short_forms import form_of, said, show
from services.case.web.visit import Visit

MOST_DAYS = 60  # of one closure


def reasons(form: str, field: str = "because") -> dict[str, str]:
    """Codes of reasons in the words of the form that asks for them."""
    return {option["const"]: option["title"] for option in form_of(form).fields[field]["oneOf"]}


async def listed(visit: Visit) -> Response:
    """Calendars in force, those to load, closures, and how far deadlines have followed."""
    told = (await visit.read(api.list_calendars)).body
    people = [one["by"].person for one in told["calendars"]] + _people(told["closures"])
    return visit.page("administration/calendars.html", told=told, **await _words(visit, people))


async def one(visit: Visit) -> Response:
    """A calendar: terms, days closed, and what was in use before and after it."""
    told = (await visit.read(api.one_calendar)).body
    people = [one["by"].person for one in told["history"]] + _people(told["closures"])
    return visit.page(
        "administration/calendar.html", told=told, closed=CLOSURE_REASONS, back="/calendars",
        **await _words(visit, people),
    )  # fmt: skip


def _people(closures: Iterable[Closure]) -> list[str]:
    """Who reported them, and who withdrew them."""
    return [by.person for one in closures for by in (one.by, one.withdrawal and one.withdrawal.by) if by]


async def _words(visit: Visit, people: Iterable[str]) -> dict[str, Any]:
    """Names of people and schools, and reasons in words."""
    return {
        "names": await asyncio.to_thread(visit.names, *people),
        "school": visit.house.reference.directory.name_of,
        "why": reasons("import_calendar"),
        "why_closed": reasons("report_closure", "reason"),
        "why_withdrawn": reasons("withdraw_closure"),
    }


async def choose(visit: Visit) -> Response:
    """The file or text of a calendar."""
    return _import(visit, {})


def _import(visit: Visit, answers: dict[str, Any], wrong: list[dict[str, str]] | None = None) -> Response:
    return show(
        visit, "import_calendar", answers, wrong, template="administration/import_calendar.html", back="/calendars"
    )


async def import_calendar(visit: Visit) -> Response:
    """Put it in use; or say what is wrong with it, naming the key."""
    answers, wrong = said(visit, "import_calendar")
    file = visit.posted.files.get("file")
    if file and file.too_large:
        raise errors.TooLarge
    if file:
        try:
            answers["calendar"] = file.value.decode("utf-8-sig")
        except UnicodeDecodeError:
            return _import(visit, answers, [_at("file", "The file must be a text file in UTF-8")])
        wrong = [error for error in wrong if error["at"] != "calendar"]
    if wrong:
        return _import(visit, answers, wrong)
    at = "file" if file else "calendar"
    try:
        await visit.act(api.import_calendar, bodies.ImportCalendar, answers)
    except errors.CalendarInvalid as invalid:
        return _import(visit, answers, [_at(at, error["detail"]) for error in invalid.details["errors"]])
    except (errors.NotAllowed, errors.SchoolUnknown, errors.BodyInvalid) as refused:
        return _import(visit, answers, [_at(at, str(refused))])
    return visit.to(f"/calendars/versions/{read_import(answers['calendar']).hash}")


def _at(field: str, text: str, part: str = "") -> dict[str, str]:
    return {"text": text, "href": f"#{html_id(field + part)}", "at": field}


async def ask_closure(visit: Visit) -> Response:
    """Which schools were closed, when and why."""
    return show(visit, "report_closure", {}, back="/calendars")


async def report_closure(visit: Visit) -> Response:
    """Report it; or say on which day none of them has a session anyway."""
    answers, wrong = said(visit, "report_closure")
    days = [] if wrong else _days(answers)
    if not (wrong or 0 < len(days) <= MOST_DAYS):
        wrong = [_at("last", f"Enter a last day that is not before the first, for up to {MOST_DAYS} days", ".day")]
    if not wrong:
        body = {"days": days, "reason": answers["reason"], "schools": answers.get("schools", "").split()}
        try:
            await visit.act(api.report_closure, bodies.ReportClosure, body)
        except errors.NobodyCloses as nobody:
            wrong = [_at("first", error["detail"], ".day") for error in nobody.details["errors"]]
        except errors.SchoolUnknown as unknown:
            wrong = [_at("schools", str(unknown))]
    if wrong:
        return show(visit, "report_closure", answers, wrong, back="/calendars")
    return visit.to("/calendars#closures")


def _days(answers: dict[str, Any]) -> list[date]:
    """From the first to the last, those of weekends only where it is a single one, which is then refused in words."""
    first = date.fromisoformat(answers["first"])
    last = date.fromisoformat(answers.get("last", answers["first"]))
    return [day for day in islice(days_between(first, last), 100) if day.weekday() < 5 or first == last]


async def ask_withdraw(visit: Visit) -> Response:
    """Why a closure was no closure. Raises ClosureUnknown."""
    return show(visit, "withdraw_closure", {}, back="/calendars", caption=await _closure(visit))


async def withdraw(visit: Visit) -> Response:
    caption = await _closure(visit)
    answers, wrong = said(visit, "withdraw_closure")
    if wrong:
        return show(visit, "withdraw_closure", answers, wrong, back="/calendars", caption=caption)
    number = visit.part("closure")
    await visit.act(api.withdraw_report, bodies.WithdrawClosure, answers, closure=number)
    return visit.to("/calendars#closures")


async def _closure(visit: Visit) -> str:
    """What the closure of the address is called. Raises ClosureUnknown."""
    told = (await visit.read(api.list_calendars)).body
    found = [one for one in told["closures"] if str(one.closure) == visit.part("closure") and not one.withdrawn]
    if not found:
        raise errors.ClosureUnknown
    return f"Closure {found[0].closure}, {reasons('report_closure', 'reason')[found[0].reason]}"
