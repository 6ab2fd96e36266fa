"""A family that came by link answers a survey of the council, as anybody whom it asks: once, and without a name."""

from typing import Any

from starlette.responses import Response

from services.case.api import surveys as api
from services.case.domain import errors
from services.case.web.family.reader import Reader, reader_of
from services.case.web.survey_pages import give, survey_of, survey_page
from services.case.web.visit import Visit

PURPOSES = ("see", "feedback")


async def waiting(reader: Reader) -> list[dict[str, Any]]:
    """Surveys that ask the party, are open, and have no answer of theirs."""
    if reader.link.purpose not in PURPOSES:
        return []
    found = (await reader.visit.read(api.list_surveys)).body
    mine = {m.role for m in reader.visit.person.memberships}
    return [one for one in found if one["open"] and not one["answered"] and mine & set(one["audience"])]


async def _asked(visit: Visit) -> tuple[Reader, dict[str, Any]]:
    """Raises SurveyUnknown and what `reader_of` raises."""
    reader, survey = await reader_of(visit, *PURPOSES), await survey_of(visit)
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
