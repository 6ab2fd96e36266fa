"""Words that belong to no one process (`bpmn/notices/`): the prompt of e-mails and texts, the codes of links,
reminders, news of deadlines."""

from functools import cache
from pathlib import Path

from services.case.process.notices import Notice, read_notice, with_variants
from services.case.settings import HOUSE

FOLDER = HOUSE / "bpmn" / "notices"
PROMPT = "prompt"  # for who can sign in
PROMPT_LINK = "prompt_link"  # for a family that cannot
PROMPT_LINK_GIVEN = "prompt_link_given"  # for one that has a link from a caseworker


@cache
def house_words(folder: Path = FOLDER) -> dict[str, Notice]:
    """By name. Raises NoticeRefused."""
    return with_variants({path.stem: read_notice(path.stem, path.read_bytes()) for path in sorted(folder.glob("*.md"))})
