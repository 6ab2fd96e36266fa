"""Every form of every process as pages: each question is shown, what is typed comes back as it was, and is accepted."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from lxml import html

from services.case.application.reference import Reference
from services.case.process.forms import Form
from services.case.web.filling import errors_of
from services.case.web.in_words import in_words
from services.case.web.questions import Question, Step, asked, is_asked, needed, steps_asked, steps_of
from services.case.web.rendering import environment
from services.case.web.typed import read, typed
from services.case.web.visit import Posted
from tests.process.test_forms import NOWHERE, answered

TEMPLATES = environment(lambda name: f"/{name}")
SHARED = {"token": "t", "once": "o", "today": date(2026, 9, 2), "navigation": [], "council": "A council"}


@pytest.fixture(scope="module")
def forms(reference: Reference) -> dict[str, Form]:
    """All forms of all processes in use, by process and name."""
    found = {f"{b.process}/{name}": form for b in reference.processes("937") for name, form in b.forms.items()}
    assert len(found) > 100
    return found


def shown(form: Form, step: Step, answers: dict[str, Any], errors: tuple[dict[str, str], ...] = ()) -> Any:
    """The page of a step with these answers, as a browser would have it."""
    values = typed(step.questions, answers)
    for question in step.questions:
        if question.kind == "several":
            values[question.name] = max(values[question.name], 1)
    chosen = {q.directory for q in every(step.questions)}
    listed = [{"value": id, "text": id} for id in dict.fromkeys([*ids(step.questions, answers), "another"])]
    found = {kind: listed for kind in chosen if kind}
    text = TEMPLATES.get_template("questions/step.html").render(
        **SHARED,
        step=step,
        place=1,
        places=2,
        typed=values,
        errors=errors,
        error_at={error["at"]: error["text"] for error in errors},
        choices=found,
        name_of=lambda kind, id: id,
        finding="",
        found=[],
        searched="",
        form=form,
        origin="",
        caption="",
        address="/here",
    )
    return html.fromstring(text)


def every(questions: tuple[Question, ...]) -> Iterator[Question]:
    for question in questions:
        yield question
        yield from every(question.inside)


def ids(questions: tuple[Question, ...], answers: Any) -> Iterator[str]:
    """Whatever was chosen from a directory."""
    for question in questions:
        given = answers.get(question.name)
        if question.kind in ("listed", "listed_some") and given:
            yield from given if isinstance(given, list) else [given]
        for item in given if question.inside and isinstance(given, list) else []:
            yield from ids(question.inside, item)


def sent(page: Any) -> Posted:
    """What the browser sends for the page as it is."""
    return Posted(urlencode(page.forms[0].form_values()).encode())


def test_every_question_of_every_form_is_on_one_page_and_has_a_label(forms: dict[str, Form]) -> None:
    for name, form in forms.items():
        steps = steps_of(form)
        names = [question.name for step in steps for question in step.questions]
        assert sorted(names) == sorted(form.fields), name
        for step in steps:
            page = shown(form, step, {})
            for question in step.questions:
                title = " ".join(question.title.split())
                assert title in " ".join(page.text_content().split()), (name, question.name)
            assert_labelled(page, name)


def assert_labelled(page: Any, name: str) -> None:
    labelled = {label.get("for") for label in page.iter("label")}
    for field in page.xpath("//input[not(@type='hidden')] | //select | //textarea"):
        assert field.get("id") in labelled, (name, field.get("name"))
    found = [element.get("id") for element in page.xpath("//*[@id]")]
    assert len(found) == len(set(found)), (name, [one for one in found if found.count(one) > 1])


def test_what_scenarios_answer_can_be_typed_and_comes_back_the_same(reference: Reference) -> None:
    tried: set[tuple[str, str]] = set()
    for process, form, answers in different(reference):
        optional = {q.name for step in steps_of(form) for q in step.questions if not q.may_be_none}
        told = in_order(form, msgspec.to_builtins(answers))
        given = {name: a for name, a in asked(form, told).items() if a != [] or name not in optional}
        typed_in: dict[str, Any] = {}
        for step in steps_asked(form, given):
            back = read(step.questions, sent(shown(form, step, given)))
            assert back == {n: given[n] for n in step.names if n in given}, (process, form.name)
            assert form.faults({**typed_in, **back}, NOWHERE, step.names) == [], (process, form.name)
            typed_in |= back
        assert typed_in == given, (process, form.name)
        tried.add((process, form.name))
    assert len(tried) > 80


def different(reference: Reference) -> Iterator[tuple[str, Form, dict[str, Any]]]:
    """What scenarios answer, each once, but for answers to a task that is called the same in a linked process."""
    seen = set()
    for process, form, answers in answered(reference):
        key = (process, form.name, repr(answers))
        if key not in seen and answers.keys() <= form.fields.keys():
            seen.add(key)
            yield process, form, answers


def in_order(form: Form, answers: dict[str, Any]) -> dict[str, Any]:
    """The answers with what was ticked in the order in which it is listed."""
    orders = {q.name: [o["const"] for o in q.options] for step in steps_of(form) for q in step.questions}
    return {
        name: sorted(a, key=orders[name].index) if isinstance(a, list) and a and orders[name] else a
        for name, a in answers.items()
    }


def test_a_page_left_empty_says_what_is_missing_and_where(forms: dict[str, Form]) -> None:
    for name, form in forms.items():
        for step in steps_asked(form, {}):
            faults = form.faults({}, NOWHERE, step.names)
            missing = needed(form, {}) & set(step.names)
            assert {fault["pointer"].split("/")[1] for fault in faults} == missing, name
            errors = errors_of(faults, step)
            page = shown(form, step, {}, tuple(errors))
            targets = {element.get("id") for element in page.xpath("//*[@id]")}
            for error in errors:
                assert error["href"][1:] in targets, (name, error)
            if errors:
                assert page.findtext(".//title").startswith("Error:")


def test_answers_are_told_in_the_words_of_the_questions(reference: Reference) -> None:
    for process, form, answers in answered(reference):
        for question in (q for step in steps_of(form) for q in step.questions):
            given = answers.get(question.name)
            lines = in_words(question, given, lambda kind, id: id)
            assert bool(lines) == (given not in (None, "")), (process, form.name, question.name)
            assert all(isinstance(line, str) for line in lines)


def test_a_question_is_asked_only_where_its_condition_holds(forms: dict[str, Form]) -> None:
    form = forms["exclusion_prevention/triage"]
    answers = {"triage_decision": "return", "gaps": "The dates", "lead": "caseworker"}

    assert is_asked(form, "gaps", answers) and not is_asked(form, "lead", answers)
    assert asked(form, answers) == {"triage_decision": "return", "gaps": "The dates"}
    assert "gaps" in needed(form, answers) and "lead" not in needed(form, answers)


@pytest.mark.parametrize(
    ("typed_in", "answer"),
    [
        (("3", "11", "2026"), "2026-11-03"),
        (("03", "nov", "2026"), "2026-11-03"),
        (("3", "November", "2026"), "2026-11-03"),
        (("31", "2", "2026"), "2026-02-31"),
        (("", "11", "2026"), "2026-11-"),
        (("", "", ""), None),
    ],
)
def test_a_date_is_understood_as_people_type_it(typed_in: tuple[str, str, str], answer: str | None) -> None:
    question = Question("day", "date", {"type": "string", "format": "date"}, True)
    fields = dict(zip(("day.day", "day.month", "day.year"), typed_in, strict=True))
    assert read([question], Posted(urlencode(fields).encode())).get("day") == answer
