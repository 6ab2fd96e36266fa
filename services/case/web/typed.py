"""Between what is typed into a form and the answers that its schema describes, both ways.

A field of the page is named by the place of its answer, with dots: `parties.0.name`.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from services.case.web.questions import Answers, Question
from services.case.web.visit import Posted

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MOST_ITEMS = 100
DATE = ("day", "month", "year")


def read(questions: Iterable[Question], posted: Posted, inside: str = "") -> Answers:
    """What was typed, as answers. What was left empty is not answered; what is no date or number stays, for
    the schema to refuse."""
    found = {}
    for question in questions:
        answer = _read(question, posted, inside + question.name)
        if answer not in ("", [], None) or (answer == [] and question.may_be_none):
            found[question.name] = answer
    return found


def _read(question: Question, posted: Posted, at: str) -> Any:
    match question.kind:
        case "several":
            items = [read(question.inside, posted, f"{at}.{place}.") for place in places(posted, at)]
            return [item for item in items if item]
        case "date":
            return _date(*(posted.get(f"{at}.{part}") for part in DATE))
        case "number":
            return _number(posted.get(at))
        case "yes_no":
            return {"yes": True, "no": False}.get(posted.get(at))
        case "declaration":
            return True if posted.get(at) else None
        case "one" | "select":
            return _const(question, posted.get(at))
        case "some":
            return [_const(question, one) for one in posted.all(at) if one]
        case "listed_some":
            return [one for one in posted.all(at) if one]
        case _:
            return posted.get(at)


def places(posted: Posted, at: str) -> Iterator[int]:
    """The places of the items that the page had, in order."""
    found = {name[len(at) + 1 :].partition(".")[0] for name in posted.names if name.startswith(f"{at}.")}
    yield from sorted(int(place) for place in found if place.isdecimal() and int(place) < MOST_ITEMS)


def _const(question: Question, text: str) -> Any:
    return next((option["const"] for option in question.options if str(option["const"]) == text), text)


def _date(day: str, month: str, year: str) -> str:
    if not (day or month or year):
        return ""
    named = month[:3].casefold()
    number = str(MONTHS.index(named) + 1) if named in MONTHS else month
    return f"{year.zfill(4) if year else ''}-{number.zfill(2) if number else ''}-{day.zfill(2) if day else ''}"


def _number(text: str) -> Any:
    plain = text.replace(",", "").removeprefix("£")
    try:
        return int(plain)
    except ValueError:
        pass
    try:
        return float(plain)
    except ValueError:
        return text


def typed(questions: Iterable[Question], answers: Answers, inside: str = "") -> dict[str, Any]:
    """What fields of a page show for these answers, by their names."""
    shown: dict[str, Any] = {}
    for question in questions:
        at, answer = inside + question.name, answers.get(question.name)
        if question.kind == "several":
            items = answer if isinstance(answer, list) else []
            shown[at] = len(items)
            for place, item in enumerate(items):
                shown |= typed(question.inside, item, f"{at}.{place}.")
        elif question.kind == "date":
            year, month, day = [*str(answer or "--").split("-", 2), "", ""][:3]
            shown |= {f"{at}.day": _short(day), f"{at}.month": _short(month), f"{at}.year": _short(year)}
        elif question.kind == "yes_no":
            shown[at] = {True: "yes", False: "no"}.get(answer, "") if isinstance(answer, bool) else ""
        elif isinstance(answer, list):
            shown[at] = [str(one) for one in answer]
        else:
            shown[at] = "" if answer is None else str(answer)
    return shown


def _short(number: str) -> str:
    return number.lstrip("0") or number


def at_pointer(pointer: str) -> str:
    """The field at a JSON Pointer."""
    return ".".join(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])
