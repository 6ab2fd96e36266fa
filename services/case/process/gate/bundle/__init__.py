"""Judges the whole folder of a process: its diagrams and tables together with its forms, notices and `process.toml`."""

from collections.abc import Mapping
from typing import Final

from services.case.process.gate.bundle import (
    diagrams,
    form_fields,
    forms,
    leftovers,
    notices,
    references,
    service_tasks,
    settings,
    variables,
)
from services.case.process.gate.bundle.contents import Contents, open_contents
from services.case.process.gate.finding import Finding
from services.case.process.gate.known import Known

FAMILIES: Final = (settings, diagrams, forms, notices, references, service_tasks, variables, leftovers)
RULES: Final = {
    rule: words
    for family in (settings, diagrams, forms, form_fields, notices, references, service_tasks, variables, leftovers)
    for rule, words in family.RULES.items()
}

__all__ = ["RULES", "Contents", "check_bundle"]


def check_bundle(folder_files: Mapping[str, bytes], known: Known, folder: str = "") -> list[Finding]:
    """The findings about a process folder, file by file.

    `folder_files` are its files by path relative to the folder, those of borrowed forms included and scenarios left
    out or ignored. `folder` is its path, for the findings; its last part is the name of the process.
    """
    contents = open_contents(folder_files, known, folder)
    return sorted({found for family in FAMILIES for found in family.judge(contents)})
