"""The conformance kit finds what each faulty consumer gets wrong, and nothing wrong with one that is right."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from contracts.conformance.__main__ import FINDINGS, GOOD, WRONG_USE, examine, main
from contracts.conformance.history import history
from contracts.conformance.judging import RULES
from contracts.conformance.offers import offers
from contracts.envelope import NotACloudEvent, from_json
from tests.contracts.schemas import SCHEMAS

CONSUMERS = Path(__file__).with_name("consumers.py")
FAULTS = {
    "ActsTwice": "twice",
    "ActsOnCopies": "twice-duplicate",
    "DropsFirstCopies": "lost-duplicated",
    "Disorderly": "order",
    "LosesItsPlace": "lost-first-after-restart",
    "Forgets": "twice-after-restart",
    "CrashesOnUnknown": "crashed-on-unknown",
    "IgnoresUnknown": "lost-beside-unknown",
    "CrashesOnMalformed": "crashed-on-malformed",
    "SkipsAfterMalformed": "lost-after-malformed",
    "MixesStreams": "lost-other-stream",
    "StopsEverything": "lost-beside-gap",
    "ActsAfterGaps": "acted-after-gap",
    "GoesByPosition": "lost-late",
    "SwallowsTheLast": "lost-last",
    "RemembersAtTheEnd": "twice-after-kill",
    "KnowsTheLatestOnly": "twice-replayed",
    "Chatters": "said-nonsense",
    "Hangs": "hung",
}


def consumer(name: str) -> Sequence[str]:
    return sys.executable, "-I", "-S", str(CONSUMERS), name


def test_a_consumer_that_does_everything_right_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json", "--", *consumer("Right")]) == GOOD

    assert json.loads(capsys.readouterr().out) == {"ok": True, "runs": 11, "records": 157, "wrong": []}


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_consumer_fails_for_its_own_reason(name: str) -> None:
    runs = history(7)

    found = (
        examine(consumer(name), runs[:1], patience=1) if name == "Hangs" else examine(consumer(name), runs, patience=5)
    )

    assert [wrong.rule for wrong in found][:1] == [FAULTS[name]]
    assert found[0].times > 0
    assert found[0].sentence == RULES[FAULTS[name]]


def test_each_has_another_reason() -> None:
    assert len(set(FAULTS.values())) == len(FAULTS)


def test_what_is_wrong_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--", *consumer("ActsAfterGaps")]) == FINDINGS

    first, last = capsys.readouterr().out.splitlines()
    assert first.startswith("a gap: acted-after-gap (2): Where an event is missing, nothing after it has an effect.")
    assert last == "11 runs, 157 records: wrong"


def test_what_cannot_be_started_is_no_finding(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--", "/no/such/consumer"]) == WRONG_USE
    assert "/no/such/consumer" in capsys.readouterr().err


def test_offers_to_be_sent_have_a_history_of_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--topic", "case.contacts.v1", "--", *consumer("Sends")]) == GOOD
    assert capsys.readouterr().out == "8 runs, 88 records: all is well\n"

    found = examine(consumer("SendsWhileItRemembers"), offers(1), patience=5)
    assert [wrong.rule for wrong in found] == ["twice-after-restart", "twice-after-kill", "twice-replayed"]


def test_it_is_a_command_that_explains_itself() -> None:
    help = subprocess.run([sys.executable, "-m", "contracts.conformance", "--help"], capture_output=True, text=True)

    assert help.returncode == GOOD
    assert "CONFORMANCE_STATE" in help.stdout


def test_what_it_feeds_are_records_as_they_are_published() -> None:
    lines = [line for run in history(3) for line in run.lines]

    for line in lines:
        if line.role == "malformed":
            continue
        event = from_json(line.body)
        assert (event["id"], event["partitionkey"]) == (line.id, line.stream)
        assert event["type"] in SCHEMAS or line.role in ("unknown", "replayed", "again")


def test_what_it_feeds_as_unreadable_is_so() -> None:
    for run in history(3):
        for line in run.lines:
            if line.role == "malformed":
                try:
                    event = from_json(line.body)
                except NotACloudEvent:
                    continue
                pytest.fail(f"can be read: {sorted(event)}")


def test_the_same_seed_feeds_the_same() -> None:
    assert history(5) == history(5)
    assert history(5) != history(6)
