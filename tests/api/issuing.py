"""A sign-in provider of our own: discovery, keys and tokens for machines over HTTP, as OpenID Connect has them."""

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

Key = RSAKey | ECKey
ALGORITHM = {"RSA": "RS256", "EC": "ES256"}


class Issuer:
    """Serves its discovery document and its public keys until it is closed; `asked` counts how often for keys. Gives
    `clients`, each of an authority, its name backwards its secret, tokens that are good for `life` seconds."""

    def __init__(self) -> None:
        self.keys: list[Key] = []
        self.others: list[dict[str, Any]] = []  # keys that are not for signatures, or that nobody knows
        self.asked = 0
        self.claims_to_be = ""
        self.clients: dict[str, str] = {}
        self.life = 600
        self.given = 0  # tokens, to clients
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def rotate(self, *kinds: str) -> list[Key]:
        """New keys in the place of the old ones."""
        self.keys = [RSAKey.generate_key(2048) if kind == "RSA" else ECKey.generate_key("P-256") for kind in kinds]
        for key in self.keys:
            key.ensure_kid()
        return self.keys

    def token(self, key: Key, algorithm: str = "", **changes: Any) -> str:
        """A token as this issuer gives it, some claims changed; one changed to None is left out."""
        now = int(time.time())
        claims = {
            "iss": self.address,
            "aud": "inclusion-casework",
            "sub": "5f0c9a7e",
            "iat": now,
            "exp": now + 600,
            "authority": "937",
            "roles": ["caseworker@937"],
            **changes,
        }
        algorithm = algorithm or ALGORITHM[key.key_type]
        said = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode({"alg": algorithm, "kid": key.kid}, said, key, algorithms=[algorithm])

    def _handler(issuer) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/.well-known/openid-configuration":
                    said: Any = {
                        "issuer": issuer.claims_to_be or issuer.address,
                        "jwks_uri": f"{issuer.address}/keys",
                        "token_endpoint": f"{issuer.address}/token",
                    }
                else:
                    issuer.asked += 1
                    public = KeySet(issuer.keys).as_dict(private=False)["keys"]
                    said = {"keys": [*issuer.others, *public]}
                self._say(200, said)

            def do_POST(self) -> None:
                asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                who = base64.b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode()
                client, _, secret = who.partition(":")
                if client not in issuer.clients or secret != client[::-1]:
                    self._say(401, {"error": "invalid_client"})
                    return
                assert asked["grant_type"] == ["client_credentials"]
                issuer.given += 1
                claims = {"authority": issuer.clients[client], "roles": [], "scope": asked["scope"][0]}
                claims |= {"sub": client, "jti": str(issuer.given), "exp": int(time.time()) + issuer.life}
                token = issuer.token(issuer.keys[0], **claims)
                self._say(200, {"access_token": token, "token_type": "Bearer", "expires_in": issuer.life})

            def _say(self, status: int, said: Any) -> None:
                body = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *said: Any) -> None:
                pass

        return Handler
