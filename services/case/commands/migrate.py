"""`migrate`: brings the database to this version's schema."""

import argparse
import sys
from typing import Any

from services.case.settings import SettingsRefused, read_settings
from services.case.store import embedded
from services.case.store.migrate import migrate


def register(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser("migrate", help="bring the database to this version's schema")
    parser.add_argument("--data", help="data folder, instead of CASE_DATA_DIR")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    try:
        settings = read_settings(data_dir=given.data)
    except SettingsRefused as refused:
        print(refused, file=sys.stderr)
        return 2
    done = migrate(settings.database_url or embedded.start(settings.data_dir))
    print("\n".join(done) if done else "nothing to do")
    return 0
