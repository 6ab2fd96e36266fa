"""Somebody alters rows of the log, the ledger, or an exported case file: by accident and without a thought (blind), or
knowing the chain and computing every later hash anew. Whatever they do is found; what nobody touched is not."""

import asyncio
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg

from services.case.application.running import Running
from services.case.domain.files import File, add_file
from services.case.samples import as_person, sample_directory, sample_people
from services.case.scenarios import REF
from services.case.settings import Settings
from services.case.store import embedded
from services.case.wiring import House
from tests.api.documents import PDF, TEXT
from tests.bench.record import Record
from tests.faults.altering import ADVERSARIES
from tests.faults.altering_files import alter_file
from tests.faults.audited import Audited
from tests.store.casework import ThroughTheDoor, scenario_of
from tests.store.embedding import data_folder

STORY = ("exclusion_prevention", "Resolved at internal inclusion")
MUST = "all found"
Found = Counter[str]


def tampering(size: int) -> list[Record]:
    """So many alterations, a third each of rows, ledger and case files, by both adversaries in turn; and a clean case
    file for each ten."""
    chance = random.Random(size)
    with audited() as house:
        places: dict[str, Callable[[random.Random, str], str]] = {
            "rows": house.alter_rows,
            "ledger": house.alter_ledger,
            "exports": lambda chance, adversary: alter_file(house, chance, adversary),
        }
        found: dict[tuple[str, str], Found] = {}
        missed: list[str] = []
        for number in range(size):
            place, adversary = list(places)[number % 3], ADVERSARIES[number // 3 % 2]
            by = places[place](chance, adversary)
            found.setdefault((place, adversary), Counter())[by or "not found"] += 1
            if not by:
                missed.append(f"{number} {place} {adversary} {house.did}")
        wrongly = [said for _ in range(max(1, size // 10)) if (said := house.clean_export())]
        wrongly += house.whatever_is_wrong()
    records = [
        Record(
            f"tampering: {place}, {adversary}",
            sum(how.values()) - how["not found"],
            f"of {sum(how.values())} found",
            runs=1,
            must=MUST,
            holds=not how["not found"],
            notes=", ".join(f"{by} {count}" for by, count in how.most_common()),
        )
        for (place, adversary), how in found.items()
    ]
    clean = f"of {max(1, size // 10)} clean case files, and of the log and ledger at the end"
    records.append(
        Record(
            "tampering: false alarms", len(wrongly), clean, runs=1, must="0", holds=not wrongly, notes=str(wrongly[:3])
        )
    )
    if missed:
        records[0] = Record(
            "tampering: missed", len(missed), "alterations", must="0", holds=False, notes=str(missed[:5])
        )
    return records


@contextmanager
def audited() -> Iterator[Audited]:
    """A house in which a case was lived through, with checkpoints, and a ledger of all that it published."""
    with ExitStack() as ending:
        data = ending.enter_context(data_folder())
        url = embedded.start(data)
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute("CREATE DATABASE audit")
        keys = {"master_key": "5a" * 32, "signing_key": "a5" * 32}
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory()))
        house = House(Settings(url, folder, **keys)).open()
        ending.callback(house.close)
        house.reference.directory = sample_directory()
        add_evidence(house, ThroughTheDoor(house, *scenario_of(*STORY)).through())
        ledger = psycopg.connect(embedded.Place(data).url("audit"), autocommit=True)
        ending.callback(ledger.close)
        owner = psycopg.connect(url, autocommit=True)
        ending.callback(owner.close)
        yield Audited(house, owner, ledger)


def add_evidence(house: House, story: ThroughTheDoor) -> None:
    """Two files in the case."""
    by = as_person("caseworker", sample_people()["caseworker"])
    for content in (PDF, TEXT):
        case = asyncio.run(house.door.see(REF))
        upload = house.attachments.looked_at(uuid4(), content, "Minutes", "", by)
        house.attachments.keep(upload, case, by)

        def add(running: Running, file: File = upload.file) -> bytes:
            running.decision.by = by.as_actor(by.memberships[0])
            add_file(running.decision, file)
            return b""

        story.change(add)
