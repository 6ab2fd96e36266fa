"""An extract of the register of schools put in use: once, for good, and rebuilt from the file that is kept."""

import argparse
import json
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from services.case.application.importing import (
    REGISTER,
    Imported,
    import_schools,
    read_register,
    read_register_links,
)
from services.case.commands import import_schools as command
from services.case.domain.people import SYSTEM
from services.case.projections.school_search import Wanted, find_schools
from services.case.wiring import House
from tests.projections.extracts import extract, link, school

DAY = date(2026, 9, 7)


def put(house: House, schools: bytes, links: bytes | None = None) -> Imported:
    """Import the files, and fill the table."""
    read = read_register_links(links) if links else None
    done = import_schools(house.store, read_register(schools), read, SYSTEM, DAY, house.clock.now())
    with psycopg.connect(house.url, autocommit=True) as connection:
        while house.projecting.work(connection):
            pass
    house.reference.directory.refresh(house.database)
    return done


def names(house: House, **wanted: Any) -> dict[str, str]:
    found = find_schools(house.database, Wanted(sees="", limit=200, **{"status": None, **wanted}))
    return {one.urn: one.name for one in found}


def test_the_same_files_again_change_nothing(house: House) -> None:
    schools, links = extract(school(), school(URN="910002")), extract(link("910001", "910002"))
    first = put(house, schools, links)
    head = house.store.head()

    again = [put(house, schools, links), put(house, schools)]

    assert [first.changed, *(one.changed for one in again)] == [True, False, False]
    assert house.store.head() == head
    (recorded,) = house.store.load(REGISTER)
    assert (recorded.event.schools, recorded.event.refused) == (2, 0)  # type: ignore[attr-defined]


def test_a_later_extract_changes_what_it_says_and_forgets_nobody(house: House) -> None:
    put(house, extract(school(), school(URN="910002", name="Beech Lane School")))

    put(house, extract(school(name="Hazel Bank Academy"), school(URN="910003", name="New Wood School")))

    assert names(house) == {
        "910001": "Hazel Bank Academy", "910002": "Beech Lane School", "910003": "New Wood School",
    }  # fmt: skip


def test_a_school_that_closes_stays_known_and_says_who_came_after_it(house: House) -> None:
    put(house, extract(school(), school(URN="910002", name="Hazel Bank Academy")))
    assert house.reference.directory.refusal("school", "910001", "937", DAY) is None

    closed = school(status="2", CloseDate="31-08-2026")
    put(house, extract(closed, school(URN="910002", name="Hazel Bank Academy")), extract(link("910001", "910002")))

    directory = house.reference.directory
    assert directory.school("910001").name == "Hazel Bank School"
    assert str(directory.refusal("school", "910001", "937", DAY)) == (
        "Hazel Bank School closed on 31 August 2026. It was followed by Hazel Bank Academy (910002)."
    )
    assert directory.refusal("school", "910001", "937", date(2026, 8, 31)) is None
    assert directory.refusal("school", "910002", "885", DAY) is None
    assert names(house, status="open closing") == {"910002": "Hazel Bank Academy"}


def test_links_that_a_later_extract_does_not_have_are_gone_and_without_one_they_stay(house: House) -> None:
    schools = [extract(school(SchoolCapacity=str(n)), school(URN="910002"), school(URN="910003")) for n in range(3)]
    put(house, schools[0], extract(link("910001", "910002"), link("910001", "910003")))
    put(house, schools[1])
    assert house.reference.schools["910001"].successors == ("910002", "910003")

    put(house, schools[2], extract(link("910001", "910003"), link("910001", "910003")))

    assert house.reference.schools["910001"].successors == ("910003",)


def test_the_table_is_rebuilt_from_the_files_that_are_kept(house: House) -> None:
    put(house, extract(school(), school(URN="910002")), extract(link("910001", "910002")))
    put(house, extract(school(name="Hazel Bank Academy")))
    before = names(house)
    house.database.execute("UPDATE schools SET name = 'Spoilt'")
    house.database.execute("DELETE FROM school_links")

    house.projecting.rebuild("schools", house.url)

    house.reference.directory.refresh(house.database)
    assert names(house) == before
    assert house.reference.schools["910001"].successors == ("910002",)


def run(house: House, file: Path, links: Path | None = None) -> int:
    return command.run(house, argparse.Namespace(file=file, links=links, json=True))


@pytest.mark.parametrize(
    ("rows", "code", "lines"),
    [
        ([school(), school(URN="910002")], 0, []),
        ([school(), school(URN="wrong"), school(URN="910002", CloseDate="soon")], 1, [3, 4]),
    ],
)
def test_the_command_reports_each_bad_row_and_says_so_in_its_exit_code(
    rows: list[dict[str, str]], code: int, lines: list[int], house: House, tmp_path: Path, capsys: Any
) -> None:
    file = tmp_path / "edubasealldata.csv"
    file.write_bytes(extract(*rows))

    assert run(house, file) == code

    told = json.loads(capsys.readouterr().out)
    assert [(bad["file"], bad["line"]) for bad in told["bad"]] == [(file.name, line) for line in lines]
    assert told["known"] == {"open": len(rows) - len(lines)} == {"open": told["schools"]}
    assert run(house, file) == code
    assert json.loads(capsys.readouterr().out)["changed"] is False


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "No such file or directory"),
        (b"Name,Town\r\nA,B\r\n", "it has no column “URN”"),
        (extract(school(URN="wrong")), "no row that can be read: line 2 URN “wrong” is not six digits"),
    ],
)
def test_what_cannot_be_imported_is_refused_and_nothing_is_recorded(
    content: bytes | None, sentence: str, house: House, tmp_path: Path, capsys: Any
) -> None:
    file = tmp_path / "schools.csv"
    if content is not None:
        file.write_bytes(content)

    assert run(house, file) == 2

    assert sentence in capsys.readouterr().err
    assert house.store.load(REGISTER) == []


def test_wrong_links_leave_everything_as_it_was(house: House, tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "schools.csv"
    file.write_bytes(extract(school()))

    assert run(house, file, file) == 2

    assert "it has no column “LinkURN”" in capsys.readouterr().err
    assert names(house) == {}
