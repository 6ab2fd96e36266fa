"""Looking for viruses with ClamAV's daemon, by its own protocol (INSTREAM, clamd(8)); it is some thirty lines, and no
client of it is kept up."""

import socket
import struct
from contextlib import closing

from services.case.domain.file_errors import FileInfected, ScannerAway

CHUNK = 64_000  # bytes
PATIENCE = 30.0  # seconds for each step
LONGEST_ANSWER = 4_096


class Clamd:
    """`address`: `host:port`, or the path of a socket."""

    def __init__(self, address: str) -> None:
        self._address = address

    def refuse_infected(self, content: bytes) -> None:
        """Raises FileInfected; ScannerAway where nobody says that all is well. Blocks."""
        try:
            with closing(self._connect()) as connection:
                connection.sendall(b"zINSTREAM\0")
                for at in range(0, len(content), CHUNK):
                    chunk = content[at : at + CHUNK]
                    connection.sendall(struct.pack("!I", len(chunk)) + chunk)
                connection.sendall(struct.pack("!I", 0))
                said = _answer(connection)
        except OSError as error:
            raise ScannerAway from error
        if said.endswith(b" FOUND"):
            raise FileInfected
        if said != b"stream: OK":  # larger than it takes, out of memory, something else that speaks
            raise ScannerAway

    def _connect(self) -> socket.socket:
        host, colon, port = self._address.rpartition(":")
        if colon and port.isdecimal():
            return socket.create_connection((host.strip("[]"), int(port)), PATIENCE)
        found = socket.socket(socket.AF_UNIX)
        found.settimeout(PATIENCE)
        try:
            found.connect(self._address)
        except OSError:
            found.close()
            raise
        return found


def _answer(connection: socket.socket) -> bytes:
    """Up to its NUL, or the end of the connection."""
    said = b""
    while b"\0" not in said and len(said) < LONGEST_ANSWER and (more := connection.recv(1_024)):
        said += more
    return said.partition(b"\0")[0].strip()
