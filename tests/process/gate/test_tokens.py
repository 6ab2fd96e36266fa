"""The token game: what may be drawn and what may not, told by the smallest diagrams, and how long it takes."""

import time

import pytest

from services.case.process.gate import check_diagram
from services.case.process.gate.diagram import open_diagram
from services.case.process.gate.tokens.explore import Played
from services.case.process.gate.tokens.plays import Plays

KINDS = {
    "S": "startEvent", "E": "endEvent", "U": "userTask", "X": "exclusiveGateway", "A": "parallelGateway",
    "O": "inclusiveGateway",
}  # fmt: skip


def drawn(flows: str, extra: str = "") -> bytes:
    """A process of nodes whose first letter says their kind. The last flow out of a choice is its default."""
    pairs = [tuple(flow.split(">")) for flow in flows.split()]
    names = dict.fromkeys(name for pair in pairs for name in pair)
    last = {source: f"{source}{target}" for source, target in pairs}
    nodes = "".join(
        f'<bpmn:{KINDS[name[0]]} id="{name}"' + (f' default="{last[name]}"' if name[0] in "XO" else "") + " />"
        for name in names
        if name[0] in KINDS
    )
    lines = "".join(
        f'<bpmn:sequenceFlow id="{source}{target}" sourceRef="{source}" targetRef="{target}">'
        + ("<bpmn:conditionExpression>x</bpmn:conditionExpression>" if _conditional(source, target, last) else "")
        + "</bpmn:sequenceFlow>"
        for source, target in pairs
    )
    return (
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d">'
        f'<bpmn:process id="p">{nodes}{extra}{lines}</bpmn:process></bpmn:definitions>'
    ).encode()


def _conditional(source: str, target: str, last: dict[str, str]) -> bool:
    return source[0] in "XO" and last[source] != f"{source}{target}"


def errors(xml: bytes) -> set[str]:
    return {found.rule for found in check_diagram("x.bpmn", xml) if found.severity == "error"}


def played(xml: bytes) -> Played:
    diagram, _ = open_diagram("x.bpmn", xml, bare=True)
    assert diagram is not None
    return Plays([diagram]).played[diagram.processes[0]]


def reminder(host: str, interrupts: bool = False) -> str:
    return (
        f'<bpmn:boundaryEvent id="b{host}" attachedToRef="{host}" cancelActivity="{str(interrupts).lower()}">'
        '<bpmn:timerEventDefinition><bpmn:timeDuration>"P5D"</bpmn:timeDuration></bpmn:timerEventDefinition>'
        "</bpmn:boundaryEvent>"
    )


@pytest.mark.parametrize(
    "flows",
    [
        "S>U U>E",
        "S>X X>U1 X>U2 U1>X2 U2>X2 X2>E",
        "S>X X>U1 X>U2 U1>O U2>O O>E",  # an inclusive join after a choice waits for the one token
        "S>A A>U1 A>U2 U1>O U2>O O>U3 U3>E",  # and after a parallel split for both
        "S>O O>U1 O>U2 O>U3 U1>O2 U2>O2 U3>O2 O2>U4 U4>E",
        "S>O O>U1 O>A U1>O2 A>U2 A>U3 U2>A2 U3>A2 A2>O2 O2>E",
        "S>A A>X1 X1>U1 U1>X2 X2>X1 X2>A2 A>U2 U2>A2 A2>E",  # a loop inside a branch
        "S>A A>U1 A>U2 U1>E U2>E",
        "S>A A>U1 A>U2 U1>A2 U2>A2 A2>E",
        "S>X1 X1>A A>U1 A>U2 U1>A2 U2>A2 A2>X2 X2>X1 X2>E",
    ],
)
def test_what_is_sound_is_accepted(flows: str) -> None:
    assert errors(drawn(flows)) == set()


@pytest.mark.parametrize(
    ("flows", "rule"),
    [
        ("S>X X>U1 X>U2 U1>A U2>A A>E", "deadlock"),
        ("S>O O>U1 O>U2 U1>A U2>A A>E", "deadlock"),
        ("S>A A>U1 A>X U1>A2 X>U2 X>A2 U2>E2 A2>E", "deadlock"),
        ("S>A A>U1 A>U2 U1>X U2>X X>E", "two-tokens"),
        ("S>A A>U1 A>U2 U1>U3 U2>U3 U3>E", "two-tokens"),
        ("S>A A>A1 A>A2 A1>U1 A1>U2 A2>U3 A2>U4 U1>A3 U3>A3 U2>X U4>X A3>E X>U5 U5>E2", "two-tokens"),
        ("S>X X>U1 X>A A>U2 A>U3 U1>E U2>X2 U3>X2 X2>U4 U4>E", "two-tokens"),
        ("S>X X>U1 X>E U1>U2 U2>U1", "loop-without-exit"),
        ("S>X X>X1 X>E X1>X2 X2>X1", "endless-loop"),
        ("S>U U>E U2>E", "unreachable"),
    ],
)
def test_what_is_unsound_is_refused(flows: str, rule: str) -> None:
    assert rule in errors(drawn(flows))


def test_a_branch_added_by_a_reminder_may_end_or_come_back() -> None:
    assert errors(drawn("S>U U>E bU>U2 U2>E2", reminder("U"))) == set()
    assert errors(drawn("S>U U>X bU>U2 U2>X X>U3 U3>E", reminder("U"))) == set()


def test_a_branch_added_by_a_reminder_may_not_start_its_own_activity_again() -> None:
    assert errors(drawn("S>X X>U U>E bU>U2 U2>X", reminder("U"))) == {"two-tokens"}


def test_a_branch_added_by_a_reminder_may_not_split_and_meet_without_a_join() -> None:
    assert "two-tokens" in errors(drawn("S>U U>E bU>A A>U2 A>U3 U2>X U3>X X>U4 U4>E2", reminder("U")))


def test_a_join_may_not_wait_for_a_reminder() -> None:
    assert "deadlock" in errors(drawn("S>U U>A bU>U2 U2>A A>E", reminder("U")))


def test_a_timer_that_interrupts_takes_the_token_along() -> None:
    assert errors(drawn("S>U U>X bU>U2 U2>X X>E", reminder("U", interrupts=True))) == set()
    assert "deadlock" in errors(drawn("S>U U>A bU>U2 U2>A A>E", reminder("U", interrupts=True)))


def test_markings_are_counted_as_a_person_would() -> None:
    assert played(drawn("S>U1 U1>U2 U2>E")).states == 3  # at U1, at U2, ended
    # both open, either done and waiting at the join, ended
    assert played(drawn("S>A A>U1 A>U2 U1>A2 U2>A2 A2>E")).states == 4


def branches(count: int) -> bytes:
    return drawn(" ".join(["S>A", *(f"A>U{n} U{n}>A2" for n in range(count)), "A2>E"]))


def test_up_to_ten_thousand_markings_are_looked_at() -> None:
    assert played(branches(13)).states == 2**13
    assert errors(branches(13)) == set()
    assert errors(branches(14)) == {"too-many-states"}


def test_a_process_of_sixty_elements_takes_less_than_a_second() -> None:
    row = " ".join(f"U{n}>X{n} X{n}>U{n} X{n}>U{n + 1}" for n in range(1, 20))
    chain = drawn(f"S>A A>U1 A>U90 U90>U91 U91>U92 U92>A2 {row} U20>A2 A2>E")

    started = time.process_time()
    assert errors(chain) == set()
    assert time.process_time() - started < 1


def test_explosions_and_wide_choices_are_given_up_quickly() -> None:
    wide = drawn(" ".join(["S>O", *(f"O>U{n} U{n}>E" for n in range(30))]))
    for xml in (branches(40), wide):
        started = time.process_time()
        assert "too-many-states" in errors(xml)
        assert time.process_time() - started < 2
