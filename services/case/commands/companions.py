"""The services beside this one in the embedded mode, so that `make run` starts everything. They are programs of their
own: each gets its own database in the embedded server, tokens of the built-in issuer, and nothing else of ours."""

import os
from collections.abc import Callable, Mapping

import psycopg

from services.case.api.identity import ed25519_key, issue
from services.case.commands.processes import Started, Work, command
from services.case.domain.people import Person
from services.case.policy.authorities import load_authorities
from services.case.settings import HOUSE, Settings
from services.case.store import embedded
from services.case.wiring import signing_key_of

AUDIT = frozenset({"feed", "feed:access", "countersign"})
NOTIFY = frozenset({"feed", "feed:contacts", "results"})
TOLD = "settings.env"


def audit(settings: Settings, address: str) -> Work:
    """The ledger, reading the feed of every authority. Started again it gets fresh tokens."""

    def told() -> dict[str, str]:
        codes = load_authorities(settings.authorities_path).codes
        return {
            "AUDIT_DATABASE_URL": own_database(settings, "audit"),
            "AUDIT_DATA_DIR": str(settings.data_dir.resolve() / "audit"),
            "AUDIT_FEED_URL": address,
            "AUDIT_FEED_TOKENS": " ".join(f"{code}:{token(settings, 'audit', code, AUDIT)}" for code in codes),
        }

    return beside(settings, "audit", told)


def notify(settings: Settings, address: str) -> Work:
    """Sends what is offered in the feed of every authority: into a folder where it can be read."""

    def told() -> dict[str, str]:
        codes = load_authorities(settings.authorities_path).codes
        return {
            "NOTIFY_DATABASE_URL": own_database(settings, "notify"),
            "NOTIFY_OUTBOX_DIR": str(settings.data_dir.resolve() / "notify" / "outbox"),
            "NOTIFY_FEED_URL": address,
            "NOTIFY_FEED_TOKENS": " ".join(f"{code}:{token(settings, 'notify', code, NOTIFY)}" for code in codes),
        }

    return beside(settings, "notify", told)


def beside(settings: Settings, name: str, told: Callable[[], Mapping[str, str]]) -> Work:
    """Run `services.NAME`, told what `told` says by its environment. What it is told is also written down in the data
    folder, for commands that are given by hand."""

    def work(started: Started) -> int:
        environment = dict(told())
        keep(settings, name, environment)
        os.environ.update(environment, PYTHONPATH=str(HOUSE))
        return command(["-m", f"services.{name}", "run"])(started)

    return work


def own_database(settings: Settings, name: str) -> str:
    """Connection string of a database in the embedded server, made if it is not there."""
    url = embedded.start(settings.data_dir)
    with psycopg.connect(url, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(f"CREATE DATABASE {name}".encode())
    return embedded.Place(settings.data_dir).url(name)


def token(settings: Settings, name: str, authority: str, scopes: frozenset[str]) -> str:
    """For a machine of an authority."""
    key = ed25519_key(signing_key_of(settings))
    return issue(key, settings.oidc_audience, Person(name, authority, (), scopes))


def keep(settings: Settings, name: str, environment: Mapping[str, str]) -> None:
    folder = settings.data_dir / name
    folder.mkdir(mode=0o700, exist_ok=True)
    fresh = folder / f"{TOLD}.{os.getpid()}"
    fresh.touch(mode=0o600)
    fresh.write_text("".join(f"{variable}={value}\n" for variable, value in environment.items()))
    fresh.replace(folder / TOLD)
