"""The shape of the house: sizes, names, and that what we say we build on is what we build on."""

import ast
import statistics
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("services", "contracts", "tests")
LONGEST = 350
HIDING = {"util", "utils", "common", "helper", "helpers", "misc", "base", "manager", "managers"}
HIDING_ENDS = ("_service", "_manager", "_helper", "_util", "_utils")


def modules() -> Iterator[Path]:
    for room in ROOMS:
        yield from (path for path in sorted((ROOT / room).rglob("*.py")) if "__pycache__" not in path.parts)


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_no_file_is_longer_than_350_lines() -> None:
    assert {str(path.relative_to(ROOT)): lines(path) for path in modules() if lines(path) > LONGEST} == {}


def test_typical_files_of_the_services_are_under_100_lines() -> None:
    sizes = [lines(path) for path in modules() if path.parts[len(ROOT.parts)] == "services" and lines(path)]
    assert statistics.median(sizes) <= 100
    assert statistics.quantiles(sizes, n=10)[-1] <= 250


def test_every_file_is_named_for_what_it_holds() -> None:
    names = {path for path in modules() for part in path.relative_to(ROOT).parts if hides(part.removesuffix(".py"))}
    assert names == set()


def hides(name: str) -> bool:
    return name in HIDING or name.endswith(HIDING_ENDS)


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in modules()
        if path.parts[len(ROOT.parts)] != "tests" and lines(path) and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_processes_are_data_only() -> None:
    assert list((ROOT / "bpmn").rglob("*.py")) == []


@pytest.mark.parametrize(
    ("distribution", "module", "rooms"),
    [
        ("spiffworkflow", "SpiffWorkflow", ("services",)),
        ("eventsourcing", "eventsourcing", ("services",)),
        ("fastapi", "fastapi", ("services",)),
        ("pytest", "pytest", ("tests",)),
    ],
)
def test_what_we_build_on_is_declared_and_imported(distribution: str, module: str, rooms: tuple[str, ...]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = [d for extra in project["optional-dependencies"].values() for d in extra] + project["dependencies"]
    assert any(d.lower().startswith(f"{distribution}==") for d in declared)

    importing = [path for path in modules() if path.relative_to(ROOT).parts[0] in rooms and imports(path, module)]
    assert importing != []


def imports(path: Path, module: str) -> bool:
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names.append(node.module)
        if any(name == module or name.startswith(f"{module}.") for name in names):
            return True
    return False


def test_locks_pin_by_hash_and_name_no_address() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text()
        assert "://" not in text
        assert "--hash=sha256:" in text
