"""`web`: serves the API in as many processes as are wanted, and keeps read models and days going beside them; in the
embedded mode also the other services."""

import argparse
import gc
import os
import signal
import socket
import sys
import tempfile
import textwrap
from collections.abc import Callable
from types import FrameType
from typing import Any

import msgspec
import uvicorn

from services.case.application.files import read_reference
from services.case.background import work
from services.case.commands import companions
from services.case.commands.processes import Processes, Started
from services.case.samples import sample_people
from services.case.settings import Settings, SettingsRefused, read_settings
from services.case.wiring import House

BEHIND = 5  # niceness of what goes on beside the requests: whoever waits at a screen comes first
GRACE = 7  # seconds for requests under way when told to stop


def register(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser("web", help="serve the API")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000, help="0 takes any free one")
    parser.add_argument("--data", help="data folder, instead of CASE_DATA_DIR")
    parser.add_argument("--alone", action="store_true", help="without the other services, also in the embedded mode")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    try:
        settings = read_settings(data_dir=given.data)
    except SettingsRefused as refused:
        print(refused, file=sys.stderr)
        return 2
    # What is wrong with a file is told once, before every process reads it.
    read_reference(settings.bpmn_folders, settings.authorities_path, use=False)
    try:
        listening = socket.create_server((given.host, given.port), backlog=2048, reuse_port=False)
    except OSError as error:
        print(f"Cannot listen on {given.host}:{given.port}: {error.strerror}", file=sys.stderr)
        return 2
    address = f"http://{given.host}:{listening.getsockname()[1]}"
    if settings.embedded and not settings.public_url:
        settings = msgspec.structs.replace(settings, public_url=address)
    if settings.workers == 1:
        return _run(settings, listening, address, given.alone)
    with tempfile.TemporaryDirectory(prefix="figures-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        return _run(settings, listening, address, given.alone)


def _run(settings: Settings, listening: socket.socket, address: str, alone: bool) -> int:
    processes = Processes()
    processes.keep(lambda started: _serve(settings, listening, started), settings.workers)
    processes.keep(lambda started: _beside(settings, work, started))
    if settings.kafka_bootstrap_servers:
        processes.keep(lambda started: _beside(settings, _relay, started))
    if settings.embedded and not alone:
        here = f"http://127.0.0.1:{listening.getsockname()[1]}"
        processes.keep(companions.audit(settings, here))
        processes.keep(companions.notify(settings, here))
    return processes.run(lambda: announce(settings, address))


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


def announce(settings: Settings, address: str) -> None:
    print(f"API and its description: {address}/docs")
    print(f"Sign in: {address}/sign-in")
    if settings.embedded:
        people = [f"{sample.name} ({name})" for name, sample in sample_people().items()]
        print(textwrap.fill(f"As one of the sample people: {', '.join(people)}.", 100))
        print("For programs: `python -m services.case token NAME` prints a bearer token")
    print(f"ready {address}", flush=True)


def _relay(house: House, started: Started) -> None:
    from services.case.relay.running import relay_until_told  # nobody without a broker shall need its client

    relay_until_told(house, started)


def _beside(settings: Settings, what: Callable[[House, Started], None], started: Started) -> int:
    house = House(settings).open()
    os.nice(BEHIND)
    _settle()
    try:
        what(house, started)
    finally:
        house.close()
    return 0


def _settle() -> None:
    """What is here now stays; and of what lives long, little is found by looking often."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


def _serve(settings: Settings, listening: socket.socket, started: Started) -> int:
    """Answer requests until told to stop."""
    # Not before: when it is imported, prometheus_client reads whether there are several processes.
    from services.case.api.app import Front
    from services.case.web.app import create_site

    house = House(settings)
    config = uvicorn.Config(
        Front(create_site(house)),
        log_config=None,  # its lines go where all others go (commands/log_lines.py)
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

    server = _Server(config, started, told)
    _settle()
    # uvicorn raises the signal again once it has stopped; it shall find that we have taken note.
    signal.signal(signal.SIGTERM, lambda number, frame: None)
    try:
        server.run([listening])
    except SystemExit:  # it could not start, and has said why
        return 2
    return 0 if server.started else 2
