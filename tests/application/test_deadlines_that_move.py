"""School days change, and open deadlines follow: kept with the old day and the reason, never earlier for a notice
already sent, once each however often it is tried, and no case's past is touched."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from shutil import copytree

import msgspec
import pytest

from services.case.application.files import HOUSE
from services.case.application.live import Live
from services.case.application.reference import stream_of
from services.case.domain import authority_events as a
from services.case.domain.errors import NobodyCloses, SchoolUnknown
from services.case.projections.inbox import inbox_of
from services.case.settings import Settings
from services.case.store.verify import verify
from services.case.wiring import House
from tests.application.council import PEOPLE, Council, council_in
from tests.clock.schools import d
from tests.store.embedding import until

MONDAY = d("5 Oct 2026")  # “Explore with the family” is owed in 5 school days: by Monday 12 October
DUE = d("12 Oct 2026")
NEXT_YEAR = """\
urn = "900001"
academic_year = "2027/28"
ranges = [[2027-09-01, 2027-10-22], [2027-11-01, 2027-12-17], [2028-01-04, 2028-07-20]]
"""


@pytest.fixture
def council(house: House) -> Iterator[Council]:
    with council_in(house, MONDAY) as working:
        yield working


def recounts(council: Council) -> list[a.DeadlinesRecounted]:
    stream = council.house.authority_streams()["937"]
    found = [recorded.event for recorded in council.house.store.load(stream)]
    return [event for event in found if isinstance(event, a.DeadlinesRecounted)]


def test_a_closure_moves_what_is_owed_and_says_so(council: Council) -> None:
    ref = council.open(1)
    assert council.due(ref) == DUE

    council.on(d("8 Oct 2026")).close(d("7 Oct 2026"), d("8 Oct 2026"))
    council.catch_up()

    assert council.due(ref) == d("14 Oct 2026")
    assert council.moves(ref) == [(DUE, d("14 Oct 2026"), "unplanned_closure")]
    told = council.why(ref)
    assert told["due"] == d("14 Oct 2026")
    assert [(move["was"], move["due"]) for move in told["moved"]] == [(DUE, d("14 Oct 2026"))]
    assert any("skipped: unplanned closure, Wed 7 Oct to Thu 8 Oct 2026" in line for line in told["explanation"])
    council.wait_for_lists()
    (task,) = inbox_of(council.house.database, PEOPLE["home-head"], 10)
    assert task.due == d("14 Oct 2026")


def test_only_the_schools_concerned_follow(council: Council) -> None:
    here, other, abroad = council.open(1), council.open(2, "900003"), council.open(3, "900101")

    council.close(d("7 Oct 2026"))
    council.catch_up()

    assert council.due(here) == d("13 Oct 2026")
    assert (council.moves(other), council.moves(abroad)) == ([], [])
    assert [(said.cases, said.moved, said.kept) for said in recounts(council)] == [(1, 1, 0)]


def test_when_all_schools_close_all_of_the_authority_follow(council: Council) -> None:
    refs = [council.open(1), council.open(2, "900003"), council.open(3, "900101")]

    council.close(d("7 Oct 2026"), schools=())
    council.catch_up()

    assert [council.due(ref) for ref in refs] == [d("13 Oct 2026"), d("13 Oct 2026"), DUE]


def test_counting_again_and_again_changes_nothing(council: Council) -> None:
    ref = council.open(1)
    council.close(d("7 Oct 2026"))

    assert [council.catch_up() for _ in range(3)] == [1, 0, 0]
    assert len(council.moves(ref)) == 1
    assert len(recounts(council)) == 1


def test_nothing_is_missed_by_a_day_that_a_closure_has_moved(council: Council) -> None:
    ref = council.open(1)
    council.close(d("9 Oct 2026"))

    council.on(d("13 Oct 2026")).let_days_pass()
    assert not council.deadline(ref, "explore").missed
    council.on(d("14 Oct 2026")).let_days_pass()
    assert council.deadline(ref, "explore").missed


def test_a_closure_that_is_reported_late_takes_back_that_something_was_missed(council: Council) -> None:
    ref = council.open(1)
    council.on(d("13 Oct 2026")).let_days_pass()
    assert council.deadline(ref, "explore").missed

    council.close(d("12 Oct 2026"))
    council.let_days_pass()

    assert council.due(ref) == d("13 Oct 2026")
    assert not council.deadline(ref, "explore").missed
    council.on(d("14 Oct 2026")).let_days_pass()
    assert council.deadline(ref, "explore").missed


def test_a_closure_taken_back_moves_only_what_nobody_was_told(council: Council) -> None:
    untold, told = council.open(1), council.open(2)
    council.complete(told, "explore_with_family", "home-head", "explore_go_on")
    council.complete(told, "record_gates", "home-head", "gates")
    council.complete(told, "shortlist_schools", "home-head", "shortlist")
    reply = council.due(told, "reply")  # the school asked has the day in the notice of the approach
    council.close(d("7 Oct 2026"), schools=("900001", "900002"))
    council.catch_up()
    assert council.due(told, "reply") == reply + timedelta(days=1)

    council.withdraw(1)
    council.catch_up()

    assert council.due(untold) == DUE
    assert council.moves(untold)[-1] == (d("13 Oct 2026"), DUE, "unplanned_closure")
    assert council.due(told, "reply") == reply + timedelta(days=1)
    assert [(said.moved, said.kept) for said in recounts(council)][-1] == (1, 2)  # nor the end of the search


def test_what_is_cut_short_is_finished_by_whoever_comes_next(council: Council, settings: Settings) -> None:
    refs = [council.open(number) for number in range(1, 13)]
    council.close(d("7 Oct 2026"))

    async def cut_short() -> None:
        working = asyncio.create_task(council.house.recounting.catch_up())
        while not any(council.moves(ref) for ref in refs):
            await asyncio.sleep(0)
        working.cancel()

    council.runner.run(cut_short())
    moved_by_then = sum(bool(council.moves(ref)) for ref in refs)
    assert 0 < moved_by_then < len(refs)
    assert recounts(council) == []
    next_house = House(settings).open()
    with council_in(next_house, MONDAY) as next_council:
        next_council.catch_up()
    next_house.close()

    assert [len(council.moves(ref)) for ref in refs] == [1] * len(refs)
    assert len(recounts(council)) == 1


def test_who_counted_before_hearing_of_a_closure_is_found_out(council: Council, settings: Settings) -> None:
    council.open(1)
    unaware = House(settings).open()
    unaware.administration.refresh = lambda: False  # type: ignore[method-assign]  # hears nothing for now
    council.close(d("7 Oct 2026"))
    council.catch_up()
    with council_in(unaware, MONDAY) as elsewhere:
        late = elsewhere.open(2)
    unaware.close()
    assert council.due(late) == DUE  # by the calendar as it was

    council.catch_up()

    assert council.moves(late) == [(DUE, d("13 Oct 2026"), "unplanned_closure")]


def test_a_date_without_a_calendar_asks_for_it_and_follows_when_it_comes(council: Council) -> None:
    ref = council.on(d("19 Jul 2027")).open(1)
    before = council.deadline(ref, "explore")
    assert (before.provisional, before.due) == (True, d("6 Sep 2027"))  # on this year's dates, for want of next year's
    council.catch_up()
    administration = council.house.administration
    assert list(administration.in_use["937"].wanted) == [("900001", "2027/28")]
    council.catch_up()

    council.put_in_use(NEXT_YEAR)
    council.catch_up()

    after = council.deadline(ref, "explore")
    assert (after.provisional, after.due) == (False, d("3 Sep 2027"))
    assert council.moves(ref)[-1] == (d("6 Sep 2027"), d("3 Sep 2027"), "calendar_arrived")
    assert administration.in_use["937"].wanted == {}
    asked = [r.event for r in council.house.store.load(council.house.authority_streams()["937"])]
    assert sum(isinstance(event, a.CalendarWanted) for event in asked) == 1


def test_a_calendar_that_confirms_a_date_makes_it_certain(council: Council) -> None:
    ref = council.on(d("19 Jul 2027")).open(1)

    council.put_in_use(NEXT_YEAR.replace("2027-09-01", "2027-09-02"))
    council.catch_up()

    assert council.moves(ref) == [(d("6 Sep 2027"), d("6 Sep 2027"), "calendar_arrived")]
    assert not council.deadline(ref, "explore").provisional


def test_a_closure_that_closes_nothing_is_refused(council: Council) -> None:
    saturday, inset, open_day = d("10 Oct 2026"), d("23 Oct 2026"), d("7 Oct 2026")
    with pytest.raises(NobodyCloses):
        council.close(saturday)
    with pytest.raises(NobodyCloses):
        council.close(open_day, inset)
    with pytest.raises(SchoolUnknown):
        council.close(open_day, schools=("900101",))  # another authority's
    with pytest.raises(SchoolUnknown):
        council.close(open_day, schools=("123456",))
    assert council.house.administration.in_use["937"].closures == {}


def test_a_file_says_again_only_what_it_says_anew(house: House, settings: Settings, tmp_path: Path) -> None:
    with council_in(house, MONDAY) as council:
        ref = council.open(1)
        text = (HOUSE / "calendars" / "937_2026_27_three_insets.toml").read_text()
        council.put_in_use(text + '\n[[closed]]\ndate = 2026-10-07\ntype = "inset"\n')
        council.catch_up()
        assert council.moves(ref) == [(DUE, d("13 Oct 2026"), "calendar_changed")]

    restarted = House(settings).open()
    with council_in(restarted, MONDAY) as council:
        council.catch_up()
        assert council.due(ref) == d("13 Oct 2026")  # the file is as it was: it does not undo what was put in use
        assert council.catch_up() == 0
    restarted.close()


def test_replaying_a_case_gives_its_dates_again_whatever_has_changed_since(
    house: House, settings: Settings, tmp_path: Path
) -> None:
    with council_in(house, MONDAY) as council:
        ref = council.open(1)
        council.complete(ref, "explore_with_family", "home-head", "explore_go_on")
        council.complete(ref, "record_gates", "home-head", "gates")
        council.complete(ref, "shortlist_schools", "home-head", "shortlist")
        states, told = council.every_state(ref), council.why(ref, "reply")

    copytree(HOUSE / "authorities", tmp_path / "authorities")
    policy = tmp_path / "authorities" / "937_warwickshire.toml"
    policy.write_text(policy.read_text().replace("mm.coolingOffSchoolDays = 2", "mm.coolingOffSchoolDays = 9"))
    changed = House(msgspec.structs.replace(settings, authorities_path=tmp_path / "authorities")).open()
    with council_in(changed, d("6 Oct 2026")) as council:
        council.close(d("8 Oct 2026"), schools=("900001", "900002"))
        text = (HOUSE / "calendars" / "937_2026_27_three_insets.toml").read_text()
        council.put_in_use(text + '\n[[closed]]\ndate = 2026-10-09\ntype = "inset"\n')
        new = council.open(2)
        assert changed.reference.policy(council.case(new).policy)["mm.coolingOffSchoolDays"] == 9

        assert council.every_state(ref) == states
        assert council.why(ref, "reply") == told
        council.catch_up()
        assert council.every_state(ref)[: len(states)] == states
        assert sorted(council.moves(ref)) == [
            (d("12 Oct 2026"), d("14 Oct 2026"), "calendar_changed"),  # the reply of the school
            (d("3 Nov 2026"), d("5 Nov 2026"), "calendar_changed"),  # the end of the search
        ]
        assert changed.reference.policy(council.case(ref).policy)["mm.coolingOffSchoolDays"] == 2
        live = Live(stream_of(ref), changed.reference)
        for recorded in council.history(ref):
            live.follow(recorded.event)
        live.engine(1)  # re-run from what was recorded; a difference would raise
        until(lambda: verify(changed.database).ok, "the chain to be whole")
    changed.close()
