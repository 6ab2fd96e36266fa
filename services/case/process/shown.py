"""What a user task shows of earlier answers, as its property `shows` names them."""

from collections.abc import Iterator


def shown_in(text: str) -> Iterator[tuple[str, str]]:
    """Task and field of each answer: `task.field`, separated by commas."""
    for part in text.split(","):
        task, _, field = part.strip().partition(".")
        if task:
            yield task, field
