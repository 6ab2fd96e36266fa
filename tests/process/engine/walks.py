"""A random walk: at each step one of the open things happens, or something that nobody awaits."""

from random import Random
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions import SignalEventDefinition as Signal

from services.case.domain.trace import element_of
from services.case.process.decisions import NoRowMatches, TwoRowsMatch
from services.case.process.engine import Await, Complete, Fire, Input, Instance, Offer, Receive, Start, Timer
from services.case.process.engine.gateways import NoWayOn
from services.case.process.expressions import ExpressionFailed
from tests.process.engine.lived import Lived
from tests.process.engine.worlds import World

UNANSWERABLE = (ExpressionFailed, NoRowMatches, TwoRowsMatch, NoWayOn)  # answers at random need not make sense


def walk(world: World, random: Random, longest: int = 30) -> tuple[int, Lived]:
    """One walk; how many inputs were taken, and the instance as it then is."""
    mood = world.mood(random)
    run = Lived(world.definition, world.call(random, mood))
    seen: set[str] = set()
    for _ in range(longest):
        given = promising(world, run, random, mood, seen)
        if given is None:
            break
        try:
            step = run.take(given)
            seen |= {element_of(key) for _, key in step.path}
        except UNANSWERABLE:
            run.recover()
        if run.journal and random.random() < 0.15:
            run.refuses(useless(random))
    assert run.rebuilt().snapshot() == run.state
    return len(run.journal), run


def promising(world: World, run: Lived, random: Random, mood: dict[str, Any], seen: set[str]) -> Input | None:
    """Something that can happen now, if possible with something new to follow; None where nothing can."""
    given = None
    for attempt in range(world.tries):
        given = choose(world, run, random, mood)
        if given is None or attempt == world.tries - 1:
            break
        try:
            step = Instance.restore(world.definition, run.state).apply(given, run.call)
        except UNANSWERABLE:
            continue
        if not step.ended and {element_of(key) for _, key in step.path} - seen:
            break
    return given


def choose(world: World, run: Lived, random: Random, mood: dict[str, Any]) -> Input | None:
    """Something that can happen now; None where nothing can."""
    if not run.journal:
        return Start(world.start(random, mood))
    tokens = run.live._top.open
    inside = {k for k, t in tokens.items() if isinstance(getattr(t.task_spec, "event_definition", 0), Signal)}
    possible = [key for key in run.opened if key not in inside]
    if not possible:
        return None
    match random.choice(run.opened[random.choice(possible)]):
        case Offer(key):
            return Complete(key, world.answer(random, mood))
        case Timer(key):
            return Fire(key)
        case Await(_, _, message, instance):
            payload: dict[str, Any] = {"outcome": random.choice(("DONE", "REFUSED")), "party": "parent"}
            return Receive(message, payload if instance is None else {**payload, "instance": instance})


def useless(random: Random) -> Input:
    """An input that meets nothing."""
    return random.choice((Receive("nobody"), Fire("gone#1"), Complete("gone#1", {"x": 1}), Start({})))
