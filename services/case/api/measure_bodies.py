"""What requests about measures may say, as `bodies`."""

from typing import Annotated, Literal

import msgspec

from services.case.api.bodies import Limit, Urn

PERIOD = r"^(20[0-9]{2}/[0-9]{2}( (autumn|spring|summer))?|20[0-9]{2}-(Q[1-4]|0[1-9]|1[0-2]))$"
PeriodName = Annotated[str, msgspec.Meta(max_length=20, pattern=f"{PERIOD}|^$")]
Word = Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{1,40}$")]
Group = Annotated[str, msgspec.Meta(max_length=100)]
Answer = Literal["yes", "no", "not_known"]


class PeriodQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`period`: a school year, a term, a quarter or a month; the current school year if none is named."""

    period: PeriodName = ""


class MeasureQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`by`: told apart by that; or one group alone, such as `school`. One of these at a time."""

    period: PeriodName = ""
    by: Word | None = None
    school: Urn | None = None
    phase: Word | None = None
    trust: Group | None = None
    year_group: Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9]{1,2}$")] | None = None
    sen: Literal["N", "K", "E"] | None = None
    cla: Answer | None = None
    cp: Answer | None = None
    cin: Answer | None = None
    sex: Literal["F", "M", "U"] | None = None
    need: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2,4}$")] | None = None
    ethnic_group: Word | None = None
    first_language: Word | None = None
    fsm: Literal["yes", "no"] | None = None


class MeasuredCasesQuery(MeasureQuery, frozen=True, forbid_unknown_fields=True):
    """`part`: the cases of the numerator, or all that are counted · `by` and `group`: those of one group."""

    part: Literal["numerator", "denominator"] = "denominator"
    group: Group | None = None
    cursor: Annotated[str, msgspec.Meta(max_length=20)] | None = None
    limit: Limit = 50
