"""The closed list of what an expression may hold, and its translation to a function of the variables."""

import ast
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from services.case.process.expressions.refusals import ExpressionRefused, NotATime, TimeUnquoted, short
from services.case.process.expressions.timing import Timing, timing_of, unquoted

DEEPEST: Final = 60  # levels of nesting
LONGEST_LITERAL: Final = 1_000  # characters of one text in quotation marks

FUNCTIONS: Final = frozenset({"len", "all", "any"})
METHODS: Final = {  # method -> fewest and most arguments
    "get": (1, 2),
    "keys": (0, 0),
    "values": (0, 0),
    "items": (0, 0),
    "lower": (0, 0),
    "upper": (0, 0),
    "strip": (0, 0),
    "startswith": (1, 1),
    "endswith": (1, 1),
}
FOREIGN_WORDS: Final = {"true": "True", "false": "False", "null": "None"}

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_TAKEN: Final = FUNCTIONS | FOREIGN_WORDS.keys() | {"deadline", "True", "False", "None"}
_GUARDS: Final[dict[type, str]] = {ast.Add: "_plus", ast.Sub: "_minus", ast.Mult: "_times"}
_ORDERED: Final = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn)
_WORDS: Final[dict[type, str]] = {
    ast.Lambda: "a function of its own",
    ast.JoinedStr: "a formatted text",
    ast.NamedExpr: "an assignment inside an expression",
    ast.Starred: "a star",
    ast.Slice: "a slice",
    ast.Set: "a set (write a list in square brackets)",
    ast.SetComp: "a set built by a loop",
    ast.DictComp: "a dictionary built by a loop",
    ast.GeneratorExp: "a loop outside all(…), any(…) and square brackets",
    ast.Await: "await",
    ast.Yield: "yield",
    ast.YieldFrom: "yield",
}


def is_name(word: str) -> bool:
    """Whether a variable may be called this."""
    return bool(_NAME.fullmatch(word)) and "__" not in word and word not in _TAKEN


class Translator:
    """Walks one text. What it returns reads variables only as `v["name"]` and calls only what is listed here.

    Afterwards `reads` are the variables needed from outside, `assigns` those set, `deadlines` the names given
    to `deadline(…)` and `times` the durations and dates that stand in the text word for word.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.reads: set[str] = set()
        self.assigns: set[str] = set()
        self.deadlines: set[str] = set()
        self.times: list[Timing] = []
        self._bound: list[str] = []
        self._loops = 0
        self._depth = 0

    def value(self, node: ast.expr) -> ast.expr:
        """The translation of one expression."""
        translate = _TRANSLATIONS.get(type(node))
        if translate is None:
            raise self._refused(f"holds {_WORDS.get(type(node), 'something that is not allowed there')}")
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._refused("is nested too deeply")
        translated = translate(self, node)
        self._depth -= 1
        return translated

    def timing(self, node: ast.expr) -> ast.expr:
        """The translation of an expression that says when; only its outcome may be a `deadline(…)`."""
        if isinstance(node, ast.IfExp):
            return ast.IfExp(self.value(node.test), self.timing(node.body), self.timing(node.orelse))
        if isinstance(node, ast.Constant):
            found = timing_of(node.value)
            if isinstance(found, str):
                raise NotATime(f"“{short(self.text)}” does not say when: {found}.")
            self.times.append(found)
        elif isinstance(node, ast.Name) and unquoted(node.id):
            raise TimeUnquoted(f'“{short(self.text)}” holds {node.id} without quotation marks: write "{node.id}".')
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "deadline":
            return self._deadline(node)
        return self.value(node)

    def assignment(self, statement: ast.stmt) -> ast.stmt:
        """The translation of one line of a script."""
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            return self._put(statement.targets[0], self.value(statement.value))
        if isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add | ast.Sub):
            target = statement.target
            if isinstance(target, ast.Name | ast.Subscript):
                return self._put(target, self._guarded(statement.op, target, statement.value))
        raise self._refused("is not an assignment of the form name = …, name[…] = … or name += …")

    def _put(self, target: ast.expr, value: ast.expr) -> ast.stmt:
        if isinstance(target, ast.Name):
            place = _variable(self._checked(target.id), ast.Store())
            self.assigns.add(target.id)
            return ast.Assign([place], _call("_kept", value))
        if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
            container, place = self.value(target.value), self.value(target.slice)
            self.assigns.add(target.value.id)
            return ast.Expr(_call("_put", container, place, value))
        raise self._refused("assigns to something other than name or name[…]")

    def _name(self, node: ast.Name) -> ast.expr:
        if node.id in self._bound:
            return ast.Name(f"b_{node.id}", ast.Load())
        name = self._checked(node.id)
        if name not in self.assigns:
            self.reads.add(name)
        return _variable(name, ast.Load())

    def _checked(self, name: str) -> str:
        if name in FOREIGN_WORDS:
            raise self._refused(f"holds {name}: write {FOREIGN_WORDS[name]}")
        if name in _TAKEN:
            raise self._refused(f"uses {name} as a variable, which is a function")
        if not is_name(name):
            raise self._refused(f"uses {short(name)}, which no variable may be called")
        return name

    def _constant(self, node: ast.Constant) -> ast.expr:
        value = node.value
        if isinstance(value, str):
            if len(value) > LONGEST_LITERAL:
                raise self._refused(f"holds a text of more than {LONGEST_LITERAL} characters")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            if not -(10**15) <= value <= 10**15:
                raise self._refused("holds a number that is too large")
        elif value is not None and not isinstance(value, bool):
            raise self._refused("holds a value that is no text, number, True, False or None")
        return node

    def _list(self, node: ast.List | ast.Tuple) -> ast.expr:
        # A tuple becomes a list: variables hold what JSON can say, also after a restart.
        return ast.List([self.value(part) for part in node.elts], ast.Load())

    def _dict(self, node: ast.Dict) -> ast.expr:
        if None in node.keys:
            raise self._refused("holds a star")
        keys = [_call("_key", self.value(key)) for key in node.keys if key is not None]
        return ast.Dict(list(keys), [self.value(value) for value in node.values])

    def _unary(self, node: ast.UnaryOp) -> ast.expr:
        if isinstance(node.op, ast.Invert):
            raise self._refused("holds ~")
        return ast.UnaryOp(node.op, self.value(node.operand))

    def _bool(self, node: ast.BoolOp) -> ast.expr:
        return ast.BoolOp(node.op, [self.value(part) for part in node.values])

    def _binary(self, node: ast.BinOp) -> ast.expr:
        return self._guarded(node.op, node.left, node.right)

    def _guarded(self, op: ast.operator, left: ast.expr, right: ast.expr) -> ast.expr:
        guard = _GUARDS.get(type(op))
        if guard is None:
            raise self._refused("calculates with something other than + - *")
        for side in (left, right):
            text = isinstance(side, ast.Constant) and not isinstance(side.value, int | float)
            listed = isinstance(side, ast.List | ast.Tuple | ast.Dict | ast.ListComp)
            if (text or listed) and not isinstance(op, ast.Add):
                raise self._refused("multiplies or subtracts something that is not a number")
        return _call(guard, self.value(left), self.value(right))

    def _compare(self, node: ast.Compare) -> ast.expr:
        for op, right in zip(node.ops, node.comparators, strict=True):
            single = isinstance(right, ast.Constant) and (right.value is None or isinstance(right.value, bool))
            if not isinstance(op, _ORDERED) and not single:
                raise self._refused("asks “is” of something other than None, True or False")
        return ast.Compare(self.value(node.left), node.ops, [self.value(part) for part in node.comparators])

    def _if(self, node: ast.IfExp) -> ast.expr:
        return ast.IfExp(self.value(node.test), self.value(node.body), self.value(node.orelse))

    def _part(self, node: ast.Subscript) -> ast.expr:
        return ast.Subscript(self.value(node.value), self.value(node.slice), ast.Load())

    def _called(self, node: ast.Call) -> ast.expr:
        if node.keywords:
            raise self._refused("names an argument")
        if isinstance(node.func, ast.Name):
            return self._function(node.func.id, node.args)
        if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
            return self._method(node.func.value, node.func.attr, node.args)
        raise self._refused("calls something that is not on the list")

    def _function(self, name: str, arguments: list[ast.expr]) -> ast.expr:
        if name == "deadline":
            raise self._refused("asks for a deadline where none can be set")
        if name not in FUNCTIONS or len(arguments) != 1:
            raise self._refused(f"calls {short(name)}: only len(…), all(…) and any(…), each with one argument")
        argument = arguments[0]
        if name != "len" and isinstance(argument, ast.GeneratorExp):
            element, loop = self._loop(argument.elt, argument.generators)
            return _call(name, ast.GeneratorExp(element, [loop]))
        return _call(name, self.value(argument))

    def _method(self, owner: ast.expr, method: str, arguments: list[ast.expr]) -> ast.expr:
        fewest, most = METHODS[method]
        if not fewest <= len(arguments) <= most:
            raise self._refused(f"calls .{method} with a wrong number of arguments")
        translated = self.value(owner)
        if method == "items":
            return _call("_pairs", translated)
        called = ast.Call(ast.Attribute(translated, method, ast.Load()), [self.value(part) for part in arguments], [])
        return _call("_list", called) if method in ("keys", "values") else called

    def _listed(self, node: ast.ListComp) -> ast.expr:
        element, loop = self._loop(node.elt, node.generators)
        return ast.ListComp(element, [loop])

    def _loop(self, element: ast.expr, loops: list[ast.comprehension]) -> tuple[ast.expr, ast.comprehension]:
        if len(loops) != 1 or loops[0].is_async or self._loops >= 2:
            raise self._refused("loops over more than one thing at once")
        source = self.value(loops[0].iter)
        with self._binding(loops[0].target) as target:
            conditions = [self.value(condition) for condition in loops[0].ifs]
            return self.value(element), ast.comprehension(target, source, conditions, 0)

    @contextmanager
    def _binding(self, target: ast.expr) -> Iterator[ast.expr]:
        parts = target.elts if isinstance(target, ast.Tuple) else [target]
        names = [self._checked(part.id) for part in parts if isinstance(part, ast.Name)]
        if len(names) != len(parts) or not names:
            raise self._refused("loops with something other than names")
        self._bound += names
        self._loops += 1
        bound: list[ast.expr] = [ast.Name(f"b_{name}", ast.Store()) for name in names]
        yield ast.Tuple(bound, ast.Store()) if isinstance(target, ast.Tuple) else bound[0]
        self._loops -= 1
        del self._bound[-len(names) :]

    def _deadline(self, node: ast.Call) -> ast.expr:
        match node.args:
            case [ast.Constant(value=str(name)), *anchor] if len(anchor) <= 1 and not node.keywords:
                self.deadlines.add(name)
                return _call("_deadline", ast.Constant(name), *(self.value(part) for part in anchor))
        raise self._refused('writes a deadline otherwise than deadline("name") or deadline("name", date)')

    def _refused(self, what: str) -> ExpressionRefused:
        return ExpressionRefused(f"“{short(self.text)}” {what}.")


def _variable(name: str, context: ast.expr_context) -> ast.expr:
    return ast.Subscript(ast.Name("v", ast.Load()), ast.Constant(name), context)


def _call(function: str, *arguments: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(function, ast.Load()), list(arguments), [])


_TRANSLATIONS: Final[dict[type, Callable[[Translator, Any], ast.expr]]] = {
    ast.Name: Translator._name,
    ast.Constant: Translator._constant,
    ast.List: Translator._list,
    ast.Tuple: Translator._list,
    ast.Dict: Translator._dict,
    ast.UnaryOp: Translator._unary,
    ast.BoolOp: Translator._bool,
    ast.BinOp: Translator._binary,
    ast.Compare: Translator._compare,
    ast.IfExp: Translator._if,
    ast.Subscript: Translator._part,
    ast.Call: Translator._called,
    ast.ListComp: Translator._listed,
}
