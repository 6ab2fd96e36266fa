"""What can be chosen from the directories in answer to a question, and the names of what was chosen."""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from services.case.api import directory, providers
from services.case.api.directory_bodies import ProviderQuery, SchoolQuery, StrategyQuery
from services.case.domain.errors import NotAllowed
from services.case.domain.files import File
from services.case.web.in_words import NameOf
from services.case.web.known_people import names_of, staff_of
from services.case.web.questions import Answers, Question
from services.case.web.visit import Visit

SHOWN = 8  # schools found
LONGEST = 100  # characters looked for
NONE: Mapping[str, File] = MappingProxyType({})


async def choices_for(visit: Visit, questions: tuple[Question, ...]) -> dict[str, list[dict[str, str]]]:
    """For each directory that the questions choose from as a list: value, text and hint of its entries."""
    kinds = {q.directory for q in questions} | {one.directory for q in questions for one in q.inside}
    return {kind: await _entries(visit, kind) for kind in kinds if kind in ("provider", "strategy", "person")}


async def _entries(visit: Visit, kind: str) -> list[dict[str, str]]:
    if kind == "person":
        if visit.person.only:
            return []  # who came by a link does not get to know who works for the council
        staff = await asyncio.to_thread(staff_of, visit.house, visit.person.authority)
        return [{"value": one.id, "text": one.name} for one in staff]
    try:
        if kind == "provider":
            found = (await visit.read(providers.list_providers, ProviderQuery(choosable="true", limit=200))).body
            return [{"value": one["id"], "text": one["name"]} for one in found]
        found = (await visit.read(directory.list_strategies, StrategyQuery(limit=200))).body
    except NotAllowed:
        return []
    return [{"value": one["id"], "text": one["title"], "hint": one["purpose"]} for one in found]


async def find_schools(visit: Visit, text: str) -> list[dict[str, Any]]:
    """The schools that a search brings; a school's number finds that one."""
    text = text.strip()
    if not text:
        return []
    found = await visit.read(directory.list_schools, SchoolQuery(text=text[:LONGEST], limit=SHOWN))
    rows: list[dict[str, Any]] = found.body
    return rows


def naming(visit: Visit, questions: tuple[Question, ...], answers: Answers, files: Mapping[str, File] = NONE) -> NameOf:
    """How what was chosen is called, `files` those that there are; blocks."""
    reference, authority = visit.house.reference, visit.person.authority
    ids = [answers.get(q.name) for q in questions if q.directory == "person"]
    people = names_of(visit.house.database, [str(id) for id in ids if id])

    def name_of(kind: str, id: str) -> str:
        match kind:
            case "school":
                return f"{reference.directory.name_of(id)} ({id})"
            case "provider":
                provider = reference.directory.providers.get((authority, id))
                return provider.name if provider else id
            case "strategy":
                strategy = reference.directory.strategies.get((authority, id))
                return strategy.title if strategy else id
            case "file":
                return files[id].in_words if id in files else "A file"
        return people.get(id, id)

    return name_of
