"""`settings`: every setting as this process sees it, secrets hidden."""

import argparse
import sys
from typing import Any

import msgspec

from services.case.settings import SettingsRefused, read_settings, shown


def register(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser("settings", help="show the settings, secrets hidden")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    try:
        settings = shown(read_settings())
    except SettingsRefused as refused:
        print(refused, file=sys.stderr)
        return 2
    if given.json:
        print(msgspec.json.encode(settings).decode())
    else:
        print("\n".join(f"{name}={value}" for name, value in settings.items()))
    return 0
