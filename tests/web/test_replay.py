"""An auditor replays a case at an address, without JavaScript."""

from collections.abc import Callable

from tests.api.desk import Desk, answers
from tests.web.browsing import Browser
from tests.web.uploading import archive, upload

At = Callable[[str], Browser]


def test_an_auditor_steps_through_a_case_and_sees_what_was_open_then(browser: At, desk: Desk) -> None:
    # given a case that has come some way
    ref = desk.moved_to_terms()
    auditor = browser("auditor")
    auditor.look_at(ref)

    # when the auditor opens it at an early version and steps on
    first = auditor.open(f"/cases/{ref}/replay?version=1")
    assert first.status == 200 and first.heading.startswith("Version 1 of ")
    assert "Next" in first.links() and "Previous" not in first.links()
    second = auditor.open(first.links()["Next"])
    assert second.heading.startswith("Version 2 of ")

    # then steps are told in words beside the diagram, the one that waits too, and the last has none after it
    last = auditor.open(f"/cases/{ref}/replay")
    states = {cell.text_content().strip() for cell in last.page.xpath("//td[@data-label='Then']")}
    assert {"Over", "Waiting"} <= states
    assert "BPMNDiagram" in last.page.get_element_by_id("diagram").get("data-xml")
    assert "Answers given by then" in last.text
    assert "Next" not in last.links()


def test_a_version_that_is_not_there_is_no_page(browser: At, desk: Desk) -> None:
    ref = desk.open()
    auditor = browser("auditor")
    auditor.look_at(ref)
    for version in ("0", "99999", "x"):
        assert auditor.open(f"/cases/{ref}/replay?version={version}").status == 404


def test_two_versions_are_compared_in_words(browser: At, desk: Desk) -> None:
    # given a case that has come some way
    ref = desk.moved_to_terms()
    auditor = browser("auditor")
    auditor.look_at(ref)

    # when its first and last versions are compared
    page = auditor.open(f"/cases/{ref}/compare")
    groups = [one.text_content().strip() for one in page.page.xpath("//h2")]
    rows = [[" ".join(cell.text_content().split()) for cell in row] for row in page.page.xpath("//tbody/tr")]

    # then what was not there at first is there now, and a version does not differ from itself
    assert page.status == 200 and {"Where it waited", "Open tasks"} <= set(groups)
    assert any(was == "Not there" and now.startswith("Waiting") for _, was, now in rows)
    assert "Nothing that you may see differs" in auditor.open(f"/cases/{ref}/compare?from=3&to=3").text
    assert auditor.open(f"/cases/{ref}/compare?from=0").status == 404
    assert auditor.open(f"/cases/{ref}/compare?to=99999").status == 404


def test_what_is_personal_is_compared_for_those_who_may_read_it_alone(browser: At, desk: Desk) -> None:
    ref = desk.moved_to_terms()
    path = f"/cases/{ref}/compare"
    said = str(answers("managed_move", "terms")["why_peers"])
    assert said in browser("caseworker").open(path).text
    assert said not in browser("auditor").look_at(ref).open(path).text


def last_version(page: Browser) -> int:
    return int(page.heading.rpartition(" ")[2])


def test_each_process_of_a_case_is_shown_by_its_own_diagram(browser: At, desk: Desk) -> None:
    # given a move, beside which a second process begins
    ref, auditor = desk.moved_to_terms(), browser("auditor")
    auditor.look_at(ref)
    before = last_version(auditor.open(f"/cases/{ref}/replay"))
    begun = desk.as_("caseworker").post(f"/cases/{ref}/processes", json={"process": "reintegration"})
    assert begun.status_code == 200, begun.text
    move, other = (one["bundle"] for one in desk.case(ref)["processes"])

    # then it can be chosen from when it is there, and before that the page shows the one that was
    assert auditor.open(f"/cases/{ref}/replay?version={before}&instance=2").status == 200
    assert f"Bundle {move}" in auditor.text and f"Bundle {other}" not in auditor.text
    auditor.open(f"/cases/{ref}/replay?instance=2")
    assert f"Bundle {other}" in auditor.text and f"Bundle {move}" not in auditor.text
    assert 'id="reintegration"' in auditor.page.get_element_by_id("diagram").get("data-xml")
    assert {row.get("value") for row in auditor.page.xpath("//select[@id='instance']/option")} == {"1", "2"}


def test_a_called_process_is_shown_by_its_own_diagram(browser: At, desk: Desk) -> None:
    # given a move on which a school was found, which is a diagram of its own
    ref, auditor = desk.moved_to_terms(), browser("auditor")
    auditor.look_at(ref).open(f"/cases/{ref}/replay?diagram=finding_a_school")

    # then it can be chosen, the steps in it are marked on it, and it stays chosen from one version to another
    drawn = auditor.page.get_element_by_id("diagram")
    assert 'id="reply_of_school"' in drawn.get("data-xml") and "reply_of_school" in drawn.get("data-done").split()
    assert "diagram=finding_a_school" in auditor.links()["Previous"]
    early = auditor.open(f"/cases/{ref}/replay?diagram=finding_a_school&version=3")
    assert 'id="reply_of_school"' not in early.page.get_element_by_id("diagram").get("data-xml"), "not begun then"


def test_a_case_that_was_moved_is_shown_on_the_bundle_in_force_then(browser: At, desk: Desk) -> None:
    # given a move that was taken to a new bundle, on which a task has another name
    ref, auditor, owner = desk.open_move(), browser("auditor"), browser("process-owner")
    auditor.look_at(ref)
    before = last_version(auditor.open(f"/cases/{ref}/replay"))
    old = desk.case(ref)["processes"][0]["bundle"]
    renamed = archive(managed_move=('id="explore_with_family" name="', 'id="explore_with_family" name="Really '))
    page = upload(owner, renamed).path
    assert owner.status == 200, owner.errors
    owner.send(f"{page}/dry-run")
    owner.send(f"{page}/use", because="guidance_changed")
    desk.settle()
    owner.open(f"{page}/cases")
    owner.send(f"{page}/cases", case=[ref], because="guidance_changed", reason="Families asked for it.")
    assert owner.heading == "1 case moved"
    new = desk.case(ref)["processes"][0]["bundle"]

    # then the diagram, the bundle and the names are those of the version that is looked at
    auditor.open(f"/cases/{ref}/replay?version={before}")
    assert f"Bundle {old}" in auditor.text and "Really" not in auditor.page.get_element_by_id("diagram").get("data-xml")
    assert "Really" not in auditor.text
    auditor.open(f"/cases/{ref}/replay")
    assert f"Bundle {new}" in auditor.text and "Really" in auditor.page.get_element_by_id("diagram").get("data-xml")

    # and comparing the two says that it runs on another bundle
    changed = auditor.open(f"/cases/{ref}/compare?from={before}").text
    assert f"Bundle {old[:12]}" in changed and f"Bundle {new[:12]}" in changed
