"""The timeline in a case file says in words what happened, also to whom read nothing but that file."""

import re

from services.case.application.reference import stream_of
from services.case.domain.delivery_events import NoticeSent
from services.case.domain.meta import Meta
from services.case.domain.people import SYSTEM
from services.case.export.words import timeline
from services.case.scenarios import REF
from services.case.wiring import House
from tests.store.casework import ThroughTheDoor, scenario_of

STORY = ("exclusion_prevention", "Resolved at internal inclusion")


def test_it_calls_tasks_dates_and_notices_as_people_do(house: House) -> None:
    # given a case that was lived through, and a letter of it that was posted
    ThroughTheDoor(house, *scenario_of(*STORY)).through()
    history = house.store.load(stream_of(REF))
    due = next(one for one in history if one.type == "case.notice_due.v1")
    day = due.event.meta.effective_on
    meta = Meta(SYSTEM, day)
    posted = NoticeSent(meta=meta, notice=due.version, to="parent", channel="letter", posted_on=day, deemed_on=day)
    last, now = history[-1], house.door.clock.now()
    house.store.append(last.stream, last.version, last.row.hash, [posted], now).positions.result(30)

    # when its timeline is written
    told = timeline(REF, house.store.load(stream_of(REF)), house.reference)

    # then it says what was sent to whom and how, and no code of the diagram is in it
    assert "Notice due: “We have received a referral”, to parent" in told
    assert f"“We have received a referral”, to parent, by letter, posted on {day}, counts as given on {day}" in told
    assert "Task completed: “Triage the referral” (caseworker, 937)" in told
    assert not re.findall(r"[A-Za-z]+_[A-Za-z_]+", told)
