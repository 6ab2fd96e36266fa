"""Measures over HTTP: what each role may count, what is left out, the cases behind a number, CSV."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from services.case.domain.people import Membership, Person
from tests.api.desk import Desk, house_of, problem
from tests.measures.telling import OCTOBER, Told, store

YEAR = "2026/27"
ELSEWHERE = Person("staff-of-another", "937", (Membership("home-staff", "900003"),))
ALL = {"caseworker", "send-caseworker", "fap-chair", "auditor", "dpo", "process-owner"}
SCHOOL = {"home-staff", "home-head", "senco"}
NONE = {"ep", "parent", "pupil", "ap-provider", "gb-clerk", "irp-clerk", "social-worker", "admin"}


@pytest.fixture(scope="module")
def counted(desk: Desk) -> Iterator[list[Told]]:
    """Ten suspensions at one school, seven at another, two at a third; one of them of another council's."""
    cases = [Told("900001") for _ in range(10)] + [Told("900002") for _ in range(7)] + [Told("900003")] * 1
    for number, case in enumerate(cases):
        school = "900001" if number < 10 else "900002" if number < 17 else "900003"
        case.exclusion(OCTOBER, 2 + number % 3, school=school)
        case.close(OCTOBER)
    with house_of(desk.served) as house:
        store(house, *cases)
    yield cases


def asked(desk: Desk, who: str, path: str, **query: str) -> Any:
    found = desk.as_(who).get(path, params=query, headers={"Wait-For": str(desk.head())})
    assert found.status_code == 200, found.text
    return found


def test_who_counts_what(desk: Desk, counted: list[Told]) -> None:
    desk.strangers["elsewhere"] = ELSEWHERE
    for who in ALL | SCHOOL | NONE | {"caseworker-885", "elsewhere"}:
        answer = desk.as_(who).get("/measures/suspensions", params={"period": YEAR})
        if who in NONE:
            problem(answer, 403)
            continue
        whole = asked(desk, who, "/measures/suspensions", period=YEAR).json()
        numbers = {**dict.fromkeys(ALL, 18), **dict.fromkeys(SCHOOL, 10), "caseworker-885": 0, "elsewhere": None}
        assert whole["numerator"] == numbers[who], who


def test_one_school_with_few_takes_another_with_it(desk: Desk, counted: list[Told]) -> None:
    found = asked(desk, "caseworker", "/measures/suspensions", period=YEAR, by="school").json()
    shown = {group["group"]: (group["numerator"], group["small"]) for group in found["groups"]}

    assert shown == {"900001": (10, False), "900002": (None, True), "900003": (None, True)}
    assert (found["numerator"], found["denominator"], found["unit"]) == (18, 3670, "per_100_pupils")
    one = asked(desk, "caseworker", "/measures/suspensions", period=YEAR, school="900002").json()
    assert one["groups"] == [group for group in found["groups"] if group["group"] == "900002"]


def test_the_cases_behind_a_number_are_for_those_who_may_open_them(desk: Desk, counted: list[Told]) -> None:
    refs = [case.ref for case in counted]
    first = asked(desk, "caseworker", "/measures/suspensions/cases", period=YEAR, limit="11")
    rest = desk.as_("caseworker").get(first.links["next"]["url"].removeprefix("/api/v1"))

    assert [case["ref"] for case in (*first.json(), *rest.json())] == refs
    own = asked(desk, "home-head", "/measures/suspensions/cases", period=YEAR, limit="200").json()
    assert [case["ref"] for case in own] == refs[:10]
    few = asked(desk, "caseworker", "/measures/suspensions/cases", period=YEAR, school="900003").json()
    assert [case["ref"] for case in few] == refs[17:]
    assert asked(desk, "caseworker-885", "/measures/suspensions/cases", period=YEAR).json() == []
    for who in ("auditor", "fap-chair", "process-owner", "parent"):
        problem(desk.as_(who).get("/measures/suspensions/cases"), 403)


def test_csv_says_c_where_a_number_is_left_out(desk: Desk, counted: list[Told]) -> None:
    found = asked(desk, "caseworker", "/measures/suspensions.csv", period=YEAR, by="school")

    assert found.headers["content-type"] == "text/csv; charset=utf-8"
    rows = [line.split(",") for line in found.text.splitlines()]
    assert rows[1] == ["suspensions", "Suspension rate", YEAR, "", "", "18", "3670", "0.49", "per_100_pupils"]
    assert [row[4:8] for row in rows[3:]] == [["900002", "c", "c", "c"], ["900003", "c", "c", "c"]]
    everything = asked(desk, "caseworker", "/measures.csv", period=YEAR).text.splitlines()
    assert len(everything) == 1 + len(asked(desk, "caseworker", "/measures").json()["measures"])


def test_what_is_not_held_is_told(desk: Desk) -> None:
    found = asked(desk, "auditor", "/measures").json()

    assert {"title", "why"} == found["not_held"][0].keys()
    assert all(measure["numerator"] and measure["denominator"] for measure in found["measures"])


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"period": "2026/28"}, "/period"),
        ({"by": "sen", "period": "2026-11"}, "/period"),
        ({"by": "sen", "school": "900001"}, "/by"),
        ({"by": "rung"}, "/by"),
    ],
)
def test_what_cannot_be_told_apart_is_refused(desk: Desk, query: dict[str, str], pointer: str) -> None:
    found = problem(desk.as_("caseworker").get("/measures/suspensions", params=query), 422)

    assert found["errors"][0]["pointer"] == pointer
    problem(desk.as_("caseworker").get("/measures/happiness"), 404)


def test_without_a_period_it_is_the_school_year(desk: Desk) -> None:
    found = asked(desk, "caseworker", "/measures/deadlines_met").json()

    assert found["period"] == {"name": YEAR, "first": str(date(2026, 8, 1)), "last": str(date(2027, 7, 31))}
