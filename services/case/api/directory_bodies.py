"""What requests about the directories may say, as `bodies`."""

from datetime import date
from typing import Annotated, Literal

import msgspec

from services.case.api.bodies import Body, Code, Flag, Limit, Needed, Reason
from services.case.domain.directory import Additions, Contacts, KeyStage, Need, Phase, Strategy, YearGroup
from services.case.domain.provider import OwnCheck, Places, Price, Provider

Text = Annotated[str, msgspec.Meta(max_length=100)]
Urn = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{6}$")]
Kilometres = Annotated[float, msgspec.Meta(ge=0, le=2_000)]
EntryId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9-]{1,40}$")]


class PutAdditions(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the authority adds to the public register."""

    additions: Additions
    contacts: Contacts = Contacts()
    reason: Needed = ""


class PutProvider(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole entry; what is left out is so no longer."""

    provider: Provider
    contacts: Contacts = Contacts()
    reason: Needed = ""


class PutStrategy(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole entry; what is left out is so no longer."""

    strategy: Strategy
    contacts: Contacts = Contacts()
    reason: Needed = ""


class UpdatePlaces(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How much room there is now. A price that is not given stays."""

    places: Places
    price: Price | None = None


class RecordCheck(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A school's own check, perhaps for the placement in one `case`. `school` is needed by who works for several."""

    check: OwnCheck
    school: Urn | None = None
    case: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2,4}-\d{4}-\d{6}$")] | None = None
    note: Reason = ""


class SchoolQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`urn` finds the school of that number, open or not, and so does `text` that is a number · `near` is a school's
    number too, from which distances count; `year`: with a free place in that year group, as far as
    the authority knows."""

    text: Text = ""
    urn: Urn | None = None
    near: Urn | None = None
    within_km: Kilometres | None = None
    key_stage: KeyStage | None = None
    need: Need | None = None
    phase: Phase | None = None
    authority: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{3}$")] | None = None
    status: Literal["open", "closed", "any"] = "open"
    year: YearGroup | None = None
    cursor: Urn | None = None
    limit: Limit = 50


class ProviderQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`by`: with a free place by that day · `hours`: can teach at least so many hours a week · `choosable`: with true,
    only those that can be chosen today."""

    text: Text = ""
    near: Urn | None = None
    within_km: Kilometres | None = None
    key_stage: KeyStage | None = None
    need: Need | None = None
    by: date | None = None
    hours: Annotated[float, msgspec.Meta(ge=0, le=40)] | None = None
    registered: Flag | None = None
    choosable: Flag | None = None
    cursor: EntryId | None = None
    limit: Limit = 50


class StrategyQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`waiting_weeks`: at most so long · `all`: with true, also what is not offered today."""

    text: Text = ""
    kind: Code | None = None
    need: Need | None = None
    rung: Code | None = None
    phase: Phase | None = None
    area: Text | None = None
    waiting_weeks: Annotated[int, msgspec.Meta(ge=0, le=520)] | None = None
    all: Flag | None = None
    cursor: EntryId | None = None
    limit: Limit = 50
