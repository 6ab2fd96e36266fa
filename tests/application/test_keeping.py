"""A case that is kept and read back is the case: whatever is decided on it comes out the same."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from services.case.application import keeping
from services.case.application.door import Door, once
from services.case.application.erasing import erase
from services.case.application.files import HOUSE
from services.case.application.opening import open_case
from services.case.application.reference import Reference, stream_of
from services.case.application.running import Running
from services.case.domain.case import Case
from services.case.domain.lifecycle import note
from services.case.process.bundle import process_folders
from services.case.samples import as_person, sample_people
from services.case.scenarios import Run, scenarios_of
from services.case.wiring import House

REF = "EP-2026-000001"
STREAM = stream_of(REF)
CASEWORKER = as_person("caseworker", sample_people()["caseworker"])

FOLDERS = process_folders([HOUSE])
SETS = {name: scenarios_of(folder)[1] for name, folder in FOLDERS.items()}
ALL = [(name, scenario) for name, folder in FOLDERS.items() for scenario in scenarios_of(folder)[0]]


class Kept(Run):
    """A scenario in which the case is kept as bytes and read back before every decision."""

    def do(self, act: Callable[[Running], None]) -> None:
        if self.live.case.version:
            kept = keeping.as_bytes(self.live)
            assert kept is not None
            live = keeping.from_bytes(self.live.case.stream, self.reference, self.live.case.hash, kept)
            assert live is not None
            assert keeping.as_bytes(live) == kept
            self.live = live
        super().do(act)


@pytest.mark.parametrize(("process", "scenario"), ALL, ids=[f"{name}: {s['name']}" for name, s in ALL])
def test_decisions_on_a_case_that_was_kept_are_the_same(
    process: str, scenario: dict[str, Any], reference: Reference
) -> None:
    runs = [kind(reference, scenario, SETS[process]) for kind in (Run, Kept)]
    for run in runs:
        for step in scenario.get("when", []):
            run.step(step)

    lived, kept = (list(map(msgspec.json.encode, run.events)) for run in runs)
    assert kept == lived


def opened(running: Running) -> bytes:
    open_case(running, REF, CASEWORKER, "exclusion_prevention", SETS["exclusion_prevention"]["pupil_n"], {})
    return b""


def noted(running: Running) -> bytes:
    running.decision.by = CASEWORKER.as_actor(CASEWORKER.memberships[0])
    note(running.decision, "The pupil came to the meeting.")
    return b""


async def busy_case(house: House) -> Case:
    """A case with more than a hundred events, as the process that wrote them has it in memory."""
    await house.door.change(REF, once(), opened)
    while (await house.door.see(REF)).version <= keeping.EVERY:
        await house.door.change(REF, once(), noted)
    return await house.door.see(REF)


async def seen_by_another(house: House) -> Case:
    return await Door(house.store, house.reference, house.clock).see(REF)


def test_another_process_has_the_same_case_from_what_was_kept(house: House) -> None:
    async def story() -> None:
        case = await busy_case(house)
        kept = house.store.snapshot(STREAM)
        assert kept is not None
        found = keeping.from_bytes(STREAM, house.reference, *kept)
        assert found is not None and found.case.version == keeping.EVERY

        assert msgspec.json.encode(await seen_by_another(house)) == msgspec.json.encode(case)

    asyncio.run(story())


def test_what_other_code_has_kept_is_left_alone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        case = await busy_case(house)
        monkeypatch.setattr(keeping, "SHAPE", b"another")
        kept = house.store.snapshot(STREAM)
        assert kept is not None and keeping.from_bytes(STREAM, house.reference, *kept) is None

        assert msgspec.json.encode(await seen_by_another(house)) == msgspec.json.encode(case)

    asyncio.run(story())


def test_what_was_damaged_is_left_alone(house: House) -> None:
    async def story() -> None:
        case = await busy_case(house)
        house.database.execute("UPDATE snapshots SET sealed = sealed || 'x'")
        assert house.store.snapshot(STREAM) is None

        assert msgspec.json.encode(await seen_by_another(house)) == msgspec.json.encode(case)

    asyncio.run(story())


def test_it_goes_when_the_person_is_erased(house: House) -> None:
    async def story() -> None:
        await busy_case(house)
        await erase(house.door, STREAM, "retention_ended")

        assert house.database.rows("SELECT * FROM snapshots") == []
        assert (await seen_by_another(house)).personal == {}

    asyncio.run(story())
