"""Random walks over the sound models, the bundles and random processes: state is a fold of the inputs.

After every input the live instance, one restored from the snapshot before it and one replayed from the start have the
same bytes, and the step that each re-derives is the one recorded (`lived.py`).
"""

from collections import Counter
from collections.abc import Callable, Iterable
from random import Random

from hypothesis import given, seed
from hypothesis import strategies as st

from tests.process.engine.blocks import grow
from tests.process.engine.drawing import draw
from tests.process.engine.effort import SEED, examples
from tests.process.engine.lived import define
from tests.process.engine.walks import walk
from tests.process.engine.worlds import World, bundles, sound_models


def random_models(count: int) -> Iterable[World]:
    for number in range(count):
        model = grow(Random(f"{SEED}/walks/{number}"))
        begin = {**model.answers, **{name: [0] for name in model.counts}}
        yield World(f"random model {number}", define(draw(model)), begin, model.answers)


def walker(world: World, times: int, counted: Counter[str]) -> Callable[[], None]:
    """Walks through small models shrink when they fail; through large ones they go further if drawn evenly."""
    large = len(world.definition.by_name[world.definition.process]) > 20

    @seed(SEED)
    @examples(times)
    @given(st.randoms(use_true_random=large))
    def walked(random: Random) -> None:
        inputs, run = walk(world, random)
        counted.update({"walks": 1, "inputs": inputs, "ended": run.live.ended, world.name: inputs})

    return walked


def walk_over(worlds: Iterable[World], times: int, counted: Counter[str]) -> None:
    for world in worlds:
        try:
            walker(world, times, counted)()
        except BaseException as wrong:
            wrong.add_note(f"{world.name}, TESTS_RANDOM={SEED}")
            raise


def test_live_restored_and_replayed_instances_never_differ() -> None:
    counted: Counter[str] = Counter()
    models, processes = sound_models(), bundles()
    assert len(models) >= 25
    walk_over(models, 6, counted)
    assert counted["ended"] > counted["walks"] // 2
    walk_over(processes, 60, counted)
    assert all(counted[world.name] >= 100 for world in processes), counted
    walk_over(random_models(100), 3, counted)
    assert counted["walks"] >= 300
    assert counted["inputs"] >= 5_000
