"""The public register of schools as it is published: read by column name, whatever its bytes, and row by row."""

from datetime import date
from itertools import pairwise

import pytest

from services.case.projections.register_file import BadRow, NotARegister, pack
from services.case.projections.school_register import Row, as_schools, read_links, read_schools
from tests.projections.extracts import extract, link, school


def read(file: bytes) -> tuple[list[Row], list[BadRow]]:
    bad: list[BadRow] = []
    return list(read_schools(pack(file), bad.append)), bad


def test_a_row_says_what_is_looked_for_and_what_is_shown() -> None:
    (row,), bad = read(extract(school()))

    assert bad == []
    assert row[:11] == (
        "910001", "Hazel Bank School", "937", "open", date(1974, 9, 1), None, "secondary", 11, 16, 428300, 264900,
    )  # fmt: skip
    assert row.needs == ["SEMH", "SPLD"]
    assert row.words == "hazel bank school hazelbury zz4 1aa 937/4901"
    assert '"capacity":900' in row.details


@pytest.mark.parametrize(("said", "number"), [("0906", "937/0906"), ("906", "937/0906"), ("4901", "937/4901")])
def test_codes_keep_their_leading_zeros_and_get_back_those_that_a_spreadsheet_took(said: str, number: str) -> None:
    (row,), _ = read(extract(school(EstablishmentNumber=said, status="01", la="001")))

    assert f'"number":"{number.replace("937", "001")}"' in row.details
    assert (row.authority, row.status) == ("001", "open")


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig"])
def test_names_are_read_in_every_encoding_in_which_extracts_come(encoding: str) -> None:
    (row,), bad = read(extract(school(name="St Zoë’s – École"), encoding=encoding))

    assert (row.name, bad) == ("St Zoë’s – École", [])


def test_columns_go_by_their_names() -> None:
    given = school(**{"SchoolTelephone": "01632 960999", "Nursery": "No"})
    backwards = {column: given[column] for column in reversed(given)}
    older = {column: text for column, text in given.items() if column not in ("SEN1 (name)", "SEN2 (name)", "Easting")}

    assert read(extract(backwards))[0] == read(extract(given))[0]
    (row,), bad = read(extract(older))
    assert (row.name, row.needs, row.easting, bad) == ("Hazel Bank School", [], None, [])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"URN": "12345"}, "URN “12345” is not six digits"),
        ({"URN": "91000X"}, "URN “91000X” is not six digits"),
        ({"URN": "٩١٠٠٠١"}, "URN “٩١٠٠٠١” is not six digits"),
        ({"URN": "910003"}, "URN 910003 was on an earlier line already"),
        ({"la": "Kent"}, "LA (code) “Kent” is not three digits"),
        ({"name": "  "}, "has no name"),
        ({"status": "9"}, "has a status that the register does not know"),
        ({"CloseDate": "31-02-2024"}, "CloseDate “31-02-2024” is not a date such as 31-08-2024"),
        ({"Easting": "42830O"}, "Easting “42830O” is not a number from 0 to 700000"),
        ({"Northing": "9999999"}, "Northing “9999999” is not a number from 0 to 1300000"),
        ({"Town": "Hazel\0bury"}, "has a character that cannot be read"),
    ],
)
def test_a_bad_row_is_reported_with_its_line_and_left_out(wrong: dict[str, str], message: str) -> None:
    rows = [school(URN="910003"), school(**{"URN": "910004", **wrong}), school(URN="910005")]

    found, bad = read(extract(*rows, encoding="utf-8"))

    assert [row.urn for row in found] == ["910003", "910005"]
    assert bad == [BadRow(3, message)]


def test_a_row_with_too_few_or_too_many_columns_is_left_out() -> None:
    lines = extract(school(), school(URN="910002"), school(URN="910003")).split(b"\r\n")
    lines[1] += b',"more"'
    lines[2] = lines[2].rpartition(b",")[0]

    found, bad = read(b"\r\n".join(lines))

    assert [row.urn for row in found] == ["910003"]
    assert bad == [BadRow(2, "has 20 columns, not 19"), BadRow(3, "has 18 columns, not 19")]


def test_a_quotation_mark_that_is_not_closed_takes_no_other_row_with_it() -> None:
    file = extract(*(school(URN=str(910001 + n)) for n in range(400)))
    lines = file.split(b"\r\n")
    lines[200] = lines[200].replace(b'School"', b"School", 1)
    lines[399] = lines[399].replace(b'"ZZ4 1AA"', b'"ZZ4 1AA', 1)

    found, bad = read(b"\r\n".join(lines))

    assert [bad_row.line for bad_row in bad] == [201, 400]
    assert len(found) == 398


def test_a_cell_may_hold_several_lines_and_lines_are_counted_as_an_editor_does() -> None:
    rows = [school(Town="Hazel\r\nbury\r\nCross"), school(URN="wrong"), school(URN="910003")]

    found, bad = read(extract(*rows))

    assert [row.urn for row in found] == ["910001", "910003"]
    assert [row.line for row in bad] == [5]


@pytest.mark.parametrize(
    ("file", "column"),
    [
        (b"", "URN"),
        (b"PK\x03\x04 not a table at all \x00\xff", "URN"),
        (b'"URN","LA (code)"\r\n"910001","937"\r\n', "EstablishmentName"),
    ],
)
def test_what_is_no_extract_is_refused(file: bytes, column: str) -> None:
    with pytest.raises(NotARegister, match=f"no column “{column}”"):
        read(file)


def test_successors_are_known_whichever_of_the_two_says_so() -> None:
    rows, _ = read(extract(*(school(URN=urn, status="2", CloseDate="31-08-2024") for urn in ("910001", "910002"))))
    links = extract(
        link("910001", "910003"),
        link("910004", "910001", "Predecessor - amalgamated"),
        link("910002", "910005", "Sixth Form Centre Link"),
    )

    first, second = as_schools(rows, read_links(pack(links), lambda bad: pytest.fail(bad.message)))

    assert first.successors == ("910003", "910004")
    assert second.successors == ()


def test_a_bad_link_is_reported_and_left_out() -> None:
    bad: list[BadRow] = []
    rows = [
        link("910001", "x"),
        link("910001", "910002", "S" * 101),
        link("910001", "910002", "\0"),
        link("910001", "910002"),
    ]

    found = list(read_links(pack(extract(*rows, encoding="utf-8")), bad.append))

    assert [one.linked for one in found] == ["910002"]
    assert [(one.line, one.message[:22]) for one in bad] == [
        (2, "LinkURN “x” is not six"), (3, "has a kind of link tha"), (4, "has a kind of link tha"),
    ]  # fmt: skip


def test_a_file_is_kept_as_it_came() -> None:
    same = [pack(extract(school(), encoding=encoding)) for encoding in ("cp1252", "cp1252", "utf-8-sig")]

    assert [a == b for a, b in pairwise(same)] == [True, False]
