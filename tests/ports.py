"""Ports for what is stopped and started again at the same address: none that the system gives to whoever asks for any
port, or somebody else has it meanwhile."""

import random
import socket

KEPT_FREE = range(20_000, 32_000)  # below what Linux hands out


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    while True:
        port = random.choice(KEPT_FREE)
        with socket.socket() as trying:
            try:
                trying.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
