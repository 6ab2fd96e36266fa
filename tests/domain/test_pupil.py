"""A pupil's register: entries in any order, more than once, corrected and cancelled; two registers that become one."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.case.domain.errors import EntryUnknown, RegistersAlreadyOne
from services.case.domain.meta import Event, Meta
from services.case.domain.people import SYSTEM
from services.case.domain.pupil import Entry, TermTotal
from services.case.domain.pupil_register import Register, apply, enter, move

META = Meta(SYSTEM, date(2026, 10, 20))
AUTUMN, SPRING = "2026/27 autumn", "2026/27 spring"


def entry(id: str = "a", revision: int = 1, half_days: int = 2, term: str = AUTUMN, **more: object) -> Entry:
    told = {"kind": "SUSP", "authority": "937", "school": "900001", "start": date(2026, 10, 19), "cancelled": False}
    return Entry(id=id, revision=revision, half_days=half_days, terms={term: half_days}, **{**told, **more})  # type: ignore[arg-type]


def register(*entries: Entry, number: int = 1) -> Register:
    made = Register(UUID(int=number), entries={})
    for one in entries:
        follow(made, enter(made, one, META, {}))
    return made


def follow(register: Register, events: list[Event]) -> Register:
    for event in events:
        apply(register, event)
    return register


ENTRIES = st.builds(
    entry,
    st.sampled_from("abcd"),
    st.integers(1, 4),
    st.integers(0, 20),
    st.sampled_from([AUTUMN, SPRING]),
    kind=st.sampled_from(["SUSP", "LNCH"]),
    school=st.sampled_from(["900001", "900101"]),
)


@given(st.lists(ENTRIES, max_size=12), st.randoms())
def test_order_and_repetition_change_no_total(told: list[Entry], random: object) -> None:
    shuffled = [*told, *told[::2]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert register(*shuffled).entries == register(*told).entries
    assert register(*shuffled).totals == register(*told).totals


@given(st.lists(ENTRIES, max_size=12))
def test_each_event_says_what_the_register_adds_up_to(told: list[Entry]) -> None:
    made = register()
    for one in told:
        for event in enter(made, one, META, {}):
            follow(made, [event])
            assert event.totals == made.totals  # type: ignore[attr-defined]


def test_a_later_revision_takes_the_place_of_an_earlier_one_whichever_comes_first() -> None:
    first, second = entry(half_days=6), entry(revision=2, half_days=2)

    assert register(first, second).term_total(AUTUMN) == 2
    assert register(second, first).term_total(AUTUMN) == 2


def test_half_days_out_before_a_cancellation_count() -> None:
    cancelled = entry(revision=2, half_days=10, cancelled=True)
    cancelled = Entry(**{**{f: getattr(cancelled, f) for f in cancelled.__struct_fields__}, "terms": {AUTUMN: 3}})

    assert register(entry(half_days=10), cancelled).year_total("2026/27") == 3


def test_totals_are_by_term_in_order_of_time_with_lunchtimes_among_the_half_days() -> None:
    made = register(
        entry("a", half_days=9),
        entry("b", half_days=2, kind="LNCH"),
        entry("c", half_days=4, term=SPRING),
        entry("d", half_days=3, term="2025/26 summer"),
        entry("e", half_days=0, kind="PERM"),
    )

    assert made.totals == [
        TermTotal("2025/26", "summer", 3, 0),
        TermTotal("2026/27", "autumn", 11, 2),
        TermTotal("2026/27", "spring", 4, 0),
    ]
    assert made.year_total("2026/27") == 15


def test_days_at_another_school_and_council_count_too() -> None:
    made = register(entry("a", half_days=64), entry("b", half_days=24, authority="885", school="900101"))

    assert made.year_total("2026/27") == 88
    assert made.by_school("2026/27") == {("885", "900101"): 24, ("937", "900001"): 64}


def test_two_registers_of_one_pupil_become_one_and_totals_follow() -> None:
    former, kept = register(entry("a", half_days=4)), register(entry("b", half_days=6), number=2)

    given_event, taken_event = move(former, kept, None, META, "One pupil, two numbers.")
    follow(former, [given_event])
    follow(kept, [taken_event])

    assert (former.totals, former.goes_on_in) == ([], kept.stream)
    assert kept.term_total(AUTUMN) == 10
    assert (given_event.totals, taken_event.totals) == ([], kept.totals)


def test_what_both_registers_knew_counts_once() -> None:
    former, kept = register(entry("a", revision=2, half_days=4)), register(entry("a", half_days=6), number=2)

    follow(kept, [move(former, kept, None, META, "")[1]])

    assert kept.term_total(AUTUMN) == 4


@given(st.lists(ENTRIES, max_size=8), st.lists(ENTRIES, max_size=8))
def test_a_merge_adds_up_to_what_one_register_would_have_held(one: list[Entry], other: list[Entry]) -> None:
    former, kept = register(*one), register(*other, number=2)

    follow(kept, [move(former, kept, None, META, "")[1]])

    assert kept.totals == register(*one, *other).totals


def test_a_split_undoes_a_merge() -> None:
    former, kept = register(entry("a", half_days=4)), register(entry("b", half_days=6), number=2)
    given_event, taken_event = move(former, kept, None, META, "")
    follow(former, [given_event])
    follow(kept, [taken_event])

    given_event, taken_event = move(kept, former, ["a"], META, "They are two pupils.")
    follow(kept, [given_event])
    follow(former, [taken_event])

    assert (former.goes_on_in, former.term_total(AUTUMN)) == (None, 4)
    assert (kept.term_total(AUTUMN), kept.given) == (6, {"a": former.stream})


def test_what_cannot_be_moved_is_refused() -> None:
    one, other = register(entry("a")), register(number=2)

    with pytest.raises(RegistersAlreadyOne):
        move(one, one, None, META, "")
    with pytest.raises(EntryUnknown):
        move(one, other, ["b"], META, "")


def test_of_an_erased_pupil_half_days_are_entered_and_no_name() -> None:
    made = register()
    made.erased = True

    (event,) = enter(made, entry(), META, {"upn": "B801200005001"})

    assert event.personal is None
