"""Forms of suspension and exclusion refuse what the law does not allow, and say what it allows instead."""

from datetime import date
from typing import Any

import pytest

from services.case.application.circumstances import Around
from services.case.application.exclusions import Period, outlook
from services.case.application.files import HOUSE
from services.case.application.notifications import Notification, entry_of
from services.case.application.reference import Reference, stream_of
from services.case.domain.case import Case
from services.case.domain.errors import AnswersInvalid
from services.case.domain.pupil import Entry
from services.case.domain.pupil_register import Register
from services.case.scenarios import scenarios_of

SUSPENSION = scenarios_of(HOUSE / "suspension")[1]
EXCLUSION = scenarios_of(HOUSE / "permanent_exclusion")[1]


def before(reference: Reference, start: str, half_days: int, school: str = "900001", kind: Any = "SUSP") -> Entry:
    authority = reference.school(school).authority
    told = Notification(
        id=f"{start} {school}", revision=1, upn="x", school_urn=school, type=kind, start=date.fromisoformat(start),
        half_days=half_days,
    )  # fmt: skip
    return entry_of(told, authority, reference.calendars.school(school, authority))


def wrong(
    reference: Reference, form: str, given: dict[str, Any], *entries: Entry, process: str = "suspension", **changes: Any
) -> dict[str, str]:
    """Pointer -> sentence of everything that is wrong with the answers."""
    bundle = reference.current("937", process)
    policy = reference.policy_at("937", date(2026, 10, 12)).hash
    case = Case(stream_of("SU"), authority="937", home_school="900001", policy=policy)
    register = Register(case.stream, entries={entry.id: entry for entry in entries})
    answers = {name: value for name, value in {**given, **changes}.items() if value is not None}
    try:
        bundle.forms[form].check(answers, Around(case, date(2026, 11, 20), reference, lambda: register))
    except AnswersInvalid as invalid:
        return {error["pointer"]: error["detail"] for error in invalid.details["errors"]}
    return {}


def test_the_45_days_may_be_reached_and_not_passed(reference: Reference) -> None:
    used = before(reference, "2026-09-02", 89)
    two_days = SUSPENSION["two_days"]

    assert (
        wrong(
            reference, "suspension_proposal", two_days, used, half_days=1, start_on="2026-11-16", return_on="2026-11-17"
        )
        == {}
    )
    refused = wrong(
        reference, "suspension_proposal", two_days, used, half_days=2, start_on="2026-11-16", return_on="2026-11-17"
    )
    assert list(refused) == ["/half_days"]
    assert "44.5 days at" in refused["/half_days"]
    assert refused["/half_days"].endswith("What is left: half a day.")


def test_a_suspension_is_not_made_longer(reference: Reference) -> None:
    running = before(reference, "2026-10-12", 2)

    refused = wrong(reference, "suspension_proposal", SUSPENSION["two_days"], running)

    assert "cannot be extended" in refused["/start_on"]
    assert "a new one, with its own reasons and notice" in refused["/start_on"]


@pytest.mark.parametrize(("last", "starts_straight_after"), [("2026-10-09", True), ("2026-10-08", False)])
def test_one_straight_after_another_needs_its_exception(
    reference: Reference, last: str, starts_straight_after: bool
) -> None:
    earlier = before(reference, last, 2)  # a Friday before the Monday, or the Thursday

    refused = wrong(reference, "suspension_proposal", SUSPENSION["two_days"], earlier)

    assert ("/start_on" in refused) is starts_straight_after
    said = wrong(reference, "suspension_proposal", SUSPENSION["two_days"], earlier, exceptional_reason="New facts.")
    assert said == {}


def test_lunchtimes_may_follow_a_suspension(reference: Reference) -> None:
    assert wrong(reference, "suspension_proposal", SUSPENSION["lunchtimes"], before(reference, "2026-10-12", 2)) == {}


@pytest.mark.parametrize("code", ["OT", "XX"])
def test_a_reason_that_is_no_longer_given_is_refused(reference: Reference, code: str) -> None:
    refused = wrong(reference, "suspension_proposal", SUSPENSION["two_days"], reasons=[code])

    assert "/reasons" in refused or "/reasons/0" in refused


def test_reasons_of_the_longer_list_begin_with_their_school_year(reference: Reference) -> None:
    given = {"reasons": ["VR", "DB"], "return_on": None}

    late = wrong(reference, "suspension_proposal", SUSPENSION["lunchtimes"], start_on="2026-06-15", **given)
    assert late == {"/reasons": "Not a reason that can be given for that day: VR."}
    assert wrong(reference, "suspension_proposal", SUSPENSION["lunchtimes"], **given) == {}


def test_the_form_offers_the_codes_of_the_set_and_their_words(reference: Reference) -> None:
    codes = {code.code: code.label for code in reference.codes.of("exclusion_reasons")}

    for process, form in (("suspension", "suspension_proposal"), ("permanent_exclusion", "exclusion_proposal")):
        offered = reference.current("937", process).forms[form].fields["reasons"]["items"]["oneOf"]
        assert {option["const"]: option["title"] for option in offered} == codes


def test_nobody_is_sent_home_without_a_suspension(reference: Reference) -> None:
    refused = wrong(reference, "suspension_proposal", SUSPENSION["two_days"], not_informal=False)
    assert "Put every half day off the premises into this suspension instead" in refused["/not_informal"]

    for words in (
        "Cooling off at home.",
        "He stays at home on Friday.",
        "Mum picks him up early.",
        "She leaves at lunch.",
    ):
        refused = wrong(reference, "threshold", SUSPENSION["weigh_do_not"], instead=words)
        assert "Use a suspension, or describe support in school." in refused["/instead"], words
    assert wrong(reference, "threshold", SUSPENSION["weigh_do_not"]) == {}


def test_an_exclusion_is_no_lever_and_no_longer_suspension(reference: Reference) -> None:
    for field in ("not_a_lever", "not_extended"):
        refused = wrong(
            reference, "exclusion_proposal", EXCLUSION["exclude"], process="permanent_exclusion", **{field: False}
        )
        assert list(refused) == [f"/{field}"]


def test_nothing_is_cancelled_with_more_than_45_days_out(reference: Reference) -> None:
    used = before(reference, "2026-09-02", 88)

    assert wrong(reference, "cancellation", SUSPENSION["cancelled"], used, half_days_out=2) == {}
    refused = wrong(reference, "cancellation", SUSPENSION["cancelled"], used, half_days_out=3)
    assert "Let the governing board decide" in refused["/half_days_out"]


def look(reference: Reference, *entries: Entry, **put: Any) -> dict[str, Any]:
    register = Register(stream_of("SU"), entries={entry.id: entry for entry in entries})
    days = reference.calendars.school("900003", "937")  # calendar W
    return outlook(register, "900003", Period(**{"kind": "SUSP", **put}), days)


def test_three_days_and_three_days_straight_after_reach_the_sixth_day_together(reference: Reference) -> None:
    first = before(reference, "2026-11-16", 6, "900003")

    found = look(reference, first, start=date(2026, 11, 19), half_days=6)

    assert (found["run_from"], found["sixth_day"]) == ("2026-11-16", "2026-11-23")
    assert look(reference, start=date(2026, 11, 19), half_days=6)["sixth_day"] is None


def test_the_sixth_day_of_a_permanent_exclusion_goes_over_half_term(reference: Reference) -> None:
    found = look(reference, kind="PERM", start=date(2026, 10, 22), half_days=0)

    assert (found["sixth_day"], found["term_half_days"]) == ("2026-11-05", 0)


@pytest.mark.parametrize(
    ("used", "half_days", "duty", "crosses"),
    [(9, 1, "none", False), (9, 2, "on_request", True), (11, 2, "on_request", False), (29, 2, "always", True)],
)
def test_what_the_board_owes_and_whether_this_suspension_makes_it_so(
    reference: Reference, used: int, half_days: int, duty: str, crosses: bool
) -> None:
    found = look(
        reference, before(reference, "2026-09-14", used, "900003"), start=date(2026, 11, 16), half_days=half_days
    )

    assert (found["board_duty"], found["crosses"]) == (duty, crosses)


def test_a_suspension_over_the_end_of_a_term_is_counted_in_both(reference: Reference) -> None:
    entry = before(reference, "2026-12-17", 8, "900003")

    assert entry.terms == {"2026/27 autumn": 4, "2026/27 spring": 4}
    assert look(reference, entry, start=date(2027, 1, 11), half_days=7)["term_half_days"] == 11


def test_lunchtimes_elsewhere_bring_the_total_over_five_days(reference: Reference) -> None:
    lunchtimes = before(reference, "2026-09-14", 2, "900002", "LNCH")

    found = look(
        reference, before(reference, "2026-09-21", 7, "900003"), lunchtimes, start=date(2026, 11, 16), half_days=2
    )

    assert (found["term_half_days"], found["board_duty"]) == (11, "on_request")


def test_from_the_afternoon_on_the_first_day_is_half_a_day(reference: Reference) -> None:
    found = look(reference, start=date(2026, 11, 16), half_days=3, session="afternoon")

    assert found["last_day"] == "2026-11-17"
