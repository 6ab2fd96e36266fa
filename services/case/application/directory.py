"""The directories as decisions ask them: which school, provider or strategy may be chosen on a day.

In memory, so that a decision waits for nobody; refreshed when the read models change.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from services.case.domain.directory import School, Strategy
from services.case.domain.errors import ProviderUnknown, Refusal, SchoolUnknown, StrategyUnknown
from services.case.domain.provider import Provider
from services.case.projections.directory import listed_everywhere
from services.case.projections.schools import all_schools
from services.case.store.database import Database

Listed = tuple[str, str]  # authority and id


class Directory:
    """Schools are everybody's; providers and strategies those of one authority."""

    def __init__(
        self,
        schools: Iterable[School] = (),
        providers: Mapping[Listed, Provider] | None = None,
        strategies: Mapping[Listed, Strategy] | None = None,
    ) -> None:
        self.schools: Mapping[str, School] = {school.urn: school for school in schools}
        self.providers: Mapping[Listed, Provider] = providers or {}
        self.strategies: Mapping[Listed, Strategy] = strategies or {}

    def refresh(self, database: Database, what: str = "") -> None:
        """Read again `schools`, `entries`, or everything."""
        if what != "entries":
            self.schools = all_schools(database)
        if what != "schools":
            self.providers = dict(listed_everywhere(database, Provider))
            self.strategies = dict(listed_everywhere(database, Strategy))

    def school(self, urn: str) -> School:
        """Raises SchoolUnknown."""
        if urn not in self.schools:
            raise SchoolUnknown("There is no school with that number in the register of schools.")
        return self.schools[urn]

    def name_of(self, urn: str) -> str:
        return self.schools[urn].name if urn in self.schools else "another school"

    def refusal(self, kind: str, id: str, authority: str, day: date) -> Refusal | None:
        """Why a school, provider or strategy cannot be chosen in a case of the authority, on a day."""
        match kind:
            case "school":
                if id not in self.schools:
                    return SchoolUnknown("There is no school with that number in the register of schools.")
                return self.schools[id].refusal(day, self.name_of)
            case "provider":
                provider = self.providers.get((authority, id))
                return ProviderUnknown() if provider is None else provider.refusal(day)
            case "strategy":
                strategy = self.strategies.get((authority, id))
                return StrategyUnknown() if strategy is None else strategy.refusal(day)
        raise ValueError(kind)
