"""Words that belong to no one process (`bpmn/notices/`): the prompt of e-mails and texts, reminders, news of
deadlines."""

from functools import cache
from pathlib import Path

from services.case.process.notices import Notice, read_notice
from services.case.settings import HOUSE

FOLDER = HOUSE / "bpmn" / "notices"
PROMPT = "prompt"


@cache
def house_words(folder: Path = FOLDER) -> dict[str, Notice]:
    """By name. Raises NoticeRefused."""
    return {path.stem: read_notice(path.stem, path.read_bytes()) for path in sorted(folder.glob("*.md"))}
