"""What a form chooses from a directory is there, and can be chosen; else the answer is refused in words of its own."""

from datetime import date
from typing import Any

import msgspec
import pytest

from services.case.application.circumstances import Around
from services.case.application.reference import Reference, stream_of
from services.case.domain.case import Case
from services.case.domain.errors import AnswersInvalid
from services.case.process.forms import Form

DAY = date(2026, 10, 5)
FORM = Form(
    "choose",
    msgspec.json.encode(
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "school": {"type": "string", "x-govuk": {"school": True}},
                "schools": {"type": "array", "items": {"type": "string"}, "x-govuk": {"school": True}},
                "shortlist": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {"school": {"type": "string", "x-govuk": {"school": True}}},
                    },
                },
                "provider": {"type": "string", "x-govuk": {"provider": True}},
                "strategy": {"type": "string", "x-govuk": {"strategy": True}},
                "pattern": {"type": "string"},
                "words": {"type": "string"},
            },
            "x-checks": [
                {
                    "check": "may_teach_full_time", "field": "provider", "pattern": "pattern", "when": "full_time",
                    "message": "Choose part-time, or another provider.",
                }
            ],
        }
    ),
)  # fmt: skip


def refused(reference: Reference, authority: str = "937", facts: Any = None, **answers: Any) -> dict[str, str]:
    """Where and why answers are refused, in a case of an authority."""
    case = Case(stream_of("SC-2026-000001"))
    case.authority, case.home_school = authority, "900001"
    case.facts.update(facts or {})
    try:
        FORM.check(answers, Around(case, DAY, reference))
    except AnswersInvalid as invalid:
        return {error["pointer"]: error["detail"] for error in invalid.details["errors"]}
    return {}


def test_what_can_be_chosen_is_accepted(reference: Reference) -> None:
    assert refused(reference, school="900002", provider="AP-1001", strategy="inclusion-base", words="900007") == {}
    assert refused(reference, school="900101") == {}  # of a neighbouring authority
    assert refused(reference, shortlist=[{"school": "900002"}, {}], schools=["900003"]) == {}


@pytest.mark.parametrize(
    ("field", "id", "sentence"),
    [
        ("school", "123456", "There is no school with that number in the register of schools."),
        (
            "school",
            "900007",
            "Fosse Meadow Community School closed on 31 August 2023. It was followed by Fosse Meadow Academy (900002).",
        ),
        (
            "school",
            "900103",
            "Teme Valley School closed on 31 August 2019. "
            "It was followed by Severn Reach School (900101) and Malvern Edge Academy (900102).",
        ),
        ("school", "900008", "Wharf Green Free School has not opened yet."),
        ("provider", "AP-9", "That provider is not in the directory of this authority."),
        ("provider", "AP-2001", "That provider is not in the directory of this authority."),
        (
            "provider",
            "AP-1004",
            "Northgate Studio teaches so many pupils full-time that it must be registered as a school, and it is not.",
        ),
        ("strategy", "nothing", "That is not in the inclusion directory of this authority."),
        ("strategy", "mentoring", "That is not in the inclusion directory of this authority."),
        (
            "strategy",
            "de-escalation-training",
            "“De-escalation for whole staffs” has not been offered since 31 July 2025.",
        ),
    ],
)
def test_each_is_refused_with_its_own_sentence(reference: Reference, field: str, id: str, sentence: str) -> None:
    assert refused(reference, **{field: id}) == {f"/{field}": sentence}


def test_a_provider_whose_checks_are_out_of_date_is_refused_with_all_that_is(reference: Reference) -> None:
    said = refused(reference, provider="AP-1003")["/provider"]

    assert "confirmation of the checks on staff of Bridge Street Tuition is out of date" in said
    assert "quality assurance of Bridge Street Tuition is out of date: it was good until 31 January 2025." in said


def test_inside_lists_it_is_pointed_to(reference: Reference) -> None:
    assert refused(reference, schools=["900001", "123456"]).keys() == {"/schools/1"}
    assert refused(reference, shortlist=[{}, {"school": "900007"}]).keys() == {"/shortlist/1/school"}


def test_another_authority_chooses_from_its_own_directory(reference: Reference) -> None:
    assert refused(reference, "885", provider="AP-2001", strategy="mentoring") == {}
    assert refused(reference, "885", provider="AP-1001").keys() == {"/provider"}


@pytest.mark.parametrize(
    ("provider", "facts", "pattern", "may"),
    [
        ("AP-1002", {}, "full_time", True),
        ("AP-1002", {"sen_provision": "E"}, "full_time", False),
        ("AP-1002", {"cla": "yes"}, "full_time", False),
        ("AP-1002", {"sen_provision": "E"}, "part_time", True),
        ("AP-1002", {"sen_provision": "K", "cla": "no"}, "full_time", True),
        ("AP-1001", {"sen_provision": "E", "cla": "yes"}, "full_time", True),
    ],
)
def test_only_a_registered_setting_teaches_full_time_who_has_a_plan_or_is_looked_after(
    reference: Reference, provider: str, facts: dict[str, str], pattern: str, may: bool
) -> None:
    found = refused(reference, facts=facts, provider=provider, pattern=pattern)

    assert found == {} if may else found["/provider"].startswith("Choose part-time, or another provider. Greenacre")
