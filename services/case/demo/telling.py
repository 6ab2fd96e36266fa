"""Tells what follows from a step, from the events that it brought: tasks, dates with reasons, notices, milestones."""

from collections.abc import Callable, Iterator
from typing import Any

from services.case.demo.asking import Api, Refused
from services.case.demo.reading import Words
from services.case.domain.people import Membership
from services.case.samples import sample_people, sample_schools

PAGE = 200  # events in one answer
Line = tuple[str, str]  # what it is, and the words


class Teller:
    """Follows one case as its caseworker, and asks as whoever shall do a task what the task is called."""

    def __init__(self, api: Api, words: Words, caseworker: str, ref: str) -> None:
        self.ref = ref
        self.events: list[dict[str, Any]] = []
        self.processes: dict[int, str] = {}  # instance -> process
        self._api, self._words, self._caseworker = api, words, caseworker
        self._about = {about["process"]: about for about in api.read(caseworker, "/processes").body}
        self._titles: dict[int, str] = {}  # task -> title
        self._schools = {school.urn: school.name for school in sample_schools()}

    def news(self) -> list[Line]:
        """What happened since this was last asked."""
        fresh = list(self._fresh())
        days = {event["facts"]["task"]: event for event in fresh if _is(event, "deadline_set") and _task(event)}
        offered = {_task(event) for event in fresh if _is(event, "task_offered")}
        lines: list[Line] = []
        for event in fresh:
            kind, facts = event["type"], event["facts"]
            if kind == "case.task_offered.v1":
                lines.append(("new task", f"{self._title(facts)}, for {self._whom(facts)}"))
                lines += self._day(days[facts["task"]], "by") if facts["task"] in days else []
            elif kind == "case.deadline_set.v1":
                lines += [] if _task(event) in offered else self._day(event, "waits until")
            elif tell := TOLD.get(kind):
                lines.append(tell(self, facts))
            elif not kind.startswith("case."):
                lines.append(("on record", _milestone(facts)))
        return lines

    def _fresh(self) -> Iterator[dict[str, Any]]:
        while True:
            path = f"/cases/{self.ref}/events?after={len(self.events)}&limit={PAGE}"
            page = self._api.read(self._caseworker, path).body
            for event in page:
                self.events.append(event)
                if _is(event, "process_started"):
                    self.processes[event["facts"]["instance"]] = event["facts"]["process"]
                yield event
            if len(page) < PAGE:
                return

    def _title(self, offered: dict[str, Any]) -> str:
        number = offered["task"]
        if number not in self._titles:
            self._titles[number] = self._asked_title(offered) or str(offered["element"]).replace("_", " ")
        return self._titles[number]

    def _asked_title(self, offered: dict[str, Any]) -> str:
        worker = offered.get("person") or _worker(offered["role"], offered["org"])
        try:
            return str(self._api.read(worker, f"/tasks/{self.ref}-{offered['task']}").body["title"]) if worker else ""
        except Refused:  # it is over already
            return ""

    def _whom(self, offered: dict[str, Any]) -> str:
        return self._words.of(offered.get("party") or offered["role"])

    def _day(self, event: dict[str, Any], label: str) -> list[Line]:
        """A date with its reason; one that the law sets is shown day by day."""
        why = self._api.read(self._caseworker, f"/cases/{self.ref}/why/d{event['facts']['deadline']}").body
        said = [line for line in why["explanation"] if line.startswith("due ")] or why["explanation"][-1:]
        counted = [line for line in why["explanation"] if line not in said] if why["strength"] == "LAW" else []
        reason = said[0].removeprefix("due ")
        what = "" if label == "by" else f" ({why['title']})"
        line = (label, self._named(f"{reason}{what}; {self._words.strength[why['strength']]}"))
        return [line, *(("", self._named(text)) for text in counted)]

    def _named(self, text: str) -> str:
        """School numbers as the names of the schools."""
        for urn, name in self._schools.items():
            text = text.replace(urn, name)
        return text

    def tell_notice(self, facts: dict[str, Any]) -> Line:
        people = ", ".join(map(self._words.of, facts["to"]))
        return "notice due", f"“{facts['notice'].replace('_', ' ')}”, to {people}"

    def tell_start(self, facts: dict[str, Any]) -> Line:
        linked = " (linked)" if facts.get("starter") else ""
        return "begins", f"{self._about[facts['process']]['title']}{linked}"

    def tell_end(self, facts: dict[str, Any]) -> Line:
        about = self._about[self.processes[facts["instance"]]]
        return "ends", f"{about['title']}: {about['outcomes'].get(facts.get('outcome', ''), 'without an outcome')}"

    def tell_cancelled(self, facts: dict[str, Any]) -> Line:
        return "not needed", f"{self._titles.get(facts['task'], 'a task')} any more: the process went another way"

    def tell_pack(self, facts: dict[str, Any]) -> Line:
        return "shared", f"The information pack is open to {self._schools.get(facts['org'], facts['org'])}"

    def tell_missed(self, facts: dict[str, Any]) -> Line:
        missed = next(e for e in self.events if _is(e, "deadline_set") and e["facts"]["deadline"] == facts["deadline"])
        return "missed", f"{missed['facts']['title']}: it is still owed"


TOLD: dict[str, Callable[[Teller, dict[str, Any]], Line]] = {
    "case.notice_due.v1": Teller.tell_notice,
    "case.process_started.v1": Teller.tell_start,
    "case.process_ended.v1": Teller.tell_end,
    "case.task_cancelled.v1": Teller.tell_cancelled,
    "case.pack_shared.v1": Teller.tell_pack,
    "case.deadline_missed.v1": Teller.tell_missed,
    "case.terms_issued.v1": lambda teller, facts: ("terms", f"version {facts['version']}, each word of it in a hash"),
    "case.closed.v1": lambda teller, facts: ("closed", f"the case, with {facts['outcome']}"),
}


def _is(event: dict[str, Any], kind: str) -> bool:
    return bool(event["type"] == f"case.{kind}.v1")


def _task(event: dict[str, Any]) -> int:
    return int(event["facts"].get("task", 0))


def _milestone(facts: dict[str, Any]) -> str:
    """Such as `strategy concluded: partly (restorative)`."""
    outcome = f": {facts['outcome'].replace('_', ' ')}" if facts.get("outcome") else ""
    fields = facts.get("fields", {}).items()
    more = ", ".join(name if value is True else str(value).replace("_", " ") for name, value in fields if value)
    return f"{facts['name'].replace('.', ' ').replace('_', ' ')}{outcome}{f' ({more})' if more else ''}"


def _worker(role: str, org: str) -> str:
    """A sample person who does such tasks."""
    return next((name for name, who in sample_people().items() if Membership(role, org) in who.roles), "")
