"""Commands of the case service: `python -m services.case COMMAND --help`."""

import argparse
import importlib
import sys

from services.case.commands import log_lines
from services.case.domain.wrong_file import WrongFile

COMMANDS = (
    "web",
    "token",
    "demo",
    "migrate",
    "settings",
    "check",
    "scenarios",
    "dry_run",
    "due",
    "import_calendar",
    "totals",
    "notifications",
    "verify",
    "export",
    "events",
    "rebuild",
    "import_schools",
    "destroy_key",
    "council_year",
    "timers",
    "projections",
    "relay",
    "release",
    "republish",
    "topics",
)


def main(arguments: list[str] | None = None) -> int:
    """Exit code: 0 good, 1 findings, 2 wrong use or environment."""
    parser = argparse.ArgumentParser(prog="python -m services.case", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    wanted = (arguments or sys.argv[1:] or [""])[0].replace("-", "_")
    for name in COMMANDS:
        # Only the command that is wanted is loaded: `due` shall not wait for the web framework.
        if wanted in (name, "", "_h", "__help") or wanted not in COMMANDS:
            importlib.import_module(f"services.case.commands.{name}").register(commands)
    given = parser.parse_args(arguments)
    try:
        code: int = given.run(given)
    except WrongFile as wrong:
        print(f"{given.command}: {wrong}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return code


if __name__ == "__main__":
    log_lines.install()
    sys.exit(main())
