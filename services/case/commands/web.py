"""`web`: serves the API, with the read models and timers beside it."""

import argparse
import os
import select
import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn

from services.case.api.app import create_app
from services.case.settings import Settings, SettingsRefused, read_settings
from services.case.wiring import House

GRACE = 7  # seconds for requests under way when told to stop


def register(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser("web", help="serve the API")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000, help="0 takes any free one")
    parser.add_argument("--data", help="data folder, instead of CASE_DATA_DIR")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    try:
        settings = read_settings(data_dir=given.data)
    except SettingsRefused as refused:
        print(refused, file=sys.stderr)
        return 2
    try:
        listening = socket.create_server((given.host, given.port), backlog=2048, reuse_port=False)
    except OSError as error:
        print(f"Cannot listen on {given.host}:{given.port}: {error.strerror}", file=sys.stderr)
        return 2
    address = f"http://{given.host}:{listening.getsockname()[1]}"
    return one(settings, listening, address) if settings.workers == 1 else several(settings, listening, address)


class _Server(uvicorn.Server):
    """Calls `started_up` once it takes requests, and `told` as soon as it is told to stop."""

    def __init__(self, config: uvicorn.Config, started_up: Callable[[], Any], told: Callable[[], Any]) -> None:
        super().__init__(config)
        self._started_up = started_up
        self._told = told

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self._told()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._started_up()


def one(settings: Settings, listening: socket.socket, address: str) -> int:
    """Serve in this process until told to stop."""
    return _serve(settings, listening, lambda: announce(settings, address))


def announce(settings: Settings, address: str) -> None:
    print(f"API and its description: {address}/docs")
    if settings.embedded:
        print("Sample people: `python -m services.case token NAME` prints a bearer token")
    print(f"ready {address}", flush=True)


def _serve(settings: Settings, listening: socket.socket, started_up: Any) -> int:
    house = House(settings)
    config = uvicorn.Config(
        create_app(house),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
        timeout_keep_alive=75,
        lifespan="on",
    )

    def told() -> None:
        if server.started:
            house.projected.hurry()

    server = _Server(config, started_up, told)
    # uvicorn raises the signal again once it has stopped; it shall find that we have taken note.
    signal.signal(signal.SIGTERM, lambda number, frame: None)
    try:
        server.run([listening])
    except SystemExit:  # it could not start, and has said why
        return 2
    return 0 if server.started else 2


def several(settings: Settings, listening: socket.socket, address: str) -> int:
    """A process for each worker on one socket; one that dies is replaced. 2 if they cannot start."""
    heard, told = os.pipe()
    workers: set[int] = set()
    stopping, ready, code = False, 0, 0

    def start() -> None:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os._exit(_serve(settings, listening, lambda: os.write(told, b".")))
        workers.add(pid)

    def stop(number: int = 0, frame: Any = None) -> None:
        nonlocal stopping
        stopping = True
        for pid in workers:
            os.kill(pid, signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    for _ in range(settings.workers):
        start()
    while workers:
        starting = ready < settings.workers and not stopping
        if starting and select.select([heard], [], [], 0.1)[0]:
            ready += len(os.read(heard, 64))
            if ready == settings.workers:
                announce(settings, address)
        pid, _ = os.waitpid(-1, os.WNOHANG if starting else 0)
        workers.discard(pid)
        if pid and starting:
            code = 2
            stop()
        elif pid and not stopping:
            start()
    return code
