"""The way from an e-mail to the words, for a family that cannot sign in: a secure link in the message."""

import asyncio
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from services.case.application import links
from services.case.application.door import once
from services.case.application.opening import open_case
from services.case.application.reference import stream_of
from services.case.application.running import Running
from services.case.domain.people import SYSTEM
from services.case.samples import sample_directory
from services.case.settings import Settings
from services.case.wiring import House
from tests.api.desk import pupil
from tests.application.council import PEOPLE
from tests.deliveries.offered import Event, offered

REF = "EP-2026-000001"
START = "https://casework.example"


@contextmanager
def reachable_with(settings: Settings, **known: str) -> Iterator[House]:
    """A house that knows where its pages are, with a case whose parent has an e-mail address and no account; `known` of
    the parent otherwise than usual."""
    house = House(msgspec.structs.replace(settings, public_url=START)).open()
    house.reference.directory = sample_directory()

    def act(running: Running) -> bytes:
        given = pupil(parent_account=None)
        given["parents"] = [{**given["parents"][0], **known}]
        open_case(running, REF, PEOPLE["caseworker"], "exclusion_prevention", given)
        return b""

    asyncio.run(house.door.change(REF, once(), act))
    yield house
    house.close()


@pytest.fixture
def reachable(settings: Settings) -> Iterator[House]:
    with reachable_with(settings) as house:
        yield house


def everything_to_parent(house: House, count: int) -> list[dict[str, Any]]:
    """What is offered to be sent to the parent, once so much was."""

    def there(found: list[Event]) -> bool:
        followed = house.database.row("SELECT position FROM reader_positions WHERE reader = 'deliveries'")
        return len(found) >= count and followed is not None and followed[0] >= house.store.head()

    return [event["data"] for event in offered(house, there, "parent")]


def to_parent(house: House) -> dict[str, Any]:
    """What alone is offered to be sent to the parent."""
    (data,) = everything_to_parent(house, 1)
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


def with_code(settings: Settings, folder: Path, factor: str) -> Settings:
    """A council that wants a code too, by that way."""
    shutil.copytree(settings.authorities_path, folder)
    file = folder / "937_warwickshire.toml"
    file.write_text(file.read_text().replace("mm.model =", f'links.secondFactor = "{factor}"\nmm.model =', 1))
    return msgspec.structs.replace(settings, authorities_path=folder)


@pytest.mark.parametrize(("factor", "way"), [("text", "sms"), ("letter", "letter")])
def test_where_the_council_wants_a_code_too_it_goes_another_way_than_the_link(
    settings: Settings, tmp_path: Path, factor: str, way: str
) -> None:
    with reachable_with(with_code(settings, tmp_path / "authorities", factor)) as house:
        # when words are due to a parent, and the link has gone out in an e-mail
        with_link, with_digits = everything_to_parent(house, 2)

        # then the code goes by the other way alone, and opens that link; the e-mail does not have it
        digest = links.digest_of(token_in(with_link))
        assert with_digits["ways"] == [way] and with_link["ways"][0] == "email"
        assert factor != "text" or "sms" not in with_link["ways"]
        (code,) = re.findall(r"\b\d{6}\b", with_digits[way]["words"])
        link = links.by_digest(asyncio.run(house.door.see(REF)), digest, house.clock.now())
        assert link.code == links.kept_of(house.store.keys.master, digest, code)
        assert code not in str(with_link) and "/link/" not in str(with_digits)

        # and it stands nowhere in the log
        assert all(code.encode() not in bytes(row[0]) for row in house.database.rows("SELECT state FROM events"))


def test_where_a_code_could_not_go_by_itself_no_link_does(settings: Settings, tmp_path: Path) -> None:
    with reachable_with(
        with_code(settings, tmp_path / "authorities", "letter"), contact_restriction="hide_address"
    ) as house:
        offered = everything_to_parent(house, 0)
        assert offered == [] and issued(house) == 0
