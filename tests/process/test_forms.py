"""Forms of every process: what scenarios answer is accepted; what a form does not ask is refused."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
import pytest

from services.case.application.circumstances import Around
from services.case.application.files import HOUSE
from services.case.application.reference import Reference, stream_of
from services.case.domain.case import Case
from services.case.domain.errors import AnswersInvalid
from services.case.process.bundle import process_folders
from services.case.process.forms import Form
from services.case.scenarios import scenarios_of

FOLDERS = process_folders([HOUSE])


class Nowhere:
    """Circumstances that nothing asks for: the forms here have no rules across fields left."""

    today = date(2026, 9, 2)
    home_school = ""

    def why_not(self, kind: str, id: str) -> None:
        """Every directory has everything."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(name)


NOWHERE: Any = Nowhere()


def by_itself(form: Form) -> Form:
    """The form without its rules across fields, which depend on the day and the case."""
    schema = {key: value for key, value in form.schema.items() if key != "x-checks"}
    return Form(form.name, msgspec.json.encode(schema))


def answered(reference: Reference) -> Iterator[tuple[str, Form, dict[str, Any]]]:
    """Forms with answers that some scenario gives to them, of all processes."""
    for process, folder in FOLDERS.items():
        scenarios, sets = scenarios_of(folder)
        bundle = reference.current("937", process)
        for scenario in scenarios:
            start = scenario["given"]["start"]
            opening = by_itself(bundle.forms[bundle.about.start_form])
            yield process, opening, sets[start] if isinstance(start, str) else start
            for step in scenario.get("when", []):
                if "task" in step and "refused" not in step and step["task"] in bundle.elements:
                    form = bundle.forms.get(bundle.elements[step["task"]].form)
                    given = step.get("answers") or {}
                    if form is not None:
                        yield process, by_itself(form), sets[given] if isinstance(given, str) else given


def test_what_scenarios_answer_is_accepted_apart_from_rules_across_fields(reference: Reference) -> None:
    for _, form, answers in answered(reference):
        form.check(_json(answers), NOWHERE)


def test_a_question_that_is_not_asked_is_refused(reference: Reference) -> None:
    form = reference.current("937", "exclusion_prevention").forms["triage"]

    with pytest.raises(AnswersInvalid) as refused:
        form.check({"la_approved": True}, NOWHERE)

    assert {"pointer": "/la_approved", "detail": "This form does not ask that."} in refused.value.details["errors"]


def test_answers_are_parted_so_that_only_routing_values_reach_the_engine(reference: Reference) -> None:
    for _, form, answers in answered(reference):
        parted = form.check(_json(answers), NOWHERE)
        assert parted.clear.keys() | parted.personal.keys() == answers.keys()
        assert not parted.personal.keys() & parted.variables.keys()


def test_the_notice_of_an_off_site_direction_keeps_its_clear_days(reference: Reference) -> None:
    """Domain scenario 3: both schools on calendar A, start Tuesday 3 November 2026."""
    case = Case(stream_of("OD-2026-000001"), authority="937", home_school="900001")
    case.policy = reference.policy_at("937", date(2026, 9, 2)).hash
    around = Around(case, date(2026, 10, 21), reference)

    assert around.last_day_for_notice(date(2026, 11, 3), {"receiving_school": "900002"}) == date(2026, 10, 21)


def _json(answers: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(answers))
