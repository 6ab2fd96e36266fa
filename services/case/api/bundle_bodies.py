"""What requests about bundles may say."""

from typing import Annotated

import msgspec

from services.case.api.bodies import Body, Code, Limit, Needed, Place
from services.case.domain.authority_events import BundleReason

Hash = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
Ref = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2,4}-[0-9]{4}-[0-9]{6}$")]
Archive = Annotated[str, msgspec.Meta(min_length=1, extra_json_schema={"contentEncoding": "base64"})]
MOST_CASES = 200  # moved at once


class CheckDraft(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`archive` is a zip archive of the folder of the process, in base64; `process` is the folder's name."""

    process: Annotated[Code, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$")]
    archive: Archive


class DryRunDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`bundle` as the check of the draft answered."""

    bundle: Hash


class PutBundle(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    because: BundleReason


class MoveCases(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The reason as a code, and in words, which are kept with each case."""

    cases: Annotated[list[Ref], msgspec.Meta(min_length=1, max_length=MOST_CASES)]
    because: BundleReason
    reason: Needed


class RunningQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    cursor: Place = 0
    limit: Limit = 50
