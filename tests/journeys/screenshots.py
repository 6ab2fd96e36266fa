"""`make screenshots`: a picture of every page, wide and as on a phone, of a house made for it."""

import sys
from pathlib import Path

from tests.api.conftest import MORNING
from tests.api.desk import Desk
from tests.journeys.chromium import Person, chromium
from tests.journeys.pages import addresses, say_why
from tests.serving import serve
from tests.store.embedding import data_folder

WIDTHS = {"wide": 1200, "phone": 360}


def main(folder: Path) -> None:
    with data_folder() as data, serve(data, clock=MORNING) as served, chromium() as browser:
        desk = Desk(served)
        found = addresses(desk)
        for name, width in WIDTHS.items():
            (folder / name).mkdir(parents=True, exist_ok=True)
            people = {
                who: say_why(Person(browser, served.address, width).sign_in(who), who, found)
                for who in {w for w, _ in found.values()}
            }
            for path, (who, address) in found.items():
                page = people[who].open(address).page
                page.screenshot(path=folder / name / f"{as_name(path)}.png", full_page=True)
            for person in people.values():
                person.close()
        desk.close()
    print(f"{len(found)} pages in {folder}")


def as_name(path: str) -> str:
    return path.strip("/").replace("/", "-").replace("{", "").replace("}", "") or "home"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
