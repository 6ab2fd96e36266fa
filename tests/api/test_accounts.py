"""The account that is named as a family's is a family's: whoever has it sees what the parent or the pupil sees."""

from typing import Any

import pytest

from services.case.domain.people import Membership, Person
from services.case.web.known_people import remember
from tests.api.desk import Desk, house_of, problem, pupil


@pytest.fixture(autouse=True)
def seen(desk: Desk) -> None:
    """People who have signed in before."""
    with house_of(desk.served) as house:
        for id, authority, *roles in (
            ("wendy", "937", Membership("caseworker", "937")),
            ("hugh", "885", Membership("home-head", "900101")),
            ("tess", "937", Membership("home-staff", "900001"), Membership("parent")),
            ("mona", "937", Membership("parent")),
            ("newcomer", "937"),
        ):
            remember(house.database, Person(id, authority, tuple(roles)), id.title())


def opened(desk: Desk, by: str = "caseworker", **accounts: str) -> Any:
    body = {"process": "exclusion_prevention", "answers": pupil(**accounts)}
    return desk.as_(by).post("/cases", json=body)


@pytest.mark.parametrize(
    ("field", "account"),
    [
        ("parent_account", "wendy"),  # the council's
        ("parent_account", "hugh"),  # another council's
        ("parent2_account", "caseworker"),  # their own
        ("pupil_account", "mona"),  # a parent's
        ("pupil_account", "by-link:pupil:EP-2026-000001"),
        ("social_worker_account", "tess"),
    ],
)
def test_an_account_of_somebody_else_is_refused_in_a_sentence_at_its_question(
    desk: Desk, field: str, account: str
) -> None:
    refused = problem(opened(desk, **{field: account}), 422)
    (error,) = refused["errors"]
    assert error["pointer"] == f"/answers/{field}" and error["detail"].startswith("That account")


@pytest.mark.parametrize("account", ["mona", "tess", "newcomer", "nobody-yet"])
def test_a_parents_account_is_taken_also_of_a_teacher_and_of_somebody_new(desk: Desk, account: str) -> None:
    assert opened(desk, parent_account=account).status_code == 201


def test_nor_can_it_be_put_right_to_somebody_elses(desk: Desk) -> None:
    ref = desk.open()
    body = {"task": None, "field": "parent_account", "value": "wendy", "reason": "Typed wrongly."}
    match = {"If-Match": desk.case(ref)["etag"]}
    refused = problem(desk.as_("caseworker").post(f"/cases/{ref}/corrections", json=body, headers=match), 422)
    assert refused["errors"][0]["pointer"] == "/value"
    assert not desk.events(ref, "case.answer_corrected.v1")
