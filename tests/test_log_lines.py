"""What goes wrong is told by where it went wrong: a message that quotes a child's name reaches no log."""

import asyncio
import logging
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest

from services.case.commands.log_lines import WithoutMessages, frames_and_kinds
from tests.api.desk import Desk, house_of
from tests.serving import ROOT, Served, serve
from tests.store.embedding import data_folder, until

NAME = "Zebedee Quillfeather"
QUOTES = f"""
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the row of {NAME} is refused' USING DETAIL = 'Failing row contains ({NAME}).'; END $$;
"""


def refusing(table: str) -> str:
    return f"CREATE TRIGGER refusing BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse()"


@pytest.fixture(scope="module")
def own_service() -> Iterator[Served]:
    with data_folder() as data, serve(data, clock="2026-11-02T08:00:00+00:00") as running:
        yield running


def test_a_row_that_the_database_quotes_is_in_no_line_of_the_service(own_service: Served) -> None:
    # given a database that refuses rows, quoting them, to requests and to what works beside them
    desk = Desk(own_service)
    ref = desk.open()
    with house_of(own_service) as house:
        house.database.execute(QUOTES)
        house.database.execute(refusing("timeline"))
        desk.as_("caseworker").post(f"/cases/{ref}/notes", json={"text": "asked the school"})
        until(lambda: any("follower" in line for line in own_service.said), "the follower to fail")
        house.database.execute(refusing("events"))
        # when somebody asks for what it will refuse
        answer = desk.as_("caseworker").post(f"/cases/{ref}/notes", json={"text": "asked again"})
    desk.close()
    # then it is told that and where something failed, and no more
    assert answer.status_code == 500, answer.text
    until(lambda: any("a defect at" in line for line in own_service.said), "the defect to be told")
    said = "".join(own_service.said)
    assert "psycopg.errors.RaiseException" in said
    assert 'services/case/store/follower.py", line' in said
    assert NAME not in said + answer.text


CATCHES_NOTHING = f"""
import sys, threading
from services.case.commands import log_lines
from services.case.commands.processes import Processes
log_lines.install()
def fail(*started):
    raise ValueError({NAME!r})
if sys.argv[1] == "thread":
    threading.Thread(target=fail).start()
elif sys.argv[1] == "process":
    work = Processes()
    work.keep(fail)
    work.run(print)
else:
    fail()
"""


@pytest.mark.parametrize("where", ["here", "thread", "process"])
def test_what_nobody_caught_is_told_without_its_message(where: str) -> None:
    done = subprocess.run([sys.executable, "-c", CATCHES_NOTHING, where], cwd=ROOT, capture_output=True, text=True)
    assert "builtins.ValueError" in done.stderr
    assert "in fail" in done.stderr
    assert NAME not in done.stderr + done.stdout


def test_a_chain_of_exceptions_names_each_kind_in_order() -> None:
    try:
        try:
            raise psycopg.errors.UniqueViolation(f"Key (name)=({NAME}) already exists.")
        except psycopg.Error as refused:
            raise ExceptionGroup(NAME, [KeyError(NAME)]) from refused
    except ExceptionGroup as error:
        told = frames_and_kinds(error)
    kinds = [line for line in told.splitlines() if not line.startswith(" ")]
    assert kinds == [
        "psycopg.errors.UniqueViolation",
        "and then",
        "builtins.ExceptionGroup",
        "with",
        "builtins.KeyError",
    ]
    assert NAME not in told


def test_a_task_that_nobody_waited_for_is_told_without_what_it_raised() -> None:
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    async def fail() -> None:
        raise ValueError(NAME)

    async def forget() -> None:
        task = asyncio.create_task(fail())
        await asyncio.sleep(0)
        del task

    handler = Kept()
    handler.setFormatter(WithoutMessages("%(message)s"))
    logging.getLogger("asyncio").addHandler(handler)
    try:
        asyncio.run(forget())
    finally:
        logging.getLogger("asyncio").removeHandler(handler)
    assert "builtins.ValueError" in "".join(lines)
    assert NAME not in "".join(lines)
