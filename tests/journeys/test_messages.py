"""An e-mail to a parent that comes back, seen and made good by a caseworker in a real browser."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from pypdf import PdfReader

from tests.api.desk import Desk
from tests.journeys.chromium import Person, violations
from tests.notify.beside import notify
from tests.notify.conftest import govuk, hurry  # noqa: F401
from tests.notify.govuk import Govuk
from tests.serving import Served
from tests.store.embedding import until

At = Callable[..., Person]
TASK = "Give it another way"


@pytest.mark.parametrize("script", [True, False])
def test_a_message_that_bounced_is_given_by_letter(
    at: At,
    desk: Desk,
    served: Served,
    empty_database: str,
    govuk: Govuk,  # noqa: F811
    script: bool,
) -> None:
    # given an e-mail to a parent whose address does not exist
    ref = desk.open(parent_informed_on="2026-09-01")
    bounce(desk, served, empty_database, govuk, ref)
    worker = at("caseworker", script=script)
    looked_at: list[str] = []

    def look() -> None:
        if script:  # axe is a script itself
            looked_at.extend(violations(worker.page))

    # when the caseworker opens the case, a task is there; among the messages stands what it is about
    worker.follow("Cases").follow(ref)
    assert TASK in worker.text
    worker.follow("Messages")
    row = worker.page.get_by_role("row").filter(has_text="Not delivered")
    assert "Parent or carer" in row.inner_text() and "The address does not take messages" in row.inner_text()
    look()

    # and from the task leads a way to the words, which are taken to be printed
    worker.follow("See to it")
    look()
    worker.follow("The words, as a letter to print")
    look()
    with worker.page.expect_download() as download:
        worker.follow("Download the letter (PDF)")
    printed = " ".join(PdfReader(Path(download.value.path())).pages[0].extract_text().split())
    assert f"Our reference: {ref} {worker.heading}" in printed

    # and the task is completed, which says that it was posted
    worker.follow("Go back to the messages").follow("See to it").press("Take on and answer").choose("By post")
    for part, number in (("Day", "15"), ("Month", "9"), ("Year", "2026")):
        worker.type(part, number)
    worker.press("Continue").type("Who posted it, handed it over, or called?", "The post room").press("Continue")
    worker.press("Complete task").follow("Go to the case").follow("Messages")

    # then it is known that it went by letter, and nothing is left to do
    assert "Not delivered" not in worker.text and "By letter" in worker.text
    worker.follow("Overview")
    assert TASK not in worker.text
    assert looked_at == []


def bounce(desk: Desk, served: Served, url: str, govuk: Govuk, ref: str) -> None:  # noqa: F811
    """The notify service sends it, and hears that nobody is there."""

    def came_back() -> bool:
        for one in govuk.sent:
            one["status"] = "permanent-failure"
        hurry(connection)
        return any(one["state"] == "failed" for one in desk.as_("caseworker").get(f"/cases/{ref}/messages").json())

    with notify(served, url, govuk), psycopg.connect(url, autocommit=True) as connection:
        until(lambda: bool(govuk.sent), "the e-mail", 20)
        until(came_back, "the result", 20)
