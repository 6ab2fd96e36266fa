"""An auditor in a real browser replays a case: by links, by the slider with its keys, and by the list of versions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.api.desk import Desk
from tests.journeys.chromium import Person, violations

At = Callable[..., Person]


@pytest.fixture(scope="module")
def ref(desk: Desk) -> str:
    """A case with a history."""
    with ThreadPoolExecutor(1) as aside:  # it has an event loop of its own, as the browser has
        return aside.submit(desk.moved_to_terms).result()


@pytest.mark.parametrize("script", [True, False])
def test_a_case_is_replayed_compared_verified_and_taken_along(at: At, ref: str, script: bool) -> None:
    auditor = at("auditor", script=script)
    looked_at: list[str] = []

    def look() -> None:
        if script:  # axe is a script itself
            looked_at.extend(violations(auditor.page))

    # given an auditor who has said why they look
    auditor.follow("Audit").press("Open case")
    assert auditor.page.title().startswith("Error: ")
    auditor.type("Case reference", ref).type("Why do you look?", "A complaint was made").press("Open case")

    # when they replay the case, step back and choose a version
    auditor.follow("Process")
    last = int(auditor.heading.rpartition(" ")[2])
    assert auditor.heading == f"Version {last} of {last}" and "Waiting" in auditor.text
    look()
    auditor.follow("Previous")
    assert auditor.heading == f"Version {last - 1} of {last}"
    auditor.select(auditor.page.locator("#version"), "3").press("Show")
    assert auditor.heading == f"Version 3 of {last}"
    auditor.follow("Next")

    # then each version has its address, and what a step changed is told
    assert "version=4" in auditor.page.url and auditor.heading == f"Version 4 of {last}"
    auditor.follow("What this step changed")
    assert auditor.heading == "Versions 3 and 4 compared"
    look()

    # and the record is intact, who has looked is told with the reason, and a copy is taken
    auditor.follow("Verify")
    assert auditor.heading == "The record is intact"
    look()
    auditor.follow("Access")
    assert "A complaint was made" in auditor.text
    look()
    auditor.follow("Export").tick(auditor.page.get_by_role("radio").first).type("Why do you take a copy?", "To file")
    with auditor.page.expect_download() as download:
        auditor.page.get_by_role("button", name="Take the copy").click()
    assert "verify.py" in {Path(name).name for name in ZipFile(download.value.path()).namelist()}
    assert looked_at == []


def test_the_slider_is_moved_by_keys_and_the_diagram_follows(at: At, ref: str) -> None:
    auditor = at("auditor")
    auditor.open("/audit").type("Case reference", ref).type("Why do you look?", "A complaint was made")
    auditor.press("Open case").open(f"/cases/{ref}/replay?version=5")
    slider = auditor.page.get_by_role("slider", name="Version")
    slider.focus()
    for key, version in (("ArrowRight", 6), ("ArrowRight", 7), ("ArrowLeft", 6)):
        auditor.page.keyboard.press(key)
        auditor.page.wait_for_url(f"**version={version}#slid")
        auditor.page.locator("#diagram .app-mark").first.wait_for()
        assert auditor.heading.startswith(f"Version {version} of ")
    assert auditor.page.locator("#diagram .bjs-powered-by").is_visible()  # bpmn.io's mark
