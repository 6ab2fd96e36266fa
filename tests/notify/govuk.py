"""GOV.UK Notify as its API is described, in memory: keeps what it is sent, and can be told to lose its answer."""

import contextlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

KEY = f"test-{uuid4()}-{uuid4()}"


class Govuk:
    """`sent` in order · `answer` a status other than 201 to be given instead of taking anything · `lose`: the message
    is taken and the connection cut."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.answer = 201
        self.lose = False
        self.address = ""
        self.hold = threading.Event()  # answers wait for it
        self.hold.set()

    def standing(self, **changes: Any) -> None:
        """Say something else of the last message."""
        self.sent[-1].update(changes)


@contextmanager
def served() -> Iterator[Govuk]:
    govuk = Govuk()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if govuk.answer != 201:
                self._say(govuk.answer, {"errors": [{"error": "BadRequestError", "message": "no"}]})
                return
            kind = self.path.rpartition("/")[2]
            govuk.sent.append({**body, "id": str(uuid4()), "type": kind, "status": "created"})
            govuk.hold.wait(30)
            if govuk.lose:
                self.connection.close()
                return
            self._say(201, {"id": govuk.sent[-1]["id"], "reference": body["reference"]})

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            if url.path == "/v2/notifications":
                (reference,) = parse_qs(url.query)["reference"]
                self._say(200, {"notifications": [one for one in govuk.sent if one["reference"] == reference]})
            else:
                self._say(200, next(one for one in govuk.sent if one["id"] == url.path.rpartition("/")[2]))

        def _say(self, status: int, body: Any) -> None:
            said = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            with contextlib.suppress(OSError):  # whoever asked may be dead
                self.wfile.write(said)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        govuk.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield govuk
        finally:
            server.shutdown()
            thread.join(5)
