"""By which ways words may be sent to whom: accounts, consent in writing, limits of contact, separated parents."""

from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.case.deliveries.recipients import Recipient, finds_it, recipient_of, ways
from services.case.domain.case import Case
from services.case.domain.contacts import Contact
from services.case.process.notices import Notice

MOTHER = {
    "name": "Maria Example",
    "parental_responsibility": "yes",
    "address": "1 Made Up Lane, Avonbrook",
    "email": "maria@family.example",
    "phone": "07700 900001",
    "contact_restriction": "none",
}
FATHER = {**MOTHER, "name": "Josef Example", "address": "2 Other Street", "email": "josef@family.example"}
ORDINARY = Notice("A title", "ordinary", "Words", channels=("portal", "email", "sms", "letter"))
STATUTORY = Notice("A title", "statutory", "Words", statutory=True, channels=("letter", "email"))


def a_case(*parents: dict[str, Any], **accounts: str) -> Case:
    facts = {"second_parent": "yes" if len(parents) > 1 else "no"}
    personal = {"parents": list(parents), "pupil_forename": "Alex", "pupil_surname": "Example"}
    return Case(UUID(int=1), authority="937", home_school="900001", parties=accounts, facts=facts, personal=personal)


def to(case: Case, party: str, links_may_go: bool = False) -> Recipient:
    found = recipient_of(case, party, lambda role, org: None, links_may_go)
    assert found is not None
    return found


def test_who_can_sign_in_is_told_that_there_is_something_to_read_and_others_get_a_letter() -> None:
    signed_up, not_signed_up = to(a_case(MOTHER, parent="parent"), "parent"), to(a_case(MOTHER), "parent")

    assert ways(ORDINARY, signed_up) == ["email", "sms", "letter"]
    assert ways(ORDINARY, not_signed_up) == ["letter"]


def test_who_cannot_sign_in_gets_a_message_where_a_link_may_go_with_it() -> None:
    by_link = to(a_case(MOTHER), "parent", links_may_go=True)

    assert ways(ORDINARY, by_link) == ["email", "sms", "letter"]
    assert ways(STATUTORY, by_link) == ["letter"]
    assert not finds_it(ORDINARY, by_link)


def test_what_the_law_wants_in_writing_goes_by_letter_unless_agreed_in_writing() -> None:
    case = a_case(MOTHER, parent="parent")
    assert ways(STATUTORY, to(case, "parent")) == ["letter"]

    agreed = Contact(email="maria@family.example", electronic=True, prefers="email", address=("1 Made Up Lane",))
    case.contacts["parent"] = msgspec.to_builtins(agreed)
    assert ways(STATUTORY, to(case, "parent")) == ["email", "letter"]


def test_separated_parents_each_get_their_own() -> None:
    case = a_case(MOTHER, FATHER)

    assert [to(case, party).contact.name for party in ("parent", "parent2")] == ["Maria Example", "Josef Example"]
    assert recipient_of(a_case(MOTHER), "parent2", lambda role, org: None) is None


def test_who_has_no_parental_responsibility_is_not_written_to() -> None:
    case = a_case({**MOTHER, "parental_responsibility": "no"}, FATHER)

    assert to(case, "parent").contact.name == "Josef Example"


@pytest.mark.parametrize("restriction", ["no_contact", "court_order", "other"])
def test_where_contact_is_limited_a_person_decides(restriction: str) -> None:
    limited = to(a_case({**MOTHER, "contact_restriction": restriction}, parent="parent"), "parent")

    assert ways(ORDINARY, limited) == []
    assert not finds_it(ORDINARY, limited)


def test_an_address_that_must_be_hidden_is_never_printed() -> None:
    hidden = {**MOTHER, "contact_restriction": "hide_address"}
    case = a_case(hidden, parent="parent")

    assert ways(ORDINARY, to(case, "parent")) == ["email", "sms"]
    assert ways(STATUTORY, to(case, "parent")) == []
    assert to(case, "pupil").contact.address == ()


def test_who_works_for_a_school_finds_it_where_they_work() -> None:
    head = to(a_case(MOTHER), "home_head")

    assert ways(ORDINARY, head) == []
    assert finds_it(STATUTORY, head)


@pytest.mark.parametrize("address", ["not known", "Not known.", "“not known”"])
def test_no_letter_goes_to_an_address_that_the_referral_calls_not_known(address: str) -> None:
    nowhere = to(a_case({**MOTHER, "address": address, "email": "", "phone": ""}), "parent")

    assert ways(STATUTORY, nowhere) == ways(ORDINARY, nowhere) == []
    assert not finds_it(STATUTORY, nowhere)  # so a person is asked to see to it
