"""Taking in as a consumer of lines: `python -m tests.notify.consuming`, the database by NOTIFY_DATABASE_URL."""

import json
import os
import sys

import psycopg

from contracts.envelope import NotACloudEvent, from_json
from services.notify.deliveries import Arrived, Connection, prepare, take_in

KNOWN = "SELECT true FROM deliveries WHERE delivery = %s"


def take(connection: Connection, line: bytes, number: int) -> str:
    """Take a line in; the id of the delivery that is to be sent since."""
    try:
        event = from_json(line)
    except NotACloudEvent as why:
        take_in(connection, [Arrived(f"line {number}", str(why))], {})
        return ""
    before = connection.execute(KNOWN, [event["id"]]).fetchone()
    take_in(connection, [Arrived(f"line {number}", event)], {})
    return event["id"] if connection.execute(KNOWN, [event["id"]]).fetchone() != before else ""


if __name__ == "__main__":
    with psycopg.connect(os.environ["NOTIFY_DATABASE_URL"], autocommit=True) as connection:
        prepare(connection)
        for number, line in enumerate(sys.stdin.buffer):
            id = take(connection, line, number)
            if id:
                print(json.dumps({"id": id, "effect": "to be sent"}), flush=True)
