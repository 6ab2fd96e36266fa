"""What requests about words to people may say, as `bodies`."""

from typing import Any, Literal

import msgspec

from services.case.api.bodies import Body, Code
from services.case.domain.contacts import Contact


class PutContact(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a party is reached; what is left out is not known."""

    contact: Contact


class ResultRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A CloudEvent as on `notify.results.v1`; `subject` is the case reference. What is not listed here may be there
    too."""

    id: Code
    source: Code
    specversion: Literal["1.0"]
    type: Literal["delivery.result.v1"]
    subject: Code
    data: dict[str, Any]
