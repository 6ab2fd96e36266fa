"""Two versions of a case beside each other: what differs in facts, open tasks, answers, dates and places."""

import asyncio
from collections.abc import Iterable
from typing import Any

from starlette.responses import Response

from services.case.api.looks import looked
from services.case.application.comparing import Lines, differences
from services.case.application.reading import as_at, upto
from services.case.application.replaying import Replay, replay
from services.case.domain.case import Case
from services.case.domain.errors import NoSuchPage
from services.case.domain.permissions import sees
from services.case.store.mapper import Recorded
from services.case.web import wording
from services.case.web.answer_pages import cards_of
from services.case.web.case_pages import deadlines_of, head_of
from services.case.web.fact_words import facts_in_words
from services.case.web.replay_pages import number_of
from services.case.web.visit import Visit

Side = dict[str, dict[str, Lines]]


async def compared(visit: Visit) -> Response:
    """The case at `from`, its first version where none is said, and at `to`, its last. Raises NoSuchPage."""
    _, case, shown = await head_of(visit)
    await looked(visit.asking(), case, "history", "state")
    before, after = number_of(visit, "from", 1), number_of(visit, "to", case.version)
    history = await asyncio.to_thread(visit.house.store.load, case.stream)
    if not (1 <= before <= len(history) and 1 <= after <= len(history)):
        raise NoSuchPage
    was, now = [await asyncio.to_thread(_side, visit, case, upto(history, one)) for one in (before, after)]
    groups: list[dict[str, Any]] = [{"title": title, "rows": differences(was[title], now[title])} for title in was]
    return visit.page(
        "cases/compare.html", **shown, before=before, after=after, last=len(history), groups=groups,
        same=not any(group["rows"] for group in groups),
        moments=[history[one - 1].recorded_at for one in (before, after)],
    )  # fmt: skip


def _side(visit: Visit, case: Case, events: list[Recorded]) -> Side:
    """What a version says, in words; by kind and title; blocks."""
    state = as_at(case, events, sees(visit.person, case) == "full")
    found = replay(case, events)
    then, bundle_of = found.then, visit.house.reference.bundle
    facts = {one["title"]: tuple(one["lines"]) for one in facts_in_words(visit, case, state["facts"])}
    answers = {
        f"{card['title']}: {row['title']}": tuple(row["lines"])
        for card in _numbered(cards_of(visit, case, state["answers"]))
        for row in card["rows"]
    }
    dates: dict[str, Lines] = {}
    for one in deadlines_of(visit, then, state["deadlines"]):
        dates[one["title"]] = (*dates.get(one["title"], ()), wording.day(one["due"]))
    tasks: dict[str, Lines] = {}
    for number, task in then.tasks.items():
        element = bundle_of(then.instances[task.instance].bundle).elements.get(task.element)
        title = element.name if element and element.name else task.element
        tasks[f"{title} (task {number})"] = (wording.role(task.role),)
    return {
        "Status": {"Status": (wording.status(then.status),)},
        "Where it waited": _places(visit, found),
        "Open tasks": tasks,
        "Dates": dates,
        "Facts": facts,
        "Answers": answers,
    }


def _numbered(cards: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first given first; a form that was answered again is told apart by which time it was."""
    times: dict[str, int] = {}
    found = []
    for card in list(cards)[::-1]:
        title = card["title"]
        times[title] = times.get(title, 0) + 1
        found.append({**card, "title": title if times[title] == 1 else f"{title} ({times[title]})"})
    return found


def _places(visit: Visit, found: Replay) -> dict[str, Lines]:
    """How many tokens wait where in each process, and how those that are over ended."""
    places: dict[str, Lines] = {}
    for instance in found.then.instances.values():
        bundle = visit.house.reference.bundle(instance.bundle)
        process = f"{instance.id}. {bundle.about.title}"
        places[process] = ("Ended" if instance.ended else "Running", f"Bundle {instance.bundle[:12]}")
        for element, count in found.tokens(instance.id).items():
            named = bundle.elements.get(element)
            title = named.name if named and named.name else element.replace("_", " ").capitalize()
            places[f"{process}: {title}"] = ("Waiting" if count == 1 else f"Waiting, {count} times",)
    return places
