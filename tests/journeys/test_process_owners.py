"""A process owner in a real browser: a new version of a process from the file to the case that follows it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.api.desk import Desk
from tests.journeys.chromium import Person, violations
from tests.web.test_process_pages import archive

At = Callable[..., Person]


@pytest.mark.parametrize("script", [True, False])
def test_a_new_version_is_checked_tried_put_in_use_and_followed(
    at: At, desk: Desk, tmp_path: Path, script: bool
) -> None:
    # given a move that waits to be explored in five school days
    with ThreadPoolExecutor(1) as aside:  # it has an event loop of its own, as the browser has
        ref = aside.submit(desk.open_move).result()
    desk.settle()
    count = 6 if script else 7
    draft, faulty = tmp_path / "managed_move.zip", tmp_path / "faulty.zip"
    draft.write_bytes(archive(process=("count = 5", f"count = {count}")))
    faulty.write_bytes(archive(managed_move=("<bpmn:userTask", "<bpmn:task")))
    owner = at("process-owner", script=script)
    looked_at: list[str] = []

    def look() -> None:
        if script:  # axe is a script itself
            looked_at.extend(violations(owner.page))

    def upload(file: Path | None) -> None:
        owner.page.get_by_label("Which process is it?").select_option("Managed move")
        if file:
            owner.page.get_by_label("Its folder, as a zip archive").set_input_files(file)
        owner.press("Check version")
        look()

    # when its owner has it checked, after what was wrong was put right
    owner.open("/processes").press("Check a new version")
    upload(None)
    assert owner.page.title().startswith("Error: ")
    upload(faulty)
    assert "The file is not well-formed XML." in owner.text
    upload(draft)

    # tries it and puts it in use
    owner.press("Start dry run")
    assert "Deadline moved" in owner.text and ref in owner.text
    owner.press("Put in use")
    assert "Select why" in owner.text
    look()
    owner.choose("Guidance changed").press("Put in use")
    assert "Yes: new cases follow it" in owner.text

    # then a case can be moved to it, and its date follows
    owner.follow("Move cases to this version").press("Move cases")
    assert "Select at least one case" in owner.text
    look()
    owner.choose(ref).choose("Guidance changed").type("Why, in words", "Families asked for more time.")
    owner.press("Move cases")
    assert owner.heading == "1 case moved"
    look()
    assert looked_at == []
    (deadline,) = desk.case(ref)["deadlines"]
    assert deadline["due"] == {6: "2026-10-06", 7: "2026-10-07"}[count]
