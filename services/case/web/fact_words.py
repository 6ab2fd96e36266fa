"""The facts of a case in the words of the questions that they answered."""

from typing import Any

from services.case.domain.case import Case
from services.case.web.choosing import naming
from services.case.web.in_words import in_words
from services.case.web.questions import Question, question_of
from services.case.web.visit import Visit


def facts_in_words(visit: Visit, case: Case, facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Title and lines of each fact that some form of the case's bundles asks; blocks."""
    questions = _questions(visit, case)
    rows = []
    for name, value in facts.items():
        question = questions.get(name)
        if question is None or name.startswith("pupil_") or value in (None, "", []):
            continue
        name_of = naming(visit, (question,), {question.name: value})
        rows.append({"title": question.title, "lines": in_words(question, value, name_of)})
    return rows


def _questions(visit: Visit, case: Case) -> dict[str, Question]:
    """The question that sets each fact, by the fact's name."""
    found: dict[str, Question] = {}
    for hash in dict.fromkeys(instance.bundle for instance in case.instances.values()):
        for form in visit.house.reference.bundle(hash).forms.values():
            for name, fact in form.facts.items():
                found.setdefault(fact, question_of(name, form.fields[name], False))
    return found
