"""What the questions of a task rest on: what others said before, and what checks may ask about the case."""

from collections.abc import Callable, Mapping
from typing import Any

from services.case.application.circumstances import Around
from services.case.application.exclusions import known, whose_of
from services.case.domain.case import Case
from services.case.web.attaching import Files
from services.case.web.choosing import naming
from services.case.web.in_words import in_words
from services.case.web.questions import Answers, question_of
from services.case.web.visit import Visit


def said_before(visit: Visit, task: Mapping[str, Any], files: Files) -> list[dict[str, Any]]:
    """What others answered before, in the words of their questions; blocks. `task` as the API gives it, `files` those
    of its case."""
    bundle = visit.house.reference.bundle(task["bundle"])
    rows = []
    for one in task["shown"]:
        field = bundle.forms[bundle.elements[one["element"]].form].fields[one["field"]]
        question = question_of(one["field"], field, False)
        name_of = naming(visit, (question,), {one["field"]: one["answer"]}, files.known)
        lines = in_words(question, one["answer"], name_of)
        rows.append({"title": one["title"], "lines": lines, "files": files.links(question, one["answer"])})
    return rows


def around(visit: Visit, case: Case, instance: int) -> Callable[[Answers], Around]:
    """What checks of answers in a process instance may ask about."""
    house, mine = visit.house, f"{case.ref}.{instance}"
    return lambda answers: Around(
        case, house.clock.today(), house.reference, lambda: known(case, house.door.registers.of(whose_of(case)), mine)
    )
