"""Somebody answers the questions of a form, page after page, as the pages ask."""

from collections.abc import Mapping
from typing import Any

from tests.journeys.chromium import Person

FIELDS = """
    all => all.filter(one => one.type !== 'hidden' && one.tagName !== 'BUTTON')
        .map(one => [one.name, one.tagName === 'SELECT' ? 'select' : one.type])
"""
MOST = 20
Answers = Mapping[str, Any]


def answer_questions(person: Person, answers: Answers) -> Person:
    """Until there are no more, which leads to the answers to check; or until a page says that something is wrong."""
    for _ in range(MOST):
        if "/questions/" not in person.page.url or person.page.title().startswith("Error: "):
            return person
        _answer_page(person, answers)
        person.press("Continue")
    raise AssertionError(f"no end of questions: {person.page.url}")


def _answer_page(person: Person, answers: Answers) -> None:
    before: set[str] = set()
    for _ in range(MOST):
        _find_schools(person, answers, before)
        shown = _shown(person)
        _fill(person, {name: kind for name, kind in shown.items() if name not in before}, answers)
        more = _more(shown, answers)
        if not more:
            return
        before = set(shown)
        person.press_value(f"add:{more}")
    raise AssertionError(f"no room for all that is answered: {person.page.url}")


def _find_schools(person: Person, answers: Answers, before: set[str]) -> None:
    for name in [name.removesuffix(".search") for name in _shown(person) if name.endswith(".search")]:
        if f"{name}.search" not in before and (school := wanted(answers, name)):
            person.fill(f"{name}.search", "search", school).press_value(f"find:{name}")


def _fill(person: Person, fields: Mapping[str, str], answers: Answers) -> None:
    for name, kind in fields.items():
        value = wanted(answers, name)
        if value not in (None, "", []) and kind != "search":
            person.fill(name, kind, value)


def _shown(person: Person) -> dict[str, str]:
    """The fields of the page in their order, each with its kind."""
    found: list[tuple[str, str]] = person.page.locator("main form [name]").evaluate_all(FIELDS)
    return dict(found)


def _more(shown: Mapping[str, str], answers: Answers) -> str:
    """A list of which there are more than the page has places for."""
    places = {tuple(name.split(".")[:2]) for name in shown if name.count(".") > 1}
    lists = [name for name, place in places if place.isdecimal()]
    return next((name for name in lists if lists.count(name) < len(answers.get(name, ()))), "")


def wanted(answers: Answers, name: str) -> Any:
    """The answer for a field by its place, such as `parents.0.name` or `dob.year`; None if there is none."""
    value: Any = answers
    for part in name.split("."):
        if isinstance(value, list) and part.isdecimal():
            value = value[int(part)] if int(part) < len(value) else None
        elif isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, str) and part in ("year", "month", "day"):
            value = value.split("-")[("year", "month", "day").index(part)]
    return value
