"""Refuses an account that is named as the family's and is somebody else's."""

import asyncio
from collections.abc import Mapping
from typing import Any

from services.case.api.asking import Ask
from services.case.application.accounts import accounts_in, faults
from services.case.domain.errors import AnswersInvalid
from services.case.process.forms import Form


async def refuse_others(ask: Ask, form: Form | None, answers: Mapping[str, Any]) -> None:
    """Raises AnswersInvalid with the fields that name one."""
    named = accounts_in(form, answers) if form is not None else {}
    if named:
        house = ask.house
        wrong = await asyncio.to_thread(faults, named, ask.person, house.database, house.administration)
        if wrong:
            raise AnswersInvalid(wrong)
