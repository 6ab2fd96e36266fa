"""The gate on whole folders: what is named must be there, forms and notices must be whole."""

import pytest

from services.case.process.gate import PERMISSIVE, RULES, Known, check_bundle
from tests.process.gate.changes import DOUBTS, FORMS, KNOWN, NAMES, SETTINGS, Change, bundle

FOLDER = "bpmn/home_visit"


def test_a_whole_process_passes() -> None:
    assert check_bundle(bundle(), KNOWN, FOLDER) == []
    assert check_bundle(bundle(), PERMISSIVE, FOLDER) == []


@pytest.mark.parametrize("change", [*SETTINGS, *NAMES, *FORMS], ids=str)
def test_a_process_with_one_fault_is_refused_by_its_rule(change: Change) -> None:
    found = check_bundle(bundle(change), KNOWN, FOLDER)

    named = [one for one in found if one.rule == change.rule]
    assert named, found
    assert {one.severity for one in named} == {"error"}
    assert all(one.file.startswith(f"{FOLDER}/") and one.line >= 1 and one.message.endswith(".") for one in found)
    assert {one.rule for one in found} <= RULES.keys()


@pytest.mark.parametrize("change", DOUBTS, ids=str)
def test_what_is_only_doubtful_is_a_warning(change: Change) -> None:
    found = check_bundle(bundle(change), KNOWN, FOLDER)

    assert change.rule in {one.rule for one in found}
    assert {one.severity for one in found if one.rule == change.rule} == {"warning"}


@pytest.mark.parametrize(
    ("known", "change"),
    [
        ("roles", Change("unknown-role", "process.toml", '"home-staff"', '"caseworker"')),
        ("operators", Change("unknown-operator", "home_visit.bpmn", 'id="send_notice"', 'id="send_pigeon"')),
        ("milestones", Change("unknown-milestone", "home_visit.bpmn", "visit.arranged", "visit.imagined")),
        ("policy_keys", Change("unknown-policy", "process.toml", '"visit.length"', '"visit.width"')),
    ],
)
def test_a_list_that_is_not_known_is_not_asked(known: str, change: Change) -> None:
    lists = Known(**{**{name: getattr(KNOWN, name) for name in KNOWN.__struct_fields__}, known: None})

    assert check_bundle(bundle(change), lists, FOLDER) == []


def test_a_finding_names_the_line_of_a_key() -> None:
    change = Change("settings-deadline", "process.toml", "count = 3", "count = 0")

    (found,) = check_bundle(bundle(change), KNOWN, FOLDER)

    assert (found.file, found.element) == ("bpmn/home_visit/process.toml", "arrange")
    assert bundle(change)["process.toml"].decode().splitlines()[found.line - 1] == "[deadlines.arrange]"


def test_a_process_called_from_another_file_of_the_folder_is_there() -> None:
    files = bundle()
    own = files["home_visit.bpmn"].decode()
    start = own.index('<bpmn:userTask id="inform"')
    flows, end = own.index("<bpmn:incoming>", start), own.index("</bpmn:userTask>", start)
    call = f'<bpmn:callActivity id="inform" calledElement="informing">{own[flows:end]}</bpmn:callActivity>'
    files["home_visit.bpmn"] = (own[:start] + call + own[end + len("</bpmn:userTask>") :]).encode()
    files["informing.bpmn"] = (
        b'<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d">'
        b'<bpmn:process id="informing"><bpmn:startEvent id="a" /><bpmn:endEvent id="b" />'
        b'<bpmn:sequenceFlow id="f" sourceRef="a" targetRef="b" /></bpmn:process></bpmn:definitions>'
    )

    errors = [one for one in check_bundle(files, KNOWN, FOLDER) if one.severity == "error"]

    assert errors == []


def test_broken_files_are_findings_and_never_crashes() -> None:
    for path in bundle():
        for body in (b"", b"\xff\xfe\x00", b"{}", b"[]", b"null", b"x" * 3_000_000, b"---\n---\n---\n", b"{" * 100_000):
            files = {**bundle(), path: body}
            for found in check_bundle(files, KNOWN, FOLDER):
                assert found.rule in RULES
