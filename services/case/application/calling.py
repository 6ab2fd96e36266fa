"""One input's calls of operators: answers them from the case as it is, and keeps what they bring about for after."""

from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec

from services.case.application.ladder import standing
from services.case.domain import events as e
from services.case.domain.meta import Event
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
        days = reference.calendars_of(self.case.authority, self.case.home_school, None).home
        return standing(self.case, reference.policy(self.case.policy).ladder, days, self.running.decision.effective_on)

    def is_statutory(self, notice: str) -> bool:
        return self.running.bundle_of(self.instance).notices[notice].statutory

    def terms_hash(self) -> str:
        """What a party agrees to, as a hash: the terms last drafted, every word of them."""
        return sha256(msgspec.json.encode(self.case.drafted, order="sorted")).hexdigest()
