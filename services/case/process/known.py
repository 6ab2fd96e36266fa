"""What the gate may take for granted: the closed lists of the house."""

from typing import get_args

from services.case.domain.milestones import MILESTONES
from services.case.domain.people import PARTIES, Role
from services.case.process.checks import CHECKS
from services.case.process.gate import Known, Operator
from services.case.process.gate.known import ParameterKind
from services.case.process.operators import OPERATORS

KINDS: dict[tuple[str, str], ParameterKind] = {
    ("send_notice", "notice"): "notice",
    ("send_notice", "to"): "recipient",
    ("start_process", "process"): "process",
    ("set_fact", "name"): "fact",
}


def known(processes: frozenset[str] | None = None, policy_keys: frozenset[str] | None = None) -> Known:
    """`processes` are those that `start_process` may name; `policy_keys` those of the catalogue."""
    roles = frozenset(get_args(Role))
    operators = {
        name: Operator(
            {parameter: KINDS.get((name, parameter), "any") for parameter in operator.parameters},
            frozenset(operator.parameters),
            operator.more,
        )
        for name, operator in OPERATORS.items()
    }
    return Known(
        roles=roles,
        operators=operators,
        milestones=MILESTONES,
        policy_keys=policy_keys,
        processes=processes,
        recipients=roles | PARTIES.keys(),
        form_checks=frozenset(CHECKS),
        form_keywords=frozenset({"x-entry", "x-readers"}),
    )
