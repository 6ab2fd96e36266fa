"""Anyone can check the chain of a stream from what is published, as the page for subscribers says."""

import doctest
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contracts import chain
from tests.contracts.subscribed import SCENARIOS, Played, play

Follows = Callable[[dict[str, Any], bytes], bool]
PAGE = Path(chain.__file__).with_name("README.md").read_text()


def test_its_examples_hold() -> None:
    result = doctest.testmod(chain)

    assert result.attempted >= 2
    assert result.failed == 0


@pytest.fixture(scope="module")
def follows() -> Follows:
    """The check as subscribers read it."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    check: Follows = names["follows"]
    return check


def test_every_event_of_a_stream_follows_the_one_before_it(scenario: Played, follows: Follows) -> None:
    previous = chain.GENESIS
    for event in scenario.published:
        assert follows(event, previous)
        previous = bytes.fromhex(event["hash"])


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("partitionkey", "00000000-0000-0000-0000-000000000001"),
        ("sequence", 3),
        ("type", "case.task_cancelled.v1"),
        ("time", "2026-11-03T09:00:00.000001Z"),
        ("prevhash", "0" * 64),
        ("hash", "0" * 64),
        ("factshash", "0" * 64),
        ("sealedhash", "0" * 64),
    ],
)
def test_what_was_altered_does_not_follow(follows: Follows, attribute: str, value: Any) -> None:
    first, second, *_ = play(next(iter(SCENARIOS))).published
    previous = bytes.fromhex(first["hash"])

    assert follows(second, previous)
    assert not follows({**second, attribute: value}, previous)


def test_an_event_left_out_is_noticed(follows: Follows) -> None:
    first, _, third, *_ = play(next(iter(SCENARIOS))).published

    assert not follows(third, bytes.fromhex(first["hash"]))
