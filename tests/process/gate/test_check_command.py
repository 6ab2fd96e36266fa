"""The command: what it prints, for people and machines, and its exit codes."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest

from services.case.commands import check
from services.case.process.gate import PERMISSIVE
from tests.process.gate.changes import FOLDER, Change, bundle
from tests.process.gate.models import MODELS

GOOD, FINDINGS, WRONG_USE = 0, 1, 2


def run(*words: str | Path) -> int:
    parser = argparse.ArgumentParser()
    check.register(parser.add_subparsers())
    args = parser.parse_args(["check", *map(str, words)])
    code: int = args.run(args)
    return code


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "known", lambda **_: PERMISSIVE)


def write(folder: Path, *changes: Change) -> Path:
    for path, body in bundle(*changes).items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
    return folder


def test_a_clean_process_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(FOLDER) == GOOD
    assert capsys.readouterr().out == ""
    assert run(FOLDER, "--json") == GOOD
    assert capsys.readouterr().out == "[]\n"


def test_a_finding_is_a_line_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path / "home_visit", Change("unset-variable", "home_visit.bpmn", "urgency &gt; 3", "hurry"))

    assert run(folder) == FINDINGS

    (line,) = capsys.readouterr().out.splitlines()
    place, _, rest = line.partition(": [")
    assert place.startswith(f"{folder}/home_visit.bpmn:")
    assert rest.startswith("unset-variable] how_to_arrange: Nothing sets hurry")


def test_findings_are_one_list_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    model = MODELS / "unsound" / "signal-end__ignored.bpmn"

    assert run("--diagram", "--json", model) == FINDINGS

    (found,) = json.loads(capsys.readouterr().out)
    assert found == {
        "file": model.as_posix(),
        "line": found["line"],
        "element": "done",
        "rule": "signal-end",
        "severity": "error",
        "message": "The end event “done” would end without its signal.",
    }
    assert list(found) == ["file", "line", "element", "rule", "severity", "message"]


def test_warnings_do_not_change_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    model = MODELS / "sound" / "without_layout.bpmn"

    assert run("--diagram", model) == GOOD
    assert "[no-layout]" in capsys.readouterr().out
    assert run("--diagram", "--json", model) == GOOD
    assert [found["severity"] for found in json.loads(capsys.readouterr().out)] == ["warning"]


def test_several_files_can_be_given(capsys: pytest.CaptureFixture[str]) -> None:
    models = [MODELS / "sound" / "straight_line.bpmn", MODELS / "sound" / "route.dmn"]

    assert run("--diagram", "--json", *models) == GOOD
    assert json.loads(capsys.readouterr().out) == []
    assert run("--diagram", "--json", *models, MODELS / "unsound" / "hit-policy__any.dmn") == FINDINGS
    assert run("--diagram", MODELS / "sound") == GOOD


def test_a_folder_of_processes_is_judged_process_by_process(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "home_visit")
    write(tmp_path / "other_visit")  # its process is called otherwise than its folder
    (tmp_path / "calendars").mkdir()

    assert run(tmp_path, "--json") == FINDINGS
    assert {found["rule"] for found in json.loads(capsys.readouterr().out)} == {"process-id"}


def test_a_borrowed_form_is_found_at_the_neighbour(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "lender")
    borrowing = Change("", "process.toml", "[lanes]", '[borrowed_forms]\nrecord = "lender"\n\n[lanes]')
    folder = write(tmp_path / "home_visit", borrowing, Change("", "forms/record.schema.json"))

    assert run(folder) == GOOD
    (tmp_path / "lender" / "forms" / "record.schema.json").unlink()
    assert run(folder) == FINDINGS
    assert "[unknown-form]" in capsys.readouterr().out


def test_an_unfinished_folder_is_told_what_it_lacks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path / "home_visit", Change("", "process.toml"))

    assert run(folder) == FINDINGS
    assert "[settings-missing]" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [["nowhere"], ["--diagram"], ["--diagram", "nowhere.bpmn"], ["--diagram", "README"], ["here.bpmn"], ["empty"],
     ["--diagram", "empty"]],
)  # fmt: skip
def test_wrong_use_is_told_apart(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "README").write_text("")
    (tmp_path / "here.bpmn").write_text("")
    (tmp_path / "empty").mkdir()

    assert run(*words) == WRONG_USE

    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("check: ")


def test_without_a_path_the_houses_own_processes_are_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "bpmn" / "home_visit", Change("", "home_visit.bpmn", "urgency &gt; 3", "hurry"))
    monkeypatch.chdir(tmp_path)

    assert run() == FINDINGS
    assert capsys.readouterr().out.startswith("bpmn/home_visit/home_visit.bpmn:")


def test_help_names_every_rule(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run("--help")

    assert ended.value.code == GOOD
    assert "signal-end" in capsys.readouterr().out


def test_the_gate_does_not_load_the_engine() -> None:
    asked = "import sys, services.case.process.gate; sys.exit(any('SpiffWorkflow' in name for name in sys.modules))"

    house = Path(__file__).parents[3]

    assert subprocess.run([sys.executable, "-c", asked], cwd=house, check=False).returncode == GOOD
