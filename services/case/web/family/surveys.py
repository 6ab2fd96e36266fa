"""A family that came by link answers a survey of the council, as anybody whom it asks: once, and without a name."""

from typing import Any

from starlette.responses import Response

from services.case.domain import errors
from services.case.web.family.reader import Reader, family_of
from services.case.web.survey_pages import give, survey_of, survey_page, waiting
from services.case.web.visit import Visit

PURPOSES = ("see", "feedback")


async def for_party(reader: Reader) -> list[dict[str, Any]]:
    """Surveys that wait for the party's answer, as far as the link is for that."""
    return await waiting(reader.visit) if reader.link.purpose in PURPOSES else []


async def _asked(visit: Visit) -> tuple[Reader, dict[str, Any]]:
    """Raises SurveyUnknown and what `family_of` raises."""
    reader, survey = await family_of(visit, *PURPOSES), await survey_of(visit)
    if not survey["asks"]:
        raise errors.SurveyUnknown
    return reader, survey


async def one(visit: Visit) -> Response:
    """Its questions, or what was said."""
    reader, survey = await _asked(visit)
    return survey_page(visit, survey, {}, [], **_around(reader))


def _around(reader: Reader) -> dict[str, Any]:
    return {**reader.around, "by_link": True, "back": "/family"}


async def answer(visit: Visit) -> Response:
    reader, survey = await _asked(visit)
    wrong, answers = await give(visit, survey)
    if wrong:
        return survey_page(visit, survey, answers, wrong, **_around(reader))
    return visit.to(f"/family/surveys/{survey['survey']}")
