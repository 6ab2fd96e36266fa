"""Filling in a form, a page of questions at a time: a task's, or the one that opens a case.

Each page is checked as it is sent, kept, and leads to the next that is asked; the last leads to the answers to check.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.responses import Response

from services.case.domain.errors import NoSuchPage
from services.case.process.checks import Circumstances
from services.case.process.forms import Form
from services.case.web.attaching import Files, take_files
from services.case.web.choosing import choices_for, find_schools, naming
from services.case.web.in_words import in_words
from services.case.web.questions import Answers, Step, asked, needed, steps_asked
from services.case.web.typed import MOST_ITEMS, at_pointer, read, typed
from services.case.web.visit import Visit

Errors = list[dict[str, str]]


class Filling(msgspec.Struct):
    """`answers` so far; `address` of the pages, which are `address/questions/1` and on, `address/check`; `around` says
    what checks may ask about; `keep` stores answers; `shown` goes to every template; `files` that answers may name."""

    form: Form
    answers: Answers
    address: str
    around: Callable[[Answers], Circumstances]
    keep: Callable[[Answers], Awaitable[None]]
    shown: dict[str, Any]
    files: Files

    def first_open(self) -> str:
        """Where to go on: the first page on which an answer is missing, else the answers to check."""
        wanted = needed(self.form, self.answers) - set(self.answers)
        for step in steps_asked(self.form, self.answers):
            if wanted & set(step.names):
                return f"{self.address}/questions/{step.number}"
        return f"{self.address}/check"

    def step(self, number: str) -> Step:
        """A page. Raises NoSuchPage where nothing is asked on it."""
        for step in steps_asked(self.form, self.answers):
            if str(step.number) == number:
                return step
        raise NoSuchPage


async def show_step(visit: Visit, filling: Filling) -> Response:
    """A page of questions, with what was answered before."""
    return await _page(visit, filling, filling.step(visit.part("step")), filling.answers, [], visit.query("from"))


async def take_step(visit: Visit, filling: Filling) -> Response:
    """What was typed on a page: kept if it is right, else shown again with what is wrong."""
    step, posted = filling.step(visit.part("step")), visit.posted
    wrong = await take_files(visit, step, filling.files)
    said = read(step.questions, posted)
    answers = {**{name: a for name, a in filling.answers.items() if name not in step.names}, **said}
    back, do = posted.get("from"), posted.get("do")
    kind, _, what = do.partition(":")
    if wrong and kind:
        return await _page(visit, filling, step, answers, errors_of(wrong, step), back)
    if kind in ("add", "remove"):
        return await _page(visit, filling, step, _without(answers, kind, what), [], back, adding=what * (kind == "add"))
    if kind == "find" or (searched := _searched(step, posted, said)):
        return await _page(visit, filling, step, answers, [], back, finding=what or searched)
    if kind == "later":
        await filling.keep(answers)
        return visit.to(filling.address)
    kept = asked(filling.form, answers)
    faults = await asyncio.to_thread(filling.form.faults, kept, filling.around(kept), step.names)
    if wrong or faults:
        at = {fault["pointer"] for fault in wrong}
        faults = [*wrong, *(fault for fault in faults if fault["pointer"] not in at)]
        return await _page(visit, filling, step, answers, errors_of(faults, step), back)
    await filling.keep(kept)
    filling.answers = kept
    following = [one for one in steps_asked(filling.form, kept) if one.number > step.number]
    if back == "check" or not following:
        return visit.to(filling.first_open())
    return visit.to(f"{filling.address}/questions/{following[0].number}")


def _searched(step: Step, posted: Any, said: Answers) -> str:
    """A school that was looked for and not chosen yet."""
    found = (q.name for q in step.questions if q.kind == "school" and q.name not in said)
    return next((name for name in found if posted.get(f"{name}.search")), "")


def _without(answers: Answers, kind: str, what: str) -> Answers:
    """The answers without the item that is taken away: `parties.2`; or without a file."""
    name, _, place = what.partition(".")
    if kind == "remove" and not place:
        return {other: answer for other, answer in answers.items() if other != name}
    if kind != "remove" or not place.isdecimal():
        return answers
    items = answers.get(name, [])
    return {**answers, name: [item for at, item in enumerate(items) if at != int(place)]}


async def _page(
    visit: Visit,
    filling: Filling,
    step: Step,
    answers: Answers,
    errors: Errors,
    back: str,
    adding: str = "",
    finding: str = "",
) -> Response:
    shown = typed(step.questions, answers)
    for question in step.questions:
        if question.kind == "several":
            least = max(shown[question.name], question.field.get("minItems", 1), 1, _place_of(finding, question.name))
            shown[question.name] = least + (question.name == adding and least == shown[question.name])
    text = visit.posted.get(f"{finding}.search") if finding else ""
    found = await find_schools(visit, text)
    earlier = [one.number for one in steps_asked(filling.form, filling.answers) if one.number < step.number]
    before = f"{filling.address}/questions/{earlier[-1]}" if earlier else filling.address
    all_asked = steps_asked(filling.form, answers)
    return visit.page(
        "questions/step.html",
        422 if errors else 200,
        step=step,
        place=[one.number for one in all_asked].index(step.number) + 1 if step.names else 1,
        places=len(all_asked),
        typed=shown,
        errors=errors,
        error_at={error["at"]: error["text"] for error in errors},
        choices=await choices_for(visit, step.questions),
        name_of=await asyncio.to_thread(naming, visit, step.questions, answers, filling.files.known),
        largest=visit.house.settings.file_megabytes,
        finding=finding,
        found=found,
        searched=text,
        form=filling.form,
        origin=back,
        back=f"{filling.address}/check" if back == "check" else before,
        **filling.shown,
    )


def _place_of(finding: str, name: str) -> int:
    """Which of several it is, counted from 1, in which a school is looked for: it stays though nothing else is answered
    in it yet; 0 if it is in none of these."""
    several, _, rest = finding.partition(".")
    place = rest.partition(".")[0]
    return int(place) + 1 if several == name and place.isdecimal() and int(place) < MOST_ITEMS else 0


def errors_of(faults: Errors, step: Step) -> Errors:
    """What is wrong, in the order of the page, each with where it is: `at` its field, `href` its input."""
    kinds = {question.name: question for question in step.questions}
    found = []
    for fault in faults:
        at = at_pointer(fault["pointer"])
        question = kinds[at.partition(".")[0]]
        last = at.rpartition(".")[2]
        asked_there = next((one for one in question.inside if one.name == last), question)
        part = ".day" if asked_there.kind == "date" else ""
        if question.kind == "several" and asked_there is question:
            first = question.inside[0]
            part = f".0.{first.name}{'.day' if first.kind == 'date' else ''}"
        found.append({"text": fault["detail"], "href": f"#{html_id(at + part)}", "at": at})
    order = step.names
    return sorted(found, key=lambda error: order.index(error["at"].partition(".")[0]))


def html_id(at: str) -> str:
    return at.replace(".", "-")


def rows_to_check(visit: Visit, filling: Filling, errors: Errors) -> list[dict[str, Any]]:
    """Every question asked with its answer in words, and the page on which to change it; blocks."""
    wrong = {at_pointer(error["pointer"]).partition(".")[0]: error["detail"] for error in errors}
    steps = steps_asked(filling.form, filling.answers)
    questions = tuple(q for step in steps for q in step.questions)
    name_of = naming(visit, questions, filling.answers, filling.files.known)
    return [
        {
            "title": question.title,
            "lines": in_words(question, filling.answers.get(question.name), name_of),
            "files": filling.files.links(question, filling.answers.get(question.name)),
            "error": wrong.get(question.name, ""),
            "href": f"{filling.address}/questions/{step.number}?from=check#{question.name}",
        }
        for step in steps
        for question in step.questions
    ]
