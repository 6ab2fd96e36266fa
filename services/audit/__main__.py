"""Commands of the audit service: `python -m services.audit COMMAND --help`."""

import argparse
import logging
import signal
import sys
from types import FrameType

import msgspec
import prometheus_client
import psycopg

from services.audit import figures, ledger
from services.audit.case_api import Away, CaseApi, NotAccepted
from services.audit.consumer import Consumer
from services.audit.progress import ProgressBar
from services.audit.settings import Settings, SettingsRefused, read_settings, shown
from services.audit.verify import all_of_it

GOOD, FINDINGS, WRONG_USE = 0, 1, 2
REREAD = "UPDATE heads SET stopped = NULL WHERE stopped IS NOT NULL"
LOOKS = "SELECT time, person, role, org, what FROM looks WHERE ref = %s ORDER BY time, sequence"


def main(arguments: list[str] | None = None) -> int:
    """Exit code: 0 good, 1 findings, 2 wrong use or environment."""
    parser = argparse.ArgumentParser(prog="python -m services.audit", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (run, help) in COMMANDS.items():
        command = commands.add_parser(name, help=help)
        command.add_argument("--data", help="data folder of the embedded mode, instead of CASE_DATA_DIR")
        command.add_argument("--json", action="store_true")
        if name == "looks":
            command.add_argument("ref", metavar="REF", help="a case reference")
        command.set_defaults(run=run)
    given = parser.parse_args(arguments)
    logging.basicConfig(format="%(asctime)s audit %(levelname)s %(message)s", level=logging.WARNING)
    try:
        code: int = given.run(read_settings(data_dir=given.data), given)
    except (SettingsRefused, NotAccepted) as refused:
        print(refused, file=sys.stderr)
        return WRONG_USE
    except Away as away:
        print(away, file=sys.stderr)
        return WRONG_USE
    except psycopg.OperationalError:
        print("The ledger's database does not answer. In the embedded mode it runs with `make run`.", file=sys.stderr)
        return WRONG_USE
    except KeyboardInterrupt:
        return 130
    return code


def run(settings: Settings, given: argparse.Namespace) -> int:
    """Until told to stop. What is in the middle of a transaction is rolled back, and read again next time."""
    consumer = Consumer(settings)

    def stop(number: int, frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_IGN)  # it may come from the terminal and from whoever started us
        raise SystemExit(GOOD)

    signal.signal(signal.SIGTERM, stop)
    if settings.port:
        prometheus_client.start_http_server(settings.port, registry=figures.REGISTRY)
    consumer.run()
    return GOOD


def verify(settings: Settings, given: argparse.Namespace) -> int:
    """The ledger against itself, the case service and the checkpoints."""
    if not settings.can_ask:
        raise SettingsRefused("AUDIT_FEED_URL and AUDIT_FEED_CLIENTS: needed to compare with the case service")
    with psycopg.connect(settings.database_url, autocommit=True, connect_timeout=5) as connection:
        ledger.prepare(connection)
        row = connection.execute("SELECT count(*) FROM entries").fetchone()
        with ProgressBar("verifying", 2 * (row[0] if row else 0)) as bar:
            found = all_of_it(connection, CaseApi(settings), bar.show)
    if given.json:
        print(msgspec.json.encode(found).decode())
    elif found.first_difference is not None:
        first = found.first_difference
        where = f"{first.stream}.{first.sequence}" if first.stream else f"position {first.position}"
        print(f"{where}: {first.reason}")
    else:
        print(f"{found.entries} events of {found.streams} streams are the same; {found.checkpoints} checkpoints")
    return GOOD if found.ok else FINDINGS


def reread(settings: Settings, given: argparse.Namespace) -> int:
    """Let stopped streams go on, and read everything again: what is known does no harm, what was missed is entered."""
    with psycopg.connect(settings.database_url, autocommit=True, connect_timeout=5) as connection:
        ledger.prepare(connection)
        if not ledger.is_active(connection):
            print("Stop the audit service first: it holds the ledger.", file=sys.stderr)
            return WRONG_USE
        with connection.transaction():
            streams = connection.execute(REREAD).rowcount
            connection.execute("DELETE FROM places")
    print(f"{streams} streams go on; everything is read again")
    return GOOD


def looks(settings: Settings, given: argparse.Namespace) -> int:
    """Who looked at a case."""
    with psycopg.connect(settings.database_url, autocommit=True, connect_timeout=5) as connection:
        ledger.prepare(connection)
        found = connection.execute(LOOKS, [given.ref]).fetchall()
    for time, person, role, org, what in found:
        line = {"time": time, "person": person, "role": role, "org": org, "what": what}
        print(msgspec.json.encode(line).decode() if given.json else " ".join(word for word in line.values() if word))
    return GOOD


def settings_shown(settings: Settings, given: argparse.Namespace) -> int:
    values = shown(settings)
    if given.json:
        print(msgspec.json.encode(values).decode())
    else:
        print("\n".join(f"{name}={value}" for name, value in values.items()))
    return GOOD


COMMANDS = {
    "run": (run, "read what is published into the ledger, countersign checkpoints"),
    "verify": (verify, "compare the ledger with the case service"),
    "reread": (reread, "let stopped streams go on, reading everything again"),
    "looks": (looks, "who looked at a case"),
    "settings": (settings_shown, "show the settings, secrets hidden"),
}

if __name__ == "__main__":
    sys.exit(main())
