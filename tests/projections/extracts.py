"""Made-up extracts of the public register of schools, in the layout in which it is published."""

import csv
import io
from typing import Any

SCHOOL = {
    "URN": "910001",
    "LA (code)": "937",
    "LA (name)": "Warwickshire",
    "EstablishmentNumber": "4901",
    "EstablishmentName": "Hazel Bank School",
    "TypeOfEstablishment (name)": "Community school",
    "EstablishmentStatus (code)": "1",
    "OpenDate": "01-09-1974",
    "CloseDate": "",
    "PhaseOfEducation (code)": "4",
    "StatutoryLowAge": "11",
    "StatutoryHighAge": "16",
    "SchoolCapacity": "900",
    "Town": "Hazelbury",
    "Postcode": "ZZ4 1AA",
    "SEN1 (name)": "SEMH - Social, Emotional and Mental Health",
    "SEN2 (name)": "SpLD - Specific Learning Difficulty",
    "Easting": "428300",
    "Northing": "264900",
}
LINK = {"URN": "", "LinkURN": "", "LinkName": "", "LinkType": "Successor", "LinkEstablishedDate": "01-09-2024"}


def school(**changes: str) -> dict[str, str]:
    """A row, some of it changed; `la` and `sen` are short for the columns of codes."""
    short = {"la": "LA (code)", "status": "EstablishmentStatus (code)", "name": "EstablishmentName"}
    return {**SCHOOL, **{short.get(column, column): value for column, value in changes.items()}}


def link(urn: str, linked: str, kind: str = "Successor") -> dict[str, str]:
    return {**LINK, "URN": urn, "LinkURN": linked, "LinkType": kind}


def extract(*rows: dict[str, str], encoding: str = "cp1252", **how: Any) -> bytes:
    """The file: a header, then the rows, every cell in quotation marks as the register does it."""
    text = io.StringIO()
    columns = list(rows[0])
    writer = csv.DictWriter(text, columns, quoting=csv.QUOTE_ALL, lineterminator="\r\n", **how)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)
