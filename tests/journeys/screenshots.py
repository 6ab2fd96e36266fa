"""`make screenshots`: a picture of every page, wide and as on phones, of a house made for it."""

import sys
from functools import partial
from pathlib import Path
from typing import Any

from tests.api.conftest import MORNING
from tests.api.desk import Desk
from tests.journeys.chromium import Person, chromium
from tests.journeys.pages import Found, addresses, arrive
from tests.serving import Served, serve
from tests.store.embedding import data_folder

WIDTHS = {"wide": 1200, "phone": 375, "small-phone": 320}


def main(folder: Path) -> None:
    with data_folder() as data, serve(data, clock=MORNING) as served, chromium() as browser:
        desk = Desk(served)
        found = addresses(desk)
        for name, width in WIDTHS.items():
            take(browser, served, found, folder / name, width)
        desk.close()
    print(f"{len(found)} pages in {folder}")


def take(browser: Any, served: Served, found: Found, folder: Path, width: int) -> None:
    """Raises AssertionError if a page misses something that it asks for, such as its style sheet."""
    folder.mkdir(parents=True, exist_ok=True)

    def at(name: str = "", **settings: Any) -> Person:
        person = Person(browser, served.address, **settings)
        return person.sign_in(name) if name else person

    people = {who: arrive(partial(at, width=width), who, found) for who in {who for who, _ in found.values()}}
    for path, (who, address) in found.items():
        people[who].open(address).page.screenshot(path=folder / f"{as_name(path)}.png", full_page=True)
    for person in people.values():
        assert person.faults == []
        person.close()


def as_name(path: str) -> str:
    return "-".join(path.strip("/").translate(str.maketrans("/", "-", "{}()")).split()) or "home"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
