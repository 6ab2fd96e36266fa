"""The events that councils name when they talk about this work: each is published under its name, or under the name
that every case has for it, or it is said why it is not."""

import re
from pathlib import Path

from services.case.application.files import HOUSE
from services.case.domain.milestones import MILESTONES
from services.case.process.bundle import process_folders
from services.case.store.mapper import TYPES

NAMED = """
    ConcernRaised ReferralSubmitted ReferralTriaged CaseOpened CaseworkerAssigned FlagVerified AssessmentRequested
    AssessmentRecorded PlanAgreed StrategyStarted StrategyReviewed StrategyExtended StrategyConcluded
    LadderExhaustionAsserted LadderExhaustionAccepted LadderExhaustionReturned SendGateOpened AnnualReviewCalled
    EPConsulted SendPanelDecided OSDProposed OSDDetermined OSDNoticeServed OSDStarted OSDReviewScheduled OSDReviewHeld
    OSDContinued OSDEnded MMProposed ReceivingSchoolApproached ReceivingSchoolAccepted ReceivingSchoolDeclined
    InfoPackShared InfoPackAcknowledged AgreementIssued AgreementSigned AgreementRefused AgreementWithdrawn MMCompleted
    MMEnded ConcernOfPressureRaised SuspensionIssued PEXIssued ExclusionCancelled GBMeetingScheduled GBDecided
    IRPApplied IRPDecided GBReconsidered SixthDayProvisionArranged SixthDayProvisionStarted APCommissioned APReviewed
    APEnded ReintegrationPlanned ReintegrationStarted ReintegrationSustained ReintegrationBrokeDown DeadlineSet
    DeadlineRecalculated DeadlineMet DeadlineMissed NoticeSent NoticeDelivered NoticeFailed RecordAmended
    DisputeStatementAdded RecordRestricted SubjectKeyDestroyed RecordViewed ExportProduced CaseClosed CaseReopened
    EnquiryRaised EnquiryAnswered APReferred APAccepted APDeclined APNoReply FeedbackInvited FeedbackGiven
    FeedbackDeclined SurveyOpened SurveyResponded SurveyClosed ReportPublished ActionAgreed ActionUpdated TargetSet
"""
NAMES = NAMED.split()
SHORT = {
    "EP": "educational_psychologist", "OSD": "off_site_direction", "MM": "managed_move", "PEX": "permanent_exclusion",
    "GB": "governing_board", "IRP": "independent_review_panel", "AP": "alternative_provision",
    "InfoPack": "information_pack",
}  # fmt: skip
ELSEWHERE = {  # published under another name
    "CaseOpened": {"case.opened"},
    "CaseClosed": {"case.closed"},
    "CaseReopened": {"case.reopened"},
    "ConcernOfPressureRaised": {"case.concern_raised"},
    "ExclusionCancelled": {"suspension.cancelled", "permanent_exclusion.cancelled"},
    "APNoReply": {"alternative_provision.declined"},  # with the outcome no_reply
    "DeadlineSet": {"case.deadline_set"},
    "DeadlineRecalculated": {"case.deadline_moved"},
    "DeadlineMet": {"case.deadline_met"},
    "DeadlineMissed": {"case.deadline_missed"},
    "NoticeSent": {"case.notice_sent"},
    "NoticeDelivered": {"case.notice_delivered"},
    "NoticeFailed": {"case.notice_failed"},
    "RecordAmended": {"case.answer_corrected"},
    "DisputeStatementAdded": {"case.note_added"},
    "SubjectKeyDestroyed": {"case.key_destroyed", "register.key_destroyed"},
    "RecordViewed": {"access.case_looked_at"},
    "ExportProduced": {"access.case_looked_at"},  # with what was taken: case-file, xes or ocel
    "SurveyOpened": {"authority.survey_opened"},
    "SurveyResponded": {"authority.survey_answered"},
    "SurveyClosed": {"authority.survey_closed"},
    "ReportPublished": {"authority.report_published"},
    "ActionAgreed": {"authority.action_agreed"},
    "ActionUpdated": {"authority.action_updated"},
    "TargetSet": {"authority.target_set"},
}
NOT_APPLICABLE = {
    "RecordRestricted": "Nobody restricts a record by an act: what a person may see follows from their role.",
}


def published_as(name: str) -> str:
    """Subject and past participle in snake case, abbreviations written out: `MMCompleted` is managed_move.completed."""
    short = next((short for short in SHORT if re.match(rf"{short}[A-Z]", name)), "")
    words = re.findall(r"[A-Z][a-z]+", name.removeprefix(short))
    whole = "_".join(([SHORT[short]] if short else []) + [word.lower() for word in words])
    return next((milestone for milestone in MILESTONES if milestone.replace(".", "_") == whole), whole)


def declared() -> set[str]:
    found: set[str] = set()
    for folder in process_folders([HOUSE]).values():
        for path in Path(folder).glob("*.bpmn"):
            found |= set(re.findall(r'name="milestone" value="([^"]+)"', path.read_text()))
    return found


def test_every_business_name_is_published_or_it_is_said_why_not() -> None:
    unknown = [
        name
        for name in NAMES
        if not (
            {f"{one}.v1" for one in ELSEWHERE.get(name, {published_as(name)})} <= TYPES.keys() or name in NOT_APPLICABLE
        )
    ]

    assert len(NAMES) == len(set(NAMES)) == 89
    assert unknown == []
    assert {*ELSEWHERE, *NOT_APPLICABLE} <= set(NAMES)


def test_what_is_not_applicable_is_not_published_all_the_same() -> None:
    assert [name for name in NOT_APPLICABLE if f"{published_as(name)}.v1" in TYPES] == []


def test_every_milestone_is_one_that_our_processes_reach() -> None:
    assert MILESTONES - declared() == set()


def test_nobody_answering_is_an_outcome_of_being_asked() -> None:
    bundle = process_folders([HOUSE])["alternative_provision"]

    assert "no_reply" in "".join(path.read_text() for path in Path(bundle).glob("*.bpmn"))
