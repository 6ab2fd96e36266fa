"""Whitelisted expressions: what is worked out, what is refused, and what is said when it cannot be."""

import pytest

from services.case.process.expressions import (
    Cycle,
    Deadline,
    Duration,
    ExpressionFailed,
    ExpressionRefused,
    Moment,
    VariableMissing,
    compile_expression,
    compile_script,
    compile_timer,
    is_name,
)

VARIABLES = {
    "sen": "E",
    "risk": 7,
    "flags": ["cla", "cin"],
    "agreements": {"parent": "yes", "pupil": "yes", "home_head": "no"},
    "parties": [{"role": "parent", "signs": True}, {"role": "pupil", "signs": False}],
    "accepted": True,
    "nothing": None,
    "starts_on": "2026-11-03",
}

WORKED_OUT = [
    ("sen == 'E'", True),
    ('sen in ("E", "K") and not accepted', False),
    ("0 < risk <= 10", True),
    ("'cla' in flags", True),
    ("'send' not in flags", True),
    ("nothing is None", True),
    ("accepted is not False", True),
    ("risk + 2 * 3 - 1", 12),
    ("-risk", -7),
    ("'a' + sen", "aE"),
    ("flags + ['x']", ["cla", "cin", "x"]),
    ("agreements['parent']", "yes"),
    ("flags[-1]", "cin"),
    ("agreements.get('social_worker')", None),
    ("agreements.get('social_worker', 'no') == 'no'", True),
    ("len(flags)", 2),
    ("all(answer == 'yes' for answer in agreements.values())", False),
    ("any(answer == 'no' for answer in agreements.values())", True),
    ("all(agreements[p['role']] == 'yes' for p in parties if p['signs'])", True),
    ("any(role == 'parent' and answer == 'yes' for role, answer in agreements.items())", True),
    ("[p['role'] for p in parties if p['signs']]", ["parent"]),
    ("'high' if risk > 5 else 'low'", "high"),
    ("('a', risk)", ["a", 7]),
    ("{'risk': risk, sen: [1]}", {"risk": 7, "E": [1]}),
    ("sen.lower().startswith('e')", True),
    ("agreements.keys()", ["parent", "pupil", "home_head"]),
    ("any(flag in ['cla'] for flag in flags) or missing_altogether", True),
    ("\n   sen == 'E'\n   and risk > 5   # as the panel decides\n ", True),
    ("True", True),
]

HOSTILE = [
    "__import__('os').system('true')", "().__class__.__base__.__subclasses__()", "sen.__class__",
    "agreements.__getitem__('parent')", "getattr(sen, 'upper')", "eval('1')", "exec('x = 1')", "open('x')",
    "globals()", "len", "__builtins__", "_hidden", "dunder__name", "lambda: 1", "(lambda x: x)(1)",
    "f'{sen}'", "f'{sen.__class__}'", "(x := 5)", "[*flags]", "{**agreements}", "len(*flags)", "2 ** 9999",
    "1 << 9999", "'a' * 999999999", "[0] * 999999999", "7 / 2", "7 % 2", "'%s' % sen", "7 // 2", "~risk",
    "risk @ risk", "risk | 1", "99999999999999999999", "1e999", "1j", "b'a'", "...", "flags[0:1]",
    "{'a', 'b'}", "{x for x in flags}", "{x: x for x in flags}", "(x for x in flags)",
    "[x for x in flags for y in flags]", "all(all(all(c for c in b) for b in a) for a in flags)",
    "[x async for x in flags]", "all(flags for flags.x in flags)", "sen is risk", "'a' is sen",
    "sen.format(risk)", "sen.join(flags)", "flags.append(1)", "agreements.pop('parent')",
    "agreements.get(key='parent')", "agreements.get()", "len(flags, flags)", "sum(flags)", "range(10)",
    "deadline('reply')", "true", "false or accepted", "null", "import os", "x = 1", "await sen", "yield",
    "a) + (b", "a], [b", "sen, risk", "", "   \n ", "# only a remark", "sen ==", "a\x00b", "'\\d'",
    "sen if", "(" * 250 + "1" + ")" * 250, "not " * 400 + "x", "-" * 1000 + "1", "x" * 3000,
    "+".join(["risk"] * 300), "'" + "a" * 1500 + "'", "名前 == 1", "${sen}", "${sen == 'E'}",
    "sen == 'E' ? 1 : 2",
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), WORKED_OUT)
def test_an_expression_of_the_small_kind_is_worked_out(text: str, value: object) -> None:
    assert compile_expression(text)(VARIABLES) == value


@pytest.mark.parametrize("text", HOSTILE)
def test_anything_else_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ExpressionRefused) as refused:
        compile_expression(text)

    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert len(sentence) < 250


def test_an_expression_names_the_variables_it_reads() -> None:
    expression = compile_expression("all(x == sen for x in flags) and risk > 1")

    assert expression.names == {"flags", "sen", "risk"}
    assert expression.text == "all(x == sen for x in flags) and risk > 1"


def test_a_text_is_compiled_once() -> None:
    assert compile_expression("risk == 1") is compile_expression("risk == 1")


def test_a_loop_variable_hides_a_variable_of_the_process() -> None:
    assert compile_expression("[sen for sen in flags]")({"flags": [1], "sen": "E"}) == [1]


def test_a_missing_variable_is_named_and_no_value_is_told() -> None:
    with pytest.raises(VariableMissing, match="variable attendance") as missing:
        compile_expression("attendance > 90")({"surname": "Whitlock"})

    assert missing.value.name == "attendance"
    assert "Whitlock" not in str(missing.value)


@pytest.mark.parametrize(
    "text",
    ["agreements['Whitlock']", "flags[9]", "nothing['a']", "risk > sen", "risk['a']", "nothing.get('a')",
     "len(risk)", "flags * 2", "sen * risk", "flags - flags", "risk + sen", "accepted + 1", "{risk: 1}",
     "big * big * big * big"],
)  # fmt: skip
def test_what_cannot_be_worked_out_is_an_error_without_values(text: str) -> None:
    with pytest.raises(ExpressionFailed) as failed:
        compile_expression(text)({**VARIABLES, "big": 10**6})

    assert failed.type is ExpressionFailed
    assert "Whitlock" not in str(failed.value).replace(text, "")


def test_a_list_that_grows_without_end_is_stopped() -> None:
    with pytest.raises(ExpressionFailed, match="longer"):
        compile_expression("xs + xs")({"xs": [0] * 9_000})


def test_nothing_of_pythons_own_is_in_reach_of_a_variable_name() -> None:
    with pytest.raises(VariableMissing):
        compile_expression("print == 1")({})


def test_a_script_changes_the_variables_in_place() -> None:
    variables = {"n": 1, "answers": {}, "log": ["a"]}

    compile_script(
        """
            n += 1
            answers["parent"] = "yes" if n > 1 else "no"
            answers["n"] = n * 2
            log = log + [n]
            log[0] = None
            done = True; rest = []
        """
    )(variables)

    assert variables == {
        "n": 2, "answers": {"parent": "yes", "n": 4}, "log": [None, 2], "done": True, "rest": [],
    }  # fmt: skip


def test_a_script_tells_what_it_needs_and_what_it_sets() -> None:
    script = compile_script("total = risk + 1\nagreements['x'] = total\ncount += 1")

    assert script.reads == {"risk", "agreements", "count"}
    assert script.assigns == {"total", "agreements", "count"}


def test_a_script_makes_its_values_anew_each_time() -> None:
    script = compile_script("xs = [[]]")
    first: dict[str, list[object]] = {}
    second: dict[str, list[object]] = {}

    script(first)
    script(second)

    assert first["xs"] is not second["xs"]
    assert first["xs"][0] is not second["xs"][0]


@pytest.mark.parametrize(
    "text",
    ["", "  ", "x", "len(x)", "x: int = 1", "x = y = 1", "x, y = 1, 2", "x.y = 1", "x[0][1] = 1", "x *= 2",
     "del x", "import os", "for x in y: z = 1", "def f(): pass", "if x: y = 1", "x = lambda: 1", "len = 1",
     "true = 1", "__x = 1", "x[0:1] = []", "global x", "x = __import__('os')", "x = 1\n  y = 2\n    z = 3",
     "pass", "assert x", "while True: x = 1", "with x: y = 1", "x[(a := 1)] = 2", "[x] = [1]", "deadline = 1",
     "\n".join(f"x{n} = 1" for n in range(60))],
)  # fmt: skip
def test_a_script_holds_nothing_but_assignments(text: str) -> None:
    with pytest.raises(ExpressionRefused):
        compile_script(text)


@pytest.mark.parametrize(
    "text",
    ["x = y", "n['a'] = 1", "xs['a'] = 1", "xs[5] = 1", "d[1] = 1", "n += 'a'", "x = odd", "x = odd_keys"],
)
def test_a_script_that_cannot_run_says_so(text: str) -> None:
    variables = {"n": 1, "xs": [1], "d": {}, "odd": object(), "odd_keys": {1: 2}}

    with pytest.raises(ExpressionFailed):
        compile_script(text)(variables)


def test_a_script_cannot_double_a_value_into_the_sky() -> None:
    with pytest.raises(ExpressionFailed, match="too large"):
        compile_script("x = [0]\n" + "x = [x, x]\n" * 45)({})


@pytest.mark.parametrize(
    ("text", "timing"),
    [
        ('"P5D"', Duration("P5D")),
        ("'PT1H30M'", Duration("PT1H30M")),
        ('"P2W"', Duration("P2W")),
        ('"2026-11-03"', Moment("2026-11-03")),
        ('"2026-11-03T09:00:00+00:00"', Moment("2026-11-03T09:00:00+00:00")),
        ('"2026-11-03T09:00Z"', Moment("2026-11-03T09:00Z")),
        ("starts_on", Moment("2026-11-03")),
        ('"R3/P7D"', Cycle(3, "P7D")),
        ('"R/P1W"', Cycle(None, "P1W")),
        ('deadline("reply")', Deadline("reply")),
        ('deadline("notice", starts_on)', Deadline("notice", "2026-11-03")),
        ('"P1D" if risk > 5 else deadline("reply")', Duration("P1D")),
        ('"P1D" if risk > 9 else deadline("reply")', Deadline("reply")),
    ],
)
def test_a_timer_says_when(text: str, timing: object) -> None:
    assert compile_timer(text)(VARIABLES) == timing


@pytest.mark.parametrize(
    "text",
    ["P5D", "PT1H", "R3/PT10M", "2026-11-03", "2026-11-03T09:00:00Z", " P5D\n", "P1Y2M3DT4H5M6S", "-P5D",
     "P5D if risk > 5 else PT1H"],
)  # fmt: skip
def test_a_time_without_quotation_marks_is_refused_helpfully(text: str) -> None:
    with pytest.raises(ExpressionRefused, match="without quotation marks"):
        compile_timer(text)


@pytest.mark.parametrize(
    "text",
    ['"2026-11-03T09:00:00"', '"2026-02-31"', '"-P5D"', '"P"', '"PT"', '"P5"', '"5 days"', '"R0/P1D"',
     '"R3/PT0S"', '"R3/2026-11-03T09:00:00Z/P1D"', '"P1W2D"', '""', "5", "None",
     'deadline(name)', "deadline()", "deadline", 'deadline("a", "2026-11-03", 1)',
     'deadline("a", anchor="2026-11-03")', 'deadline("a") == 1', 'len(deadline("a"))', '"p5d"', '"P999999999Y"'],
)  # fmt: skip
def test_a_timer_that_says_no_time_is_refused(text: str) -> None:
    with pytest.raises(ExpressionRefused):
        compile_timer(text)


@pytest.mark.parametrize("value", ["2026-11-03T09:00:00", "tomorrow", 5, None, ["P5D"], True])
def test_a_variable_that_holds_no_time_is_an_error_when_the_timer_is_set(value: object) -> None:
    with pytest.raises(ExpressionFailed) as failed:
        compile_timer("starts_on")({"starts_on": value})
    assert "tomorrow" not in str(failed.value)

    with pytest.raises(ExpressionFailed, match="not an ISO date"):
        compile_timer('deadline("notice", starts_on)')({"starts_on": value or "no day"})


def test_a_timer_tells_what_stands_in_it() -> None:
    timer = compile_timer('deadline("notice", starts_on) if urgent else "P5D"')

    assert timer.deadlines == {"notice"}
    assert timer.times == (Duration("P5D"),)
    assert timer.names == {"starts_on", "urgent"}
    with pytest.raises(VariableMissing):
        timer({"urgent": True})


@pytest.mark.parametrize(
    ("word", "allowed"),
    [("sen", True), ("ehcp_gate2", True), ("len", False), ("true", False), ("_x", False), ("a__b", False),
     ("2x", False), ("a-b", False), ("", False), ("deadline", False), ("None", False)],
)  # fmt: skip
def test_which_names_a_variable_may_have(word: str, allowed: bool) -> None:
    assert is_name(word) is allowed
