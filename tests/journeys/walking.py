"""Walks a story of `make demo` through the pages: each step done by its own person, signed in or come by a link."""

import re
from collections.abc import Callable
from datetime import date, datetime, time

from services.case.application.reference import Reference
from services.case.clock.now import LONDON
from services.case.demo.reading import Step, Story
from tests.journeys.answering import answer_questions
from tests.journeys.chromium import Person
from tests.journeys.links import come_by_link
from tests.serving import Served
from tests.store.embedding import until

FAMILY = ("pupil", "parent")
MORNING = time(9)
YES = {"pupil": "Yes, I want this", "parent": "Yes, I agree"}
TO_ANSWER = re.compile("^(Answer the questions|Go on answering|Take on and answer)$")


class Walk:
    """`arrive` gives somebody a browser; staff keep theirs. `ref` is the case, once a step has opened it."""

    def __init__(self, story: Story, served: Served, reference: Reference, arrive: Callable[..., Person]) -> None:
        self._story, self._served, self._reference, self._arrive = story, served, reference, arrive
        self._staff: dict[str, Person] = {}
        self._day: date | None = None
        self.ref = ""

    def to_its_end(self) -> "Walk":
        """Raises AssertionError at the first step that goes another way."""
        for chapter in self._story.chapters:
            for step in chapter.steps:
                if step.on and step.on != self._day:
                    self._day = step.on
                    self._served.clock_to(datetime.combine(step.on, MORNING, LONDON).isoformat())
                if step.by:
                    self._take(step)
        return self

    def _take(self, step: Step) -> None:
        if step.open:
            self._open(step)
        elif step.by in FAMILY:
            self._answer_by_link(step)
        else:
            self._complete(step)

    def staff(self, name: str) -> Person:
        if name not in self._staff:
            self._staff[name] = self._arrive(name)
        return self._staff[name]

    def _open(self, step: Step) -> None:
        title = next(b.about.title for b in self._reference.processes("937") if b.process == step.open)
        person = self.staff(step.by).follow("Cases").press("Open a case").choose(title).press("Continue")
        answer_questions(person, step.all_answers()).press("Open case")
        assert person.heading == "Case opened", step.says
        self.ref = person.page.locator(".govuk-panel strong").inner_text()

    def _complete(self, step: Step) -> None:
        """A task from the team's list, or an agreement from the people of the case."""
        person = self.staff(step.by)
        if step.agree:
            person.open(f"/cases/{self.ref}").follow("People").follow(re.compile("^Answer "))
        else:
            until(lambda: self._find(person, step), f"the task of “{step.says}”")
        person.press(TO_ANSWER)
        answer_questions(person, step.all_answers())
        if step.refused:
            assert person.page.title().startswith("Error: "), step.says
            return
        person.press("Complete task")
        assert person.heading.startswith("Task completed"), (step.says, person.text)

    def _find(self, person: Person, step: Step) -> bool:
        """Whether the task is in one of the lists, and now open; what others did may not have come there yet."""
        titles = {b.elements[step.task].name for b in self._reference.processes("937") if step.task in b.elements}
        for page, way in (("Team’s tasks", "button"), ("My tasks", "link"), ("Team’s tasks", "link")):
            person.follow(page)
            row = person.page.locator("tr", has_text=self.ref)
            for title in titles:
                name = f"Take on {title}, {self.ref}" if way == "button" else title
                found = row.get_by_role(way, name=name, exact=True)
                if found.count():
                    person.activate(found.first)
                    return True
        return False

    def _answer_by_link(self, step: Step) -> None:
        """On a phone, by a link that the caseworker hands over."""
        worker = self.staff(self._story.front.caseworker)
        family = come_by_link(self._arrive, worker, self.ref, step.by, "agree" if step.agree else "see")
        if step.agree:
            family.press("Read about the plan").press("Read the plan").press(
                re.compile("^(Say what you think|Continue to your answer)$")
            )
            family.choose(YES[step.by]).press("Continue")
        else:
            family.activate(family.page.locator("main a[href^='/family/tasks/']").first)
            family.press(re.compile("^(Start|Go on)$"))
        answer_questions(family, step.all_answers()).press("Send my answer")
        assert "Your answer was sent" in family.text, step.says
        family.press("Finish and close these pages")
