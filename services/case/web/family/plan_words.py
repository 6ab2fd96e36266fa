"""The terms of an agreement as a family reads them: what is not told, and the words in which a pupil reads the rest."""

from collections.abc import Mapping
from typing import Any

NAMES = {"parties", "no_pressure", "no_pressure_by", "no_pressure_on"}  # of others, and what they alone confirmed
WAY_HOME = {
    "why_travel",
    "transport_by",
    "transport_details",
}  # where contact is limited, they would lead to an address
FOR_PUPILS: Mapping[str, str] = {  # by field of the terms, in the order in which a pupil would ask
    "receiving_school": "Which school would you go to?",
    "starts_on": "When is your first day there?",
    "length": "For how long?",
    "purpose": "What is it for?",
    "timetable": "Will you be there all day?",
    "timetable_details": "What does your week look like?",
    "key_adult_receiving": "Who looks out for you at the new school?",
    "key_adult_home": "Who can you still talk to at your school now?",
    "support_receiving": "How will they help you?",
    "targets": "What do you want to get better at?",
    "transport_details": "How do you get there?",
    "uniform": "What do you wear?",
    "equipment": "What do you bring?",
    "meals": "What about lunch?",
    "on_not_success": "What if it goes badly?",
    "complaints": "Who can you complain to?",
    "advice": "Who can you ask for advice?",
}


def for_pupil(rows: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """What a pupil wants to know first; the rows of all terms are by field."""
    return [{**rows[name], "title": title} for name, title in FOR_PUPILS.items() if name in rows]
