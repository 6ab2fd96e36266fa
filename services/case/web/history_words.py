"""What happened, in a sentence for each type of event. Nothing of the event log's own words reaches a page."""

from collections.abc import Callable, Mapping
from typing import Any

from services.case.domain.case import Case
from services.case.domain.files import about
from services.case.domain.lifecycle import OUTCOMES
from services.case.domain.milestones import MILESTONES
from services.case.process.bundle import Bundle
from services.case.web import wording
from services.case.web.wording import whom

Facts = Mapping[str, Any]
NameOf = Callable[[str], str]
Sentence = Callable[["Telling", Facts], str]


class Telling:
    """What sentences need to know of the case: titles of its bundles, names of people and schools."""

    def __init__(
        self,
        case: Case,
        bundle_of: Callable[[str], Bundle],
        name_of: Callable[[str], str],
        school: Callable[[str], str],
    ) -> None:
        self.case = case
        self.bundle_of = bundle_of
        self.name_of = name_of
        self.school = school
        self.dates: dict[int, str] = {}  # titles of deadlines, as they are told of

    def bundle(self, instance: int) -> Bundle | None:
        found = self.case.instances.get(instance)
        return self.bundle_of(found.bundle) if found else None

    def process(self, instance: int) -> str:
        bundle = self.bundle(instance)
        return bundle.about.title if bundle else "The process"

    def task(self, number: int) -> str:
        """“Triage the referral”."""
        over = self.case.done.get(number)
        task = self.case.tasks.get(number) or (over.task if over else None)
        bundle = self.bundle_of(over.bundle) if over else self.bundle(task.instance) if task else None
        if task is None or bundle is None or task.element not in bundle.elements:
            return f"task {number}"
        return f"“{bundle.elements[task.element].name or task.element}”"

    def deadline(self, number: int) -> str:
        return f"“{self.dates.get(number, f'deadline {number}')}”"

    def told_date(self, facts: Facts) -> str:
        self.dates[facts["deadline"]] = facts["title"]
        return f"Date set: {facts['title']}, {wording.day(facts['due'])}"

    def notice(self, facts: Facts) -> str:
        bundle = self.bundle(facts["instance"])
        found = bundle.notices.get(facts["notice"]) if bundle else None
        return found.title if found else str(facts["notice"]).replace("_", " ")


def _who(facts: Facts) -> str:
    return wording.party(facts["party"]) if facts.get("party") else wording.role(facts["role"])


def _outcome(telling: Telling, facts: Facts) -> str:
    bundle = telling.bundle(facts["instance"])
    words = bundle.about.outcomes.get(facts["outcome"], "") if bundle else ""
    return f"{telling.process(facts['instance'])} ended{f': {words}' if words else ''}"


def _completed(telling: Telling, facts: Facts) -> str:
    how = {"phone": " by phone", "paper": " on paper", "in_person": " in person"}.get(facts.get("method", ""), "")
    whose = f", answered{how} for {wording.party(facts['party']).lower()}" if how else ""
    return f"Task completed: {telling.task(facts['task'])}{whose}"


def _milestone(telling: Telling, facts: Facts) -> str:
    words = str(facts["name"]).replace("_", " ").replace(".", ": ")
    return f"Reached: {words[:1].upper()}{words[1:]}"


def _ways(facts: Facts) -> str:
    ways = {"email": "by e-mail", "sms": "by text", "letter": "by letter", "hand": "by hand", "call": "by phone"}
    return ways.get(facts.get("channel", ""), "on these pages")


def _organisation(told: Telling, facts: Facts) -> str:
    return f"{wording.party(facts['with'])}{f' ({told.school(org)})' if (org := facts.get('org')) else ''}"


def _link_for(facts: Facts) -> str:
    if facts["purpose"] == "see" and facts.get("org"):
        return "to answer what they are asked"
    return LINK_FOR[facts["purpose"]]


LINK_FOR = {"see": "to see the case", "agree": "to read and answer the agreement", "feedback": "to say how it went"}
SENTENCES: dict[str, Sentence] = {
    "case.opened.v1": lambda t, f: f"Case opened for a pupil of {t.school(f['home_school'])}",
    "case.process_started.v1": lambda t, f: f"{t.process(f['instance'])} began",
    "case.task_offered.v1": lambda t, f: f"{_who(f)} asked: {t.task(f['task'])}",
    "case.deadline_set.v1": lambda t, f: t.told_date(f),
    "case.task_claimed.v1": lambda t, f: f"Task taken on: {t.task(f['task'])}",
    "case.task_released.v1": lambda t, f: f"Task given back to the team: {t.task(f['task'])}",
    "case.task_reassigned.v1": lambda t, f: f"Task given to {t.name_of(f['to'])}: {t.task(f['task'])}",
    "case.task_completed.v1": _completed,
    "case.task_cancelled.v1": lambda t, f: f"Task not needed any more: {t.task(f['task'])}",
    "case.timer_fired.v1": lambda t, f: f"The day came: {t.deadline(f['deadline'])}",
    "case.message_received.v1": lambda t, f: f"The process heard: {str(f['message']).replace('_', ' ')}",
    "case.fact_set.v1": lambda t, f: f"Known now: {str(f['name']).replace('_', ' ')}",
    "case.terms_issued.v1": lambda t, f: f"Terms issued for agreement, version {f['version']}",
    "case.notice_due.v1": lambda t, f: f"To be told {', '.join(whom(one) for one in f['to'])}: {t.notice(f)}",
    "case.pack_shared.v1": lambda t, f: f"Information shared with {_organisation(t, f)}",
    "case.pack_revoked.v1": lambda t, f: f"Information no longer shared with {_organisation(t, f)}",
    "case.deadline_met.v1": lambda t, f: f"Done{' late' if f.get('late') else ' in time'}: {t.deadline(f['deadline'])}",
    "case.deadline_missed.v1": lambda t, f: f"Missed: {t.deadline(f['deadline'])}",
    "case.deadline_moved.v1": lambda t, f: (
        f"Moved from {wording.day(f['was'])} to {wording.day(f['due'])}: {t.deadline(f['deadline'])}"
    ),
    "case.deadline_withdrawn.v1": lambda t, f: f"Date not needed any more: {t.deadline(f['deadline'])}",
    "case.process_ended.v1": _outcome,
    "case.process_migrated.v1": lambda t, f: f"{t.process(f['instance'])} goes on by the process as it is now",
    "case.note_added.v1": lambda t, f: "Note added",
    "case.answer_corrected.v1": lambda t, f: f"Answer corrected: {str(f['field']).replace('_', ' ')}",
    "case.concern_raised.v1": lambda t, f: "Concern of pressure raised; the case is on hold",
    "case.held.v1": lambda t, f: "Case put on hold",
    "case.resumed.v1": lambda t, f: "Case goes on",
    "case.closed.v1": lambda t, f: f"Case closed: {OUTCOMES.get(f['outcome'], wording.status(f['outcome']))}",
    "case.reopened.v1": lambda t, f: "Case reopened",
    "case.key_destroyed.v1": lambda t, f: "What was personal in this case was destroyed",
    "case.exclusion_notified.v1": lambda t, f: "The pupil’s register of suspensions was told",
    "case.contact_recorded.v1": lambda t, f: f"How to reach {wording.party(f['party']).lower()} was recorded",
    "case.link_issued.v1": lambda t, f: f"{wording.party(f['party'])} given a secure link {_link_for(f)}",
    "case.link_cancelled.v1": lambda t, f: f"The secure link number {f['link']} does not work any more",
    "case.link_code_wrong.v1": lambda t, f: f"A wrong code was typed for the secure link number {f['link']}",
    "case.link_opened.v1": lambda t, f: f"The secure link number {f['link']} was opened",
    "case.file_added.v1": lambda t, f: f"File added: {about(f['media_type'], f['size'])}",
    "case.reminder_due.v1": lambda t, f: f"Reminder to {', '.join(whom(one) for one in f['to'])}",
    "case.notice_sent.v1": lambda t, f: f"Sent to {whom(f['to']).lower()} {_ways(f)}",
    "case.notice_delivered.v1": lambda t, f: f"Arrived: to {whom(f['to']).lower()} {_ways(f)}",
    "case.notice_failed.v1": lambda t, f: f"Did not arrive: to {whom(f['to']).lower()}",
}
SENTENCES |= {f"{name}.v1": _milestone for name in MILESTONES}
PERSONAL = ("text", "about", "reason", "name")  # what was said with it, for those who may read it


def sentence(telling: Telling, type: str, facts: Facts) -> str:
    """What happened; in plain words of its type where there is no sentence for it."""
    known = SENTENCES.get(type)
    return known(telling, facts) if known else type.rpartition(".v")[0].replace(".", ": ").replace("_", " ")
