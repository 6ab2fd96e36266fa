"""The council's policy, to read: every value with how binding it is, since when it holds, and what was before."""

import asyncio
from collections.abc import Iterable
from typing import Any

from starlette.responses import Response

from services.case.api import policies as api
from services.case.domain.errors import NoSuchPage
from services.case.web import policy_words
from services.case.web.visit import Visit


async def in_force(visit: Visit) -> Response:
    """The one that holds today, or else the one of the latest day."""
    if visit.person.authority not in visit.house.reference.authorities.codes:
        return visit.page("administration/policy.html", shown=None)
    told = (await visit.read(api.list_policies)).body
    policies = told["policies"]
    return await _page(visit, told, next((one for one in policies if one["in_force"]), policies[0]))


async def one(visit: Visit) -> Response:
    """Any version. Raises NoSuchPage."""
    told = (await visit.read(api.list_policies)).body
    return await _page(visit, told, _named(told["policies"], visit.part("policy")))


def _named(policies: Iterable[dict[str, Any]], hash: str) -> dict[str, Any]:
    found = [one for one in policies if one["policy"] == hash]
    if not found:
        raise NoSuchPage
    return found[-1]


async def _page(visit: Visit, told: dict[str, Any], shown: dict[str, Any]) -> Response:
    groups: dict[str, list[dict[str, Any]]] = {}
    for said in shown["values"]:
        row = {
            **said,
            "title": policy_words.title(said["key"]),
            "lines": policy_words.value(said["key"], said["value"]),
            "strength": policy_words.STRENGTHS[said["strength"]],
        }
        groups.setdefault(policy_words.group(said["key"]), []).append(row)
    names = await asyncio.to_thread(visit.names, *(one["by"].person for one in told["policies"]))
    return visit.page(
        "administration/policy.html", name=told["name"], shown=shown, groups=groups, policies=told["policies"],
        titles=policy_words.TITLES, names=names,
    )  # fmt: skip
