"""Whose a stream is stays known, however many cases are asked for."""

from services.case.outbox.owners import Owners
from services.case.wiring import House
from tests.relay.streams import Stream


def test_more_cases_than_are_remembered_all_have_their_owner(house: House) -> None:
    streams = [Stream(house, number).id for number in range(1, 7)]
    types = dict.fromkeys(streams, "case.note_added.v1")
    owners = Owners(house.database, house.owners.codes, remembered=2)

    for count in range(1, len(streams) + 1):
        asked = dict(list(types.items())[:count])
        assert owners.of(asked).keys() == asked.keys()
