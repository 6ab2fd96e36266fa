"""Forms and words of administrators' pages have every code that there is, and no other."""

from typing import Any, get_args

import pytest

from services.case.application.reference import Reference
from services.case.domain import authority_events as a
from services.case.domain.people import FAMILY, Role
from services.case.policy.catalogue import PARAMETERS
from services.case.web import policy_words
from services.case.web.school_day_pages import reasons
from services.case.web.short_forms import form_of


@pytest.mark.parametrize(
    ("form", "field", "codes"),
    [
        ("import_calendar", "because", a.CalendarReason),
        ("report_closure", "reason", a.ClosureReason),
        ("withdraw_closure", "because", a.WithdrawalReason),
    ],
)
def test_a_form_asks_for_every_reason_that_there_is(form: str, field: str, codes: Any) -> None:
    assert reasons(form, field).keys() == set(get_args(codes))


def test_roles_are_given_and_taken_for_every_reason_and_families_have_none() -> None:
    assert reasons("give_role").keys() | reasons("take_role").keys() == set(get_args(a.RoleReason))
    assert reasons("give_role", "role").keys() == set(get_args(Role)) - FAMILY - {"receiving-head"}


def test_what_is_wrong_is_said_in_sentences_of_the_form() -> None:
    for name in ("import_calendar", "report_closure", "withdraw_closure", "give_role", "take_role"):
        form = form_of(name)
        wrong = form.by_schema({field: "?" for field in form.fields if form.fields[field].get("format")})
        assert {fault["pointer"][1:] for fault in wrong} >= set(form.schema["required"])
        assert not [fault for fault in wrong if "“" in fault["detail"]], name


def test_every_value_of_every_council_is_told_in_words(reference: Reference) -> None:
    assert policy_words.TITLES.keys() == PARAMETERS.keys()
    for code in reference.authorities.codes:
        for policy in reference.authorities[code].policies:
            for key in policy.values:
                lines = policy_words.value(key, policy[key])
                assert policy_words.group(key) and lines, key
                assert not [line for line in lines if "_" in line or (line.isupper() and len(line) > 1)], (key, lines)
