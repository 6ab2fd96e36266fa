"""A new version of the managed move, uploaded by its owner."""

import io
import zipfile

from services.case.application.files import HOUSE
from tests.web.browsing import Browser


def archive(words: str = "", **edits: tuple[str, str]) -> bytes:
    """The folder of the managed move as a zip archive; `words` at the end of each notice; `edits` by the stem of a
    file: what is written otherwise."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted((HOUSE / "managed_move").rglob("*")):
            if path.is_file():
                text = path.read_text()
                if path.stem in edits:
                    assert edits[path.stem][0] in text
                    text = text.replace(*edits[path.stem])
                text += words if path.suffix == ".md" else ""
                packed.writestr(path.relative_to(HOUSE).as_posix(), text)
    return file.getvalue()


def upload(owner: Browser, packed: bytes, process: str = "managed_move") -> Browser:
    """The form with a file, as browsers send it."""
    owner.open("/processes/new-version")
    (form,) = (form for form in owner.page.forms if form.action == "/processes/new-version")
    fields = {name: value for name, value in form.form_values() if name not in ("process", "archive")}
    origin = {"origin": str(owner.client.base_url).rstrip("/")}
    files = {"archive": ("draft.zip", packed, "application/zip")} if packed else {"archive": ("", b"")}
    return owner._show(
        owner.client.post("/processes/new-version", data={**fields, "process": process}, files=files, headers=origin)
    )
