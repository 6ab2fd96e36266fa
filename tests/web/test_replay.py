"""An auditor replays a case at an address, without JavaScript."""

from collections.abc import Callable

from tests.api.desk import Desk
from tests.web.browsing import Browser

At = Callable[[str], Browser]


def test_an_auditor_steps_through_a_case_and_sees_what_was_open_then(browser: At, desk: Desk) -> None:
    # given a case that has come some way
    ref = desk.moved_to_terms()
    auditor = browser("auditor")

    # when the auditor opens it at an early version and steps on
    first = auditor.open(f"/cases/{ref}/replay?version=1")
    assert first.status == 200 and first.heading.startswith("Version 1 of ")
    assert "Next" in first.links() and "Previous" not in first.links()
    second = auditor.open(first.links()["Next"])
    assert second.heading.startswith("Version 2 of ")

    # then steps are told in words beside the diagram, the one that waits too, and the last has none after it
    last = auditor.open(f"/cases/{ref}/replay")
    rows = [" ".join(row.text_content().split()) for row in last.page.xpath("//tbody/tr")]
    assert any(row.endswith("Over") for row in rows)
    assert any(row.endswith("Waiting") for row in rows)
    assert "BPMNDiagram" in last.page.get_element_by_id("diagram").get("data-xml")
    assert "Answers given by then" in last.text
    assert "Next" not in last.links()


def test_a_version_that_is_not_there_is_no_page(browser: At, desk: Desk) -> None:
    ref = desk.open()
    auditor = browser("auditor")
    for version in ("0", "99999", "x"):
        assert auditor.open(f"/cases/{ref}/replay?version={version}").status == 404
