"""`demo` tells two whole cases: what it prints, what it leaves in the log, and how it stops if a story goes wrong."""

import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from services.case.__main__ import main
from services.case.application.reference import stream_of
from services.case.demo import reading
from services.case.demo.asking import Api
from services.case.demo.reading import Chapter, Ending, Front, Step, Story, StoryUnreadable, read_stories, read_words
from services.case.demo.serving import sweep
from services.case.demo.walking import StoryFailed, Walk
from tests.serving import ROOT, Served

COMMAND = [sys.executable, "-m", "services.case"]
MOVE, PLAN = "EP-2026-000001", "EP-2027-000002"


@pytest.fixture(scope="module")
def demo() -> Iterator[tuple[str, Path]]:
    """What the command printed, in single spaces, and the data folder that it kept."""
    done = subprocess.run([*COMMAND, "demo", "--keep"], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    kept = re.search(r"^Kept in (\S+):", done.stdout, re.MULTILINE)
    assert kept is not None
    yield " ".join(done.stdout.split()), Path(kept[1])
    sweep(Path(kept[1]))


@pytest.fixture(scope="module")
def events(demo: tuple[str, Path]) -> dict[str, list[dict[str, Any]]]:
    """The log that the demo left, by case."""
    command = [*COMMAND, "events", "--data", str(demo[1])]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    by_stream = defaultdict(list)
    for line in done.stdout.splitlines():
        event = msgspec.json.decode(line)
        by_stream[event["stream"]].append(event)
    return {ref: by_stream[str(stream_of(ref))] for ref in (MOVE, PLAN)}


def types(events: list[dict[str, Any]]) -> set[str]:
    return {event["type"].removesuffix(".v1") for event in events}


def test_it_tells_the_dates_of_the_move_with_their_reasons(demo: tuple[str, Path]) -> None:
    said, _ = demo
    for told in (
        "Wednesday 2 September 2026 On the first day of term Ruth Lindqvist",
        "new task Triage the referral, for the inclusion team by Fri 4 Sep 2026: 2 working days after Wed 2 Sep 2026",
        "new task Serve the notice, for the clerk to the governing board by Wed 21 Oct 2026: 2 clear school days",
        "clear day 2 skipped: INSET, Fri 23 Oct 2026",
        "waits until Wed 9 Dec 2026: 2 school days after Mon 7 Dec 2026",
        "notice due “direction notice”, to a parent",
        "on record managed move completed",
    ):
        assert told in said


def test_a_notice_of_22_october_is_refused_in_a_sentence_and_one_of_the_21st_is_served(demo: tuple[str, Path]) -> None:
    said, _ = demo
    refused = "For a start on 3 November 2026 it had to be served by 21 October 2026."
    assert refused in said
    assert "on record off site direction notice served" in said.split(refused)[1]
    assert "on record off site direction notice served" not in said.split(refused)[0]


def test_no_duty_is_missed_on_the_way(demo: tuple[str, Path], events: dict[str, list[dict[str, Any]]]) -> None:
    assert "it is still owed" not in demo[0]
    for case in events.values():
        closed = next(n for n, event in enumerate(case) if event["type"] == "case.closed.v1")  # checks go on after it
        assert "case.deadline_missed" not in types(case[:closed])


def test_it_ends_with_both_outcomes_and_an_intact_chain(
    demo: tuple[str, Path], events: dict[str, list[dict[str, Any]]]
) -> None:
    said, _ = demo
    assert "every hash chain is intact" in said
    for ref, outcome in ((MOVE, "MANAGED_MOVE_COMPLETED"), (PLAN, "EHCP_PLACEMENT_CHANGED")):
        told = re.search(rf"{ref} status closed outcome {outcome} (\d+) events when it ended, chain intact", said)
        assert told is not None
        assert 100 < int(told[1]) <= len(events[ref])  # what goes on after closing comes on top


def test_the_move_was_completed_by_four_who_signed(events: dict[str, list[dict[str, Any]]]) -> None:
    move = events[MOVE]
    panels = [event["facts"]["fields"]["placement"] for event in move if event["type"] == "send_panel.decided.v1"]
    signed = [event["facts"]["fields"]["signatory"] for event in move if event["type"] == "agreement.signed.v1"]
    assert types(move) >= {"ladder_exhaustion.accepted", "off_site_direction.started", "managed_move.completed"}
    assert panels == ["short_term_off_site", "managed_move"]
    assert signed == ["pupil", "parent", "home_head", "receiving_head"]
    answered = [event for event in move if event["facts"].get("form") == "agreement"]
    people = {event["facts"]["party"]: event["meta"]["by"]["person"] for event in answered}
    assert people["pupil"] == "pupil"
    assert people["parent"] == "parent"


def test_nobody_proposed_a_move_to_the_pupil_with_a_plan(events: dict[str, list[dict[str, Any]]]) -> None:
    plan = events[PLAN]
    assert types(plan) >= {"annual_review.called", "educational_psychologist.consulted", "send_panel.decided"}
    assert not [kind for kind in types(plan) if kind.startswith(("managed_move.", "off_site_direction."))]
    started = [event["facts"] for event in plan if event["type"] == "case.process_started.v1"]
    assert [facts["process"] for facts in started] == ["exclusion_prevention", "send_route", "feedback"]
    notices = {event["facts"]["notice"] for event in plan if event["type"] == "case.notice_due.v1"}
    of_moves = {path.stem for path in (ROOT / "bpmn" / "managed_move" / "notices").glob("*.md")}
    assert of_moves
    assert not notices & of_moves


def test_a_story_that_goes_another_way_stops_at_its_step(served: Served) -> None:
    told = read_stories()[0]
    front, referral = told.front, told.chapters[0].steps[0]
    lost = Step(says="The head decides alone.", on=date(2026, 9, 3), by="home-head", task="decide_alone")
    story = Story("lost", front, (Chapter("A chapter", (referral, lost)),))

    with pytest.raises(StoryFailed, match=r"The head decides alone.*home-head has no task decide_alone now, but: none"):
        Walk(Api(served.address, served.token), story, read_words(), lambda line: None).to_its_end()


def test_a_story_that_ends_otherwise_than_it_says_fails(served: Served) -> None:
    steps = read_stories()[1].chapters[0].steps[:1]
    front = Front("A title", "About", "caseworker", Ending("closed", "RESOLVED_STABLE"))
    story = Story("short", front, (Chapter("A chapter", steps),))

    with pytest.raises(StoryFailed, match=r"ended with the case open, None, not closed, RESOLVED_STABLE"):
        Walk(Api(served.address, served.token), story, read_words(), lambda line: None).to_its_end()


def test_the_command_says_what_stopped_it_and_ends_with_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "1_story").mkdir()
    (tmp_path / "1_story" / "story.toml").write_text('title = "Half a story"')
    monkeypatch.setattr(reading, "STORIES", tmp_path)

    assert main(["demo"]) == 1
    assert "The demo stopped: 1_story/story.toml: Object missing required field `about`" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('task = "triage"', "a step has `by` and one of"),
        ('by = "nobody"\ntask = "triage"', "there is no sample person nobody"),
        ('answers = "managed_move/no_such_set"', "there are no answers managed_move/no_such_set"),
        ('when = "today"', "unknown field `when`"),
        ("on = never", r"1_chapter\.toml"),
    ],
)
def test_a_story_that_cannot_be_read_names_file_and_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, said: str
) -> None:
    story = tmp_path / "1_story"
    story.mkdir()
    (story / "story.toml").write_bytes((reading.STORIES / "1_managed_move" / "story.toml").read_bytes())
    (story / "1_chapter.toml").write_text(f'title = "A chapter"\n[[steps]]\nsays = "It happens."\n{written}\n')
    monkeypatch.setattr(reading, "STORIES", tmp_path)

    with pytest.raises(StoryUnreadable, match=rf"1_chapter\.toml: .*{said}" if "never" not in written else said):
        read_stories()
