"""What a step of a process left on the diagram: recorded beside the input that caused it.

Who reads a case (a page, an auditor's replay, a subscriber) uses this and never runs the engine. Keys read
`scope/element#occurrence[instance]`.
"""

from typing import Any

import msgspec


class Effect(msgspec.Struct, frozen=True, omit_defaults=True):
    """An operator that the diagram called, and its answer, journalled so that a re-run does nothing twice."""

    element: str
    operator: str
    parameters: dict[str, Any]
    result: Any = None


class Trace(msgspec.Struct, omit_defaults=True):
    """`path`: `[flow, key]` of every element entered, in order, flow "" where none led there · `left`: keys that held
    a token (or were armed) before and do no more · `active`: keys entered that still hold one · `awaited`:
    `[key, message]` of each message awaited since · `ended`: the instance is over, with this `outcome`.
    """

    path: list[tuple[str, str]] = []
    left: list[str] = []
    active: list[str] = []
    awaited: list[tuple[str, str]] = []
    effects: list[Effect] = []
    ended: bool = False
    outcome: str | None = None


def element_of(key: str) -> str:
    """The element's id in a key.

    >>> element_of("agreement#2/record_agreement#1[parent]")
    'record_agreement'
    """
    return key.rpartition("/")[2].partition("#")[0]


def scope_of(key: str) -> str:
    """The key of the activity that a key lies in, "" for the process itself.

    >>> scope_of("asking#1[AP-1001]/reply#1")
    'asking#1[AP-1001]'
    """
    return key.rpartition("/")[0]
