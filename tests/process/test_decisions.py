"""Decision tables: each kind of cell, each hit policy, and each way a table or a question can be wrong."""

from html import escape
from typing import Any

import pytest

from services.case.process.decisions import (
    Decision,
    DecisionRefused,
    NoRowMatches,
    TwoRowsMatch,
    XmlRefused,
    parse_decision,
    read_xml,
)
from services.case.process.expressions import VariableMissing

DMN_1_3 = "https://www.omg.org/spec/DMN/20191111/MODEL/"
VERSIONS = ["http://www.omg.org/spec/DMN/20151101/dmn.xsd", "http://www.omg.org/spec/DMN/20180521/MODEL/", DMN_1_3]


def table(
    inputs: list[str],
    rows: list[list[str]],
    outputs: str = "route",
    policy: str = "FIRST",
    *,
    namespace: str = DMN_1_3,
    kind: str = "string",
    inside: str = "",
) -> bytes:
    """A table with these input expressions, and rows of input cells followed by output cells."""
    names = outputs.split()
    head = "".join(
        f'<input id="i{n}" label="{n}"><inputExpression id="e{n}" typeRef="{kind}"><text>{escape(text)}</text>'
        "</inputExpression></input>"
        for n, text in enumerate(inputs)
    ) + "".join(f'<output id="o{n}" name="{name}"/>' for n, name in enumerate(names))
    body = "\n".join(
        f'<rule id="r{number}">'
        + "".join(f"<inputEntry><text>{escape(cell)}</text></inputEntry>" for cell in row[: len(inputs)])
        + "".join(f"<outputEntry><text>{escape(cell)}</text></outputEntry>" for cell in row[len(inputs) :])
        + "</rule>"
        for number, row in enumerate(rows)
    )
    return (
        f'<definitions xmlns="{namespace}" id="d" name="d" namespace="n"><decision id="gate" name="The gate">'
        f'<decisionTable id="t" hitPolicy="{policy}">{inside}{head}\n{body}</decisionTable></decision></definitions>'
    ).encode()


def decision(*args: Any, **more: Any) -> Decision:
    return parse_decision(table(*args, **more), "gate.dmn")


def refusal(xml: bytes) -> tuple[list[str], str]:
    with pytest.raises(DecisionRefused) as refused:
        parse_decision(xml, "gate.dmn")
    problems = refused.value.problems
    assert all(problem.message.endswith(".") for problem in problems)
    return [problem.rule for problem in problems], " ".join(problem.message for problem in problems)


def fits(cell: str, value: object) -> bool:
    return decision(["x"], [[cell, "true"], ["-", "false"]], "fits").decide({"x": value})["fits"] is True


@pytest.mark.parametrize(
    ("cell", "fitting", "others"),
    [
        ("-", ["E", 3, True, None, [1]], []),
        ("", ["E", None], []),
        ('"E"', ["E"], ["K", "", None, 3, True, ["E"]]),
        ('"a, \\"b\\" é"', ['a, "b" é'], ["a"]),
        ("3", [3, 3.0], [4, "3", None]),
        ("1", [1], [True, "1"]),
        ("0", [0], [False, None, ""]),
        ("-2.5", [-2.5], [2.5]),
        ("true", [True], [1, "true", False]),
        ("false", [False], [0, None]),
        ("null", [None], [0, "", False]),
        ('date("2026-11-03")', ["2026-11-03"], ["2026-11-04", None]),
        ('"E", "K"', ["E", "K"], ["N"]),
        ('1, "a", null', [1, "a", None], [2, True]),
        ("[1..10]", [1, 5.5, 10], [0, 11, "5", None, True]),
        ("]1..10[", [2, 9.99], [1, 10]),
        ("(1..10)", [2, 9.99], [1, 10]),
        ("[-5..-1]", [-5, -1], [0, -6]),
        ("[1..2], [8..9]", [1, 9], [5]),
        (">= 5", [5, 6], [4.9, "6", None]),
        ("> 5", [5.1], [5]),
        ("< -1", [-2], [-1]),
        ("<= 5", [5], [6]),
        ("< 1, > 10", [0, 11], [5]),
        ('>= date("2026-11-03")', ["2026-11-03", "2027-01-01"], ["2026-11-02", "z", 5, None, "2026-13-01"]),
        ('[date("2026-09-01")..date("2026-12-18")]', ["2026-10-01"], ["2026-12-19", "2026-10-01T09:00:00Z"]),
        ("not(3)", [4, "3", None], [3]),
        ('not("E", "K")', ["N", None], ["E", "K"]),
        ("not([1..10])", [11, "x"], [5]),
        ("not(> 5)", [5, None], [6]),
    ],
)
def test_a_cell_fits_what_it_says(cell: str, fitting: list[object], others: list[object]) -> None:
    assert [value for value in fitting if not fits(cell, value)] == []
    assert [value for value in others if fits(cell, value)] == []


@pytest.mark.parametrize(
    "cell",
    ["E", "'E'", "True", "None", "== 5", "= 5", "!= 5", "5..10", "[1..]", "[..5]", "[1,5]", "[10..1]", "[5..5[",
     '["a".."b"]', '> "a"', "> true", "> null", '[1..date("2026-11-03")]', "not 3", "not(3", "not()", "not(not(3))",
     '"E" "K"', '"E",', ',"E"', '"E', 'date("2026-02-30")', 'date("3 November")', "date(2026)", "date()", "in (8, 9)",
     "? > 5", "sen", "sen == 'E'", "5 + 5", "1e5", "5.", "--5", "99999999999999999999", '"\\d"', "- -", "-,5",
     "not(-)", "x.__class__", "len(x)", "for x in y return x", '"a"' + ',"a"' * 1000],
)  # fmt: skip
def test_a_cell_of_another_kind_is_refused(cell: str) -> None:
    rules, sentence = refusal(table(["x"], [[cell, "true"]], "fits"))

    assert rules == ["dmn-cell"]
    assert len(sentence) < 300


@pytest.mark.parametrize(
    ("cell", "value"),
    [('"sent"', "sent"), ("3", 3), ("2.5", 2.5), ("true", True), ("null", None), ('date("2026-11-03")', "2026-11-03"),
     ('"a", "b"', ["a", "b"]), ('["a", "b"]', ["a", "b"]), ('["a"]', ["a"]), ("[]", []), ('""', "")],
)  # fmt: skip
def test_an_output_is_a_literal_or_a_list_of_them(cell: str, value: object) -> None:
    assert decision(["x"], [["-", cell]]).decide({"x": 1}) == {"route": value}


@pytest.mark.parametrize("cell", ["", "-", "sent", "'a'", "1 + 1", "[1..2]", "x", '["a"', "[[1]]", "date()", "> 5"])
def test_an_output_of_another_kind_is_refused(cell: str) -> None:
    assert refusal(table(["x"], [["-", cell]]))[0] == ["dmn-cell"]


def test_first_answers_with_the_first_row_that_fits() -> None:
    gate = decision(["sen", "risk"], [['"E"', "-", '"send"'], ["-", "> 5", '"panel"'], ["-", "-", '"none"']])

    assert gate.decide({"sen": "E", "risk": 9}) == {"route": "send"}
    assert gate.decide({"sen": "K", "risk": 9}) == {"route": "panel"}
    assert gate.decide({"sen": "K", "risk": 1}) == {"route": "none"}


def test_unique_answers_with_the_only_row_that_fits() -> None:
    gate = decision(["risk"], [["<= 5", '"low"', "1"], ["> 5", '"high"', "2"]], "route days", "UNIQUE")

    assert gate.decide({"risk": 5}) == {"route": "low", "days": 1}
    assert gate.decide({"risk": 6}) == {"route": "high", "days": 2}


def test_unique_refuses_a_case_that_two_rows_fit() -> None:
    # The two columns look at the same variable, so only the case itself can tell.
    gate = decision(["risk", "risk + 1"], [["> 5", "-", '"a"'], ["-", "> 8", '"b"']], policy="UNIQUE")

    assert gate.decide({"risk": 6}) == {"route": "a"}
    with pytest.raises(TwoRowsMatch, match="Rows 1 and 2 of the table gate"):
        gate.decide({"risk": 9})


def test_collect_answers_with_lists() -> None:
    gate = decision(
        ["looked_after"], [["-", '"parent"', "1"], ["true", '"social_worker"', "2"]], "who order", "COLLECT"
    )

    assert gate.decide({"looked_after": True}) == {"who": ["parent", "social_worker"], "order": [1, 2]}
    assert gate.decide({"looked_after": False}) == {"who": ["parent"], "order": [1]}


@pytest.mark.parametrize("policy", ["UNIQUE", "FIRST", "COLLECT"])
def test_no_row_that_fits_is_an_error(policy: str) -> None:
    with pytest.raises(NoRowMatches, match="gate"):
        decision(["x"], [["1", "1"]], policy=policy).decide({"x": 2})


def test_an_answer_can_be_changed_without_changing_the_table() -> None:
    gate = decision(["x"], [["-", '["a"]']])

    gate.decide({"x": 1})["route"].append("b")

    assert gate.decide({"x": 1}) == {"route": ["a"]}


def test_a_table_tells_what_it_reads_and_answers() -> None:
    gate = decision(["sen", "len(flags)"], [["-", "-", "1"]])

    assert (gate.id, gate.name, gate.hit_policy) == ("gate", "The gate", "FIRST")
    assert gate.reads == {"sen", "flags"}
    assert gate.outputs == ("route",)
    with pytest.raises(VariableMissing, match="flags"):
        gate.decide({"sen": "E"})


@pytest.mark.parametrize("namespace", VERSIONS)
def test_three_versions_of_dmn_are_read(namespace: str) -> None:
    assert decision(["x"], [["-", "1"]], namespace=namespace).decide({"x": 0}) == {"route": 1}


@pytest.mark.parametrize(
    ("cells", "kind", "overlap"),
    [
        (["<= 5", "> 5"], "number", False),
        (["<= 5", ">= 5"], "number", True),
        (["> 4", "< 5"], "number", True),
        (["> 4", "< 5"], "integer", False),
        (['"E"', '"K"'], "string", False),
        (['"E", "K"', '"K", "N"'], "string", True),
        (['"E"', "-"], "string", True),
        (['"E"', 'not("E")'], "string", False),
        (['not("E")', 'not("K")'], "string", True),
        (["true", "false"], "boolean", False),
        (["[1..5]", "[6..9]"], "integer", False),
        (["]1..5[", "[5..9]"], "number", False),
        (['< date("2026-09-01")', '>= date("2026-09-01")'], "date", False),
        (['<= date("2026-09-01")', '>= date("2026-09-01")'], "date", True),
        (["null", "not(null)"], "string", False),
        (["not([1..10])", "[3..5]"], "number", False),
    ],
)
def test_rows_of_a_unique_table_may_not_overlap(cells: list[str], kind: str, overlap: bool) -> None:
    xml = table(["x"], [[cell, "1"] for cell in cells], policy="UNIQUE", kind=kind)

    if overlap:
        rules, sentence = refusal(xml)
        assert rules == ["overlapping-rows"]
        assert "Rows 1 and 2" in sentence
    else:
        parse_decision(xml, "gate.dmn")


def test_rows_that_differ_in_one_of_two_columns_do_not_overlap() -> None:
    decision(["sen", "risk"], [['"E"', "-", "1"], ['"K"', "> 5", "2"], ['"K"', "<= 5", "3"]], policy="UNIQUE")
    decision(["x", " x "], [["> 5", "< 8", "1"], ["> 5", "> 8", "2"]], policy="UNIQUE")


def test_rows_may_overlap_where_the_policy_says_which_counts() -> None:
    decision(["x"], [["-", "1"], ["-", "2"]], policy="FIRST")
    decision(["x"], [["-", "1"], ["-", "2"]], policy="COLLECT")


GOOD = table(["x"], [["-", "1"]])


@pytest.mark.parametrize(
    ("xml", "rule"),
    [
        (table(["x"], [["-", "1"]], policy="ANY"), "hit-policy"),
        (table(["x"], [["-", "1"]], policy="RULE ORDER"), "hit-policy"),
        (GOOD.replace(b'hitPolicy="FIRST"', b'hitPolicy="COLLECT" aggregation="SUM"'), "hit-policy"),
        (table(["x"], [["-", "1"]], namespace="https://www.omg.org/spec/DMN/20230324/MODEL/"), "dmn-version"),
        (b"<a/>", "dmn-version"),
        (GOOD.replace(b"</definitions>", b'<decision id="b"/></definitions>'), "two-tables"),
        (GOOD.replace(b"</decision>", b'<decisionTable id="u"/></decision>'), "two-tables"),
        (b'<definitions xmlns="%s"/>' % DMN_1_3.encode(), "no-decision-table"),
        (GOOD.replace(b"decisionTable", b"literalExpression"), "no-decision-table"),
        (GOOD.replace(b"</decision>", b"<informationRequirement/></decision>"), "dmn-beyond-subset"),
        (GOOD.replace(b"</definitions>", b'<inputData id="q"/></definitions>'), "dmn-beyond-subset"),
        (GOOD.replace(b'name="route"/>', b'name="route"><defaultOutputEntry/></output>'), "dmn-beyond-subset"),
        (table([], [["1"]]), "dmn-beyond-subset"),
        (GOOD.replace(b'<decision id="gate"', b"<decision"), "element-without-id"),
        (table(["x.y"], [["-", "1"]]), "expression-refused"),
        (table([""], [["-", "1"]]), "expression-refused"),
        (GOOD.replace(b"<text>x</text>", b""), "dmn-input"),
        (table(["x"], [["-", "1"]], outputs="a-b"), "dmn-output"),
        (table(["x"], [["-", "1", "2"]], outputs="a a"), "dmn-output"),
        (table(["x"], []), "dmn-row"),
        (table(["x", "y"], [["-", "1"]]), "dmn-row"),
        (GOOD.replace(b"<text>x</text>", b"<text>x<!-- y --> == 1</text>"), "mixed-text"),
        (GOOD[:-5], "xml-malformed"),
        (b"", "xml-malformed"),
        (b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/hostname'>]>" + GOOD, "doctype"),
        (b"\xff\xfe" + "<?xml version='1.0'?><!DOCTYPE a><a/>".encode("utf-16-le"), "doctype"),
        (b" " * 3_000_000 + GOOD, "file-too-large"),
    ],
)
def test_what_is_not_one_table_of_our_kind_is_refused(xml: bytes, rule: str) -> None:
    assert rule in refusal(xml)[0]


def test_a_problem_names_line_and_element() -> None:
    with pytest.raises(DecisionRefused, match=r"gate\.dmn:3: ") as refused:
        parse_decision(table(["x"], [["-", "1"], ["E", "2"]]), "gate.dmn")

    assert (refused.value.problems[0].line, refused.value.problems[0].element) == (3, "r1")


def test_a_bomb_is_not_unpacked() -> None:
    layers = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(12))
    with pytest.raises(XmlRefused, match="document type"):
        read_xml(f"<!DOCTYPE a [{layers}]><a>&l11;</a>".encode())
