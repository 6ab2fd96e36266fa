"""What an extract of the public register of schools says (Get Information about Schools, GIAS: “all establishment data”
and its links), by column name: older extracts have other columns and orders."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

import msgspec

from services.case.domain.directory import School, Status
from services.case.projections.register_file import Bad, Cells, Progress, WrongCell, read_rows

UNREADABLE = re.compile(r"\0|\\u0000|\ufffd")
NOTHING = frozenset({"", "Not applicable", "Does not apply", "-"})
STATUSES: dict[str, Status] = {
    "1": "open", "2": "closed", "3": "closing", "4": "proposed", "Open": "open", "Closed": "closed",
    "Open, but proposed to close": "closing", "Proposed to open": "proposed",
}  # fmt: skip
PHASES = {
    "1": "nursery", "2": "primary", "3": "middle_primary", "4": "secondary", "5": "middle_secondary", "6": "post_16",
    "7": "all_through",
}  # fmt: skip
TEXTS = {
    "type": "TypeOfEstablishment (name)", "type_group": "EstablishmentTypeGroup (name)", "gender": "Gender (name)",
    "religious_character": "ReligiousCharacter (name)", "admissions": "AdmissionsPolicy (name)",
    "closed_because": "ReasonEstablishmentClosed (name)", "trust": "Trusts (name)", "trust_code": "Trusts (code)",
    "trust_flag": "TrustSchoolFlag (name)", "federation": "Federations (name)", "ukprn": "UKPRN", "street": "Street",
    "locality": "Locality", "address": "Address3", "town": "Town", "county": "County (name)", "postcode": "Postcode",
    "website": "SchoolWebsite", "phone": "TelephoneNum", "head_title": "HeadTitle (name)",
    "head_forename": "HeadFirstName", "head_surname": "HeadLastName", "region": "GOR (name)",
    "district": "DistrictAdministrative (name)", "ward": "AdministrativeWard (name)",
    "section_41": "Section41Approved (name)", "special_classes": "SpecialClasses (name)",
    "resourced_provision": "TypeOfResourcedProvision (name)", "authority_name": "LA (name)",
}  # fmt: skip
NUMBERS = {
    "capacity": "SchoolCapacity", "pupils": "NumberOfPupils", "boys": "NumberOfBoys", "girls": "NumberOfGirls",
    "resourced_on_roll": "ResourcedProvisionOnRoll",
    "resourced_capacity": "ResourcedProvisionCapacity", "sen_unit_on_roll": "SenUnitOnRoll",
    "sen_unit_capacity": "SenUnitCapacity",
}  # fmt: skip
NEEDED = ("URN", "LA (code)", "EstablishmentName")
LONGEST_KIND = 100  # characters of a kind of link
LINK_COLUMNS = ("URN", "LinkURN", "LinkType")


class Row(NamedTuple):
    """A school as its table has it. `words` is what text is looked for in; `details` JSON of what is only shown."""

    urn: str
    name: str
    authority: str
    status: Status
    opened_on: date | None
    closed_on: date | None
    phase: str
    low_age: int | None
    high_age: int | None
    easting: int | None
    northing: int | None
    needs: list[str]
    words: str
    details: str


class Link(NamedTuple):
    """What another school is to a school, since when: `kind` as the register says it, such as “Successor”."""

    urn: str
    linked: str
    kind: str
    since: date | None


def read_schools(packed: bytes, bad: Bad, progress: Progress = lambda done: None) -> Iterator[Row]:
    """The schools of a packed extract; `progress` hears how many bytes have been read. Raises NotARegister."""
    seen: set[str] = set()

    def read(cells: Cells) -> Row:
        row = _school(cells)
        if row.urn in seen:
            raise WrongCell(f"URN {row.urn} was on an earlier line already")
        seen.add(row.urn)
        return row

    return read_rows(packed, NEEDED, read, bad, progress)


def read_links(packed: bytes, bad: Bad) -> Iterator[Link]:
    """The links of a packed extract. Raises NotARegister."""

    def read(cells: Cells) -> Link:
        kind = _text(cells, "LinkType")
        if UNREADABLE.search(kind) or not 0 < len(kind) <= LONGEST_KIND:
            raise WrongCell("has a kind of link that cannot be read")
        return Link(_urn(cells, "URN"), _urn(cells, "LinkURN"), kind, _day(cells, "LinkEstablishedDate"))

    return read_rows(packed, LINK_COLUMNS, read, bad, lambda done: None)


def as_schools(rows: Iterable[Row], links: Iterable[Link]) -> list[School]:
    """What decisions ask of each school."""
    successors = successors_of(links)
    return [
        School(
            row.urn,
            row.name,
            row.authority,
            row.status,
            row.opened_on if row.status == "proposed" else None,
            row.closed_on,
            tuple(successors.get(row.urn, ())),
        )
        for row in rows
    ]


def successors_of(links: Iterable[Link]) -> dict[str, list[str]]:
    """Who came after each school: it says so of its successor, or its successor of it."""
    found: dict[str, set[str]] = {}
    for link in links:
        kind = link.kind.lower()
        if kind.startswith("successor"):
            found.setdefault(link.urn, set()).add(link.linked)
        elif kind.startswith("predecessor"):
            found.setdefault(link.linked, set()).add(link.urn)
    return {urn: sorted(after) for urn, after in found.items()}


def _school(cells: Cells) -> Row:
    name, authority = _text(cells, "EstablishmentName"), _text(cells, "LA (code)").zfill(3)
    if not name:
        raise WrongCell("has no name")
    if not re.fullmatch("[0-9]{3}", authority):
        raise WrongCell(f"LA (code) “{authority}” is not three digits")
    status = STATUSES.get(_code(cells, "EstablishmentStatus (code)") or _text(cells, "EstablishmentStatus (name)"))
    if status is None:
        raise WrongCell("has a status that the register does not know")
    details: dict[str, Any] = {key: text for key, column in TEXTS.items() if (text := _said(cells, column))}
    details |= {key: count for key, column in NUMBERS.items() if (count := _number(cells, column)) is not None}
    number = _text(cells, "EstablishmentNumber")
    if number:
        details["number"] = f"{authority}/{number.zfill(4)}"
    inspected = _day(cells, "OfstedLastInsp") or _day(cells, "DateOfLastInspectionVisit")
    if inspected:
        details["inspected_on"] = inspected.isoformat()
    free_meals = _said(cells, "PercentageFSM")
    if free_meals:
        details["free_school_meals_percent"] = free_meals
    easting, northing = _number(cells, "Easting", 700_000), _number(cells, "Northing", 1_300_000)
    words = [name, details.get("town", ""), details.get("postcode", ""), details.get("number", "")]
    row = Row(
        _urn(cells, "URN"),
        name,
        authority,
        status,
        _day(cells, "OpenDate"),
        _day(cells, "CloseDate"),
        PHASES.get(_code(cells, "PhaseOfEducation (code)"), ""),
        _number(cells, "StatutoryLowAge", 99),
        _number(cells, "StatutoryHighAge", 99),
        easting or None,
        northing if easting else None,
        _needs(cells),
        " ".join(word for word in words if word).lower(),
        msgspec.json.encode(details).decode(),
    )
    if UNREADABLE.search(row.words + row.details):
        raise WrongCell("has a character that cannot be read")
    return row


def _needs(cells: Cells) -> list[str]:
    """“SEMH - Social, Emotional and Mental Health” is SEMH."""
    said = (_said(cells, f"SEN{place} (name)") for place in range(1, 14))
    return list(dict.fromkeys(text.partition(" ")[0].upper() for text in said if text))


def _text(cells: Cells, column: str) -> str:
    return cells.get(column, "").strip()


def _said(cells: Cells, column: str) -> str:
    text = _text(cells, column)
    return "" if text in NOTHING else text


def _code(cells: Cells, column: str) -> str:
    """Codes come with leading zeros or, from a spreadsheet, without."""
    return _text(cells, column).lstrip("0")


def _urn(cells: Cells, column: str) -> str:
    urn = _text(cells, column)
    if not re.fullmatch(r"[0-9]{6}", urn):
        raise WrongCell(f"{column} “{urn[:40]}” is not six digits")
    return urn


def _number(cells: Cells, column: str, largest: int = 1_000_000) -> int | None:
    text = _text(cells, column)
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,7}", text) or int(text) > largest:
        raise WrongCell(f"{column} “{text[:40]}” is not a number from 0 to {largest}")
    return int(text)


def _day(cells: Cells, column: str) -> date | None:
    """dd-mm-yyyy, also with slashes, also as ISO has it."""
    text = _text(cells, column)
    if not text:
        return None
    found = re.fullmatch(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4})", text)
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(text)
    except ValueError:
        raise WrongCell(f"{column} “{text[:40]}” is not a date such as 31-08-2024") from None
