"""Whatever is sent, the answer is a clear refusal, and nothing is written."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.api.desk import Desk, answers, problem, pupil

EXPRESSIONS = [
    "__import__('os').system('touch /tmp/owned')",
    "().__class__.__bases__[0].__subclasses__()",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "'; DROP TABLE events; --",
    "\u202eevil\u202c",
    '=HYPERLINK("http://example.invalid")',
    "a" * 9_000,
    "\N{GRINNING FACE}" * 500,
]
NO_DATES = ["2026-02-30", "2026-13-01", "0000-01-01", "2026-9-1", "01/09/2026", "9999-12-31", "0001-01-01", ""]
NO_DATES += ["١٩٩٩-٠١-٠١", "20260901", "2026-W36-2", "2026-09-01T00:00:00"]
RISK = ("assess_risk", "home-staff", "risk_high")
NEEDS = ("assess_needs", "senco", "needs")
ODD = [None, True, 0, -1, 1.5, 10**30, -(10**30), 1e308, [], {}, [[]], [None], {"a": {}}, "", " ", "x" * 100_000]


@pytest.fixture(scope="module")
def ref(desk: Desk) -> str:
    return desk.open()


@pytest.fixture(scope="module")
def planned(desk: Desk) -> str:
    """A case whose plan meeting comes next."""
    ref = desk.open()
    for step in (("triage", "caseworker", "accept"), ("verify_flags", "senco", "flags_k"), RISK, NEEDS):
        desk.walk(ref, step, process="exclusion_prevention")
    return ref


@pytest.fixture
def unchanged(desk: Desk, ref: str, planned: str) -> Iterator[None]:
    """Nothing that the test does is written."""
    before = desk.head()
    yield
    assert desk.head() == before


def send(desk: Desk, method: str, path: str, content: bytes, by: str = "caseworker") -> httpx.Response:
    headers = {"Content-Type": "application/json", "If-Match": "*"}
    answer = desk.as_(by).request(method, path, content=content, headers=headers)
    assert answer.status_code < 500, (content[:200], answer.text)
    return answer


def start_with(given: Any) -> bytes:
    return json.dumps({"process": "exclusion_prevention", "answers": given}).encode()


@pytest.mark.usefixtures("unchanged")
class TestBodies:
    def test_what_is_not_json(self, desk: Desk, ref: str) -> None:
        nested = b"[" * 100_000
        for content in (
            b"{",
            b"{'text': 'x'}",
            b'{"text": "\x00"}',
            b'{"text": "\xff"}',
            b'{"text": "\xed\xa0\x80"}',
            b'{"text": "x"} {"text": "y"}',
            b'{"text": NaN}',
            b'{"text": 1e999}',
            b"\xef\xbb\xbf{}",
            b'{"text": "x",}',
            nested,
            b'{"text":' + nested,
            b'{"text": ' + b"9" * 5_000 + b"}",
        ):
            assert 400 <= send(desk, "POST", f"/cases/{ref}/notes", content).status_code < 500

    def test_characters_that_cannot_be_stored(self, desk: Desk, ref: str) -> None:
        for text in ("\\u0000", "\\ud800", "\\udfff\\ud800", "a\\u0000b"):
            for content in (f'{{"text": "{text}"}}', f'{{"text": "x", "{text}": 1}}'):
                problem(send(desk, "POST", f"/cases/{ref}/notes", content.encode()), send_status(content))
        deep = '{"answers": ' + '{"a": ' * 400 + '"\\u0000"' + "}" * 400 + "}"
        assert send(desk, "PUT", f"/tasks/{ref}-1/draft", deep.encode()).status_code in (400, 422)

    def test_deep_answers(self, desk: Desk, ref: str) -> None:
        for depth in (10, 100, 500, 900, 5_000):
            for opening, closing in (('{"a":', "}"), ("[", "]")):
                deep = opening * depth + "1" + closing * depth
                for path in (f"/tasks/{ref}-1/complete", "/cases"):
                    body = f'{{"process": "exclusion_prevention", "answers": {{"surname": {deep}}}}}'
                    content = body if path == "/cases" else body.replace('"process": "exclusion_prevention", ', "")
                    assert send(desk, "POST", path, content.encode()).status_code in (400, 422)

    def test_unknown_and_missing_fields_of_a_form(self, desk: Desk) -> None:
        extra = problem(send(desk, "POST", "/cases", start_with(pupil(favourite_colour="blue"))), 422)
        assert extra["errors"] == [{"pointer": "/answers/favourite_colour", "detail": "This form does not ask that."}]
        missing = problem(send(desk, "POST", "/cases", start_with(pupil(surname=None))), 422)
        assert [error["pointer"] for error in missing["errors"]] == ["/answers/surname"]
        pointers = {e["pointer"] for e in problem(send(desk, "POST", "/cases", start_with({})), 422)["errors"]}
        assert {"/answers/surname", "/answers/dob", "/answers/home_school"} <= pointers

    def test_a_number_with_a_wrong_check_letter(self, desk: Desk) -> None:
        right = pupil()["upn"]
        for wrong in ("A" + right[1:], right[:-1] + "Z", right.lower(), f" {right}", right[0] + "٩" * 12, right + "1"):
            found = problem(send(desk, "POST", "/cases", start_with(pupil(upn=wrong))), 422)
            assert {error["pointer"] for error in found["errors"]} == {"/answers/upn"}, wrong

    def test_schools_and_processes_that_are_not(self, desk: Desk) -> None:
        for school in ("999999", "900101", "١٢٣٤٥٦", "900001 ", "", "9" * 1000):
            found = problem(send(desk, "POST", "/cases", start_with(pupil(home_school=school))), 422)
            assert found["errors"][0]["pointer"] == "/answers/home_school"
        for process in ("../managed_move", "managed_move.toml", "x" * 100, "\u200b"):
            content = json.dumps({"process": process, "answers": pupil()}).encode()
            assert problem(send(desk, "POST", "/cases", content), 422)["type"] == "/problems/process-unknown"

    @pytest.mark.parametrize("day", NO_DATES)
    def test_dates_that_are_not(self, desk: Desk, ref: str, day: str) -> None:
        for field in ("dob", "parent_informed_on"):
            found = problem(send(desk, "POST", "/cases", start_with(pupil(**{field: day}))), 422)
            assert found["errors"][0]["pointer"] == f"/answers/{field}"
        content = json.dumps({"text": "x", "effective_on": day}).encode()
        problem(send(desk, "POST", f"/cases/{ref}/notes", content), 422)

    @pytest.mark.parametrize("day", ["1900-01-01", "1989-12-31", "2101-01-01", "2199-12-31"])
    def test_dates_that_nothing_can_be_counted_from(self, desk: Desk, planned: str, day: str) -> None:
        plan = desk.task(planned, "plan_meeting")
        for field in ("met_on", "first_review_on"):
            given = {"answers": answers("exclusion_prevention", "plan", **{field: day})}
            content = json.dumps(given).encode()
            found = problem(send(desk, "POST", f"/tasks/{plan['task']}/complete", content, by="home-staff"), 422)

            assert found["errors"][0]["pointer"] in ("/answers", f"/answers/{field}")
            assert desk.task(planned, "plan_meeting") == plan

    def test_every_field_of_the_start_form_with_something_odd(self, desk: Desk) -> None:
        good = pupil(surname="Unlikely")
        opened = 0
        for field in good:
            for odd in ODD:
                answer = send(desk, "POST", "/cases", start_with({**good, "upn": "A000000000000", field: odd}))
                opened += answer.status_code == 201
                assert answer.status_code in (413, 422)
        assert opened == 0


def send_status(content: str) -> int:
    """Half a surrogate pair is not even JSON that can be read."""
    return 400 if "\\ud" in content else 422


class TestExpressions:
    @pytest.mark.parametrize("words", EXPRESSIONS)
    def test_words_are_words(self, desk: Desk, words: str) -> None:
        """They are stored as they are, where words are asked for, and run nowhere."""
        accept = answers("exclusion_prevention", "accept")
        field = next(name for name, value in accept.items() if isinstance(value, str) and " " in value)
        given = pupil(incident_summary=words)
        opened = send(desk, "POST", "/cases", start_with(given))
        if opened.status_code == 422:  # longer than the form takes
            return
        ref = opened.json()["ref"]
        body = json.dumps({"answers": {**accept, field: words}}).encode()
        done = send(desk, "POST", f"/tasks/{ref}-1/complete", body)
        assert done.status_code in (200, 422)
        state = desk.as_("caseworker").get(f"/cases/{ref}/state").json()
        assert state["answers"][0]["answers"]["incident_summary"] == words

    @pytest.mark.usefixtures("unchanged")
    def test_a_choice_takes_no_expression(self, desk: Desk, ref: str) -> None:
        accept = answers("exclusion_prevention", "accept")
        form = desk.as_("caseworker").get(f"/tasks/{ref}-1").json()["form"]
        choices = [name for name, field in form["properties"].items() if "oneOf" in field]
        assert choices
        for field in choices:
            for words in EXPRESSIONS:
                body = json.dumps({"answers": {**accept, field: words}}).encode()
                found = problem(send(desk, "POST", f"/tasks/{ref}-1/complete", body), 422)
                assert f"/answers/{field}" in [error["pointer"] for error in found["errors"]]


@pytest.mark.usefixtures("unchanged")
class TestAddresses:
    def test_queries(self, desk: Desk, ref: str) -> None:
        for query in (
            "limit=1e9",
            "limit=99999999999999999999",
            "cursor=%00",
            "cursor=" + "9" * 400,
            "status=open&status=open",
            "process=" + "x" * 101,
            "%ff=%fe",
            "[]=1",
            "limit",
        ):
            problem(desk.as_("caseworker").get(f"/cases?{query}"), 422)
        far = f"2026-01-01_{'0' * 32}_{'9' * 30}"
        for cursor in ("2026-01-01_x_1", "x", "_", "2026-01-01__", far, "9999-99-99_a_b"):
            assert desk.as_("caseworker").get(f"/tasks?cursor={cursor}").status_code in (200, 422)
        for query in (
            "known_at=yesterday",
            "known_at=2026-01-01T00:00:00",
            "effective_on=2026-02-30",
            "version=-1",
            "version=1&effective_on=2026-01-01",
        ):
            problem(desk.as_("caseworker").get(f"/cases/{ref}/state?{query}"), 422)
        for moment in ("0001-01-01T00:00:00%2B23:59", "9999-12-31T23:59:59-23:59"):
            assert desk.as_("caseworker").get(f"/cases/{ref}/state?known_at={moment}").status_code in (200, 422)

    def test_paths(self, desk: Desk, ref: str) -> None:
        for path in (
            f"/cases/{ref}%00",
            f"/cases/{ref}%0a",
            f"/cases/{ref.lower()}",
            f"/tasks/{ref}-0",
            f"/tasks/{ref}-01",
            f"/tasks/{ref}-9999999999",
            f"/tasks/{ref}-١",
            f"/cases/{ref}/why/d0",
            f"/cases/{ref}/why/%2e%2e",
            f"/cases/{ref}/why/EP-2026-999999-1",
            "/cases/" + "x" * 4000,
            "/cases/%ff%fe",
            f"/cases/{ref}/agreements/%00/withdraw",
        ):
            assert desk.as_("caseworker").get(path).status_code in (404, 405), path

    def test_reassigned_to_nobody_that_can_be(self, desk: Desk, ref: str) -> None:
        for to in ("", " ", "a b", "ä", "x" * 201, "line\nbreak", "m@ü.example"):
            content = json.dumps({"to": to, "reason": "Away."}).encode()
            problem(send(desk, "POST", f"/tasks/{ref}-1/reassign", content), 422)
