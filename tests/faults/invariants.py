"""What must be true after every fault, whatever it was: of the log, of what was acknowledged, of the read models."""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from services.case.application.registering import READER
from services.case.projections.cases import standing_still
from services.case.projections.deadlines import pending
from services.case.store.mapper import Recorded
from services.case.store.verify import verify
from services.case.wiring import House
from tests.api.desk import house_of
from tests.bench.client import of
from tests.faults.clients import Answer, Crowd
from tests.projections.rows import rows_of, until_projected
from tests.serving import Served
from tests.store.embedding import until

GAPS = """
    SELECT count(*) FROM (SELECT FROM events GROUP BY originator_id
    HAVING min(originator_version) <> 1 OR max(originator_version) <> count(*)) AS gaps
"""
HELD = "SELECT count(*) FROM held_streams WHERE released IS NULL"
BEHIND = "SELECT count(*) FROM reader_positions WHERE reader = %s AND position < %s"
ASKED_AGAIN = 300  # acknowledged commands that are sent again
LATEST = 60.0  # seconds
SHOWN = 5  # findings of a kind that are told


def findings(served: Served, crowd: Crowd | None = None) -> list[str]:
    """What does not hold, in sentences; empty if everything does. Web must be running."""
    found: list[str] = []
    with house_of(served) as house:
        until_projected(house, LATEST)
        until(lambda: not pending(house.database, house.clock.now(), 1), "what is due to have passed", LATEST)
        until(lambda: house.database.row(BEHIND, [READER, house.store.head()]) == (0,), "the registers", LATEST)
        found += in_the_log(house)
        if crowd is not None:
            log = list(house.store.read_all())
            found += acknowledged(log, crowd.good)
            found += crowd.unexpected[:SHOWN]
            found += [f"never answered: {command.method} {command.path}" for command in crowd.unanswered]
            found += asyncio.run(asked_again(crowd))
        found += read_models(house)
    return found


def in_the_log(house: House) -> Iterator[str]:
    """The hash chains, versions, that each command was decided once, and that every event can be published."""
    verified = verify(house.database)
    if not verified.ok:
        yield f"verify: {verified.first_bad}"
    gaps = house.database.row(GAPS)
    if gaps != (0,):
        yield f"{gaps} streams have a gap in their versions"
    yield from [f"{held} streams are held back" for (held,) in [house.database.row(HELD) or (0,)] if held]
    decisions: defaultdict[tuple[Any, str], set[str]] = defaultdict(set)
    for recorded in house.store.read_all():
        if recorded.event.meta.command:
            decisions[recorded.stream, recorded.event.meta.command].add(recorded.row.recorded_at)
    yield from [f"decided twice: {place}" for place, moments in decisions.items() if len(moments) > 1][:SHOWN]
    yield from in_the_registers(house)
    yield from [f"{still} open cases have no next step" for still in [standing_still(house.database)] if still]


def in_the_registers(house: House) -> list[str]:
    """That each suspension that a case told of was entered once."""
    log = list(house.store.read_all())
    told = {f"{r.stream}.{r.version}" for r in log if r.type == "case.exclusion_notified.v1"}
    entered = Counter(r.event.meta.cause for r in log if r.type == "register.exclusion_entered.v1")
    return [f"entered {entered[place]} times: {place}" for place in sorted(told) if entered[place] != 1][:SHOWN]


def acknowledged(log: Sequence[Recorded], answers: Sequence[Answer]) -> Iterator[str]:
    """That what each 2xx promised is in the log, once."""
    at = {recorded.position: recorded for recorded in log}
    of_command: defaultdict[str, list[str]] = defaultdict(list)
    for recorded in log:
        of_command[recorded.event.meta.command].append(recorded.type)
    notes = Counter(
        r.event.personal["text"] for r in log if r.type == "case.note_added.v1" and r.event.personal is not None
    )
    promised = [answer for answer in answers if answer.command.type]
    lost, twice = [], []
    for answer in promised:
        recorded = at.get(answer.position)
        types = of_command[recorded.event.meta.command] if recorded is not None else []
        if answer.command.type not in types:
            lost.append(f"lost: {answer.command.type} at {answer.position}")
        elif types.count(answer.command.type) > 1:
            twice.append(f"twice: {answer.command.type} at {answer.position}")
        if answer.command.type == "case.note_added.v1" and notes[answer.command.body["text"]] != 1:
            twice.append(f"a note {notes[answer.command.body['text']]} times")
    yield from lost[:SHOWN]
    yield from twice[:SHOWN]
    ids = Counter(at[answer.position].event.meta.command for answer in promised if answer.position in at)
    yield from [f"{count} answers rest on one command" for count in ids.values() if count > 1][:SHOWN]
    once = Counter((r.stream, getattr(r.event, "task", 0)) for r in log if r.type == "case.task_completed.v1")
    yield from [f"completed {count} times: {place}" for place, count in once.items() if count > 1][:SHOWN]


async def asked_again(crowd: Crowd) -> list[str]:
    """That the same request is answered the same, long after."""
    named = [answer for answer in crowd.good if answer.command.method == "POST"]
    connection = of(crowd.served.address)
    found = []
    for before in random.Random(1).sample(named, min(ASKED_AGAIN, len(named))):
        after = await crowd.send(connection, before.command)
        if after is None or (after.status, after.body) != (before.status, before.body):
            found.append(f"answered otherwise when asked again: {before.command.path}")
        elif before.command.type and after.position != before.position:
            found.append(f"another position when asked again: {before.command.path}")
        if after is not None:
            crowd.answered.remove(after)
    connection.close()
    return found[:SHOWN]


def read_models(house: House) -> list[str]:
    """That each has the rows that a rebuild gives it."""
    followed = rows_of(house)
    for model in house.projecting.models:
        house.projecting.rebuild(model.name, house.url)
    rebuilt = rows_of(house)
    return [f"{table} is not as a rebuild makes it" for table in rebuilt if followed[table] != rebuilt[table]]


def as_text(found: Sequence[str]) -> str:
    """For the notes of a record."""
    return "; ".join(found[: 2 * SHOWN]) or "all invariants hold"
