"""Commands of the notify service: `python -m services.notify COMMAND --help`."""

import argparse
import logging
import signal
import sys
from types import FrameType

import msgspec
import prometheus_client
import psycopg

from services.notify import deliveries, figures
from services.notify.case_api import NotAccepted
from services.notify.running import Notify
from services.notify.settings import Settings, SettingsRefused, read_settings, shown

GOOD, FINDINGS, WRONG_USE = 0, 1, 2
STATES = "SELECT state, count(*) FROM deliveries GROUP BY state ORDER BY state"
PARKED = "SELECT at, place, reason FROM parked ORDER BY id DESC LIMIT 100"


def main(arguments: list[str] | None = None) -> int:
    """Exit code: 0 good, 1 findings, 2 wrong use or environment."""
    parser = argparse.ArgumentParser(prog="python -m services.notify", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (run, help) in COMMANDS.items():
        command = commands.add_parser(name, help=help)
        command.add_argument("--data", help="data folder of the embedded mode, instead of CASE_DATA_DIR")
        command.add_argument("--json", action="store_true")
        command.set_defaults(run=run)
    given = parser.parse_args(arguments)
    logging.basicConfig(format="%(asctime)s notify %(levelname)s %(message)s", level=logging.WARNING)
    try:
        code: int = given.run(read_settings(data_dir=given.data), given)
    except (SettingsRefused, NotAccepted) as refused:
        print(refused, file=sys.stderr)
        return WRONG_USE
    except psycopg.OperationalError:
        print("The database does not answer. In the embedded mode it runs with `make run`.", file=sys.stderr)
        return WRONG_USE
    except KeyboardInterrupt:
        return 130
    return code


def run(settings: Settings, given: argparse.Namespace) -> int:
    """Until told to stop. What is being sent then is finished, or asked about next time."""
    notify = Notify(settings)

    def stop(number: int, frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_IGN)  # told twice, it would wait for itself
        notify.stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if settings.port:
        prometheus_client.start_http_server(settings.port, registry=figures.REGISTRY)
    notify.run()
    return GOOD


def status(settings: Settings, given: argparse.Namespace) -> int:
    """How many deliveries are in which state, and what is parked. 1 if anything is."""
    with psycopg.connect(settings.database_url, autocommit=True, connect_timeout=5) as connection:
        deliveries.prepare(connection)
        states: dict[str, int] = dict(connection.execute(STATES).fetchall())
        parked = [{"at": at, "place": place, "reason": why} for at, place, why in connection.execute(PARKED)]
    if given.json:
        print(msgspec.json.encode({"deliveries": states, "parked": parked}).decode())
    else:
        print("\n".join(f"{state}\t{count}" for state, count in states.items()))
        print("\n".join(f"parked {one['at']:%Y-%m-%d %H:%M} {one['place']}: {one['reason']}" for one in parked))
    return FINDINGS if parked else GOOD


def settings_shown(settings: Settings, given: argparse.Namespace) -> int:
    values = shown(settings)
    if given.json:
        print(msgspec.json.encode(values).decode())
    else:
        print("\n".join(f"{name}={value}" for name, value in values.items()))
    return GOOD


COMMANDS = {
    "run": (run, "send what is offered, tell what became of it"),
    "status": (status, "how many deliveries are in which state, and what is parked"),
    "settings": (settings_shown, "show the settings, secrets hidden"),
}

if __name__ == "__main__":
    sys.exit(main())
