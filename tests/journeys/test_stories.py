"""The two cases that `make demo` tells, from beginning to end through the pages: one with JavaScript, one without
and by keyboard alone. With `WAYS=all` also the other way round."""

import os
from collections.abc import Callable, Iterator

import pytest

from services.case.application.reference import Reference
from services.case.demo.reading import Story, read_stories
from tests.api.desk import Desk
from tests.journeys.chromium import Person
from tests.journeys.walking import Walk
from tests.serving import Served, serve
from tests.store.embedding import data_folder

MOVE, PLAN = read_stories()
START = "2026-09-02T08:00:00+01:00"
WAYS: dict[str, dict[str, dict[str, bool]]] = {  # how people come in each story
    "move scripted": {MOVE.name: {"script": True}, PLAN.name: {"script": False, "keys": True}},
    "plan scripted": {MOVE.name: {"script": False, "keys": True}, PLAN.name: {"script": True, "keys": True}},
}
TRIED = list(WAYS) if os.environ.get("WAYS") == "all" else list(WAYS)[:1]

At = Callable[..., Person]


@pytest.fixture(scope="module", params=TRIED)
def way(request: pytest.FixtureRequest) -> dict[str, dict[str, bool]]:
    return WAYS[request.param]


@pytest.fixture(scope="module")
def served(way: dict[str, dict[str, bool]]) -> Iterator[Served]:
    """A service for each way: the stories take its clock from September to March."""
    with data_folder() as data, serve(data, clock=START) as running:
        yield running


@pytest.fixture
def walk(at: At, way: dict[str, dict[str, bool]], served: Served, reference: Reference) -> Callable[[Story], Walk]:
    """Takes a story to its end."""

    def to_its_end(story: Story) -> Walk:
        def arrive(name: str = "", **settings: int) -> Person:
            return at(name, **way[story.name], **settings)

        return Walk(story, served, reference, arrive).to_its_end()

    return to_its_end


def test_a_pupil_at_sen_support_climbs_the_ladder_and_moves(walk: Callable[[Story], Walk], desk: Desk) -> None:
    done = walk(MOVE)
    assert_ended(done, desk, MOVE)
    worker = done.staff(MOVE.front.caseworker).follow("People")
    assert worker.page.locator(".govuk-summary-card", has_text="Agreed").count() == 4


def test_a_pupil_with_a_plan_goes_by_annual_review_to_another_place(walk: Callable[[Story], Walk], desk: Desk) -> None:
    assert_ended(walk(PLAN), desk, PLAN)


def assert_ended(done: Walk, desk: Desk, story: Story) -> None:
    """As the caseworker sees it, and as it is on record."""
    ending = story.front.ending
    assert done.staff(story.front.caseworker).open(f"/cases/{done.ref}").heading.startswith("Closed: ")
    assert desk.case(done.ref)["outcome"] == ending.outcome
    reached = {event["type"].removesuffix(".v1") for event in desk.events(done.ref)}
    assert set(ending.milestones) <= reached
    assert not [kind for kind in reached if kind.partition(".")[0] in ending.nothing]
