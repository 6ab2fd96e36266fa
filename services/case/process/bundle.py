"""A bundle: all files of a process at one hash, read once and never changed. A case stays on the one it began with."""

import hashlib
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

import msgspec
from lxml import etree

from services.case.process.decisions import read_xml
from services.case.process.engine import Definition
from services.case.process.forms import Form
from services.case.process.notices import read_notice, with_variants
from services.case.process.process_file import ProcessFile, read_process_file
from services.case.process.shown import shown_in

MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"


class ProcessUnfound(LookupError):
    """A form is borrowed from a process that is not there, or has no such form."""


class Element(msgspec.Struct, frozen=True):
    """What people are told about an element of the diagram. `shows`: task and field of answers that come with it."""

    id: str
    kind: str
    name: str
    form: str = ""
    agreement: str = ""
    shows: tuple[tuple[str, str], ...] = ()
    other_than: str = ""


class Bundle:
    """`files` are relative paths with their bytes, `hash` their SHA-256 in canonical order."""

    def __init__(self, process: str, files: Mapping[str, bytes]) -> None:
        self.process = process
        self.files = dict(sorted(files.items()))
        self.hash = _hash(self.files)
        self.about: ProcessFile = read_process_file(self.files["process.toml"])
        self.forms = {
            _stem(path): Form(_stem(path), body) for path, body in self.files.items() if path.startswith("forms/")
        }
        notices = {Path(path).stem: body for path, body in self.files.items() if path.startswith("notices/")}
        self.notices = with_variants({name: read_notice(name, body) for name, body in notices.items()})
        self.elements = {e.id: e for body in self.diagrams.values() for e in _elements(body)}

    @property
    def diagrams(self) -> dict[str, bytes]:
        return {path: body for path, body in self.files.items() if path.endswith(".bpmn")}

    @cached_property
    def definition(self) -> Definition:
        """The diagrams and tables, ready to run; parsed when first needed."""
        return Definition(self.process, self.files)

    def to_bytes(self) -> bytes:
        return msgspec.msgpack.encode([self.process, self.files])

    @classmethod
    def from_bytes(cls, body: bytes) -> "Bundle":
        process, files = msgspec.msgpack.decode(body, type=tuple[str, dict[str, bytes]])
        return cls(process, files)


def _hash(files: Mapping[str, bytes]) -> str:
    total = hashlib.sha256()
    for path, body in files.items():
        total.update(f"{path}\0{len(body)}\0".encode() + body)
    return total.hexdigest()


def _stem(path: str) -> str:
    return Path(path).name.split(".")[0]


def _elements(xml: bytes) -> Iterable[Element]:
    for node in read_xml(xml).iter(f"{MODEL}*"):
        if node.get("id") and node.tag != f"{MODEL}sequenceFlow":
            properties = {p.get("name"): p.get("value", "") for p in node.findall(_PROPERTIES)}
            yield Element(
                node.get("id", ""),
                etree.QName(node).localname,
                " ".join(node.get("name", "").split()),
                properties.get("form", ""),
                properties.get("agreement", ""),
                tuple(shown_in(properties.get("shows", ""))),
                properties.get("other_than", ""),
            )


_PROPERTIES = f"{MODEL}extensionElements/{SPIFF}properties/{SPIFF}property"


def read_folder(folder: Path) -> dict[str, bytes]:
    """A process folder's files without its scenarios, by relative path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] != "scenarios" and not path.name.startswith(".")
    }


def process_folders(roots: Iterable[Path]) -> dict[str, Path]:
    """Process name -> its folder. A folder is a process if it has a `process.toml`; an earlier root wins."""
    found: dict[str, Path] = {}
    for root in roots:
        for file in sorted(root.glob("*/process.toml")):
            found.setdefault(file.parent.name, file.parent)
    return found


def files_of(process: str, folders: Mapping[str, Path]) -> dict[str, bytes]:
    """The files of a bundle: the folder's own and the forms it borrows. Raises ProcessUnfound."""
    files = read_folder(folders[process])
    for form, owner in read_process_file(files["process.toml"]).borrowed_forms.items():
        path = f"forms/{form}.schema.json"
        source = folders[owner] / path if owner in folders else None
        if source is None or not source.is_file():
            raise ProcessUnfound(f"{process} borrows the form {form} of {owner}, which has none")
        files[path] = source.read_bytes()
    return files
