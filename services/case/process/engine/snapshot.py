"""An instance as bytes and back. A cache: never the truth, always disposable, thrown away when the format changes.

Lists, not objects, where order carries meaning, so that no store can reorder it. Data shared between a scope and its
tokens is written once and shared again after reading.
"""

from typing import Any

import msgspec

from services.case.process.engine.definition import Definition
from services.case.process.engine.scope import Scope, TopScope
from services.case.process.engine.token import Token

FORMAT = 1


class Stale(Exception):
    """The snapshot is of another format or engine: build the instance from its inputs instead."""


def write(top: TopScope) -> bytes:
    scopes = [_scope(top, None)]
    scopes += [_scope(scope, scope.activity) for scope in top.subprocesses.values()]
    return msgspec.json.encode([FORMAT, top.counter, top.completed, top.outcome, scopes, list(top.open)])


def _scope(scope: Any, activity: Token | None) -> list[Any]:
    shared = activity is not None and scope.variables is activity.data
    return [
        None if activity is None else activity.id,
        None if shared else scope.variables,
        scope.occurrences,
        [_token(token, scope) for token in scope.tasks.values()],
    ]


def _token(token: Token, scope: Any) -> list[Any]:
    own = None if token.data is scope.variables else token.data
    return [token.id, token.task_spec.name, token._parent, token._state, token.key, token.internal_data, own]


def read(definition: Definition, state: bytes) -> TopScope:
    number, *rest = msgspec.json.decode(state)
    if number != FORMAT:
        raise Stale(number)
    counter, completed, outcome, scopes, open_ = rest
    top = TopScope(definition.spec, definition.subprocess_specs, scopes[0][1])
    tokens: dict[int, Token] = {}
    for activity_id, variables, occurrences, rows in scopes:
        scope: Any = top
        if activity_id is not None:
            activity = tokens[activity_id]
            spec = definition.subprocess_specs[activity.task_spec.spec]
            scope = Scope(spec, activity, activity.data if variables is None else variables)
            top.subprocesses[activity_id] = scope
        scope.occurrences = occurrences
        for id, name, parent, status, key, internal, own in rows:
            spec = definition.by_name[scope.spec.name][name]
            token = tokens[id] = Token(scope, spec, tokens.get(parent), id)
            token._state, token.key, token.internal_data = status, key, internal
            if own is not None:
                token.data = own
    top.counter, top.completed, top.outcome = counter, completed, outcome
    by_key = {token.key: token for token in tokens.values() if token.key}
    top.open = {key: by_key[key] for key in open_}
    # In the order in which they came, which is that of their ids, whatever scope they are in.
    gathering = [t for t in tokens.values() if hasattr(t.task_spec, "reaches") and t.task_spec.waits(t)]
    top.gathering = {token.id: token for token in sorted(gathering, key=lambda token: token.id)}
    return top
