"""The first of several messages decides."""

from services.case.process.engine import Await, Receive
from tests.process.engine.diagrams import catch, diagram, end, first_of, message, path, service, start, user
from tests.process.engine.lived import Lived, operators

REPLY = diagram(
    start("s"), first_of("which"), catch("yes", message("accepted", variable="answer")),
    catch("no", message("declined")), user("go"), user("stop"), end("e"),
    path("s", "which", "yes", "go", "e"), path("which", "no", "stop", "e"),
)  # fmt: skip


def test_each_message_is_awaited_and_the_first_takes_its_way() -> None:
    run = Lived(REPLY)
    step = run.start()
    assert step.awaits == [Await("which#1", "yes", "accepted"), Await("which#1", "no", "declined")]
    step = run.message("accepted", on="Friday")
    assert step.path == [("which-yes", "yes#1"), ("yes-go", "go#1")]
    assert run.open == ["go"] and run.variables == {"answer": {"on": "Friday"}}
    run.refuses(Receive("declined"))


def test_the_other_way() -> None:
    run = Lived(REPLY)
    run.start()
    run.message("declined")
    assert run.open == ["stop"] and run.variables == {}


def test_a_message_behind_the_gateway_can_be_of_one_linked_instance() -> None:
    xml = diagram(
        start("s"), service("begin", "start_process", result="linked"), first_of("which"),
        catch("over", message("panel_ended"), instance="linked"), catch("no", message("withdrawn")),
        user("read"), end("e"),
        path("s", "begin", "which", "over", "read", "e"), path("which", "no", "e"),
    )  # fmt: skip
    run = Lived(xml, operators({"start_process": "7"}))
    step = run.start()
    assert step.awaits[0] == Await("which#1", "over", "panel_ended", "7")
    run.refuses(Receive("panel_ended", {"instance": "6"}))
    assert run.live.awaits("panel_ended", {"instance": "7"}) and run.live.awaits("withdrawn")
    assert not run.live.awaits("panel_ended") and not run.live.awaits("other")
    assert run.live.snapshot() == run.state, "to ask has changed nothing"
    run.message("panel_ended", instance="7")
    assert run.open == ["read"]
