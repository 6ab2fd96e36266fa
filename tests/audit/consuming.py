"""The ledger as a consumer of lines: `python -m tests.audit.consuming`, the database by AUDIT_DATABASE_URL."""

import json
import os
import sys

import psycopg

from contracts.envelope import NotACloudEvent, from_json
from services.audit.entry import entry_of
from services.audit.ledger import Arrived, Connection, enter, prepare

TOPIC = "case.events.v1"
KNOWN = "SELECT true FROM entries WHERE stream = %s AND sequence = %s"


def take(connection: Connection, line: bytes, number: int) -> str:
    """Enter a line; the id of the event that is in the ledger since."""
    try:
        event = from_json(line)
        entry = entry_of(TOPIC, event)
    except NotACloudEvent as why:
        enter(connection, [Arrived(TOPIC, f"line {number}", str(why))], {})
        return ""
    key = [entry.stream, entry.sequence]
    before = connection.execute(KNOWN, key).fetchone()
    enter(connection, [Arrived(TOPIC, f"line {number}", event)], {})
    return event["id"] if connection.execute(KNOWN, key).fetchone() != before else ""


if __name__ == "__main__":
    with psycopg.connect(os.environ["AUDIT_DATABASE_URL"], autocommit=True) as connection:
        prepare(connection)
        for number, line in enumerate(sys.stdin.buffer):
            id = take(connection, line, number)
            if id:
                print(json.dumps({"id": id, "effect": "entered"}), flush=True)
