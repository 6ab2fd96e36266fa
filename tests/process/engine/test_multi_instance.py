"""An activity done once per member of a collection."""

from typing import Any

import pytest

from tests.process.engine.diagrams import (
    boundary,
    call,
    diagram,
    end,
    exclusive,
    message,
    path,
    process_,
    receive,
    script,
    several,
    start,
    sub,
    user,
    when,
)
from tests.process.engine.lived import Lived


def each(activity: str, *parts: str, beside: str = "") -> bytes:
    return diagram(start("s"), activity, user("z"), end("e"), path("s", "each", "z", "e"), *parts, beside=beside)


def asking(**how: Any) -> str:
    return user("each", several("people", "answers", "person", "answer", **how), party="person")


def asked(**how: Any) -> bytes:
    return each(asking(**how))


def test_a_list_of_names_labels_the_instances_and_results_come_in_its_order() -> None:
    run = Lived(asked())
    step = run.start(people=["parent", "pupil", "head"])
    assert [(offer.key, offer.party) for offer in step.offers] == [
        ("each#1[parent]", "parent"),
        ("each#1[pupil]", "pupil"),
        ("each#1[head]", "head"),
    ]
    assert run.tokens == {"each#1", "each#1[parent]", "each#1[pupil]", "each#1[head]"}
    for name in ("head", "parent", "pupil"):
        run.complete(f"each[{name}]", answer=name[0])
    assert run.variables["answers"] == ["p", "p", "h"]
    assert run.open == ["z"]


def test_a_dictionary_gives_a_dictionary() -> None:
    run = Lived(asked())
    step = run.start(people={"parent": 1, "pupil": 2})
    assert [(offer.key, offer.party) for offer in step.offers] == [("each#1[parent]", 1), ("each#1[pupil]", 2)]
    run.complete("each[pupil]", answer="yes")
    assert run.variables["answers"] == {"pupil": "yes"}
    run.complete("each[parent]", answer="no")
    assert list(run.variables["answers"].items()) == [("parent", "no"), ("pupil", "yes")]


@pytest.mark.parametrize(
    "people",
    [["a", "a"], [{"n": 1}, {"n": 2}], ["a/b", "c"], ["x[1]", "y"], ["", "y"], [1, 2], ["a", 1], {"a b": 1, "c#1": 2}],
)
def test_what_could_be_mistaken_in_a_key_is_numbered(people: Any) -> None:
    run = Lived(asked())
    run.start(people=people)
    assert run.live.open == ["each#1[0]", "each#1[1]"]


def test_so_many_times() -> None:
    run = Lived(each(user("each", several(to="answers", item="n", result="answer", times="count + 1"), party="n")))
    step = run.start(count=2)
    assert [offer.party for offer in step.offers] == [0, 1, 2]
    for n in (2, 0, 1):
        run.complete(f"each[{n}]", answer=n * 10)
    assert run.variables["answers"] == [0, 10, 20]


@pytest.mark.parametrize("people", [[], {}])
@pytest.mark.parametrize("one_by_one", [True, False])
def test_for_nobody_it_is_passed_at_once(people: Any, one_by_one: bool) -> None:
    run = Lived(asked(one_by_one=one_by_one))
    run.start(people=people)
    assert run.open == ["z"] and run.variables["answers"] == people


def test_one_after_the_other() -> None:
    run = Lived(asked(one_by_one=True))
    run.start(people=["parent", "pupil", "head"])
    for name in ("parent", "pupil", "head"):
        assert run.live.open == [f"each#1[{name}]"]
        step = run.complete(f"each[{name}]", answer=name)
    assert run.variables["answers"] == ["parent", "pupil", "head"]
    assert {"each#1", "each#1[head]"} == set(step.left)


@pytest.mark.parametrize("one_by_one", [True, False])
def test_a_completion_condition_ends_it_and_withdraws_the_rest(one_by_one: bool) -> None:
    run = Lived(asked(one_by_one=one_by_one, until='answer == "no" or len(answers) == 2'))
    run.start(people=["parent", "pupil", "head"])
    run.complete("each[parent]", answer="yes")
    run.complete("each[pupil]", answer="yes")
    assert run.open == ["z"] and run.variables["answers"] == ["yes", "yes"]
    run = Lived(asked(one_by_one=one_by_one, until='answer == "no" or len(answers) == 2'))
    run.start(people=["parent", "pupil", "head"])
    run.complete("each[parent]", answer="no")
    assert run.open == ["z"] and run.variables["answers"] == ["no"]


def test_the_results_begin_anew_each_time_in_a_loop() -> None:
    run = Lived(
        diagram(
            start("s"), exclusive("m"), user("each", several("people", "answers", result="answer")),
            exclusive("x", otherwise="e"), end("e"), path("s", "m", "each", "x", "e"),
            when("x", "m", 'not all(a == "yes" for a in answers)'),
        )
    )  # fmt: skip
    run.start(people=["parent", "pupil"])
    for n in range(1, 4):
        assert run.live.open == [f"each#{n}[parent]", f"each#{n}[pupil]"]
        run.complete("each[pupil]", answer="no")
        run.complete("each[parent]", answer="yes")
    run.complete("each[parent]", answer="yes")
    assert run.complete("each[pupil]", answer="yes").ended


def test_instances_do_not_see_each_other_and_only_the_result_comes_back() -> None:
    body = start("i"), script("seen", "own = item\nmark = None"), user("a"), exclusive("x", otherwise="j"), user("b")
    flows = path("i", "seen", "a", "x", "j"), when("x", "b", 'mark == "more"'), path("b", "j")
    run = Lived(each(sub("each", several("people", "answers", result="mark"), *body, end("j"), *flows)))
    run.start(people=["ann", "bob"])
    run.complete("each[ann]/a", mark="more")
    assert run.live.open == ["each#1[bob]/a#1", "each#1[ann]/b#1"]
    run.complete("each[bob]/a", mark="done")
    run.complete("each[ann]/b", other=1)
    assert run.variables == {"people": ["ann", "bob"], "answers": ["more", "done"]}


def test_a_called_process_once_for_each_one_after_the_other() -> None:
    xml = each(
        call("each", "q", several("people", "answers", result="answer", one_by_one=True)),
        beside=process_("q", start("qs"), user("a"), script("b", "answer = [item, a]"), end("qe"),
                        path("qs", "a", "b", "qe")),
    )  # fmt: skip
    run = Lived(xml)
    run.start(people={"x": 1, "y": 2})
    run.complete("each[x]/a", a=5)
    run.complete("each[y]/a", a=6)
    assert run.variables == {"people": {"x": 1, "y": 2}, "answers": {"x": [1, 5], "y": [2, 6]}}


def test_each_of_each() -> None:
    inner = user("in", several("item", "marks", "subject", "mark"))
    body = start("i"), inner, end("j"), path("i", "in", "j")
    run = Lived(each(sub("each", several("people", "all_marks", result="marks"), *body)))
    run.start(people={"ann": ["maths", "art"], "bob": [], "cat": ["pe"]})
    assert run.live.open == ["each#1[ann]/in#1[maths]", "each#1[ann]/in#1[art]", "each#1[cat]/in#1[pe]"]
    run.complete("in[art]", mark=2)
    run.complete("in[pe]", mark=3)
    run.complete("in[maths]", mark=1)
    assert run.variables["all_marks"] == {"ann": [1, 2], "bob": [], "cat": [3]}


def test_a_message_reaches_all_instances_that_await_it() -> None:
    run = Lived(each(receive("each", "m").replace("</receiveTask>", several("people") + "</receiveTask>")))
    step = run.start(people=["ann", "bob"])
    assert [awaited.key for awaited in step.awaits] == ["each#1[ann]", "each#1[bob]"]
    run.message("m")
    assert run.open == ["z"]


def test_scripts_run_for_each_without_anybody_waiting() -> None:
    run = Lived(each(script("each", "double = item * 2", several("people", "doubles", result="double"))))
    run.start(people=list(range(50)))
    assert run.variables["doubles"] == [n * 2 for n in range(50)]


def test_a_collection_that_changes_meanwhile_does_not_change_who_is_asked() -> None:
    late = boundary("late", "each", message("m"), False), script("forget", "people = None"), end("f")
    run = Lived(each(asking(), *late, path("late", "forget", "f")))
    run.start(people={"ann": 1, "bob": 2})
    run.message("m")
    run.complete("each[ann]", answer="yes")
    run.complete("each[bob]", answer="no")
    assert run.variables["answers"] == {"ann": "yes", "bob": "no"}


def test_the_results_may_take_the_place_of_the_collection() -> None:
    run = Lived(each(user("each", several("people", "people", "person", "person"))))
    run.start(people={"ann": 1, "bob": 2})
    run.complete("each[bob]", person=3)
    run.complete("each[ann]", person=4)
    assert run.variables["people"] == {"ann": 4, "bob": 3}


def test_an_instance_that_hands_back_nothing_hands_back_none() -> None:
    run = Lived(asked())
    run.start(people=["ann"])
    run.complete("each[ann]")
    assert run.variables["answers"] == [None]


def test_a_message_that_one_instance_awaits_is_its_own() -> None:
    body = start("i"), receive("wait", "m", "got"), end("j"), path("i", "wait", "j")
    run = Lived(each(sub("each", several("people", "answers", result="got"), *body)))
    run.start(people=["ann", "bob"])
    run.message("m", n=1)
    assert run.variables["answers"] == [{"n": 1}, {"n": 1}]
    assert run.open == ["z"]
