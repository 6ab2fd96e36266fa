"""The policies of an authority as they were put in use: each with its values, and what it changed."""

from datetime import date
from typing import Any

import msgspec

from services.case.application.in_use import InUse, PolicyPut
from services.case.application.reference import Reference
from services.case.policy.authorities import NoPolicyOnThatDay
from services.case.policy.catalogue import PARAMETERS, default_of
from services.case.policy.policy import Policy


def told(state: InUse, reference: Reference, today: date) -> dict[str, Any]:
    """`policies`, the latest day first; of several for the same day the last one put in use counts. Each with
    `changed`: the keys whose values are other than in the policy before its day. Asks the database for stored ones."""
    authority = reference.authorities[state.code]
    try:
        in_force = reference.policy_at(state.code, today).hash
    except NoPolicyOnThatDay:
        in_force = ""
    ordered = sorted(enumerate(state.policies), key=lambda place_put: (place_put[1].effective_from, place_put[0]))
    policies, before = [], None
    for _, put in ordered:
        policy = reference.policy(put.policy)
        policies.append(_told_of(put, policy, before, in_force))
        before = policy
    return {"authority": state.code, "name": authority.name, "policies": policies[::-1]}


def _told_of(put: PolicyPut, policy: Policy, before: Policy | None, in_force: str) -> dict[str, Any]:
    return {
        "policy": put.policy,
        "effective_from": put.effective_from,
        "in_force": put.policy == in_force,
        "put_in_use_on": put.on,
        "by": put.by,
        "changed": sorted(key for key in policy.values if before is not None and _of(before, key) != _of(policy, key)),
        "values": [
            {
                "key": parameter.key,
                "value": _of(policy, parameter.key),
                "strength": parameter.strength,
                "basis": parameter.basis,
                "departs": parameter.strength == "GUIDANCE"
                and put.effective_from >= parameter.since
                and _of(policy, parameter.key) != _as_stored(default_of(parameter.key)),
            }
            for parameter in PARAMETERS.values()
            if _of(policy, parameter.key) is not None
        ],
    }


def _of(policy: Policy, key: str) -> Any:
    """The value of a key, None where the policy is older than the law or the key that it must be given."""
    try:
        return _as_stored(policy[key])
    except KeyError:
        return None


def _as_stored(value: Any) -> Any:
    """As policies keep it: a default of the catalogue may be a tuple or a struct."""
    return msgspec.json.decode(msgspec.json.encode(value))
