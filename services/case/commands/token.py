"""`token NAME`: a bearer token of a sample person, embedded mode only."""

import argparse
import sys
from typing import Any

from services.case.api.identity import ed25519_key, issue
from services.case.domain.people import Person
from services.case.samples import as_person, sample_people
from services.case.settings import SettingsRefused, read_settings
from services.case.wiring import signing_key_of


def register(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser("token", help="a sample person's bearer token (embedded)")
    parser.add_argument(
        "name", help="such as caseworker, home-head, parent; or subscriber, a machine that reads the feed"
    )
    parser.add_argument("--data", help="data folder, instead of CASE_DATA_DIR")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    try:
        settings = read_settings(data_dir=given.data)
    except SettingsRefused as refused:
        print(refused, file=sys.stderr)
        return 2
    if not settings.embedded:
        print("Tokens come from the issuer that is configured.", file=sys.stderr)
        return 2
    people = sample_people()
    if given.name == "subscriber":
        person, name = Person("subscriber", "937", (), frozenset({"feed"})), "A subscriber"
    elif given.name in people:
        person, name = as_person(given.name, people[given.name]), people[given.name].name
    else:
        print(f"There is nobody called {given.name}. There are: {', '.join(people)}, subscriber.", file=sys.stderr)
        return 2
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    print(issue(ed25519_key(signing_key_of(settings)), settings.oidc_audience, person, name))
    return 0
