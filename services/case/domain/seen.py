"""Preconditions: what somebody has seen of a thing, by its ETag, against what it is now."""

from services.case.domain.errors import PreconditionMissing


def is_as_seen(seen: str, etag: str) -> bool:
    """`seen` as in If-Match: an ETag, several with commas between, or `*`. Raises PreconditionMissing if empty."""
    if not seen:
        raise PreconditionMissing
    return seen == "*" or etag in [tag.strip() for tag in seen.split(",")]
