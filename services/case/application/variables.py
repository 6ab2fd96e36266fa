"""What a process knows when it starts: the values of its `[variables]`."""

from collections.abc import Mapping
from typing import Any

from services.case.application.reference import Reference
from services.case.domain.case import Case
from services.case.process.process_file import Source


def values_of(variables: Mapping[str, Source], case: Case, reference: Reference) -> dict[str, Any]:
    """From the facts of the case and its policy, else the default."""
    values: dict[str, Any] = {}
    for name, source in variables.items():
        if source.fact is not None:
            value = case.facts.get(source.fact)
            values[name] = source.default if value is None else value
        elif source.policy is not None:
            values[name] = reference.policy(case.policy)[source.policy]
        else:
            values[name] = source.given
    return values
