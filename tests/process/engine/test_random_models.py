"""Random processes: after each input the engine has open what an interpreter of its own says, and ends with it.

The same paths are lived through in three ways, so that each input also proves replay and snapshots.
"""

from random import Random

from services.case.process.engine import Complete, Fire, NotOpen, Receive
from tests.process.engine.blocks import Model, grow
from tests.process.engine.drawing import draw
from tests.process.engine.effort import MODELS, PATHS, SEED
from tests.process.engine.lived import Lived, define
from tests.process.engine.token_game import Game

LONGEST = 40  # inputs of a path


def walk(model: Model, run: Lived, random: Random) -> int:
    """One path through a model; how many inputs it took."""
    variables = model.begin(random)
    game = Game(model, variables)
    run.start(**variables)
    for inputs in range(1, LONGEST):
        agree(run, game)
        if game.ended:
            return inputs
        key = random.choice(sorted(game.open))
        name = key.rpartition("/")[2].partition("#")[0]
        match game.open[key]:
            case "task":
                answers = model.answer(random)
                game.complete(key, answers)
                run.take(Complete(key, answers))
            case "timer":
                game.fire(key)
                run.take(Fire(key))
            case "message":
                game.message(name)
                run.message(name)
        if random.random() < 0.1:
            run.refuses(random.choice((Receive("nobody"), Complete(key + "0"), Fire("t1#1"))))
    agree(run, game)
    return LONGEST


def agree(run: Lived, game: Game) -> None:
    assert sorted(run.live.open) == sorted(game.open)
    assert run.live.ended is game.ended
    assert run.variables == game.variables


def test_the_engine_plays_random_models_as_the_interpreter_does() -> None:
    paths, inputs, ended = 0, 0, 0
    for number in range(MODELS):
        model = grow(Random(f"{SEED}/{number}"))
        definition = define(draw(model))
        for path in range(PATHS):
            run = Lived(definition)
            try:
                inputs += walk(model, run, Random(f"{SEED}/{number}/{path}"))
            except (AssertionError, NotOpen) as wrong:
                raise AssertionError(f"TESTS_RANDOM={SEED}, model {number}, path {path}: {model.body}") from wrong
            paths, ended = paths + 1, ended + run.live.ended
            if path == 0:
                assert run.rebuilt().snapshot() == run.state
    assert paths == MODELS * PATHS >= 1_000
    assert inputs > 8 * paths and ended > paths // 2
