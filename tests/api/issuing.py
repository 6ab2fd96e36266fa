"""A sign-in provider of our own: discovery and keys over HTTP, as OpenID Connect has them."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

Key = RSAKey | ECKey
ALGORITHM = {"RSA": "RS256", "EC": "ES256"}


class Issuer:
    """Serves its discovery document and its public keys until it is closed; `asked` counts how often for keys."""

    def __init__(self) -> None:
        self.keys: list[Key] = []
        self.others: list[dict[str, Any]] = []  # keys that are not for signatures, or that nobody knows
        self.asked = 0
        self.claims_to_be = ""
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
                    said: Any = {"issuer": issuer.claims_to_be or issuer.address, "jwks_uri": f"{issuer.address}/keys"}
                else:
                    issuer.asked += 1
                    public = KeySet(issuer.keys).as_dict(private=False)["keys"]
                    said = {"keys": [*issuer.others, *public]}
                body = json.dumps(said).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *said: Any) -> None:
                pass

        return Handler
