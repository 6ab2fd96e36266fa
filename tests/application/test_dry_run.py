"""A draft against stored histories: what it says of each, and that it reads facts only and writes nothing."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from services.case.__main__ import main
from services.case.application.dry_run import Line, Question, dry_run
from services.case.application.erasing import erase
from services.case.application.reference import stream_of
from services.case.process.bundle import Bundle
from services.case.settings import Settings
from tests.application.visits import (
    ASKS_MORE,
    FOR_SCHOOLS,
    GOES_ROUND,
    MORE_TIME,
    NO_DAY,
    OTHER_NAME,
    OTHER_WORD,
    PROCESS,
    REWORDED,
    Edits,
    Visits,
    write_draft,
)


def tried(visits: Visits, draft: Bundle, authority: str = "") -> dict[str, Line]:
    reference = visits.house.reference
    lines = dry_run(Question(visits.house.url, draft.to_bytes(), reference.calendars, authority))
    return {line.case: line for line in lines}


def said(line: Line) -> tuple[str, int, str]:
    assert line.difference is not None
    return line.verdict, line.difference.version, line.difference.element


@pytest.mark.parametrize(
    ("edits", "over", "waiting"),
    [
        (REWORDED, ("same", 0, ""), ("same", 0, "")),
        (MORE_TIME, ("deadline moved", 2, "arrange_visit"), ("deadline moved", 2, "arrange_visit")),
        (NO_DAY, ("deadline moved", 2, "arrange_visit"), ("deadline moved", 2, "arrange_visit")),
        (OTHER_WORD, ("same", 0, ""), ("same", 0, "")),
        (GOES_ROUND, ("different outcome", 12, "tell"), ("same", 0, "")),
        (ASKS_MORE, ("stuck", 12, "record_visit"), ("same", 0, "")),
        (OTHER_NAME, ("impossible", 2, "plan_visit"), ("impossible", 2, "plan_visit")),
        (FOR_SCHOOLS, ("different outcome", 2, "arrange_visit"), ("different outcome", 2, "arrange_visit")),
    ],
    ids=["reworded", "more time", "no day", "other word", "goes round", "asks more", "other name", "for schools"],
)
def test_what_a_draft_would_make_of_cases(
    visits: Visits, tmp_path: Path, edits: Edits, over: tuple[str, int, str], waiting: tuple[str, int, str]
) -> None:
    draft = visits.draft(tmp_path, edits)
    ended, open_ = visits.visited(1), visits.open(2)
    visits.arrange(open_)
    before = visits.house.store.head()

    lines = tried(visits, draft)

    assert [(line.verdict, *said(line)[1:]) if line.difference else ("same", 0, "") for line in lines.values()] == [
        over,
        waiting,
    ]
    assert (lines[ended].ended, lines[open_].ended) == (True, False)
    assert lines[open_].movable == (waiting[0] != "impossible") and not lines[ended].movable
    assert visits.house.store.head() == before


def test_the_first_difference_is_told_in_words(visits: Visits, tmp_path: Path) -> None:
    ref = visits.visited(1)
    folders = [tmp_path / name for name in "abcd"]
    sentences = [
        tried(visits, visits.draft(folder, edits))[ref].difference
        for folder, edits in zip(folders, (MORE_TIME, GOES_ROUND, ASKS_MORE, OTHER_NAME), strict=True)
    ]
    assert [one.sentence for one in sentences if one] == [
        "“Arrange the visit” is due on 9 October 2026 by the draft, and on 8 October 2026 in the case.",
        "The draft does not do here what was done: send_notice visited.",
        "The draft cannot go on here: it reads alone, which nothing has set.",
        "“Arrange the visit” is open on the draft only.",
    ]


def test_who_was_erased_is_looked_at_too_and_other_councils_are_not(visits: Visits, tmp_path: Path) -> None:
    draft = visits.draft(tmp_path, MORE_TIME)
    ref = visits.visited(1)
    was = tried(visits, draft)
    asyncio.run(erase(visits.house.door, stream_of(ref), "opened_in_error"))

    assert tried(visits, draft) == was
    assert tried(visits, draft, "999") == was
    assert tried(visits, draft, "937") == {}


def test_many_histories_are_shared_among_processes(
    visits: Visits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.case.application.dry_run.FEW", 4)
    monkeypatch.setattr("services.case.application.dry_run.AT_ONCE", 2)
    refs = [visits.open(number) for number in range(1, 8)]
    heard: list[tuple[int, int]] = []
    question = Question(visits.house.url, visits.draft(tmp_path).to_bytes(), visits.house.reference.calendars)

    lines = dry_run(question, lambda done, of: heard.append((done, of)))

    assert [line.case for line in lines] == refs
    assert {line.verdict for line in lines} == {"same"}
    assert heard == [(2, 7), (4, 7), (6, 7), (7, 7)]


def test_the_command_says_it_to_people_and_to_machines(
    visits: Visits,
    thirdshire: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    visits.visited(1)
    environment = {
        "CASE_DATABASE_URL": thirdshire.database_url,
        "CASE_MASTER_KEY": thirdshire.master_key,
        "CASE_SIGNING_KEY": thirdshire.signing_key,
        "CASE_BPMN_PATH": str(thirdshire.bpmn_path[0]),
        "CASE_AUTHORITIES_PATH": str(thirdshire.authorities_path),
        "CASE_DATA_DIR": str(tmp_path),
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    moved = write_draft(tmp_path, MORE_TIME)

    assert main(["dry-run", str(PROCESS)]) == 0
    assert "1 process instance: same 1" in capsys.readouterr().out
    assert main(["dry-run", str(moved)]) == 1
    assert "AV-2026-000001 instance 1: deadline moved (version 2, arrange_visit):" in capsys.readouterr().out
    assert main(["dry-run", str(moved), "--json"]) == 1
    (line,) = msgspec.json.decode(capsys.readouterr().out)
    assert (line["case"], line["verdict"], line["difference"]["version"]) == ("AV-2026-000001", "deadline moved", 2)
    (moved / "forms" / "arrange.schema.json").unlink()
    assert main(["dry-run", str(moved)]) == 2
    assert "arrange" in capsys.readouterr().err
    assert main(["dry-run", str(tmp_path / "nowhere")]) == 2
