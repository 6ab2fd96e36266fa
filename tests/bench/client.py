"""A small HTTP client for load: one keep-alive connection a client, nothing but what the benchmarks need."""

import asyncio
from typing import Any

import msgspec


class Connection:
    """Talks HTTP/1.1 to one host."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter | None = None

    async def request(
        self, method: str, path: str, token: str = "", body: Any = None, headers: str = ""
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers in lower case, body."""
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        raw = b"" if body is None else msgspec.json.encode(body)
        bearer = f"Authorization: Bearer {token}\r\n" if token else ""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {self._host}\r\n{bearer}Content-Type: application/json\r\n"
            f"Content-Length: {len(raw)}\r\n{headers}\r\n"
        )
        self._writer.write(head.encode() + raw)
        said = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        found = {name.lower(): value for name, _, value in (line.partition(": ") for line in said[1:]) if name}
        length = int(found.get("content-length", "0"))
        answer = await self._reader.readexactly(length) if length else b""
        return int(said[0].split(" ", 2)[1]), found, answer

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None


def of(address: str) -> Connection:
    host, _, port = address.removeprefix("http://").partition(":")
    return Connection(host, int(port))
