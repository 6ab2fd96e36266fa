"""Every way a person can be refused. The docstring is the sentence they read; HTTP knows the status, not we."""

from typing import Any, ClassVar


class Refusal(Exception):
    """This cannot be done."""

    slug: ClassVar[str] = ""

    def __init__(self, sentence: str = "", **details: Any) -> None:
        self.sentence = sentence or (type(self).__doc__ or "").strip()
        self.details = details
        super().__init__(self.sentence)

    def __init_subclass__(cls) -> None:
        cls.slug = "".join(f"-{c.lower()}" if c.isupper() else c for c in cls.__name__).lstrip("-")


class CaseUnknown(Refusal):
    """There is no such case, or it is not one that you work with."""


class TaskUnknown(Refusal):
    """There is no such task, or it is not one that you work with."""


class NotAllowed(Refusal):
    """Your role does not do this in this case."""


class NotSignedIn(Refusal):
    """Sign in to go on."""


class CaseNotOpen(Refusal):
    """The case is closed. Reopen it first."""


class CaseAlreadyOpen(Refusal):
    """The case is open already."""


class CaseOnHold(Refusal):
    """The case is on hold: no task is completed and no agreement given until it is resumed."""


class CaseNotOnHold(Refusal):
    """The case is not on hold."""


class ConcernUnresolved(Refusal):
    """A concern of pressure was raised. Only the authority's inclusion team can resume the case."""


class TaskOver(Refusal):
    """This task is not open any more."""


class TaskTaken(Refusal):
    """Somebody else has claimed this task."""


class TaskNotClaimed(Refusal):
    """Nobody has claimed this task."""


class TaskEdited(Refusal):
    """The task has changed since you opened it."""


class SamePerson(Refusal):
    """Somebody else has to do this: you did what it decides about."""


class RoleNotFor(Refusal):
    """This role is not held for that organisation. Families are named in their case."""


class CaseEdited(Refusal):
    """The case has changed since you opened it."""


class TermsChanged(Refusal):
    """The terms have changed since you read them. Read the new terms before you answer."""


class TooManyTries(Refusal):
    """There were too many tries from where you are. Wait a while, then try again."""


class NoTerms(Refusal):
    """There are no terms to agree to at the moment."""


class NotAParty(Refusal):
    """This agreement does not ask that party."""


class AlreadyAnswered(Refusal):
    """This party has answered already."""


class NothingToWithdraw(Refusal):
    """There is nothing to withdraw: this party has not agreed, or the move is complete."""


class PreconditionMissing(Refusal):
    """Say which version you have seen: send its ETag as If-Match."""


class FormOutdated(Refusal):
    """This page was open for too long, or it was not one of ours. Load it again, then send it once more."""


class KeyUsedOtherwise(Refusal):
    """This Idempotency-Key was used before for another request."""


class AlreadyOpenForPupil(Refusal):
    """There is an open case for this pupil already."""


class PossibleDuplicate(Refusal):
    """A pupil with this name and date of birth has an open case. Check it; if this is somebody else, say so."""


class ProcessUnknown(Refusal):
    """There is no process of that name in use."""


class DraftUnreadable(Refusal):
    """This is no zip archive with the folder of a process."""


class BundleUnknown(Refusal):
    """There is no such bundle."""


class BundleNotInUse(Refusal):
    """This bundle is not in use. Put it in use first."""


class DryRunMissing(Refusal):
    """Nobody has tried this draft against the cases that there are. Make a dry run first."""


class NothingToMigrate(Refusal):
    """Nothing in this case runs on an older version of the process."""


class MigrationRefused(Refusal):
    """This case cannot follow the other version: what was done in it would have been another."""


class ProcessRunning(Refusal):
    """That process is running in this case already."""


class SchoolUnknown(Refusal):
    """That school is not in the directory of this authority."""


class RegistersAlreadyOne(Refusal):
    """These numbers have one register already."""


class EntryUnknown(Refusal):
    """There is no such suspension or exclusion in this pupil's register, or it is not one that you work with."""


class NumberWrong(Refusal):
    """Check the unique pupil number: its first letter does not fit the rest."""


class CalendarInvalid(Refusal):
    """This calendar cannot be used."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__(errors=errors)


class CalendarUnknown(Refusal):
    """This calendar is not and was not in use here."""


class ClosureUnknown(Refusal):
    """There is no such closure."""


class NobodyCloses(Refusal):
    """None of these schools has a session on that day, so none can be closed."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__(errors=errors)


class ReasonMissing(Refusal):
    """Give a reason."""


class OutcomeUnknown(Refusal):
    """That is not an outcome with which a case can be closed."""


class SchoolClosed(Refusal):
    """That school is closed."""


class SchoolNotOpenYet(Refusal):
    """That school has not opened yet."""


class ProviderUnknown(Refusal):
    """That provider is not in the directory of this authority."""


class ProviderNotCurrent(Refusal):
    """That provider cannot be chosen at the moment."""


class StrategyUnknown(Refusal):
    """That is not in the inclusion directory of this authority."""


class StrategyNotInUse(Refusal):
    """That is not offered at the moment."""


class NotInDirectory(Refusal):
    """There is no such entry in the directory, or it is not one that you see."""


class EntryEdited(Refusal):
    """The entry has changed since you opened it."""


class AnswersInvalid(Refusal):
    """Some answers need to be put right."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__(errors=errors)


class MeasureUnknown(Refusal):
    """There is no such measure."""


class ReportUnknown(Refusal):
    """There is no such report or plan, or no such version of it."""


class ActionUnknown(Refusal):
    """There is no such action."""


class SurveyUnknown(Refusal):
    """There is no such survey, or it does not ask you."""


class SurveyClosedAlready(Refusal):
    """This survey is closed: it takes no more answers."""


class SurveyAnsweredAlready(Refusal):
    """You have answered this survey already."""


class SurveyStillOpen(Refusal):
    """This survey is still open. Its summary can be published once it is closed."""


class NothingToCorrect(Refusal):
    """There is no such answer to correct."""


class CheckpointUnknown(Refusal):
    """There is no such checkpoint."""


class SignatureWrong(Refusal):
    """This is not the key's signature of that checkpoint."""


class CountersignedAlready(Refusal):
    """Another auditor has countersigned this checkpoint."""


class LookUnexplained(Refusal):
    """Say why you look at this case."""


class NothingSigned(Refusal):
    """No signing key is set, so an export could not be checked. Tell the people who run this service."""


class ClockOnlyForward(Refusal):
    """The clock only goes forward."""


class BodyMalformed(Refusal):
    """The request could not be read."""


class BodyInvalid(Refusal):
    """The request does not say what is needed, or says too much."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__(errors=errors)


class MediaTypeUnknown(Refusal):
    """Send the request as application/json."""


class TooLarge(Refusal):
    """The request is too large."""


class LetterNotShown(Refusal):
    """A PDF of ours cannot show every character of this letter. Print the page with the letter instead."""


class NoSuchPage(Refusal):
    """There is nothing at this address."""


class NotThatMethod(Refusal):
    """This address does not take that method."""


class TryAgain(Refusal):
    """The service is busy or its database is away. Nothing was changed; try again in a moment."""


class ProcessCannotGoOn(Refusal):
    """The process cannot go on from here: its diagram does not say how. Nothing was changed. Its owner must mend it."""


class Erased(Refusal):
    """The personal data of this case was destroyed; nothing more can be written to it."""
