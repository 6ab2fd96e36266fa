"""With a database and a sign-in provider of one's own: what is for trying out is not there, and tokens are the
provider's."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from joserfc.jwk import RSAKey

from tests.api.desk import problem
from tests.api.issuing import Issuer
from tests.conftest import MASTER_KEY, SIGNING_KEY
from tests.serving import ROOT, Served, serve
from tests.store.embedding import until


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    running = Issuer()
    running.rotate("RSA", "EC")
    yield running
    running.close()


@pytest.fixture(scope="module")
def environment(postgresql: str, issuer: Issuer) -> Iterator[dict[str, str]]:
    with psycopg.connect(f"{postgresql} dbname=postgres", autocommit=True) as admin:
        admin.execute("CREATE DATABASE production")
        yield {
            "CASE_DATABASE_URL": f"{postgresql} dbname=production",
            "CASE_MASTER_KEY": MASTER_KEY,
            "CASE_OIDC_ISSUER": issuer.address,
        }
        admin.execute("DROP DATABASE production WITH (FORCE)")


@pytest.fixture(scope="module")
def served(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("data"), environment=environment) as running:
        yield running


def asked(served: Served, token: str) -> httpx.Response:
    answer = httpx.get(f"{served.address}/api/v1/processes", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code < 500 or answer.status_code == 503, answer.text
    return answer


def test_tokens_of_the_provider(served: Served, issuer: Issuer) -> None:
    rsa, ec = issuer.keys

    for token in (
        issuer.token(rsa),
        issuer.token(rsa, "PS256"),
        issuer.token(ec),
        issuer.token(ec, aud=["another", "inclusion-casework"]),
        issuer.token(ec, authority=None, roles=None),
    ):
        assert asked(served, token).status_code == 200
    assert len(asked(served, issuer.token(ec)).json()) >= 4
    assert asked(served, issuer.token(ec, authority="999")).json() == []
    assert issuer.asked == 1
    for wrong in (
        issuer.token(ec, iss="https://somebody.example"),
        issuer.token(ec, aud="another"),
        issuer.token(ec, exp=int(time.time()) - 3600),
        issuer.token(ec, sub=None),
        issuer.token(RSAKey.generate_key(2048, {"kid": rsa.kid})),
        issuer.token(RSAKey.generate_key(2048, {"kid": "never-seen"})),
    ):
        assert problem(asked(served, wrong), 401)["type"] == "/problems/not-signed-in"


def test_a_new_key_is_known_soon_and_an_old_one_is_forgotten(served: Served, issuer: Issuer) -> None:
    old = issuer.keys[1]
    assert asked(served, issuer.token(old)).status_code == 200

    new = issuer.rotate("EC", "RSA")[0]

    until(lambda: asked(served, issuer.token(new)).status_code == 200, "the new key", 5)
    problem(asked(served, issuer.token(old, sub="somebody-else")), 401)


def test_keys_that_are_not_for_this_do_no_harm(served: Served, issuer: Issuer) -> None:
    issuer.rotate("RSA")
    issuer.others = [
        {"kty": "oct", "k": "c2VjcmV0", "kid": "shared"},
        {"kty": "RSA", "use": "enc", "kid": "for-encryption", "n": "AQAB", "e": "AQAB"},
        {"kty": "PQC", "kid": "of-the-future"},
    ]

    until(lambda: asked(served, issuer.token(issuer.keys[0])).status_code == 200, "the key among them", 5)


def test_garbage_does_not_make_us_ask_again_and_again(served: Served, issuer: Issuer) -> None:
    before = issuer.asked

    for number in range(30):
        token = issuer.token(RSAKey.import_key(RSA_KEY, {"kid": f"made-up-{number}"}))
        problem(asked(served, token), 401)

    assert issuer.asked - before <= 3


RSA_KEY = RSAKey.generate_key(2048).as_pem(private=True)


def test_a_provider_that_is_away_or_somebody_else(environment: dict[str, str], tmp_path: Path) -> None:
    issuer = Issuer()
    key = issuer.rotate("EC")[0]
    issuer.claims_to_be = "https://somebody.example"
    with serve(tmp_path, environment={**environment, "CASE_OIDC_ISSUER": issuer.address}) as served:
        away = problem(asked(served, issuer.token(key)), 503)
        assert away["type"] == "/problems/try-again"

        issuer.claims_to_be = ""
        until(lambda: asked(served, issuer.token(key)).status_code == 200, "the provider", 5)
        issuer.close()
        assert asked(served, issuer.token(key, sub="another")).status_code == 200


def test_nothing_of_the_mode_for_trying_out(served: Served) -> None:
    nothing = problem(httpx.get(f"{served.address}/no/such/page"), 404)
    for method in ("GET", "PUT", "POST"):
        clock = httpx.request(method, f"{served.address}/dev/clock", json={"now": "2030-01-01T00:00:00+00:00"})
        assert problem(clock, 404) == nothing
    assert "/dev/clock" not in httpx.get(f"{served.address}/openapi.json").json()["paths"]
    assert list(served.data.iterdir()) == []
    token = token_command(served, "caseworker")
    assert (token.returncode, token.stdout) == (2, "")
    assert "issuer" in token.stderr


def test_a_built_in_token_is_nothing_to_it(served: Served, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = Served(tmp_path_factory.mktemp("embedded"), {})

    problem(asked(served, elsewhere.token("caseworker")), 401)


def token_command(served: Served, name: str) -> "subprocess.CompletedProcess[str]":
    line = [sys.executable, "-m", "services.case", "token", name, "--data", str(served.data)]
    return subprocess.run(line, cwd=ROOT, env=served.environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("missing", "named"),
    [("CASE_MASTER_KEY", "CASE_MASTER_KEY"), ("CASE_OIDC_ISSUER", "CASE_OIDC_ISSUER"), ("", "")],
)
def test_it_does_not_start_without_its_secrets(
    missing: str, named: str, environment: dict[str, str], tmp_path: Path
) -> None:
    given = {name: value for name, value in environment.items() if name != missing}
    if not missing:
        given["CASE_SIGNING_KEY"] = SIGNING_KEY
    running = Served(tmp_path, given)
    if not missing:
        assert running.start().stop() == 0
        return
    with pytest.raises(RuntimeError, match=named):
        running.start()
    assert running.process is not None
    assert running.process.returncode == 2
