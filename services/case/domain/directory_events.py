"""Everything that can happen to the directories: a register of schools was imported, and what an authority lists.

An authority's directory is a stream of its own beside its administration, with a key: whom to ask, and why something
was changed, are sealed with it. What an entry says (`entry`, shapes in `domain.directory` and `domain.provider`) stays
in clear.
"""

from typing import Any, ClassVar

from services.case.domain.meta import Event


class SchoolsImported(Event, frozen=True, kw_only=True):
    """An extract of the public register of schools was put in use, for every authority. The files are kept by hash:
    `register` the schools, `links` predecessors and successors, "" if none was given."""

    TOPIC: ClassVar = "authority.schools_imported.v1"

    register: str
    links: str
    schools: int
    refused: int


class SchoolAdditionsRecorded(Event, frozen=True, kw_only=True):
    """The authority said more of a school than the public register does; `entry` replaces what it said before.
    Personal: `contacts`, `reason`."""

    TOPIC: ClassVar = "authority.school_additions_recorded.v1"

    authority: str
    school: str
    entry: dict[str, Any]


class ProviderListed(Event, frozen=True, kw_only=True):
    """A provider of alternative provision is in the directory as `entry` says, or as it says now. Personal: `contacts`,
    `reason`."""

    TOPIC: ClassVar = "authority.provider_listed.v1"

    authority: str
    provider: str
    entry: dict[str, Any]


class ProviderPlacesUpdated(Event, frozen=True, kw_only=True):
    """The provider has this much room at this price."""

    TOPIC: ClassVar = "authority.provider_places_updated.v1"

    authority: str
    provider: str
    places: dict[str, Any]
    price: dict[str, Any]


class ProviderChecked(Event, frozen=True, kw_only=True):
    """A school made its own check of a provider, perhaps for the placement of one `case`. Personal: `note`."""

    TOPIC: ClassVar = "authority.provider_checked.v1"

    authority: str
    provider: str
    school: str
    entry: dict[str, Any]
    case: str = ""


class StrategyListed(Event, frozen=True, kw_only=True):
    """An entry of the ethical inclusion directory is as `entry` says, or says now. Personal: `contacts`, `reason`."""

    TOPIC: ClassVar = "authority.strategy_listed.v1"

    authority: str
    strategy: str
    entry: dict[str, Any]
