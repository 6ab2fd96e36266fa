"""What the commands for operators share: a house on this database, and how they take their arguments."""

import argparse
import sys
from collections.abc import Callable
from typing import Any

from services.case.settings import SettingsRefused, read_settings
from services.case.wiring import House


def add(
    commands: Any, name: str, help: str, run: Callable[[House, argparse.Namespace], int]
) -> argparse.ArgumentParser:
    """A command that works on the database, without serving."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help)
    parser.add_argument("--data", help="data folder, instead of CASE_DATA_DIR")
    parser.set_defaults(run=lambda given: _in_house(run, given))
    return parser


def _in_house(run: Callable[[House, argparse.Namespace], int], given: argparse.Namespace) -> int:
    try:
        house = House(read_settings(data_dir=given.data)).open()
    except SettingsRefused as refused:
        print(refused, file=sys.stderr)
        return 2
    try:
        return run(house, given)
    finally:
        house.close()
