"""Running cases move to another bundle and are worked on: with races, other processes, and kept states in between."""

import asyncio
import re
from datetime import date
from pathlib import Path

import pytest

from services.case.application import keeping
from services.case.application.correcting import correct
from services.case.application.live import Live
from services.case.application.reading import as_at, upto
from services.case.application.reference import stream_of
from services.case.domain import events as e
from services.case.domain.errors import (
    CaseNotOpen,
    Erased,
    MigrationRefused,
    NothingToCorrect,
    NothingToMigrate,
    TaskEdited,
    TaskOver,
)
from services.case.domain.lifecycle import close
from services.case.domain.process_migration import ProcessMigrated
from services.case.domain.tasks import claim
from services.case.export.words import timeline
from services.case.export.xes import xes
from services.case.store.verify import verify
from tests.application.visits import (
    ASKS_LESS,
    ASKS_MORE,
    CASEWORKER,
    FOR_SCHOOLS,
    GOES_ROUND,
    MONDAY,
    MORE_TIME,
    NO_DAY,
    OTHER_NAME,
    OTHER_WORD,
    REWORDED,
    STAFF,
    Edits,
    Visits,
    arranging,
    moving,
)

FRIDAY = date(2026, 10, 9)
RENAMED: Edits = {"attendance_visit.bpmn": [('name="Arrange the visit"', 'name="Agree a day"')]}
DAY_ANEW = ["deadline_withdrawn.v1", "deadline_set.v1"]
RECORD = 'title = "Record the visit"\nkind = "duty"\nrule = "within"\ncount = {}'
LATER: Edits = {"process.toml": [(RECORD.format(1), RECORD.format(2))]}


def test_only_what_is_another_by_the_bundle_changes(visits: Visits, tmp_path: Path) -> None:
    """Given a claimed task that is due on Thursday, when its case moves to a bundle that gives a day more, then the
    task stays whose it was, and is due on Friday."""
    ref, draft = visits.open(1), visits.draft(tmp_path, MORE_TIME)
    visits.change(ref, lambda running: claim(running.decision, 1, CASEWORKER))
    version, etag = visits.case(ref).version, visits.seen(ref)

    visits.move(ref, draft)

    assert visits.since(ref, version) == ["process_migrated.v1", "deadline_withdrawn.v1", "deadline_set.v1"]
    assert visits.due(ref) == FRIDAY
    assert visits.case(ref).tasks[1].assignee == CASEWORKER.id
    assert visits.seen(ref) == etag, "whoever has the page open goes on: nothing of the task is another"
    moved = visits.history(ref)[version]
    assert isinstance(moved.event, ProcessMigrated)
    assert (moved.event.because, moved.event.personal) == ("improved", {"reason": "Trial in the north is over."})
    assert b"Trial" not in moved.row.facts


def test_a_case_that_moved_is_worked_to_its_end_by_the_new_rules(visits: Visits, tmp_path: Path) -> None:
    ref, draft = visits.open(1), visits.draft(tmp_path, ASKS_MORE)
    old_page = visits.seen(ref)

    visits.move(ref, draft)

    with pytest.raises(TaskEdited):  # the form asks more now
        visits.complete(ref, "arrange_visit", seen=old_page, visit_on="2026-10-08")
    visits.complete(ref, "arrange_visit", seen=visits.seen(ref), visit_on="2026-10-08", alone="no")
    visits.come(ref)
    visits.record(ref, seen="no")  # not alone: by the new diagram it ends all the same
    assert visits.outcome(ref) == "VISITED"
    assert verify(visits.house.database).ok


def test_what_only_the_bundle_has_is_offered_and_what_it_has_not_is_cancelled(visits: Visits, tmp_path: Path) -> None:
    ref, draft = visits.open(1), visits.draft(tmp_path, FOR_SCHOOLS)
    version = visits.case(ref).version

    visits.move(ref, draft)

    assert visits.since(ref, version) == [
        "process_migrated.v1", "task_cancelled.v1", "deadline_withdrawn.v1", "task_offered.v1", "deadline_set.v1"
    ]  # fmt: skip
    (task,) = visits.case(ref).tasks.values()
    assert (task.id, task.role, task.org) == (2, "home-staff", "900901")
    with pytest.raises(TaskOver):
        visits.change(ref, lambda running: claim(running.decision, 1, CASEWORKER))
    visits.complete(ref, "arrange_visit", STAFF, visit_on="2026-10-08")
    assert [deadline.due for deadline in visits.case(ref).deadlines.values()] == [date(2026, 10, 8)]


def test_a_day_counts_from_when_it_was_set_and_not_from_the_move(visits: Visits, tmp_path: Path) -> None:
    ref, draft = visits.open(1), visits.draft(tmp_path, MORE_TIME)
    visits.clock.day = date(2026, 10, 7)
    visits.move(ref, draft)
    assert visits.due(ref) == FRIDAY  # four school days after Monday, not after Wednesday


@pytest.mark.parametrize(("edits", "brought"), [(NO_DAY, ["deadline_withdrawn.v1"]), (OTHER_WORD, DAY_ANEW)])
def test_a_day_goes_with_its_name_as_it_is_now(
    visits: Visits, tmp_path: Path, edits: Edits, brought: list[str]
) -> None:
    ref, draft = visits.open(1), visits.draft(tmp_path, edits)
    version = visits.case(ref).version

    visits.move(ref, draft)

    assert visits.since(ref, version) == ["process_migrated.v1", *brought]
    assert {deadline.name for deadline in visits.case(ref).deadlines.values()} <= draft.about.deadlines.keys()


def test_a_case_with_another_history_stays_as_it_is(visits: Visits, tmp_path: Path) -> None:
    ref = visits.open(1)
    visits.arrange(ref)
    visits.come(ref)
    visits.record(ref, seen="no")  # it begins anew
    before = visits.history(ref)

    with pytest.raises(MigrationRefused, match="At its event 5: What was done here is no part of the draft") as refused:
        visits.move(
            ref,
            visits.draft(tmp_path / "a", OTHER_NAME),
        )
    assert refused.value.details == {"version": 5, "element": "arrange_visit"}
    with pytest.raises(MigrationRefused, match="The draft does here what was not done: send_notice visited"):
        visits.move(ref, visits.draft(tmp_path / "b", GOES_ROUND))

    assert visits.history(ref) == before


def test_what_does_not_run_or_runs_on_it_already_is_not_moved(visits: Visits, tmp_path: Path) -> None:
    draft = visits.draft(tmp_path, REWORDED)
    over, moved, closed, erased = visits.visited(1), visits.open(2), visits.open(3), visits.open(4)
    visits.move(moved, draft)
    visits.change(closed, lambda running: close(running.decision, "*", "MOVED_AREA", "Moved."))
    for ref, refusal in ((over, NothingToMigrate), (moved, NothingToMigrate), (closed, CaseNotOpen)):
        with pytest.raises(refusal):
            visits.move(ref, draft)
    visits.change(erased, lambda running: running.decision.emit(e.SubjectKeyDestroyed, because="other"))
    with pytest.raises(Erased):
        visits.move(erased, draft)


def test_what_was_answered_before_is_corrected_by_the_form_of_then(visits: Visits, tmp_path: Path) -> None:
    ref = visits.open(1)
    visits.arrange(ref)
    visits.come(ref)
    visits.record(ref, seen="no")
    visits.move(ref, visits.draft(tmp_path, ASKS_LESS))
    (given,) = (r.event for r in visits.history(ref) if isinstance(r.event, e.TaskCompleted) and r.event.task == 2)

    with pytest.raises(NothingToCorrect):
        visits.change(ref, lambda running: correct(running, [given], 2, "remarks", "Away.", "*", "Wrong house."))
    visits.change(ref, lambda running: correct(running, [given], 2, "what_was_said", "Away.", "*", "Wrong house."))

    corrected = visits.history(ref)[-1].event
    assert isinstance(corrected, e.AnswerCorrected) and corrected.personal is not None
    assert corrected.personal["value"] == "Away."


def test_its_exports_name_tasks_by_the_bundle_of_then(visits: Visits, tmp_path: Path) -> None:
    ref, draft = visits.open(1), visits.draft(tmp_path, RENAMED)
    visits.arrange(ref)
    visits.come(ref)
    visits.record(ref, seen="no")
    visits.move(ref, draft)
    visits.arrange(ref, FRIDAY)

    mined = xes(ref, visits.history(ref), visits.house.reference).decode()
    told = timeline(ref, visits.history(ref), visits.house.reference)

    titles = re.findall(r'key="title" value="([^"]*)"', mined)
    assert titles == ["Arrange the visit", "Record the visit", "Agree a day"]
    assert "Process migrated: Attendance visit (process-owner, 999)" in told


def test_before_the_move_it_was_as_it_was(visits: Visits, tmp_path: Path) -> None:
    ref, draft = visits.open(1), visits.draft(tmp_path, FOR_SCHOOLS)
    visits.arrange(ref)
    visits.come(ref)
    visits.record(ref, seen="no")
    own, version, history = visits.case(ref).instances[1].bundle, visits.case(ref).version, visits.history(ref)
    states = [as_at(visits.case(ref), history[:n], True) for n in range(1, version + 1)]

    visits.move(ref, draft)

    whole = visits.history(ref)
    assert [as_at(visits.case(ref), upto(whole, version=n), True) for n in range(1, version + 1)] == states
    live, bundles = Live(stream_of(ref), visits.house.reference), []
    for recorded in whole:
        live.follow(recorded.event)
        bundles.append(live.case.instances[1].bundle if live.case.instances else "")
    assert bundles[1:version] == [own] * (version - 1)
    assert set(bundles[version:]) == {draft.hash}


@pytest.mark.parametrize("moment", ["asked to arrange", "waiting", "asked to record", "round again"])
def test_whoever_loads_it_afterwards_has_the_same(
    visits: Visits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """A live case, one built from all events, one from a kept state, and one that another process had in memory."""
    monkeypatch.setattr(keeping, "EVERY", 2)  # a state was kept also before the move, and is of no use after it
    ref = visits.open(1)
    elsewhere = visits.elsewhere()
    if moment != "asked to arrange":
        visits.arrange(ref)
    if moment in ("asked to record", "round again"):
        visits.come(ref)
    if moment == "round again":
        visits.record(ref, seen="no")
    draft = visits.draft(tmp_path, MORE_TIME, LATER, REWORDED)
    elsewhere.change(ref, lambda running: running.live.engine(1))  # it has the engine of the old bundle in memory
    visits.move(ref, draft)

    there, anew, here = elsewhere.live(ref), visits.elsewhere().live(ref), visits.live(ref)
    kept = keeping.as_bytes(here)
    assert kept is not None
    restored = keeping.from_bytes(stream_of(ref), visits.house.reference, here.case.hash, kept)
    assert restored is not None
    assert there.case == anew.case == here.case == restored.case
    engines = [live.engine(1).snapshot() for live in (there, anew, here, restored)]
    assert len(set(engines)) == 1
    assert set(here.engine(1).open) == {
        *(task.key for task in here.case.tasks.values()),
        *(deadline.timer for deadline in here.case.deadlines.values() if deadline.timer),
    }
    if moment in ("asked to arrange", "round again"):
        elsewhere.arrange(ref, date(2026, 10, 12))
        assert visits.due(ref) == date(2026, 10, 12)


def test_a_state_that_was_kept_before_the_move_does_no_harm(
    visits: Visits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "EVERY", 2)
    ref, draft = visits.open(1), visits.draft(tmp_path, MORE_TIME)
    monkeypatch.setattr(keeping, "as_bytes", lambda live: None)  # from here on none is kept
    visits.move(ref, draft)

    assert visits.house.store.snapshot(stream_of(ref)) is not None
    elsewhere = visits.elsewhere()
    assert elsewhere.live(ref).case == visits.live(ref).case
    elsewhere.arrange(ref)
    assert set(visits.live(ref).engine(1).open) == {"visit_day#1"}


def test_it_moves_again_and_back(visits: Visits, tmp_path: Path) -> None:
    ref = visits.open(1)
    first = visits.house.reference.bundle(visits.case(ref).instances[1].bundle)
    for n, bundle in enumerate(
        [visits.draft(tmp_path / "a", MORE_TIME), visits.draft(tmp_path / "b", FOR_SCHOOLS), first]
    ):
        visits.move(ref, bundle)
        assert set(visits.elsewhere().live(ref).engine(1).open) == {"arrange_visit#1"}, n
    assert visits.due(ref) == date(2026, 10, 8)
    visits.arrange(ref)
    visits.come(ref)
    visits.record(ref)
    assert visits.outcome(ref) == "VISITED"


def test_a_move_and_a_caseworker_at_the_same_moment(visits: Visits, tmp_path: Path) -> None:
    """Whoever comes first: the case goes on, and nothing is done twice or lost."""
    draft = visits.draft(tmp_path, MORE_TIME)
    other = visits.elsewhere()
    refs = [visits.open(number) for number in range(1, 13)]

    async def both(ref: str, number: int) -> None:
        mover, worker = (visits, other) if number % 2 else (other, visits)
        await asyncio.gather(moving(mover, ref, draft), arranging(worker, ref))

    async def all_of_them() -> None:
        await asyncio.gather(*(both(ref, number) for number, ref in enumerate(refs)))

    visits.runner.run(all_of_them())

    assert verify(visits.house.database).ok
    for ref in refs:
        types = [recorded.type for recorded in visits.history(ref)]
        assert (types.count("case.process_migrated.v1"), types.count("case.task_completed.v1")) == (1, 1)
        visits.clock.day = MONDAY
        visits.come(ref)
        visits.record(ref)
        assert visits.outcome(ref) == "VISITED"
