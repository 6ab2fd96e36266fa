"""The closed lists that the rest of the house owns and a bundle may only name things from."""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

FORM_CHECKS: Final = frozenset(
    {
        "upn", "school_day", "not_before", "not_after", "within_school_days", "different_school", "notice_period",
        "lawful_outcome",
    }
)  # fmt: skip

ParameterKind = Literal["any", "notice", "process", "fact", "recipient"]


class Operator(msgspec.Struct, frozen=True):
    """What an operator takes: parameters by name, of which some are required.

    A literal of kind `notice`, `process`, `fact` or `recipient` must name one that is there. `more` takes further
    parameters, as `start_process` does for the variables that it hands over.
    """

    parameters: Mapping[str, ParameterKind] = {}
    required: frozenset[str] = frozenset()
    more: bool = False


class Known(msgspec.Struct, frozen=True):
    """What there is. `None` for a list means that it is not known here, and that nothing is asked of it."""

    roles: frozenset[str] | None = None
    operators: Mapping[str, Operator] | None = None
    milestones: frozenset[str] | None = None
    policy_keys: frozenset[str] | None = None
    facts: frozenset[str] | None = None
    processes: frozenset[str] | None = None
    recipients: frozenset[str] | None = None  # parties and roles to whom notices go
    form_checks: frozenset[str] = FORM_CHECKS
    form_keywords: frozenset[str] = frozenset()  # beyond those of `bpmn/README.md`


PERMISSIVE: Final = Known()
"""Knows nothing of the house, so that a bundle is judged by what is in its folder alone."""
