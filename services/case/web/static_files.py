"""What browsers are sent beside pages: fetched packages, our own few files, the council's colour. All under one address
that changes when any of it does, so that browsers may keep it for good."""

import gzip
import hashlib
import logging
from pathlib import Path

from starlette.responses import Response

from services.case.web.assets import FETCHED

OWN = Path(__file__).parent / "static"
KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
FOR_TESTS = {"axe.js"}
FOR_GOOD = "public, max-age=31536000, immutable"
BRAND = """:root {{ --govuk-brand-colour: {colour}; }}
.app-header {{ background: {colour}; border-bottom-color: {colour}; }}
"""

log = logging.getLogger(__name__)


class StaticFiles:
    """All of them in memory, some hundred kilobytes, those that gain by it also compressed."""

    def __init__(self, colour: str, fetched: Path = FETCHED) -> None:
        files = {path.relative_to(OWN).as_posix(): path.read_bytes() for path in OWN.rglob("*") if path.is_file()}
        if fetched.is_dir():
            files |= {path.relative_to(fetched).as_posix(): path.read_bytes() for path in fetched.rglob("*.*")}
        else:
            log.warning("pages have no styles: run python -m services.case.web.assets")
        files["brand.css"] = BRAND.format(colour=colour).encode()
        self._files = {n: body for n, body in files.items() if Path(n).suffix in KINDS and n not in FOR_TESTS}
        self._packed = {n: gzip.compress(b, mtime=0) for n, b in self._files.items() if n.endswith((".css", ".js"))}
        total = hashlib.sha256()
        for name, body in sorted(self._files.items()):
            total.update(name.encode() + hashlib.sha256(body).digest())
        self.address = f"/assets/{total.hexdigest()[:16]}"

    def url(self, name: str) -> str:
        """Where a file is served, for templates."""
        return f"{self.address}/{name}"

    def answer(self, name: str, accepts: str) -> Response | None:
        """A file; None if there is none of that name."""
        body = self._files.get(name)
        if body is None:
            return None
        headers = {"Cache-Control": FOR_GOOD, "X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding"}
        if name in self._packed and "gzip" in accepts:
            headers["Content-Encoding"] = "gzip"
            body = self._packed[name]
        return Response(body, headers=headers, media_type=KINDS[Path(name).suffix])
