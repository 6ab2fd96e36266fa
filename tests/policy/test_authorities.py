"""What the law leaves to the council, and what it does not."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from services.case.policy.authorities import AuthorityUnknown, NoPolicyOnThatDay, load_authorities
from services.case.policy.authority_text import AuthorityRefused, read_authority
from services.case.policy.catalogue import PARAMETERS
from services.case.policy.policy import Policy, PolicyBytesRefused
from tests.clock.schools import A, d

ROOT = Path(__file__).parents[2]
AUTHORITIES = ROOT / "bpmn" / "authorities"
ON = date(2026, 9, 2)

SMALL = """\
code = "999"
name = "Smallshire"
contact = "inclusion@smallshire.example"

[[versions]]
effective_from = 2024-09-01
effective_to = 2026-08-31
mm.coolingOffSchoolDays = 3
ladder.rungs = [{ code = "talk", title = "Talk", minimum_dose = { count = 1, unit = "school_weeks" } }]

[[versions]]
effective_from = 2026-09-01
ladder.rungs = [{ code = "walk", title = "Walk", minimum_dose = { count = 5, unit = "school_days" } }]
"""
SECOND = "effective_from = 2026-09-01\n"


def test_warwickshire_is_as_its_page_says() -> None:
    policy = load_authorities(AUTHORITIES).at("937", ON)
    assert policy["mm.ehcpGate"] == "BLOCK"
    assert policy["mm.requiredSignatories"] == ["pupil", "parent", "home_head", "receiving_head"]
    assert policy["send.panel_before"] == ["short_term_off_site", "placement", "off_site_direction", "managed_move"]
    ladder = policy.ladder
    assert [rung.code for rung in ladder.rungs] == ["restorative", "internal_inclusion", "short_term_off_site"]
    assert (ladder.needs, ladder.waiver) == ("history_and_exhaustion", "none")
    assert [ladder.history.is_met(*counts) for counts in ((0, 1), (1, 1), (0, 2))] == [False, True, True]


def test_warwickshires_doses_fit_before_the_notice_of_the_worked_example() -> None:
    rungs = load_authorities(AUTHORITIES).at("937", ON).ladder.rungs
    days = [day for day in A.year(2026).days if day <= d("21 Oct 2026")]
    assert len(days) == 36
    assert sum(rung.minimum_dose.count for rung in rungs) == 20
    assert {rung.minimum_dose.unit for rung in rungs} == {"school_days"}


def test_the_shipped_authorities_depart_from_guidance_in_one_place() -> None:
    authorities = load_authorities(AUTHORITIES)
    assert set(authorities.codes) > {"885", "937"}
    (warning,) = authorities.warnings
    assert (warning.file, warning.key) == ("940_north_northamptonshire.toml", "versions[0].mm.model")


def protocol(code: str, on: date) -> tuple[int, list[int], int, list[str]]:
    """What a council's protocol says on a day: length and reviews in school weeks, extensions, who else must sign."""
    policy = load_authorities(AUTHORITIES).at(code, on)
    keys = ("osd.plannedLengthSchoolWeeks", "osd.reviewSchoolWeeks", "osd.maxExtensions", "mm.extraSignatories")
    return tuple(policy[key] for key in keys)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("code", "name", "today", "model_before"),
    [
        ("916", "Gloucestershire", (16, [], 0, ["inclusion_team"]), "LEGACY_TRIAL"),
        ("895", "Cheshire East", (6, [], 1, []), "LEGACY_TRIAL"),
        ("210", "Southwark", (6, [], 0, []), "LEGACY_TRIAL"),
        ("926", "Norfolk", (8, [], 1, []), "OSD_THEN_MM"),
        ("372", "Rotherham", (10, [], 0, []), "LEGACY_TRIAL"),
        ("391", "Newcastle upon Tyne", (6, [], 0, []), "LEGACY_TRIAL"),
        ("929", "Northumberland", (4, [4], 0, []), "LEGACY_TRIAL"),
        ("940", "North Northamptonshire", (8, [], 1, []), "MM_ONLY"),
    ],
)
def test_what_councils_called_a_trial_is_the_policy_of_the_direction_now(
    code: str, name: str, today: tuple[int, list[int], int, list[str]], model_before: str
) -> None:
    authorities = load_authorities(AUTHORITIES)
    assert authorities[code].name == name
    assert protocol(code, ON) == today
    assert authorities.at(code, date(2026, 7, 25))["mm.model"] == model_before
    assert authorities.at(code, date(2026, 7, 26))["mm.model"] != "LEGACY_TRIAL"


def test_a_council_that_changed_its_protocol_has_both_each_from_its_day() -> None:
    assert protocol("210", date(2020, 1, 6)) == (12, [4, 8, 12], 0, ["inclusion_team"])
    assert protocol("210", date(2024, 1, 8)) == (6, [], 0, [])
    assert protocol("926", date(2020, 1, 6)) == (8, [], 0, ["inclusion_team"])


def test_a_key_that_is_younger_than_a_policy_has_the_default_of_the_catalogue() -> None:
    policy = load_authorities(AUTHORITIES).at("937", ON)
    older = {key: value for key, value in policy.values.items() if key not in ("mm.searchSchoolDays", "prov.sixthDay")}
    stored = Policy("937", ON, older)

    assert Policy.from_bytes(stored.to_bytes())["mm.searchSchoolDays"] == 15
    with pytest.raises(KeyError):
        stored["prov.sixthDay"]  # the law is not guessed


def test_a_policy_holds_every_key_of_the_catalogue_with_the_law_in_it() -> None:
    policy = load_authorities(AUTHORITIES).at("885", ON)
    assert set(policy.values) == set(PARAMETERS)
    assert (policy["susp.maxDaysPerAcademicYear"], policy["osd.noticeSchoolDaysBeforeStart"]) == (45, 2)


def test_a_version_holds_from_its_date_until_the_next() -> None:
    authority, _ = read_authority(SMALL, "small.toml")
    assert [policy["mm.coolingOffSchoolDays"] for policy in authority.policies] == [3, 2]
    from services.case.policy.authorities import Authorities

    authorities = Authorities([authority])
    assert authorities.at("999", date(2026, 8, 31)) == authority.policies[0]
    assert authorities.at("999", date(2026, 9, 1)) == authority.policies[1]
    with pytest.raises(NoPolicyOnThatDay):
        authorities.at("999", date(2024, 8, 31))
    with pytest.raises(AuthorityUnknown):
        authorities.at("998", ON)


def test_a_policy_is_stored_by_its_hash_and_comes_back_the_same() -> None:
    policy = load_authorities(AUTHORITIES).at("937", ON)
    again = Policy.from_bytes(policy.to_bytes())
    assert (again, again.hash, again.to_bytes()) == (policy, policy.hash, policy.to_bytes())
    assert len(policy.hash) == 64
    assert policy.hash != load_authorities(AUTHORITIES).at("885", ON).hash
    for other in (b"", b"[]", policy.to_bytes() + b" ", policy.to_bytes().replace(b":45", b": 45")):
        with pytest.raises(PolicyBytesRefused):
            Policy.from_bytes(other)


def test_a_policy_does_not_change_under_those_who_read_it() -> None:
    policy = load_authorities(AUTHORITIES).at("937", ON)
    policy["mm.requiredSignatories"].append("mayor")
    assert "mayor" not in policy["mm.requiredSignatories"]
    with pytest.raises(AttributeError):
        policy.authority = "885"
    with pytest.raises(KeyError):
        policy["mm.unheardOf"]


def test_the_order_in_which_keys_are_written_does_not_matter() -> None:
    one = SMALL.replace(SECOND, SECOND + 'mm.ehcpGate = "BLOCK"\nmm.maxPerPupilPerKeyStage = 1\n')
    other = SMALL.replace(SECOND, SECOND + 'mm.maxPerPupilPerKeyStage = 1\nmm.ehcpGate = "BLOCK"\n')
    hashes = {read_authority(text, "small.toml")[0].policies[1].hash for text in (one, other, SMALL)}
    assert len(hashes) == 1


def test_departing_from_guidance_is_a_warning_from_the_day_of_the_guidance() -> None:
    legacy = SMALL.replace("effective_to = 2026-08-31", 'effective_to = 2026-07-25\nmm.model = "LEGACY_TRIAL"')
    legacy = legacy.replace(SECOND, "effective_from = 2026-07-26\n")
    assert read_authority(legacy, "small.toml")[1] == ()

    _, (warning,) = read_authority(SMALL.replace(SECOND, f'{SECOND}mm.model = "LEGACY_TRIAL"\n'), "small.toml")
    assert (warning.file, warning.key) == ("small.toml", "versions[1].mm.model")
    assert "'LEGACY_TRIAL' departs from guidance" in str(warning)


def test_a_constant_of_law_may_be_repeated_and_not_changed() -> None:
    same = SMALL.replace(SECOND, f"{SECOND}susp.maxDaysPerAcademicYear = 45\n")
    assert read_authority(same, "small.toml")[0].policies[1]["susp.maxDaysPerAcademicYear"] == 45
    with pytest.raises(AuthorityRefused, match=r"is 45 by law \(SI 2012/1033\) and cannot be 50") as refusal:
        read_authority(same.replace("= 45", "= 50"), "small.toml")
    assert (refusal.value.file, refusal.value.key) == ("small.toml", "versions[1].susp.maxDaysPerAcademicYear")


@pytest.mark.parametrize(
    ("was", "is_now", "key"),
    [
        ('code = "999"', 'code = "99"', "code"),
        ('name = "Smallshire"', "", ""),
        ('name = "Smallshire"', 'name = "Smallshire"\nmayor = "A"', "mayor"),
        (SECOND, SECOND + "mm.coolingOff = 3\n", "versions[1].mm.coolingOff"),
        (SECOND, SECOND + "mm = 3\n", "versions[1].mm"),
        (SECOND, SECOND + 'mm.coolingOffSchoolDays = "3"\n', "versions[1].mm.coolingOffSchoolDays"),
        (SECOND, SECOND + "mm.bothPRHoldersRequired = 1\n", "versions[1].mm.bothPRHoldersRequired"),
        (SECOND, SECOND + "osd.plannedLengthSchoolWeeks = 52\n", "versions[1].osd.plannedLengthSchoolWeeks"),
        (SECOND, SECOND + 'mm.ehcpGate = "IGNORE"\n', "versions[1].mm.ehcpGate"),
        (SECOND, SECOND + "mm.requiredSignatories = []\n", "versions[1].mm.requiredSignatories"),
        (SECOND, SECOND + 'mm.requiredSignatories = ["dog"]\n', "versions[1].mm.requiredSignatories[0]"),
        (SECOND, SECOND + 'mm.extraSignatories = ["a_b", "a_b"]\n', "versions[1].mm.extraSignatories"),
        (SECOND, SECOND + 'send.panel_before = ["lunch"]\n', "versions[1].send.panel_before[0]"),
        (SECOND, SECOND + "ladder.history = { ever = 1 }\n", "versions[1].ladder.history.ever"),
        ("count = 5", "count = 0", "versions[1].ladder.rungs[0].minimum_dose.count"),
        ('code = "walk"', 'code = "Walk"', "versions[1].ladder.rungs[0].code"),
        ('code = "walk", ', "", "versions[1].ladder.rungs[0]"),
        ('\nladder.rungs = [{ code = "walk"', '\nx = [{ code = "walk"', "versions[1].x"),
        (SECOND, "effective_from = 2026-09-02\n", "versions[1].effective_from"),
        (SECOND, "effective_from = 2026-08-31\n", "versions[1].effective_from"),
        (SECOND, "effective_from = 2024-09-01\n", "versions[1].effective_from"),
        (SECOND, "", "versions[1].effective_from"),
        ("effective_to = 2026-08-31", "effective_to = 2023-08-31", "versions[0].effective_to"),
        ("effective_to = 2026-08-31", 'effective_to = "summer"', "versions[0].effective_to"),
        ("[[versions]]", "[[versions]", ""),
    ],
)
def test_a_wrong_file_is_refused_by_file_and_key(was: str, is_now: str, key: str) -> None:
    assert was in SMALL
    with pytest.raises(AuthorityRefused) as refusal:
        read_authority(SMALL.replace(was, is_now), "small.toml")
    assert (refusal.value.file, refusal.value.key) == ("small.toml", key)


def test_a_ladder_must_be_given() -> None:
    without = "\n".join(line for line in SMALL.splitlines() if "walk" not in line)
    with pytest.raises(AuthorityRefused, match=r"small\.toml: versions\[1\]\.ladder\.rungs: must be given"):
        read_authority(without, "small.toml")


def test_one_authority_in_two_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(SMALL)
    (tmp_path / "b.toml").write_text(SMALL)
    with pytest.raises(AuthorityRefused, match=r"b\.toml: code: 999 is in a\.toml already"):
        load_authorities(tmp_path)


def test_nothing_starts_on_a_wrong_file_and_one_line_says_why(tmp_path: Path) -> None:
    wrong = SMALL.replace(SECOND, f"{SECOND}susp.maxDaysPerAcademicYear = 50\n")
    (tmp_path / "999_smallshire.toml").write_text(wrong)
    command = [sys.executable, "-m", "services.case", "web", "--port", "0", "--data", str(tmp_path / "data")]

    done = subprocess.run(
        command, env={**os.environ, "CASE_AUTHORITIES_PATH": str(tmp_path)}, cwd=ROOT, capture_output=True, text=True,
        check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "web: 999_smallshire.toml: versions[1].susp.maxDaysPerAcademicYear: "
        "is 45 by law (SI 2012/1033) and cannot be 50\n"
    )
    assert not (tmp_path / "data").exists()
