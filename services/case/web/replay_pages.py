"""A case as it was at any version: the way on the diagram of the bundle in force then, what was known and open."""

import asyncio
from pathlib import PurePath
from typing import Any

from starlette.responses import Response

from services.case.api.looks import looked
from services.case.application.reading import as_at, upto
from services.case.application.replaying import Replay, replay
from services.case.domain.errors import NoSuchPage
from services.case.domain.events import DeadlineSet
from services.case.domain.permissions import sees
from services.case.process.bundle import Bundle
from services.case.store.mapper import facts_of
from services.case.web.answer_pages import cards_of
from services.case.web.case_pages import head_of
from services.case.web.fact_words import facts_in_words
from services.case.web.history_words import Telling, sentence
from services.case.web.visit import Visit


async def replayed(visit: Visit) -> Response:
    """The case at `version`, its last where none is said; the diagram of `instance`, its first. Raises NoSuchPage."""
    _, case, shown = await head_of(visit)
    await looked(visit.asking(), case, "history", "state")
    version = number_of(visit, "version", case.version)
    history = await asyncio.to_thread(visit.house.store.load, case.stream)
    if not 1 <= version <= len(history):
        raise NoSuchPage
    events = upto(history, version)
    found = await asyncio.to_thread(replay, case, events)
    state = await asyncio.to_thread(as_at, case, events, sees(visit.person, case) == "full")
    bundle_of = visit.house.reference.bundle
    instances = [
        {"id": one.id, "title": bundle_of(one.bundle).about.title, "ended": one.ended}
        for one in found.then.instances.values()
    ]
    chosen = number_of(visit, "instance", 1 if instances else 0)
    if chosen and chosen not in found.then.instances:
        chosen = 1
    names = await asyncio.to_thread(visit.names, events[-1].event.meta.by.person)
    directory = visit.house.reference.directory
    telling = Telling(case, bundle_of, lambda id: names.get(id, id), directory.name_of)
    for recorded in events[:-1]:
        if isinstance(recorded.event, DeadlineSet):  # titles of dates are told of when they are set
            telling.told_date(facts_of(recorded.event))
    words = sentence(telling, events[-1].type, facts_of(events[-1].event))
    return visit.page(
        "cases/replay.html",
        **shown,
        version=version,
        last=len(history),
        happened=words,
        at=events[-1].recorded_at,
        instances=instances,
        instance=chosen,
        drawn=_drawn(found, chosen, bundle_of(found.then.instances[chosen].bundle), visit.query("diagram"))
        if chosen
        else None,
        facts=await asyncio.to_thread(facts_in_words, visit, case, state["facts"]),
        cards=await asyncio.to_thread(cards_of, visit, case, state["answers"]),
        tasks=[_task(found, bundle_of, number) for number in found.then.tasks],
    )


def number_of(visit: Visit, name: str, otherwise: int) -> int:
    """A number that the address says. Raises NoSuchPage."""
    text = visit.query(name)
    if not text:
        return otherwise
    if not (text.isdecimal() and text.isascii() and len(text) < 9):
        raise NoSuchPage
    return int(text)


def _drawn(found: Replay, instance: int, bundle: Bundle, wanted: str) -> dict[str, Any]:
    """The diagram of the process, or the `wanted` one of those that it calls; and all steps in words: where each
    element was entered, and whether a token rests there."""
    tokens = found.tokens(instance)
    steps = [step for step in found.steps if step.instance == instance]
    last = {step.element: number for number, step in enumerate(steps)}
    rows = []
    for number, step in enumerate(steps):
        element = bundle.elements.get(step.element)
        rests = tokens.get(step.element, 0) if last[step.element] == number else 0
        name = element.name if element and element.name else step.element.replace("_", " ").capitalize()
        rows.append({"version": step.version, "at": step.at, "name": name, "tokens": rests})
    drawings = {PurePath(path).stem: body for path, body in bundle.diagrams.items()}
    main = next((stem for stem, body in drawings.items() if f'id="{bundle.process}"'.encode() in body), min(drawings))
    entered = [f'id="{step.element}"'.encode() for step in steps]
    taken = [stem for stem, body in drawings.items() if stem == main or any(one in body for one in entered)]
    shown = wanted if wanted in taken else main
    return {
        "title": bundle.about.title,
        "hash": bundle.hash,
        "xml": drawings[shown].decode(),
        "diagram": shown,
        "diagrams": {stem: stem.replace("_", " ").capitalize() for stem in sorted(taken, key=lambda one: one != main)},
        "rows": rows,
        "done": " ".join(dict.fromkeys(step.element for step in steps if not tokens.get(step.element))),
        "flows": " ".join(dict.fromkeys(step.flow for step in steps if step.flow)),
        "active": " ".join(f"{element}={count}" for element, count in tokens.items()),
    }


def _task(found: Replay, bundle_of: Any, number: int) -> dict[str, Any]:
    task = found.then.tasks[number]
    element = bundle_of(found.then.instances[task.instance].bundle).elements.get(task.element)
    return {"title": element.name if element and element.name else task.element, "role": task.role}
