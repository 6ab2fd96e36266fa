"""A log, a ledger of it, and those who look whether both are what was recorded."""

import asyncio
import random
from typing import Any
from uuid import UUID

import msgspec

from contracts.envelope import to_json
from services.audit import ledger as ledgers
from services.audit.ledger import Arrived, Connection, enter
from services.audit.verify import Comparing, in_itself
from services.case.domain.meta import Actor
from services.case.export.case_file import case_file
from services.case.export.contents import contents_of
from services.case.export.standalone_verifier import Wrong, check
from services.case.outbox.owners import no_key
from services.case.outbox.turns import topic_of
from services.case.publishing import integration_event
from services.case.scenarios import REF
from services.case.store.mapper import hash_of, to_recorded
from services.case.store.verify import verify
from services.case.wiring import House
from tests.faults.altering import Row, altered
from tests.faults.altering_ledger import alter_ledger
from tests.faults.archives import unpacked

ALL = "SELECT originator_id, originator_version, topic, state, notification_id FROM events ORDER BY 1, 2"
HEADS = "SELECT stream, sequence, position, hash FROM heads"


class Audited:
    """`did`: what was altered last."""

    def __init__(self, house: House, owner: Connection, ledger: Connection) -> None:
        self.house, self.owner, self.ledger = house, owner, ledger
        self.key = house.checkpointing.public_key
        self.did = ""
        self._auditor = Actor("auditor", "auditor", "937")
        ledgers.prepare(ledger)
        house.looking.record(self._case(), self._auditor, "case", "The yearly check.")
        house.checkpointing.state(owner)
        for database in (owner, ledger):  # as whoever owns the database can
            table = b"events" if database is owner else b"entries"
            database.execute(b"ALTER TABLE " + table + b" DISABLE TRIGGER USER")
        self.follow()

    def follow(self) -> None:
        """Let the ledger have all that is published by now."""
        records = self._published()
        read = {"log": records[-1]["position"]}
        enter(self.ledger, [Arrived(topic_of(r["type"]), "log", r) for r in records], read)
        self.rows = self._rows()

    def alter_rows(self, chance: random.Random, adversary: str) -> str:
        """By what it was found that rows of a stream are others."""
        stream = chance.choice(sorted({row[0] for row in self.rows}))
        before = [row for row in self.rows if row[0] == stream]
        self.did, after = altered(chance, adversary, before, self.rows)
        self._replace(stream, after)
        hide = adversary == "recomputing"
        hidden = self._hide(stream, after, chance.random() < 0.5) if hide else None
        try:
            return self._found()
        finally:
            self._replace(stream, before)
            if hidden is not None:
                self._show(stream, before, hidden)

    def alter_ledger(self, chance: random.Random, adversary: str) -> str:
        """By what it was found that entries of the ledger are others."""
        return alter_ledger(self, chance, adversary)

    def clean_export(self) -> str:
        """What is wrong with a case file that nobody touched, "" if nothing."""
        self.house.looking.record(self._case(), self._auditor, "case-file", "A copy.")
        try:
            check(unpacked(self.export()), self.key)
        except Wrong as wrong:
            return str(wrong)
        return ""

    def export(self) -> bytes:
        """With what is in files that were added to the case."""
        house, case = self.house, self._case()
        contents = contents_of(house.attachments, case, case.files)
        return case_file(house.store, house.reference, house.checkpointing, REF, contents)

    def whatever_is_wrong(self) -> list[str]:
        self.follow()
        return [found] if (found := self._found()) else []

    def ledger_differs(self) -> str:
        """Whether the ledger is another than it was, by itself or against the log."""
        if in_itself(self.ledger)[1]:
            return "the ledger itself"
        return "ledger against log" if self._compared() else ""

    def _found(self) -> str:
        seen = verify(self.house.database, key=self.key).first_bad
        if seen is not None:
            by_checkpoint = "checkpoint" in seen.reason or "looked at" in seen.reason
            return "checkpoint" if by_checkpoint else "chain"
        return "ledger" if self._compared() else ""

    def _compared(self) -> bool:
        comparing, upto = Comparing(self.ledger), ledgers.places(self.ledger)["log"]
        try:
            records = self._published()
        except (msgspec.MsgspecError, LookupError):
            return True  # the service says so wherever it reads it
        for topic in {topic_of(record["type"]) for record in records}:
            comparing.take(topic, [to_json(record) for record in records if topic_of(record["type"]) == topic], upto)
        heads = {stream: ledgers.Head(*head) for stream, *head in self.ledger.execute(HEADS)}
        return bool(comparing.found or list(comparing.missing(heads)))

    def _published(self) -> list[dict[str, Any]]:
        """All records in order, made from what is stored, as subscribers get them: nothing is decrypted."""
        rows = sorted(self._rows(), key=lambda row: row[4])
        return [integration_event(to_recorded(*row, no_key), "937", REF) for row in rows]

    def _hide(self, stream: UUID, rows: list[Row], checkpoints: bool) -> list[tuple[Any, ...]]:
        """What an adversary does who knows where else the log is spoken of: heads, perhaps the checkpoints too."""
        self._head(stream, rows)
        kept = self.owner.execute("SELECT * FROM checkpoints").fetchall() if checkpoints else []
        if checkpoints:
            self.owner.execute("DELETE FROM checkpoints")
        return kept

    def _show(self, stream: UUID, rows: list[Row], kept: list[tuple[Any, ...]]) -> None:
        self._head(stream, rows)
        self.owner.cursor().executemany("INSERT INTO checkpoints VALUES (%s, %s, %s, %s, %s, %s)", kept)

    def _head(self, stream: UUID, rows: list[Row]) -> None:
        self.owner.execute("DELETE FROM stream_heads WHERE stream = %s", [stream])
        if rows:
            head = [stream, rows[-1][1], hash_of(rows[-1][3])]
            self.owner.execute("INSERT INTO stream_heads VALUES (%s, %s, %s)", head)

    def _replace(self, stream: UUID, rows: list[Row]) -> None:
        self.owner.execute("DELETE FROM events WHERE originator_id = %s", [stream])
        with self.owner.cursor() as cursor:
            cursor.executemany("INSERT INTO events VALUES (%s, %s, %s, %s, %s)", rows)

    def _rows(self) -> list[Row]:
        return [(s, v, t, bytes(st), p) for s, v, t, st, p in self.owner.execute(ALL).fetchall()]

    def _case(self) -> Any:
        return asyncio.run(self.house.door.see(REF))
