"""`scenarios [PATH]`: runs the scenarios of processes."""

import argparse
import sys
from pathlib import Path
from typing import Any

import msgspec

from services.case.application.files import HOUSE, read_reference
from services.case.process.bundle import process_folders
from services.case.samples import sample_directory
from services.case.scenarios import ScenarioFailed, run_scenario, scenarios_of


def register(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser("scenarios", help="run the scenarios of processes")
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="process folders, or folders of them")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    paths = [path.resolve() for path in given.paths] or [HOUSE]
    roots = [path.parent if (path / "process.toml").is_file() else path for path in paths]
    folders = process_folders(roots)
    wanted = [f for f in folders.values() if any(f == path or f.parent == path for path in paths)]
    if not wanted:
        print("There is no process there.", file=sys.stderr)
        return 2
    reference = read_reference((*dict.fromkeys(roots), HOUSE), directory=sample_directory())
    results = []
    for folder in wanted:
        scenarios, sets = scenarios_of(folder)
        for scenario in scenarios:
            failure = ""
            try:
                run_scenario(reference, scenario, sets)
            except ScenarioFailed as failed:
                failure = str(failed)
            results.append({"process": folder.name, "scenario": scenario["name"], "failure": failure or None})
            if not given.json:
                print(f"{'FAILED' if failure else 'ok':7}{folder.name}: {scenario['name']}")
                if failure:
                    print(f"       {failure}")
    if given.json:
        print(msgspec.json.encode(results).decode())
    return 1 if any(result["failure"] for result in results) else 0
