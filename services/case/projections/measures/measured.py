"""The read model of what is measured: a row for each case, and one for each thing that occurred in it."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import msgspec

from services.case.domain import events as e
from services.case.projections.measures.characteristics import CHARACTERISTICS
from services.case.projections.measures.folding import concerns, fold
from services.case.projections.measures.occurrences import GROUPS, MeasuredCase, Occurrence, Story
from services.case.projections.model import About, Cursor
from services.case.projections.table import Table
from services.case.store.mapper import Recorded

CASE = {
    "stream": "uuid",
    "ref": "text",
    "authority": "text",
    "home_school": "text",
    **dict.fromkeys(GROUPS, "text"),
    "opened_on": "date",
    "closed_on": "date",
    "outcome": "text",
    "at_risk_on": "date",
    **dict.fromkeys(CHARACTERISTICS, "text"),
}
FIRST, LAST = len(GROUPS), -len(CHARACTERISTICS)  # of the days and the outcome, after the groups in clear
OCCURRENCE = {
    "stream": "uuid",
    "kind": "text",
    "id": "text",
    "began": "date",
    "planned": "date",
    "ended": "date",
    "outcome": "text",
    "detail": "text",
    "place": "text",
    "amount": "bigint",
    "total": "bigint",
    "tags": "text[]",
}
CASES = f"SELECT {', '.join(CASE)} FROM measured_cases WHERE stream = ANY (%s)"  # noqa: S608
OCCURRENCES = f"SELECT {', '.join(OCCURRENCE)} FROM occurrences WHERE stream = ANY (%s)"  # noqa: S608


class Measured:
    name = "measures"
    about: About = "cases"
    tables: tuple[str, ...] = ("measured_cases", "occurrences")

    def apply(self, cursor: Cursor, batch: Sequence[Recorded]) -> None:
        telling = [recorded for recorded in batch if concerns(recorded.event)]
        fresh = {recorded.stream for recorded in telling if isinstance(recorded.event, e.CaseOpened)}
        known = _stories(cursor, {recorded.stream for recorded in telling} - fresh)
        stories = {**known, **{stream: Story(MeasuredCase()) for stream in fresh}}
        there = {(stream, *key) for stream, story in known.items() for key in story.occurrences}
        for recorded in telling:
            fold(stories[recorded.stream], recorded.event, recorded.version)
        _write(cursor, stories, fresh, there)


def _stories(cursor: Cursor, streams: Iterable[UUID]) -> dict[UUID, Story]:
    """What the tables have of these cases."""
    streams = list(streams)
    if not streams:
        return {}
    found = {}
    for stream, ref, authority, school, *rest in cursor.execute(CASES, [streams]).fetchall():
        groups, days, sealed = rest[:FIRST], rest[FIRST:LAST], rest[LAST:]
        facts = zip((*GROUPS, *CHARACTERISTICS), (*groups, *sealed), strict=True)
        found[stream] = Story(MeasuredCase(ref, authority, school, {n: v for n, v in facts if v}, *days))
    for stream, kind, id, *rest in cursor.execute(OCCURRENCES, [streams]).fetchall():
        found[stream].occurrences[kind, id] = Occurrence(*rest)
    return found


def _write(cursor: Cursor, stories: dict[UUID, Story], fresh: set[UUID], there: set[tuple[UUID, str, str]]) -> None:
    cases, occurrences = Table("measured_cases", 1, CASE), Table("occurrences", 3, OCCURRENCE)
    for stream, story in stories.items():
        if stream in fresh:
            cases.insert(stream, *_case(story.case).values())
        elif story.told:
            cases.update((stream,), **_case(story.case))
        for kind, id in story.touched:
            values: dict[str, Any] = msgspec.structs.asdict(story.occurrences[kind, id])
            if (stream, kind, id) in there:
                occurrences.update((stream, kind, id), **values)
            else:
                occurrences.insert(stream, kind, id, *values.values())
    cases.write(cursor)
    occurrences.write(cursor)


def _case(case: MeasuredCase) -> dict[str, Any]:
    return {
        "ref": case.ref,
        "authority": case.authority,
        "home_school": case.home_school,
        **{name: case.facts.get(name, "") for name in GROUPS},
        "opened_on": case.opened_on,
        "closed_on": case.closed_on,
        "outcome": case.outcome,
        "at_risk_on": case.at_risk_on,
        **{name: case.facts.get(name, "") for name in CHARACTERISTICS},
    }
