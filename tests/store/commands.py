"""Commands of the service as operators run them, on the database of a house."""

import os
import subprocess
import sys
from pathlib import Path

from services.case.wiring import House
from tests.conftest import MASTER_KEY, SIGNING_KEY

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "services.case")


def environment_of(house: House) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "CASE_DATABASE_URL": house.url,
        "CASE_DATA_DIR": str(house.settings.data_dir),
        "CASE_MASTER_KEY": MASTER_KEY,
        "CASE_SIGNING_KEY": SIGNING_KEY,
    }


def run(house: House, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run one to its end."""
    return subprocess.run([*COMMAND, *words], cwd=ROOT, env=environment_of(house), capture_output=True, text=True)
