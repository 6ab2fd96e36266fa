"""Small files of each kind, as people have them."""

import io
import zipfile

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\0" * 20
TEXT = "Seen at 9: Thessaly-Wren was calm, and said “café”.\r\n".encode()


def zipped(**members: str) -> bytes:
    """An archive with these members; two underscores stand for a slash, one for a dot."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), text)
    return held.getvalue()


DOCX = zipped(word__document_xml="<w/>", word__styles_xml="<w/>")
XLSX = zipped(xl__workbook_xml="<x/>")
ODT = zipped(mimetype="application/vnd.oasis.opendocument.text", content_xml="<o/>")
WITH_MACROS = zipped(word__document_xml="<w/>", word__vbaProject_bin="x")
