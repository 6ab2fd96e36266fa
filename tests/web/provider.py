"""A sign-in provider at which people sign in: the code flow with PKCE, strict where it has to be."""

import base64
import hashlib
import json
import secrets
import time
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt

from tests.api.issuing import Issuer

CLIENT, SECRET = "casework-pages", "a-secret-of-the-client"


class Provider(Issuer):
    """Whoever comes is `person` at once. `nonce` says another nonce than was asked for; `ended` who signed out."""

    def __init__(self) -> None:
        self.person: dict[str, Any] = {"sub": "5f0c9a7e", "name": "Asha Bell", "groups": ["Inclusion team"]}
        self.nonce = ""
        self.ended: list[str] = []
        self.asked_for: dict[str, dict[str, str]] = {}  # by code
        super().__init__()
        self.rotate("RSA")

    def described(self) -> dict[str, Any]:
        here = self.address
        return {
            "issuer": here,
            "jwks_uri": f"{here}/keys",
            "authorization_endpoint": f"{here}/authorize",
            "token_endpoint": f"{here}/token",
            "end_session_endpoint": f"{here}/end",
        }

    def begin(self, asked: dict[str, str]) -> str:
        """Where somebody is sent back to, with a code."""
        assert asked["response_type"] == "code" and asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256" and asked["nonce"] and asked["state"]
        code = secrets.token_urlsafe()
        self.asked_for[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def exchange(self, sent: dict[str, str]) -> dict[str, Any] | None:
        """The tokens for a code, once, for whoever has the verifier; else None."""
        asked = self.asked_for.pop(sent.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(sent.get("code_verifier", "").encode()).digest())
        if asked is None or challenge.decode().rstrip("=") != asked["code_challenge"]:
            return None
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 600, **self.person}
        claims["nonce"] = self.nonce or asked["nonce"]
        key = self.keys[0]
        token = jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key, algorithms=["RS256"])
        return {"access_token": "of-no-use-here", "token_type": "Bearer", "id_token": token}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider, others = self, super()._handler()

        class Handler(others):  # type: ignore[misc, valid-type]
            def do_GET(self) -> None:
                path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
                asked = {name: values[0] for name, values in query.items()}
                if path == "/.well-known/openid-configuration":
                    self.answer(200, provider.described())
                elif path == "/authorize":
                    self.send_response(302)
                    self.send_header("Location", provider.begin(asked))
                    self.end_headers()
                elif path == "/end":
                    provider.ended.append(asked["id_token_hint"])
                    self.answer(200, {})
                else:
                    super().do_GET()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                tokens = provider.exchange({name: values[0] for name, values in parse_qs(body).items()})
                basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
                if self.headers["Authorization"] != f"Basic {basic}":
                    tokens = None
                self.answer(200 if tokens else 400, tokens or {"error": "invalid_grant"})

            def answer(self, status: int, said: dict[str, Any]) -> None:
                body = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        return Handler
