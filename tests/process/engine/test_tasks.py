"""What tasks of each kind do, and what is told of them."""

from typing import Any

import pytest

from services.case.domain.trace import Effect
from services.case.process.engine import Complete, Diverged, Fire, Instance, Milestone, Offer, Receive, Start
from services.case.process.expressions import Deadline
from tests.process.engine.diagrams import (
    diagram,
    end,
    exclusive,
    manual,
    path,
    rule,
    service,
    start,
    user,
    when,
)
from tests.process.engine.lived import Lived, define, operators


def test_a_user_task_is_offered_with_lane_party_and_due_date() -> None:
    lanes = '<laneSet id="l"><lane id="l1" name="Head"><flowNodeRef>a</flowNodeRef></lane></laneSet>'
    task = user("a", party="who", due='deadline("reply", day)')
    run = Lived(diagram(lanes, start("s"), task, end("e"), path("s", "a", "e")))
    step = run.start(who="parent", day="2026-11-03")
    assert step.offers == [Offer("a#1", "a", "Head", "parent", Deadline("reply", "2026-11-03"))]


def test_a_manual_task_is_ticked_off_by_a_person() -> None:
    run = Lived(diagram(start("s"), manual("a"), end("e"), path("s", "a", "e")))
    assert run.start().offers == [Offer("a#1", "a")]
    run.refuses(Fire("a#1"))
    assert run.complete("a").ended


SERVICE = diagram(
    start("s"), service("ask", "ladder", result="stand", of="pupil", year="9"),
    service("tell", "send_notice", to="pupil"), service("again", "refresh"),
    exclusive("x", otherwise="e"), user("a"), end("e"), path("s", "ask", "tell", "again", "x", "e"),
    when("x", "a", "stand['ready'] and fresh"), path("a", "e"),
)  # fmt: skip
ANSWERS = operators({"ladder": {"ready": True}, "send_notice": "sent", "refresh": {"fresh": 1}})


def test_a_service_task_asks_an_operator_and_its_answer_is_journalled() -> None:
    run = Lived(SERVICE, ANSWERS)
    step = run.start(pupil="p1")
    assert step.effects == [
        Effect("ask", "ladder", {"of": "p1", "year": 9}, {"ready": True}),
        Effect("tell", "send_notice", {"to": "p1"}, "sent"),
        Effect("again", "refresh", {}, {"fresh": 1}),
    ]
    assert run.variables == {"pupil": "p1", "stand": {"ready": True}, "fresh": 1}
    assert run.open == ["a"]


@pytest.mark.parametrize(
    "changed",
    [
        lambda effects: [Effect("ask", "ladder", {"of": "p2", "year": 9}, {"ready": True}), *effects[1:]],
        lambda effects: [Effect("ask", "other", {"of": "p1", "year": 9}, {"ready": True}), *effects[1:]],
        lambda effects: effects[:-1],
        lambda effects: [*effects, effects[-1]],
        lambda effects: effects[::-1],
        lambda effects: [],
    ],
)
def test_a_rerun_that_asks_otherwise_than_recorded_raises(changed: Any) -> None:
    definition = define(SERVICE)
    given = Start({"pupil": "p1"})
    effects = Instance.new(definition).apply(given, ANSWERS).effects
    assert Instance.new(definition).replay(given, effects).effects == effects
    with pytest.raises(Diverged):
        Instance.new(definition).replay(given, changed(effects))


def test_a_business_rule_task_asks_its_table() -> None:
    dmn = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="t">
      <decision id="gates" name="Gates"><decisionTable id="t" hitPolicy="UNIQUE">
        <input id="i"><inputExpression id="ie"><text>plan</text></inputExpression></input>
        <output id="o" name="way"/><output id="o2" name="steps"/>
        <rule id="r1"><inputEntry id="c1"><text>true</text></inputEntry>
          <outputEntry id="u1"><text>"a"</text></outputEntry>
          <outputEntry id="v1"><text>"x", "y"</text></outputEntry></rule>
        <rule id="r2"><inputEntry id="c2"><text>false</text></inputEntry>
          <outputEntry id="u2"><text>"b"</text></outputEntry><outputEntry id="v2"><text>1</text></outputEntry></rule>
      </decisionTable></decision></definitions>"""
    xml = diagram(
        start("s"), rule("decide", "gates"), exclusive("x", otherwise="b"), user("a"), user("b"), end("e"),
        path("s", "decide", "x", "b", "e"), when("x", "a", 'way == "a"'), path("a", "e"),
    )  # fmt: skip
    definition = define(xml, gates_dmn=dmn)
    run = Lived(definition)
    run.start(plan=True)
    assert run.open == ["a"] and run.variables == {"plan": True, "way": "a", "steps": ["x", "y"]}
    run = Lived(definition)
    run.start(plan=False)
    assert run.open == ["b"]


def test_milestones_are_told_when_their_condition_holds() -> None:
    told = {"milestone": "review.done", "milestone_if": "fine", "milestone_outcome": '"yes" if ok else "no"'}
    run = Lived(
        diagram(
            start("s", milestone="case.begun"), user("a", milestone_fields="ok, missing", **told), end("e"),
            path("s", "a", "e"),
        )
    )  # fmt: skip
    assert run.start(fine=True).milestones == [Milestone("case.begun", "s")]
    step = run.complete("a", ok=True)
    assert step.milestones == [Milestone("review.done", "a", "yes", {"ok": True, "missing": None})]
    run = Lived(run.definition)
    run.start(fine=False)
    assert run.complete("a", ok=True).milestones == []


def test_an_input_that_meets_nothing_changes_nothing() -> None:
    run = Lived(diagram(start("s"), user("a"), user("b"), end("e"), path("s", "a", "b", "e")))
    for given in (Complete("a#1"), Receive("m"), Fire("a#1")):
        run.refuses(given)
    run.start()
    for given in (Complete("b#1", {"x": 1}), Complete("a#2"), Fire("a#1"), Receive("m"), Start({"x": 1}), Complete("")):
        run.refuses(given)
    run.complete("a")
    run.refuses(Complete("a#1", {"x": 1}))
    run.complete("b")
    for given in (Complete("b#1"), Start({}), Receive("m")):
        run.refuses(given)
