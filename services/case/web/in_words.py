"""Answers in the words of their questions, for people to read again."""

from collections.abc import Callable, Iterable
from typing import Any

from services.case.web.questions import Answers, Question
from services.case.web.wording import day

NameOf = Callable[[str, str], str]  # directory and id -> name


def in_words(question: Question, answer: Any, name_of: NameOf) -> list[str]:
    """An answer as lines of text; none if there is no answer."""
    if answer is None or answer == "":
        return []
    if answer == []:
        return ["None"]
    match question.kind:
        case "several":
            return [one_of_several(question.inside, item, name_of) for item in _list(answer)]
        case "one" | "select":
            return [_title(question, answer)]
        case "some":
            return [_title(question, one) for one in _list(answer)]
        case "yes_no":
            return ["Yes" if answer is True else "No"]
        case "declaration":
            return ["Confirmed"]
        case "date":
            return [_day(answer)]
        case "school" | "listed" | "listed_some" | "file":
            return [name_of(question.directory, str(one)) for one in _list(answer)]
        case "number":
            return [f"{answer:,}" if isinstance(answer, int | float) else str(answer)]
    return str(answer).splitlines()


def one_of_several(questions: Iterable[Question], item: Answers, name_of: NameOf) -> str:
    """An item in a line: its answers, one after another."""
    parts = []
    for question in questions:
        words = in_words(question, item.get(question.name), name_of)
        if words:
            parts.append(f"{question.title.rstrip('?')}: {', '.join(words)}")
    return " · ".join(parts)


def _list(answer: Any) -> list[Any]:
    return answer if isinstance(answer, list) else [answer]


def _title(question: Question, answer: Any) -> str:
    found = (str(option["title"]) for option in question.options if option["const"] == answer)
    return next(found, str(answer))


def _day(answer: Any) -> str:
    try:
        return day(answer)
    except ValueError:
        return str(answer)
