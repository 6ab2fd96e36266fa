"""Reference data as files give it: the folders of processes, authorities and calendars."""

from collections.abc import Callable, Iterable
from pathlib import Path

from services.case.application.directory import Directory
from services.case.application.reference import Reference
from services.case.clock.calendar_files import load_calendars
from services.case.policy.authorities import load_authorities
from services.case.policy.code_sets import load_code_sets
from services.case.process.bundle import Bundle, files_of, process_folders

HOUSE = Path(__file__).parents[3] / "bpmn"


class NoSuchStored(LookupError):
    """Nothing is stored under that hash."""


def nothing_stored(hash: str) -> bytes:
    """For a reference that has files only."""
    raise NoSuchStored(hash)


def read_reference(
    roots: Iterable[Path] = (HOUSE,),
    authorities: Path = HOUSE / "authorities",
    directory: Directory | None = None,
    fetch: Callable[[str], bytes] = nothing_stored,
    use: bool = True,
) -> Reference:
    """All processes of `roots` (an earlier root wins), authorities and calendars; with `use`, every process in use
    in every authority. Without a directory there is nobody to choose."""
    folders = process_folders(roots)
    bundles = [Bundle(process, files_of(process, folders)) for process in folders]
    reference = Reference(
        bundles,
        load_authorities(authorities),
        load_calendars(HOUSE / "calendars"),
        directory or Directory(),
        fetch,
    )
    reference.codes = load_code_sets(HOUSE)
    if use:
        for code in reference.authorities.codes:
            for bundle in bundles:
                reference.in_use[code, bundle.process] = bundle.hash
    return reference
