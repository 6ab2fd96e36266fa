"""Finds the folders of processes and reads their files, never more of a file than the gate would look at."""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from services.case.process.decisions.safe_xml import LARGEST_FILE
from services.case.process.gate.bundle.contents import FORM_ENDING, PROCESS_FILE

DIAGRAM_ENDINGS: Final = (".bpmn", ".dmn")


def process_folders(path: Path) -> list[Path]:
    """The folder itself if it is one of a process, else those directly in it; see `bpmn/README.md`."""
    if _is_process(path):
        return [path]
    return sorted(inner for inner in path.iterdir() if inner.is_dir() and (inner / PROCESS_FILE).is_file())


def diagrams_in(path: Path) -> list[Path]:
    """The file itself, or the diagrams and tables anywhere in a folder."""
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*") if file.suffix in DIAGRAM_ENDINGS and file.is_file())


def read_file(path: Path) -> bytes:
    """The bytes of a file; of one that is too large, as many as show that it is."""
    with path.open("rb") as file:
        return file.read(LARGEST_FILE + 1)


def read_process(folder: Path) -> dict[str, bytes]:
    """The files of a process by relative path, without scenarios, with the forms that it borrows of its neighbours."""
    files = {
        path.relative_to(folder).as_posix(): read_file(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not skipped(path.relative_to(folder).parts)
    }
    for form, owner in borrowed(files.get(PROCESS_FILE, b"")):
        relative = f"forms/{form}{FORM_ENDING}"
        lent = folder.parent / owner / relative
        if relative not in files and Path(owner).name == owner and Path(form).name == form and lent.is_file():
            files[relative] = read_file(lent)
    return files


def _is_process(path: Path) -> bool:
    # A folder with a diagram and no process.toml is a process that somebody has not finished.
    return (path / PROCESS_FILE).is_file() or any(path.glob("*.bpmn"))


def skipped(parts: tuple[str, ...]) -> bool:
    """Whether a file at this path is no part of a bundle."""
    return parts[0] == "scenarios" or any(part.startswith(".") for part in parts)


def borrowed(settings: bytes) -> Iterable[tuple[str, str]]:
    """Form and owner of each form that a `process.toml` borrows; none where it cannot be read."""
    try:
        table = tomllib.loads(settings.decode()).get("borrowed_forms", {})
    except (ValueError, RecursionError):
        return []
    if not isinstance(table, dict):
        return []
    return [(form, owner) for form, owner in table.items() if isinstance(owner, str)]
