"""The processes that a council has in use."""

from services.case.api.asking import Ask, Reply
from services.case.domain.permissions import ACTIONS


async def list_processes(ask: Ask) -> Reply:
    """Processes in use in the person's authority, each with the form that opens a case and the roles that start it in
    one."""
    found = [
        {
            "process": bundle.process,
            "title": bundle.about.title,
            "owner": bundle.about.owner,
            "legal_basis": bundle.about.legal_basis,
            "bundle": bundle.hash,
            "outcomes": bundle.about.outcomes,
            "started_by": bundle.about.start.by or ACTIONS["start_process"],
            "start_form": bundle.forms[bundle.about.start_form].schema,
        }
        for bundle in ask.house.reference.processes(ask.person.authority)
    ]
    return Reply(found)
