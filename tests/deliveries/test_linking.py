"""The way from an e-mail to the words, for a family that cannot sign in: a secure link in the message."""

import asyncio
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from services.case.application import links
from services.case.application.door import once
from services.case.application.opening import open_case
from services.case.application.reference import stream_of
from services.case.application.running import Running
from services.case.deliveries import contacts
from services.case.domain.people import SYSTEM
from services.case.samples import sample_directory
from services.case.settings import Settings
from services.case.wiring import House
from tests.api.desk import pupil
from tests.application.council import PEOPLE
from tests.store.embedding import until

REF = "EP-2026-000001"
START = "https://casework.example"


@contextmanager
def reachable_with(settings: Settings) -> Iterator[House]:
    """A house that knows where its pages are, with a case whose parent has an e-mail address and no account."""
    house = House(msgspec.structs.replace(settings, public_url=START)).open()
    house.reference.directory = sample_directory()

    def act(running: Running) -> bytes:
        open_case(running, REF, PEOPLE["caseworker"], "exclusion_prevention", pupil(parent_account=None))
        return b""

    asyncio.run(house.door.change(REF, once(), act))
    yield house
    house.close()


@pytest.fixture
def reachable(settings: Settings) -> Iterator[House]:
    with reachable_with(settings) as house:
        yield house


def to_parent(house: House) -> dict[str, object]:
    """What is offered to be sent to the parent, once the log has been followed to its end."""
    offering = house.offering()
    offering.start()
    try:
        until(lambda: contacts.last(house.database) > 0, "words to be offered")
    finally:
        offering.stop()
    found, _ = contacts.read(house.database, house.store.keys, 0, 10)
    (data,) = [one.event["data"] for one in found if one.event["data"]["to"] == "parent"]
    return data


def token_in(data: dict[str, object]) -> str:
    (found,) = re.findall(rf"{START}/link/([\w-]+)", str(data["email"]))
    return str(found)


def issued(house: House) -> int:
    return [recorded.type for recorded in house.store.load(stream_of(REF))].count("case.link_issued.v1")


def test_a_parent_without_an_account_gets_a_link_that_opens(reachable: House) -> None:
    data = to_parent(reachable)

    assert data["ways"] == ["email", "letter"]
    digest = links.digest_of(token_in(data))
    assert links.case_of(reachable.database, digest) == REF
    case = asyncio.run(reachable.door.see(REF))
    link = links.by_digest(case, digest, reachable.clock.now())
    assert (link.party, link.purpose) == ("parent", "see")
    assert "/link/" not in str(data["letter"])


def test_offered_again_after_a_crash_it_is_the_same_link(reachable: House) -> None:
    first = token_in(to_parent(reachable))
    reachable.database.execute("DELETE FROM contacts")
    reachable.database.execute("DELETE FROM links")
    reachable.database.execute("DELETE FROM reader_positions WHERE reader = 'deliveries'")

    assert token_in(to_parent(reachable)) == first
    assert links.case_of(reachable.database, links.digest_of(first)) == REF
    assert issued(reachable) == 1


def test_a_link_that_a_caseworker_gave_stays_and_the_message_says_to_use_it(reachable: House) -> None:
    _, digest = links.new_token(reachable.database, REF)

    def act(running: Running) -> bytes:
        running.decision.by = SYSTEM
        links.issue(running, "parent", "see", digest)
        return b""

    asyncio.run(reachable.door.change(REF, once(), act))

    words = str(to_parent(reachable)["email"])
    assert "open the link that" in words and "/link/" not in words
    assert issued(reachable) == 1


def test_where_the_council_wants_a_code_too_no_link_goes_by_itself(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "authorities"
    shutil.copytree(settings.authorities_path, folder)
    file = folder / "937_warwickshire.toml"
    file.write_text(file.read_text().replace("mm.model =", 'links.secondFactor = "letter"\nmm.model =', 1))

    with reachable_with(msgspec.structs.replace(settings, authorities_path=folder)) as house:
        assert to_parent(house)["ways"] == ["letter"]
        assert issued(house) == 0
