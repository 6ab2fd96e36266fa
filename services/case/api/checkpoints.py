"""Checkpoints of the log, for whoever wants to check later that nothing was taken away; and an auditor's signature."""

import asyncio
from typing import Annotated

import msgspec

from services.case.api.asking import Ask, Reply
from services.case.domain.errors import CheckpointUnknown, CountersignedAlready, NotAllowed, SignatureWrong
from services.case.store.checkpoints import Checkpoint, checkpoint_at, checkpoints, countersign, is_countersigned

Hexadecimal = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]+$", min_length=64, max_length=128)]


class CheckpointQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    after: Annotated[int, msgspec.Meta(ge=0, lt=10**18)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 100


class Countersignature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An auditor's Ed25519 key and signature, in hexadecimal digits (`contracts/checkpoint.py`)."""

    key: Hexadecimal
    signature: Hexadecimal


async def list_checkpoints(ask: Ask) -> Reply:
    """Signed statements over the whole log, oldest first: how long it was, and what it came to."""
    if "feed" not in ask.person.scopes:
        raise NotAllowed("This token has no scope for that.")
    found = await asyncio.to_thread(checkpoints, ask.house.database, ask.query.after, ask.query.limit)
    links = ""
    if len(found) == ask.query.limit:
        url = ask.request.url.include_query_params(after=found[-1].position)
        links = f'<{url.path}?{url.query}>; rel="next"'
    return Reply(found, links=links)


async def countersign_checkpoint(ask: Ask) -> Reply:
    """Keep that an auditor, whose own ledger says the same, bears a checkpoint out."""
    if "countersign" not in ask.person.scopes:
        raise NotAllowed("This token has no scope for that.")
    return Reply(await asyncio.to_thread(_countersign, ask, int(ask.request.path_params["position"])))


def _countersign(ask: Ask, position: int) -> Checkpoint:
    database, given = ask.house.database, ask.body
    checkpoint = checkpoint_at(database, position)
    if checkpoint is None:
        raise CheckpointUnknown
    if not is_countersigned(checkpoint, given.key, given.signature):
        raise SignatureWrong
    if not countersign(database, checkpoint, given.key, given.signature):
        raise CountersignedAlready
    return msgspec.structs.replace(checkpoint, countersigner=given.key, countersignature=given.signature)
