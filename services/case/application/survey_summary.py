"""What people answered in a survey, added up: small numbers left out, and what they wrote in words never among it."""

from collections import Counter
from typing import Any

from services.case.domain.improvement import Survey
from services.case.domain.improvement_events import Question
from services.case.projections.measures.protection import Counts, hidden_among

SCALE = (1, 2, 3, 4, 5)


def summary_of(survey: Survey) -> dict[str, Any]:
    """Questions with how often each answer was given; None where that is left out."""
    answered = Counts(len(survey.answers))
    return {
        "title": survey.opened.title,
        "answered": answered.hits if answered.safe else None,
        "questions": [
            {"id": question.id, "title": question.title, **_added_up(question, survey, answered.safe)}
            for question in survey.opened.questions
            if question.kind != "words"
        ],
    }


def _added_up(question: Question, survey: Survey, enough: bool) -> dict[str, Any]:
    given = Counter(answers[question.id] for answers in survey.answers if question.id in answers)
    options = SCALE if question.kind == "scale" else question.options
    # Whoever did not answer this one counts too: their number is known from the others.
    counts = {option: Counts(given[option]) for option in options}
    counts["no answer"] = Counts(len(survey.answers) - sum(given.values()))
    hidden = hidden_among(counts)
    shown = {str(option): None if option in hidden or not enough else count.hits for option, count in counts.items()}
    if question.kind != "scale" or hidden or not enough or not given:
        return {"answers": shown}
    total = sum(int(value) * times for value, times in given.items())
    return {"answers": shown, "mean": round(total / sum(given.values()), 1)}
