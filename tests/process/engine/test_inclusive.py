"""Inclusive gateways: the join waits for what can still come, and for nothing else."""

import pytest

from tests.process.engine.diagrams import (
    boundary,
    diagram,
    end,
    exclusive,
    inclusive,
    message,
    parallel,
    path,
    script,
    start,
    sub,
    timer,
    user,
    when,
)  # fmt: skip
from tests.process.engine.lived import Lived, define

CHOSEN = define(
    diagram(
        start("s"), inclusive("split", otherwise="d"), user("a"), script("b", "seen = True"), user("c"), user("d"),
        inclusive("join"), user("after"), end("e"), path("s", "split"), path("split", "d", "join", "after", "e"),
        *[when("split", way, f"{way} in ways") + path(way, "join") for way in ("a", "b", "c")],
    )
)  # fmt: skip


@pytest.mark.parametrize(
    ("ways", "work"),
    [("a", "a"), ("b", ""), ("c", "c"), ("ab", "a"), ("ac", "ac"), ("abc", "ac"), ("bc", "c"), ("", "d")],
)
def test_the_join_waits_for_the_branches_chosen_in_every_order(ways: str, work: str) -> None:
    for order in (work, work[::-1]):
        run = Lived(CHOSEN)
        run.start(ways=list(ways), a="a", b="b", c="c")
        for task in order:
            assert "after" not in run.open
            assert task in run.open
            run.complete(task)
        assert run.open == ["after"]
        assert run.complete("after").ended


def test_nested_inclusive_gateways_join_from_the_inside() -> None:
    run = Lived(
        diagram(
            start("s"), inclusive("o", otherwise="c"), inclusive("i", otherwise="b"), user("a"), user("b"), user("c"),
            inclusive("ij"), user("between"), inclusive("oj"), end("e"),
            path("s", "o"), when("o", "i", "True"), when("i", "a", "True"), path("i", "b", "ij", "between", "oj", "e"),
            path("a", "ij"), path("o", "c", "oj"), when("o", "c", "True").replace('id="o-c"', 'id="c-too"'),
        )
    )  # fmt: skip
    run.start()
    assert run.open == ["a", "c"]
    run.complete("c")
    run.complete("a")
    assert run.open == ["between"]
    assert run.complete("between").ended


def test_a_boundary_path_that_ends_elsewhere_does_not_keep_the_join_waiting() -> None:
    run = Lived(
        diagram(
            start("s"), inclusive("split", otherwise="b"), user("a"), user("b"), user("remind"), inclusive("join"),
            boundary("late", "a", timer('"P5D"'), interrupts=False), end("e"), end("f"),
            path("s", "split"), when("split", "a", "True"), path("split", "b", "join", "e"), path("a", "join"),
            path("late", "remind", "f"),
        )
    )  # fmt: skip
    run.start()
    run.fire("late")
    assert "join#1" in run.complete("a").path[-2][1]
    assert run.open == ["remind"]
    assert run.complete("remind").ended


def test_the_join_waits_for_a_token_inside_a_sub_process_on_its_way() -> None:
    run = Lived(
        diagram(
            start("s"), inclusive("split", otherwise="b"), user("b"), inclusive("join"), user("after"), end("e"),
            sub("deep", start("i"), user("a"), end("j"), path("i", "a", "j")),
            path("s", "split"), when("split", "deep", "True"), when("split", "b", "True").replace("split-b", "both"),
            path("split", "b", "join", "after", "e"), path("deep", "join"),
        )
    )  # fmt: skip
    run.start()
    run.complete("b")
    assert run.open == ["a"]
    run.complete("a")
    assert run.open == ["after"]


def test_a_token_that_could_also_come_where_one_waits_already_is_not_waited_for() -> None:
    """BPMN 2.0, 13.4.3: the work at `a` may lead to either flow of the join, and one of them has a token."""
    run = Lived(
        diagram(
            start("s"), parallel("split"), user("a"), exclusive("x", otherwise="m"), exclusive("m"), user("b"),
            inclusive("join"), user("after"), end("e"),
            path("s", "split", "a", "x", "m", "join", "after", "e"), path("split", "b", "m"), when("x", "join", "True"),
        )
    )  # fmt: skip
    run.start()
    run.complete("b")
    assert run.open == ["a", "after"]
    run.complete("a")
    assert run.open == ["after", "after"]


def test_two_joins_that_one_input_frees_go_on_in_the_same_order_after_a_restore() -> None:
    """The inner one waits first; a restored instance lists the outer scope first."""
    run = Lived(
        diagram(
            start("s"), parallel("split"), end("e"),
            sub("deep", start("i"), inclusive("is", otherwise="ib"), user("ia"), user("ib"), inclusive("ij"), end("j"),
                boundary("iw", "ia", message("go")), path("iw", "ij"),
                path("i", "is"), when("is", "ia", "True"), when("is", "ib", "True").replace("is-ib", "is-both"),
                path("is", "ib", "ij", "j"), path("ia", "ij")),
            inclusive("os", otherwise="ob"), user("oa"), user("ob"), inclusive("oj"), path("ow", "oj"),
            boundary("ow", "oa", message("go")), path("s", "split", "deep", "e"), path("split", "os"),
            when("os", "oa", "True"),
            when("os", "ob", "True").replace("os-ob", "os-both"), path("os", "ob", "oj", "e"), path("oa", "oj"),
        )
    )  # fmt: skip
    run.start()
    run.complete("ib")
    run.complete("ob")
    assert run.message("go").ended
