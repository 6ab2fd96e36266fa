"""Every way a person can be refused over a file. As in `errors.py`, the docstring is the sentence they read."""

from services.case.domain.errors import Refusal


class FileUnknown(Refusal):
    """There is no such file, or it is not one that you may read."""


class FileEmpty(Refusal):
    """The selected file is empty."""


class FileTooLarge(Refusal):
    """The selected file is too large."""


class FileTypeNotAllowed(Refusal):
    """The selected file must be a PDF, a JPEG or PNG image, plain text, or a Word, Excel or OpenDocument file."""


class FileInfected(Refusal):
    """The selected file contains a virus. It was not kept."""


class ScannerAway(Refusal):
    """The selected file could not be checked for viruses just now, so it was not kept. Try again in a few minutes."""
