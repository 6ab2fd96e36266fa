"""Drafts of processes: a folder or an archive that is not in use, judged by the gate, and kept by its hash."""

import io
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

import msgspec

from services.case.application.administration import KEEP
from services.case.application.reference import Reference
from services.case.domain.errors import DraftUnreadable
from services.case.policy.catalogue import PARAMETERS
from services.case.process.bundle import Bundle
from services.case.process.decisions.safe_xml import LARGEST_FILE
from services.case.process.gate import Finding, check_bundle
from services.case.process.gate.bundle.contents import FORM_ENDING, PROCESS_FILE
from services.case.process.gate.folder import borrowed, read_process, skipped
from services.case.process.known import known
from services.case.store.database import Database

MOST_FILES = 500
LARGEST_DRAFT = 10_000_000  # bytes of all its files


class Draft(msgspec.Struct, frozen=True):
    """What the gate found, and the bundle if it accepts the draft."""

    process: str
    findings: list[Finding]
    bundle: Bundle | None


def draft_of_folder(folder: Path, reference: Reference) -> Draft:
    """The draft in a folder named as the process is, with what it borrows of its neighbours, else of bundles known."""
    return _judged(folder.name, read_process(folder), reference.bundles.values())


def draft_of_archive(process: str, archive: bytes, reference: Reference, authority: str) -> Draft:
    """The draft in a zip archive, which has the folder or what is in it. It borrows of the processes in use.

    Raises DraftUnreadable.
    """
    return _judged(process, _unpacked(archive), reference.processes(authority))


def keep(database: Database, bundle: Bundle) -> None:
    """Keep it by its hash. It is in use once an event says so."""
    database.execute(KEEP, [bundle.hash, "bundle", bundle.process, bundle.to_bytes()])


def _judged(process: str, files: Mapping[str, bytes], lenders: Iterable[Bundle]) -> Draft:
    around = {bundle.process: bundle for bundle in lenders}
    whole = {**_lent(files, around), **files}
    lists = known(processes=frozenset((*around, process)), policy_keys=frozenset(PARAMETERS))
    findings = check_bundle(whole, lists, process)
    accepted = not any(found.severity == "error" for found in findings)
    return Draft(process, findings, Bundle(process, whole) if accepted else None)


def _lent(files: Mapping[str, bytes], lenders: Mapping[str, Bundle]) -> dict[str, bytes]:
    """The forms that the draft borrows, as far as there are any."""
    lent = {}
    for form, owner in borrowed(files.get(PROCESS_FILE, b"")):
        path = f"forms/{form}{FORM_ENDING}"
        if owner in lenders and path in lenders[owner].files:
            lent[path] = lenders[owner].files[path]
    return lent


def _unpacked(archive: bytes) -> dict[str, bytes]:
    """The files by path in the folder of the process, without scenarios and what is hidden. Nothing is written."""
    files: dict[str, bytes] = {}
    size = 0
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as packed:
            entries = [entry for entry in packed.infolist() if not entry.is_dir()]
            if len(entries) > MOST_FILES:
                raise DraftUnreadable(f"The archive has more than {MOST_FILES} files.")
            for entry in entries:
                with packed.open(entry) as file:
                    body = file.read(LARGEST_FILE + 1)  # what the entry says of its size may be a lie
                size += len(body)
                if size > LARGEST_DRAFT:
                    raise DraftUnreadable(
                        f"Unpacked, the archive has more than {LARGEST_DRAFT // 1_000_000} megabytes."
                    )
                files[entry.filename] = body
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        raise DraftUnreadable from error
    return _inside(files)


def _inside(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files by path relative to the process file's folder."""
    places = [path for path in files if path.rpartition("/")[2] == PROCESS_FILE]
    if not places:
        raise DraftUnreadable(f"There is no {PROCESS_FILE} in the archive.")
    root = min(places, key=len).removesuffix(PROCESS_FILE)
    found = {path.removeprefix(root): body for path, body in files.items() if path.startswith(root)}
    if any(".." in PurePosixPath(path).parts or "\\" in path for path in found):
        raise DraftUnreadable("A path in the archive leads out of it.")
    return {path: body for path, body in found.items() if not skipped(PurePosixPath(path).parts)}
