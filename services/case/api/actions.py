"""Actions: what somebody takes on because of a finding, by when, and what became of it."""

import asyncio
from datetime import date
from typing import Any

import msgspec

from services.case.api.asking import Ask, Reply
from services.case.api.directory import for_authority
from services.case.api.reports import finding_of, improve, improving, refuse_unknown_measures
from services.case.application.improving import agree_action, kept_document, update_action
from services.case.domain.improvement import Action
from services.case.domain.permissions import role_anywhere


async def list_actions(ask: Ask) -> Reply:
    """Actions of the person's authority, those due first at the top; `overdue` where the day has passed."""
    role_anywhere(ask.person, "follow_improvement")
    state, query, today = await improving(ask), ask.query, ask.house.clock.today()
    shown = [_action(one, today) for one in state.is_now.actions.values() if query.report in (None, one.report)]
    shown = [one for one in shown if query.state in (None, one["state"])]
    return Reply(sorted(shown, key=lambda one: (one["due"], one["action"])))


def _action(action: Action, today: date) -> dict[str, Any]:
    notes = [{"on": on, "note": note} for on, note in action.notes]
    return {**msgspec.structs.asdict(action), "notes": notes, "state": action.standing(today)}


async def agree_on_action(ask: Ask) -> Reply:
    """Say what somebody takes on because of a finding of a published report."""
    for_authority(ask.person, "improve")
    body, database = ask.body, ask.house.database
    refuse_unknown_measures(("/measure", body.measure))
    state = await improving(ask)
    issue = state.is_now.issue(body.report, None)
    document = await asyncio.to_thread(kept_document, database, "report", issue.document)
    finding_of(msgspec.json.decode(document), body.finding)
    authority = ask.person.authority
    return await improve(
        ask, agree_action(authority, body.report, body.finding, body.measure, body.due, body.what, body.owner)
    )


async def update_an_action(ask: Ask) -> Reply:
    """Say that an action is done, dropped or open again, who owns it now, or when it is due."""
    body, number = ask.body, int(ask.request.path_params["action"])
    return await improve(ask, update_action(ask.person.authority, number, body.state, body.due, body.owner, body.note))
