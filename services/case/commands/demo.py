"""`demo [--keep]`: walks two whole cases over HTTP on a service and data folder of its own, and tells them."""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from services.case.api.identity import ed25519_key, issue
from services.case.demo.asking import Api
from services.case.demo.reading import StoryUnreadable, read_stories, read_words
from services.case.demo.serving import COMMAND, NotServed, environment, serving, sweep
from services.case.demo.walking import StoryFailed, Told, Walk
from services.case.samples import as_person, sample_people
from services.case.settings import HOUSE, Settings
from services.case.wiring import signing_key_of

CLOCK_START = "2026-09-02T08:00:00+01:00"


class NotIntact(RuntimeError):
    """`verify` did not find the hash chains intact; the message has what it said."""


def register(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser("demo", help="walk two whole cases over HTTP and tell them")
    parser.add_argument("--keep", action="store_true", help="keep the data folder, to look around in it afterwards")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    data = Path(tempfile.mkdtemp(prefix="inclusion-casework-demo-"))
    data.chmod(0o711)  # the database's own user, where we are root, must be able to pass through
    try:
        _tell(data)
    except (StoryUnreadable, StoryFailed, NotServed, NotIntact) as failed:
        print(f"\nThe demo stopped: {failed}", file=sys.stderr)
        return 1
    finally:
        if given.keep:
            print(f"\nKept in {data}: python -m services.case web --data {data}")
        else:
            sweep(data)
    return 0


def _tell(data: Path) -> None:
    settings = environment(CLOCK_START)
    stories, words = read_stories(), read_words()
    _say("A service of our own starts, with its own database and its clock at 2 September 2026 ...")
    with serving(data, settings) as address:
        api = Api(address, lambda name: _token(data, name))
        told = [Walk(api, story, words, _say).to_its_end() for story in stories]
        verified = _verify(data, settings)
    _say(f"\nIn the end: {verified['events']} events in {verified['streams']} streams, and every hash chain is intact.")
    for case in told:
        _say(f"\n{case.title}\n{_summary(case)}")


def _summary(case: Told) -> str:
    nothing = [f"nothing about {name.replace('_', ' ')}: no step, no milestone, no notice due" for name in case.nothing]
    known = [
        f"status {case.status}",
        f"outcome {case.outcome}",
        f"{case.events} events when it ended, chain intact",
        *nothing,
    ]
    return "\n".join([f"  {case.ref}", *(f"    {line}" for line in known)])


def _say(line: str) -> None:
    print(line, flush=True)


def _token(data: Path, name: str) -> str:
    """As `python -m services.case token NAME --data DATA` prints it."""
    settings, sample = Settings(data_dir=data), sample_people()[name]
    key = ed25519_key(signing_key_of(settings))
    return issue(key, settings.oidc_audience, as_person(name, sample), sample.name)


def _verify(data: Path, settings: dict[str, str]) -> dict[str, Any]:
    """What `python -m services.case verify` says of this data folder. Raises NotIntact."""
    command = [*COMMAND, "verify", "--data", str(data)]
    done = subprocess.run(command, cwd=HOUSE, env=settings, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotIntact(f"verify: {done.stdout}{done.stderr}")
    found: dict[str, Any] = msgspec.json.decode(done.stdout)
    return found
