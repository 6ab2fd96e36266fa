"""Tokens that are wrong in any way are refused in one way, and nothing is written."""

import base64
import hmac
import json
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey, RSAKey

from services.case.api.identity import BUILT_IN, ed25519_key
from services.case.settings import Settings
from services.case.wiring import signing_key_of
from tests.api.desk import Desk, problem

Claims = dict[str, Any]


@pytest.fixture
def unchanged(desk: Desk) -> Iterator[None]:
    """Nothing that the test does is written."""
    before = desk.head()
    yield
    assert desk.head() == before


def encoded(part: object) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def with_secret(claims: Claims, secret: bytes) -> str:
    """A public key taken for a shared secret."""
    said = f"{encoded({'alg': 'HS256'})}.{encoded(claims)}"
    return f"{said}.{encoded(hmac.digest(secret, said.encode(), 'sha256'))}"


@pytest.mark.usefixtures("unchanged")
class TestTokens:
    @pytest.fixture
    def key(self, desk: Desk) -> OKPKey:
        return ed25519_key(signing_key_of(Settings(data_dir=desk.served.data)))

    @pytest.fixture
    def claims(self) -> Claims:
        now = int(time.time())
        return {
            "iss": BUILT_IN,
            "aud": "inclusion-casework",
            "sub": "caseworker",
            "iat": now,
            "exp": now + 600,
            "authority": "937",
            "roles": ["caseworker@937"],
        }

    def answer(self, desk: Desk, authorization: str | bytes) -> httpx.Response:
        raw = authorization if isinstance(authorization, bytes) else authorization.encode()
        headers = [(b"Authorization", raw)]
        found = httpx.post(f"{desk.served.address}/api/v1/cases", json={}, headers=headers)
        assert found.status_code < 500, (raw[:200], found.text)
        return found

    def test_the_right_one_is_right(self, desk: Desk, key: OKPKey, claims: Claims) -> None:
        token = jwt.encode({"alg": "Ed25519"}, claims, key, algorithms=["Ed25519"])

        assert self.answer(desk, f"Bearer {token}").status_code == 422
        assert self.answer(desk, f"bearer {token}").status_code == 422

    @pytest.mark.parametrize(
        "wrong",
        [
            {"exp": 1},
            {"exp": "soon"},
            {"exp": None},
            {"nbf": 32503680000},
            {"aud": "another-service"},
            {"aud": ["another-service", "and-another"]},
            {"aud": None},
            {"iss": "urn:somebody-else"},
            {"iss": None},
            {"sub": None},
            {"sub": ""},
            {"sub": 7},
            {"sub": "line\nbreak"},
            {"sub": "nul\0"},
            {"sub": "x" * 201},
            {"roles": 7},
        ],
        ids=str,
    )
    def test_wrong_claims(self, desk: Desk, key: OKPKey, claims: Claims, wrong: Claims) -> None:
        said = {name: value for name, value in {**claims, **wrong}.items() if value is not None}
        token = jwt.encode({"alg": "Ed25519"}, said, key, algorithms=["Ed25519"])

        problem(self.answer(desk, f"Bearer {token}"), 401)

    def test_signed_by_nobody_or_somebody_else(self, desk: Desk, key: OKPKey, claims: Claims) -> None:
        other, rsa = OKPKey.generate_key("Ed25519"), RSAKey.generate_key(2048)
        forged: list[Callable[[], str]] = [
            lambda: f"{encoded({'alg': 'none'})}.{encoded(claims)}.",
            lambda: f"{encoded({'alg': 'None', 'typ': 'JWT'})}.{encoded(claims)}.",
            lambda: jwt.encode({"alg": "Ed25519"}, claims, other, algorithms=["Ed25519"]),
            lambda: jwt.encode({"alg": "Ed25519", "kid": key.thumbprint()}, claims, other, algorithms=["Ed25519"]),
            lambda: jwt.encode({"alg": "RS256"}, claims, rsa),
            lambda: with_secret(claims, key.as_pem(private=False)),
            lambda: jwt.encode({"alg": "Ed25519", "jwk": other.as_dict()}, claims, other, algorithms=["Ed25519"]),
        ]
        for forge in forged:
            problem(self.answer(desk, f"Bearer {forge()}"), 401)

    def test_what_is_no_token(self, desk: Desk, key: OKPKey, claims: Claims) -> None:
        token = jwt.encode({"alg": "Ed25519"}, claims, key, algorithms=["Ed25519"])
        head, body, signature = token.split(".")
        chance = random.Random(7)
        garbage: list[str | bytes] = [
            "",
            "Bearer",
            f"Basic {token}",
            token,
            f"Bearer {token}x",
            f"Bearer {token[:-3]}",
            f"Bearer {head}.{encoded({**claims, 'roles': ['dpo@937']})}.{signature}",
            f"Bearer {head}.{body}",
            f"Bearer {head}.{body}.{signature}.{signature}",
            f"Bearer {head}..{signature}",
            "Bearer ..",
            f"Bearer {encoded([])}.{body}.{signature}",
            f"Bearer {encoded({'alg': ['Ed25519']})}.{body}.{signature}",
            f"Bearer {encoded({'alg': 'Ed25519', 'kid': {}})}.{body}.{signature}",
            f"Bearer {encoded(b'[' * 5000)}.{body}.{signature}",
            b"Bearer \xff\xfe",
            "Bearer " + "a" * 30_000,
        ]
        garbage += [b"Bearer " + bytes(chance.choices(range(33, 127), k=200)) for _ in range(50)]
        for authorization in garbage:
            assert problem(self.answer(desk, authorization), 401)["type"] == "/problems/not-signed-in"
