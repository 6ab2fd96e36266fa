"""One input's calls of operators: answers them from the case as it is, and keeps what they bring about for after."""

from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Any, cast

import msgspec

from services.case.application.exclusions import Period, cancelled, first_entry, outlook, revised, whose_of
from services.case.application.ladder import standing
from services.case.clock.other_days import deemed_service
from services.case.clock.school_calendar import DayBook
from services.case.domain import events as e
from services.case.domain import pupil_events as p
from services.case.domain.meta import Event
from services.case.domain.pupil import Entry, Kind, Session
from services.case.process.operators import OPERATORS

if TYPE_CHECKING:
    from services.case.application.running import Running


class Called:
    """Answers `process.operators.Calling`. Give it to the engine as what calls operators."""

    def __init__(self, running: "Running", number: int) -> None:
        self.running = running
        self.case = running.case
        self.instance = number
        self.brought: list[tuple[type[Event], dict[str, Any]]] = []
        self.starts: list[tuple[int, str, dict[str, Any]]] = []
        self._facts: dict[str, Any] = {}

    def __call__(self, operator: str, parameters: dict[str, Any]) -> Any:
        return OPERATORS[operator].call(self, **parameters)

    def fact(self, name: str) -> Any:
        return self._facts.get(name, self.case.facts.get(name))

    def bring_about(self, kind: type[Event], **facts: Any) -> None:
        self.brought.append((kind, facts))
        if kind is e.FactSet:
            self._facts[facts["name"]] = facts["value"]

    def start(self, process: str, given: dict[str, Any]) -> int:
        number = self.running.next_instance()
        self.starts.append((number, process, given))
        return number

    def refreshed(self) -> dict[str, Any]:
        """What the process knows of facts and policy, read again."""
        bundle = self.running.bundle_of(self.instance)
        read = {n: s for n, s in bundle.about.variables.items() if s.fact is not None or s.policy is not None}
        values = self.running.sources(read)
        for name, source in read.items():
            if source.fact in self._facts:
                values[name] = self._facts[source.fact]
        return values

    def ladder(self) -> dict[str, Any]:
        reference = self.running.reference
        days, today = self._days(), self.running.decision.effective_on
        return standing(self.case, reference.policy(self.case.policy).ladder, days, today)

    def is_statutory(self, notice: str) -> bool:
        return self.running.bundle_of(self.instance).notices[notice].statutory

    def terms_hash(self) -> str:
        """What a party agrees to, as a hash: the terms last drafted, every word of them."""
        return sha256(msgspec.json.encode(self.case.drafted, order="sorted")).hexdigest()

    def exclusion_outlook(self, kind: str, start: str, half_days: int, session: str) -> dict[str, Any]:
        """What the pupil's register adds up to with a suspension as proposed. Raises RegisterWanted."""
        register, period = self.running.register(self.instance), _period(kind, start, half_days, session)
        return outlook(register, self.case.home_school, period, self._days(), self._lunchtime())

    def enter_exclusion(self, kind: str, start: str, half_days: int, session: str, reasons: list[str]) -> None:
        """Tell the register of what was issued, and count it among the pupil's suspensions."""
        id, period = self.running.exclusion_id(self.instance), _period(kind, start, half_days, session)
        entry = first_entry(self.case, id, period, reasons, self._days(), self._lunchtime())
        self._tell(entry)
        if kind == "SUSP":
            for fact in SUSPENSIONS:
                self.bring_about(e.FactSet, name=fact, value=int(self.fact(fact) or 0) + 1)

    def revise_exclusion(self, half_days: int) -> None:
        """Tell the register that fewer half days were spent than had been issued: the board reinstated the pupil."""
        entry = self.case.exclusions[self.instance]
        if half_days < entry.half_days:
            self._tell(revised(entry, self._days(), half_days=half_days))

    def cancel_exclusion(self, half_days_out: int) -> None:
        """Tell the register that the head cancelled what this instance is about."""
        entry = self.case.exclusions[self.instance]
        self._tell(cancelled(entry, half_days_out, self._days()))
        if entry.kind == "SUSP":
            for fact in SUSPENSIONS:
                self.bring_about(e.FactSet, name=fact, value=max(int(self.fact(fact) or 0) - 1, 0))

    def deemed_service(self, method: str, sent_on: str) -> str:
        """A first-class letter counts as given on the second working day after posting, all else at once (X20)."""
        sent = date.fromisoformat(sent_on)
        return (deemed_service(sent).due if method == "post" else sent).isoformat()

    def _tell(self, entry: Entry) -> None:
        pupil = whose_of(self.case).named
        self.bring_about(p.ExclusionNotified, personal={"pupil": pupil}, instance=self.instance, entry=entry)

    def _days(self) -> DayBook:
        return self.running.reference.calendars_of(self.case.authority, self.case.home_school, None).home

    def _lunchtime(self) -> int:
        return int(self.running.reference.policy(self.case.policy)["lunchtime.halfDayUnits"])


SUSPENSIONS = ("suspensions_this_year", "suspensions_12_months")


def _period(kind: str, start: str, half_days: int, session: str) -> Period:
    return Period(cast(Kind, kind), date.fromisoformat(start), half_days, cast(Session, session))
