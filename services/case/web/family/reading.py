"""Pages by link on which a family reads: what it can do here, what was written to it, what was tried, what else might
suit, what happens next, whom to ask for advice."""

from typing import Any

from starlette.responses import Response

from services.case.api import cases, directory, files
from services.case.api.asking import respond
from services.case.api.directory_bodies import StrategyQuery
from services.case.api.messages import list_messages
from services.case.application.links import purpose_of
from services.case.domain.case import Task
from services.case.domain.file_errors import FileUnknown
from services.case.domain.permissions import is_for, relation
from services.case.policy.ladder import Ladder
from services.case.web.family import surveys, telling
from services.case.web.family.reader import Reader, family_of, reader_of
from services.case.web.visit import Visit
from services.case.web.wording import NEEDS


async def home(visit: Visit) -> Response:
    """What waits for the party, and where to read."""
    reader = await reader_of(visit)
    await reader.record("case")
    case = reader.case
    return reader.page(
        "family/guest.html" if reader.is_guest else "family/home.html",
        shared="pack" in relation(visit.person, case).values(),
        tasks=[{"number": task.id, "title": title_of(reader, task)} for task in tasks_of(reader)],
        has_terms=bool(case.terms.version),
        answer=case.terms.answers.get(reader.party, ""),
        files=[file for file in case.files.values() if file.by == visit.person.id],
        on_hold=case.status == "held",
        closed=case.status == "closed",
        surveys=[] if reader.is_guest else await surveys.for_party(reader),
    )


async def shared(visit: Visit) -> Response:
    """What is shared with a school or a provider: whose case it is, who has agreed, the files that they may fetch."""
    reader = await reader_of(visit, "see")
    case = (await visit.read(cases.one_case, ref=reader.case.ref)).body
    found = (await visit.read(files.list_files, ref=reader.case.ref)).body
    return reader.page("family/shared.html", case=case, files=found, back="/family")


def tasks_of(reader: Reader) -> list[Task]:
    """What the party is asked for, as far as the link is for it."""
    case, person = reader.case, reader.visit.person
    mine = [task for task in case.tasks.values() if is_for(person, case, task)]
    if not reader.is_guest:
        mine = [task for task in mine if task.party == reader.party]
    reference, purpose = reader.visit.house.reference, reader.link.purpose
    return [task for task in mine if purpose_of(reference, case, task.instance, task.agreement) == purpose]


def title_of(reader: Reader, task: Task) -> str:
    """What the task is called: its form's title, which is written for who answers."""
    bundle = reader.visit.house.reference.bundle(reader.case.instances[task.instance].bundle)
    element = bundle.elements[task.element]
    form = bundle.forms.get(element.form)
    return form.title if form else element.name or element.id


def ladder_of(reader: Reader) -> Ladder:
    return reader.visit.house.reference.policy(reader.case.policy).ladder


async def file(visit: Visit) -> Response:
    """A file that the party added, or that a task of theirs shows, as long as the link lives. Raises FileUnknown."""
    reader = await reader_of(visit)
    if visit.part("file") not in reader.case.files:
        raise FileUnknown
    return respond(await visit.read(files.one_file, file=visit.part("file")))


async def messages(visit: Visit) -> Response:
    """What was written to the party, newest first, with the words as they were then."""
    reader = await family_of(visit)
    found = (await visit.read(list_messages, ref=reader.case.ref)).body
    return reader.page("family/messages.html", messages=[one for one in found if one["to"] == reader.party])


async def tried(visit: Visit) -> Response:
    """What has been tried, with dates and results."""
    reader = await family_of(visit, "see")
    return reader.page("family/tried.html", tried=telling.tried(reader.case, ladder_of(reader)))


async def suits(visit: Visit) -> Response:
    """What else might suit, and why."""
    reader = await family_of(visit, "see")
    rungs = telling.not_tried(reader.case, ladder_of(reader))
    need = str(reader.case.facts.get("sen_need") or reader.case.facts.get("primary_need") or "")
    found = telling.suits(await _entries(visit), rungs, need, NEEDS)
    return reader.page("family/suits.html", found=found, left=list(rungs.values()))


async def _entries(visit: Visit) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await visit.read(directory.list_strategies, StrategyQuery(limit=200))).body
    return found


async def next_steps(visit: Visit) -> Response:
    """Where things are, what happens next, and who decides."""
    reader = await family_of(visit, "see")
    case, reference = reader.case, visit.house.reference
    titles = {number: reference.bundle(one.bundle).about.title for number, one in case.instances.items()}
    shown = telling.going_on(case, titles, reader.party)
    return reader.page("family/next.html", processes=shown, status=case.status)


async def advice(visit: Visit) -> Response:
    """The council's protocol, and where to get independent advice."""
    reader = await family_of(visit)
    documents = [one for one in await _entries(visit) if one["kind"] in telling.TO_READ]
    return reader.page("family/advice.html", documents=documents)


async def talk(visit: Visit) -> Response:
    """Talking to somebody first."""
    reader = await reader_of(visit)
    return reader.page("family/talk.html")
