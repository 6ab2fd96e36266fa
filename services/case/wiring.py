"""The composition root: the only place that knows what is real. Everything gets what it needs from here."""

import os
import secrets
from pathlib import Path
from uuid import UUID

from services.case.application.administration import Administration
from services.case.application.attachments import Attachments
from services.case.application.break_glass import BreakGlass
from services.case.application.directory import Directory
from services.case.application.door import Door
from services.case.application.files import read_reference
from services.case.application.improving import Improvements
from services.case.application.in_use import authority_stream
from services.case.application.listing import Listings
from services.case.application.looking import Looking
from services.case.application.put_in_use import fetch_from, put_files_in_use
from services.case.application.recounting import Recounting
from services.case.application.reference import Reference
from services.case.application.registering import READER, Registering
from services.case.application.scanning import Clamd
from services.case.clock.now import Clock, SettableClock, SystemClock
from services.case.deliveries.offering import READER as DELIVERIES
from services.case.deliveries.offering import Offering
from services.case.deliveries.offices import offices
from services.case.deliveries.recipients import OfficeOf
from services.case.outbox.admitting import Admitting
from services.case.outbox.owners import Owners
from services.case.outbox.turns import READER as OUTBOX
from services.case.outbox.turns import Outbox
from services.case.projections.projected import Projected
from services.case.projections.projecting import Projecting
from services.case.samples.seeding import put_samples_in_use
from services.case.settings import Settings
from services.case.store import embedded
from services.case.store.checkpoints import READER as CHECKPOINTS
from services.case.store.checkpoints import Checkpointing
from services.case.store.cipher import MasterKey
from services.case.store.database import Database
from services.case.store.event_store import EventStore
from services.case.store.follower import Follower, FollowersWork
from services.case.store.keys import Keys
from services.case.store.migrate import migrate

UNHURRIED = 0.5  # seconds from one wake-up to the next of what nobody waits for at a screen


class House:
    """One process's parts. `open` before use, in the process that uses it; `close` after."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        self.url = settings.database_url or embedded.start(settings.data_dir)
        self.clock = clock_of(settings)
        self.database = Database(self.url)
        self.store: EventStore
        self.reference: Reference
        self.administration: Administration
        self.door: Door
        self.projecting: Projecting
        self.projected: Projected
        self.recounting: Recounting
        self.owners: Owners
        self.outbox: Outbox
        self.listings: Listings
        self.looking: Looking
        self.break_glass: BreakGlass
        self.attachments: Attachments
        self.improvements: Improvements
        self.checkpointing = Checkpointing(checkpoint_key_of(settings), self.clock.now)
        self.seeded = 0  # the place in the log of the sample directories

    def open(self) -> "House":
        migrate(self.url)
        self.database.open()
        master = MasterKey(_hex(self.settings.master_key) or kept_key(self.settings.data_dir / "master.key"))
        self.store = EventStore(self.database, Keys(self.database, master))
        self.reference = read_reference(
            self.settings.bpmn_folders,
            self.settings.authorities_path,
            Directory(),
            fetch_from(self.database),
            use=False,
        )
        self.reference.directory.refresh(self.database)
        self.administration = Administration(self.store, self.reference, self.clock)
        put_files_in_use(self.administration, self.clock.now())
        self.listings = Listings(self.store, self.clock)
        self.looking = Looking(self.store, self.clock)
        self.break_glass = BreakGlass(self.store, self.clock)
        scanner = Clamd(self.settings.clamd) if self.settings.clamd else None
        self.attachments = Attachments(self.store, self.clock, self.settings.largest_file, scanner)
        self.improvements = Improvements(self.store, self.clock)
        if self.settings.embedded:
            self.seeded = put_samples_in_use(self.store, self.listings, self.clock)
        self.door = Door(self.store, self.reference, self.clock)
        self.projecting = Projecting(self.store, self._title_of)
        self.projected = Projected(
            self.url, self._forget, self._refresh, [model.name for model in self.projecting.models]
        )
        self.recounting = Recounting(self.door, self.administration, self.projected)
        self.owners = Owners(self.database, lambda: self.reference.authorities.codes)
        self.outbox = Outbox(self.database, self.owners)
        return self

    def close(self) -> None:
        self.store.close()
        self.database.close()

    def _forget(self, stream: str) -> None:
        """A stream's key was destroyed, here or in another process."""
        self.store.keys.forget(UUID(stream))
        self.door.evict(UUID(stream))
        self.listings.forget(UUID(stream))
        self.improvements.forget(UUID(stream))

    def _refresh(self, what: str) -> None:
        if what in ("", "administration"):
            self.administration.refresh()
        if what != "administration":
            self.reference.directory.refresh(self.database, what)

    def authority_streams(self) -> dict[str, UUID]:
        """The streams of administration, by authority code."""
        return {code: authority_stream(code) for code in self.reference.authorities.codes}

    def follower(self) -> Follower:
        """Keeps the read models up while it runs; one of all such processes is active."""
        return Follower("projections", self.url, self.projecting.work)

    def registrar(self) -> Follower:
        """Enters in the pupils' registers what cases tell of suspensions; one of all such processes is active."""
        door = Door(self.store, self.reference, self.clock)  # the other's locks belong to the loop that serves
        return self._unhurried(READER, Registering(door).work)

    def admitting(self) -> Follower:
        """Looks at every event before it is published; one of all such processes is active."""
        return Follower(OUTBOX, self.url, Admitting(Owners(self.database, self.owners.codes), self.clock).work)

    def checkpoints(self) -> Follower:
        """States now and then what the log is; one of all such processes is active."""
        return self._unhurried(CHECKPOINTS, self.checkpointing.work)

    def offering(self) -> Follower:
        """Offers words that are due to whoever sends them; one of all such processes is active."""
        door = Door(self.store, self.reference, self.clock)
        offering = Offering(door, self.offices_of, self.settings.link, self.settings.public_url)
        return self._unhurried(DELIVERIES, offering.work)

    def _unhurried(self, name: str, work: FollowersWork) -> Follower:
        """Woken by the read models, which move on less often than something is committed."""
        return Follower(name, self.url, work, channel="projected", rest=UNHURRIED)

    def offices_of(self, authority: str) -> OfficeOf:
        """Whom to ask at the council, its schools and its providers."""
        return offices(self.database, self.reference.authorities[authority])

    def signing_key(self) -> bytes:
        return signing_key_of(self.settings)

    def _title_of(self, bundle: str, element: str) -> str:
        known = self.reference.bundle(bundle).elements.get(element)
        return known.name if known and known.name else element


def clock_of(settings: Settings) -> Clock:
    """The system's clock, or, embedded, the one that can be set forward."""
    return SettableClock(settings.data_dir / "clock.json") if settings.embedded else SystemClock()


def signing_key_of(settings: Settings) -> bytes:
    """32 bytes, the seed of the Ed25519 key with which the built-in issuer signs."""
    return _hex(settings.signing_key) or kept_key(settings.data_dir / "signing.key")


def checkpoint_key_of(settings: Settings) -> bytes:
    """The same; empty where none is set, outside the embedded mode: then no checkpoints are made."""
    return signing_key_of(settings) if settings.embedded or settings.signing_key else b""


def kept_key(path: Path) -> bytes:
    """A key of the embedded mode: made once, kept in the data folder beside the database, never inside it."""
    if not path.exists():
        fresh = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32))
        try:
            path.hardlink_to(fresh)  # of several that start at once, one makes the key
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return bytes.fromhex(path.read_text())


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise SystemExit("A key must be written as hexadecimal digits.") from error
