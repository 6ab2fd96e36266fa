"""Refusals as RFC 9457 problems: the domain says what is wrong, here it gets its status."""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.responses import Response

from services.case.domain import errors, file_errors, link_errors

MEDIA_TYPE = "application/problem+json"

STATUS: dict[type[errors.Refusal], int] = {
    errors.CaseUnknown: 404,
    errors.TaskUnknown: 404,
    errors.NothingToCorrect: 404,
    errors.MeasureUnknown: 404,
    errors.ReportUnknown: 404,
    errors.ActionUnknown: 404,
    errors.SurveyUnknown: 404,
    errors.SurveyClosedAlready: 409,
    errors.SurveyAnsweredAlready: 409,
    errors.SurveyStillOpen: 409,
    errors.NotAllowed: 403,
    errors.NotSignedIn: 401,
    link_errors.LinkOver: 410,
    link_errors.NotByThisLink: 403,
    link_errors.NothingByLink: 409,
    errors.TooManyTries: 429,
    errors.CaseNotOpen: 409,
    errors.CaseAlreadyOpen: 409,
    errors.CaseOnHold: 409,
    errors.CaseNotOnHold: 409,
    errors.ConcernUnresolved: 403,
    errors.TaskOver: 409,
    errors.TaskTaken: 409,
    errors.TaskNotClaimed: 409,
    errors.SamePerson: 403,
    errors.RoleNotFor: 422,
    errors.TaskEdited: 412,
    errors.CaseEdited: 412,
    errors.TermsChanged: 412,
    errors.NoTerms: 409,
    errors.NotAParty: 404,
    errors.AlreadyAnswered: 409,
    errors.NothingToWithdraw: 409,
    errors.PreconditionMissing: 428,
    errors.FormOutdated: 403,
    errors.KeyUsedOtherwise: 422,
    errors.AlreadyOpenForPupil: 409,
    errors.PossibleDuplicate: 409,
    errors.ProcessUnknown: 422,
    errors.DraftUnreadable: 422,
    errors.BundleUnknown: 404,
    errors.BundleNotInUse: 409,
    errors.DryRunMissing: 409,
    errors.NothingToMigrate: 409,
    errors.MigrationRefused: 409,
    errors.ProcessRunning: 409,
    errors.SchoolUnknown: 422,
    errors.RegistersAlreadyOne: 409,
    errors.EntryUnknown: 404,
    errors.NumberWrong: 422,
    errors.CalendarInvalid: 422,
    errors.CalendarUnknown: 404,
    errors.ClosureUnknown: 404,
    errors.NobodyCloses: 422,
    errors.ReasonMissing: 422,
    errors.LookUnexplained: 422,
    errors.OutcomeUnknown: 422,
    errors.AnswersInvalid: 422,
    errors.SchoolClosed: 422,
    errors.SchoolNotOpenYet: 422,
    errors.ProviderUnknown: 422,
    errors.ProviderNotCurrent: 422,
    errors.StrategyUnknown: 422,
    errors.StrategyNotInUse: 422,
    errors.NotInDirectory: 404,
    errors.EntryEdited: 412,
    errors.CheckpointUnknown: 404,
    errors.NothingSigned: 409,
    errors.SignatureWrong: 422,
    errors.CountersignedAlready: 409,
    errors.ClockOnlyForward: 409,
    errors.BodyMalformed: 400,
    errors.BodyInvalid: 422,
    errors.MediaTypeUnknown: 415,
    errors.TooLarge: 413,
    file_errors.FileUnknown: 404,
    file_errors.FileEmpty: 422,
    file_errors.FileTooLarge: 413,
    file_errors.FileTypeNotAllowed: 415,
    file_errors.FileInfected: 422,
    file_errors.ScannerAway: 503,
    errors.TryAgain: 503,
    errors.ProcessCannotGoOn: 409,
    errors.Erased: 409,
    errors.LetterNotShown: 409,
    errors.NoSuchPage: 404,
    errors.NotThatMethod: 405,
}
RETRY_AFTER = "1"  # seconds


def problem(refusal: errors.Refusal) -> Response:
    """The refusal as an answer."""
    return as_response(refusal.slug, STATUS[type(refusal)], title(type(refusal)), str(refusal), refusal.details)


# What is wrong with no request in particular, by slug: what the framework refuses by itself, and defects of ours.
OTHERS = {
    "request": (400, "The request could not be answered."),
    "defect": (500, "Something went wrong on our side."),
}


def said_of(slug: str) -> tuple[int, str] | None:
    """Status and title of the problems of that slug."""
    for refusal, status in STATUS.items():
        if refusal.slug == slug:
            return status, title(refusal)
    return OTHERS.get(slug)


def title(refusal: type[errors.Refusal]) -> str:
    """The sentence that every refusal of this kind has in common."""
    return " ".join((refusal.__doc__ or "").split())


def as_response(slug: str, status: int, title: str, detail: str, more: Mapping[str, Any]) -> Response:
    body = {**more, "type": f"/problems/{slug}", "title": title, "status": status, "detail": detail}
    headers = {"Cache-Control": "no-store"}
    if status == 503:
        headers["Retry-After"] = RETRY_AFTER
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(msgspec.json.encode(body), status, headers, MEDIA_TYPE)
