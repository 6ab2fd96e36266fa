"""Forms of our own on a single page, for what no process asks: each is its JSON Schema, in `forms/`."""

from functools import cache
from pathlib import Path
from typing import Any

from starlette.responses import Response

from services.case.process.forms import Form
from services.case.web.filling import Errors, errors_of
from services.case.web.questions import Answers, Step, question_of
from services.case.web.typed import read, typed
from services.case.web.visit import Visit

FORMS = Path(__file__).with_name("forms")


@cache
def form_of(name: str) -> Form:
    return Form(name, (FORMS / f"{name}.schema.json").read_bytes())


@cache
def _step(name: str) -> Step:
    form = form_of(name)
    required = form.schema.get("required", [])
    return Step(1, tuple(question_of(field, asks, field in required) for field, asks in form.fields.items()))


def show(
    visit: Visit, name: str, answers: Answers, errors: Errors | None = None, code: int = 422, **shown: Any
) -> Response:
    """The page of a form, perhaps with what is wrong with it."""
    form, step = form_of(name), _step(name)
    return visit.page(
        shown.pop("template", "administration/form.html"),
        code if errors else 200,
        form=form,
        step=step,
        typed=typed(step.questions, answers),
        errors=errors or [],
        error_at={error.get("at", ""): error["text"] for error in errors or []},
        button=form.schema["x-button"],
        **shown,
    )


def said(visit: Visit, name: str) -> tuple[Answers, Errors]:
    """What was typed into a form, and what is wrong with it."""
    form, step = form_of(name), _step(name)
    answers = read(step.questions, visit.posted)
    return answers, errors_of(form.by_schema(answers), step)
