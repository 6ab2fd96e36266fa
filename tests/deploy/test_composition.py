"""Commands and variables of compose.yaml on a real PostgreSQL and broker: a case, from opening to its first notice."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest

from services.case.application.reference import stream_of
from services.case.policy.authorities import load_authorities
from services.case.settings import Settings
from tests.api.desk import pupil
from tests.api.issuing import Issuer
from tests.conftest import MASTER_KEY, SIGNING_KEY
from tests.deploy.composed import Composed
from tests.ports import free_port
from tests.relay.reading import read_all
from tests.serving import ROOT
from tests.store.embedding import until

WORKERS = ("web", "projections", "relay", "timers", "notify", "audit")
AUTHORITIES = load_authorities(Settings().authorities_path).codes
SCHOOLS = ROOT / "services" / "case" / "samples" / "schools.csv"


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    running = Issuer()
    running.rotate("EC")
    running.clients = {f"audit-{code}": code for code in AUTHORITIES}
    yield running
    running.close()


@pytest.fixture
def databases(postgresql: str) -> Iterator[dict[str, str]]:
    """Empty ones, as deploy/databases.sql and the image make them."""
    mine = {name: f"{name}_{uuid4().hex}" for name in ("case", "notify", "audit")}
    with psycopg.connect(f"{postgresql} dbname=postgres", autocommit=True) as admin:
        for name in mine.values():
            admin.execute(f"CREATE DATABASE {name}".encode())
        yield {key: f"{postgresql} dbname={name}" for key, name in mine.items()}
        for name in mine.values():
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def composed(
    databases: dict[str, str], kafka: dict[str, str], issuer: Issuer, tmp_path: Path
) -> Iterator[tuple[Composed, str]]:
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    for name, value in {
        "case_master_key": MASTER_KEY,
        "case_signing_key": SIGNING_KEY,
        "case_oidc_client_secret": "",
        "notify_govuk_api_key": "",
        "audit_signing_key": "5c" * 32,
        "notify_smtp_password": "",
        "audit_feed_clients": " ".join(f"{code}:audit-{code}:{code[::-1]}-tidua" for code in AUTHORITIES),
        **{f"{name}_database_url": url for name, url in databases.items()},
    }.items():
        (secrets / name).write_text(value + "\n")
    port = str(free_port())
    address = f"http://127.0.0.1:{port}"
    given = {
        "CASE_OIDC_ISSUER": issuer.address,
        "CASE_PUBLIC_URL": address,
        "NOTIFY_OUTBOX_DIR": str(tmp_path / "outbox"),
    }
    instead = {
        "kafka:9092": kafka["KAFKA_BOOTSTRAP_SERVERS"],
        "http://web:8000": address,
        "0.0.0.0": "127.0.0.1",
        "8000": port,
        "9101": str(free_port()),
        "9102": str(free_port()),
    }
    own = {"KAFKA_TOPIC_PREFIX": kafka["KAFKA_TOPIC_PREFIX"], "PYTHONPATH": str(ROOT)}
    running = Composed(given, secrets, instead, own)
    yield running, address
    running.close()


def test_a_case_from_opening_to_its_first_notice(
    composed: tuple[Composed, str], databases: dict[str, str], kafka: dict[str, str], issuer: Issuer, tmp_path: Path
) -> None:
    running, address = composed
    for name in ("migrate", "topics"):
        running.once(name)
    running.once("web", "python", "-m", "services.case", "import-schools", str(SCHOOLS))
    for name in WORKERS:
        running.start(name)
    until(lambda: ready(address), "web", 40)

    token = issuer.token(issuer.keys[0])
    body = {"process": "exclusion_prevention", "answers": pupil()}
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid4().hex}
    answer = httpx.post(f"{address}/api/v1/cases", json=body, headers=headers, timeout=20)
    assert answer.status_code in (200, 201), answer.text
    ref = answer.json()["ref"]
    stream = str(stream_of(ref))

    def types() -> list[str]:
        found = httpx.get(f"{address}/api/v1/cases/{ref}/events?limit=200", headers=headers, timeout=20)
        return [event["type"] for event in found.json()]

    until(lambda: any("notice_sent" in kind for kind in types()), "the result on the timeline", 40)
    records = read_all(kafka["KAFKA_BOOTSTRAP_SERVERS"], [kafka["KAFKA_TOPIC_PREFIX"] + "case.events.v1"])
    mine = [event["sequence"] for event in records if event["id"].startswith(stream)]
    assert mine == list(range(1, len(mine) + 1))
    assert mine
    assert list((tmp_path / "outbox").glob("*.md"))
    with psycopg.connect(databases["audit"], autocommit=True) as ledger:
        counted = "SELECT count(*) FROM entries WHERE stream = %s"
        until(lambda: ledger.execute(counted, [stream]).fetchone() >= (len(mine),), "the ledger", 20)
    assert all(running.running[name].poll() is None for name in WORKERS)
    running.once("audit", "python", "-m", "services.audit", "verify")


def ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz", timeout=3).status_code == 200
    except httpx.TransportError:
        return False
