"""Documents in a real browser: put into the pack by the home head, read by the receiving head, added at the case."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.api.desk import TO_PACK, Desk, answers
from tests.api.documents import PDF, WITH_MACROS
from tests.journeys.chromium import Person, violations, wider_than_the_window

At = Callable[..., Person]


@pytest.mark.parametrize("script", [True, False])
def test_a_document_goes_from_the_home_school_to_the_receiving_school(
    at: At, desk: Desk, tmp_path: Path, script: bool
) -> None:
    # given a pack that the home head has written, but for its documents
    with ThreadPoolExecutor(1) as aside:  # it has an event loop of its own, as the browser has
        ref = aside.submit(desk.open_move).result()
    desk.walk(ref, *TO_PACK[:-1])
    task = desk.task(ref, "prepare_pack")["task"]
    home = desk.as_("home-head")
    home.post(f"/tasks/{task}/claim", json={})
    home.put(f"/tasks/{task}/draft", json={"answers": answers("managed_move", "information_pack")})
    report, macros, large = tmp_path / "report.pdf", tmp_path / "letter.docx", tmp_path / "large.pdf"
    report.write_bytes(PDF)
    macros.write_bytes(WITH_MACROS)
    large.write_bytes(PDF + b"\0" * 15_000_000)
    head = at("home-head", script=script, width=1200 if script else 320)
    looked_at: list[object] = []

    def look(person: Person) -> None:
        if script:  # axe is a script itself
            looked_at.extend(violations(person.page))
        elif wide := wider_than_the_window(person.page):
            looked_at.append((person.page.url, wide))

    def choose(file: Path) -> None:
        head.page.get_by_label("Which file?").set_input_files(file)
        head.press("Continue")

    # when they choose what cannot be, then what can
    head.open(f"/tasks/{task}/check").page.get_by_role("link", name="Change Which documents are in the pack?").click()
    head.type("What is it?", "Report").choose("The head and the SENCO only")
    look(head)
    for wrong, sentence in ((macros, "must be a PDF"), (large, "must be smaller than 10 MB")):
        choose(wrong)
        assert head.page.title().startswith("Error: ")
        assert sentence in head.page.get_by_role("alert").inner_text()
        assert head.page.get_by_label("What is it?").input_value() == "Report"
        look(head)
    choose(report)

    # then it is among the answers to check, and goes on with them
    assert head.heading == "Check your answers"
    assert "report.pdf (PDF, 1 KB)" in head.text
    look(head)
    head.press("Complete task")

    # and the receiving head reads it at the task of reading the pack
    reader = at("receiving-head", script=script)
    reader.open(f"/tasks/{desk.task(ref, 'acknowledge_pack')['task']}")
    look(reader)
    with reader.page.expect_download() as download:
        reader.follow("Download report.pdf")
    assert Path(download.value.path()).read_bytes() == PDF
    assert download.value.suggested_filename == "report.pdf"

    # and whoever works on the case adds another
    team = at("caseworker", script=script).open(f"/cases/{ref}/files")
    team.press("Add file")
    assert "Select a file" in team.page.get_by_role("alert").inner_text()
    look(team)
    team.page.get_by_label("File", exact=True).set_input_files(report)
    team.type("What is it? (optional)", "Minutes").press("Add file")
    assert "Minutes" in team.text
    look(team)
    assert looked_at == []
