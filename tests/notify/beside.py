"""The notify service beside a served case service, sending through the stand-in of GOV.UK Notify."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from services.case.domain.people import Person
from tests.notify.govuk import KEY, Govuk
from tests.serving import ROOT, Served

SCOPES = frozenset({"feed", "feed:contacts", "results"})


@contextmanager
def notify(served: Served, url: str, govuk: Govuk) -> Iterator["subprocess.Popen[str]"]:
    """The notify service beside this case service, with an own database."""
    environment = {
        "NOTIFY_DATABASE_URL": url,
        "NOTIFY_FEED_URL": served.address,
        "NOTIFY_FEED_TOKENS": f"937:{served.token_of(Person('notify', '937', (), SCOPES))}",
        "NOTIFY_GOVUK_API_KEY": KEY,
        "NOTIFY_GOVUK_URL": govuk.address,
        "NOTIFY_GOVUK_EMAIL_TEMPLATE": "e",
        "NOTIFY_GOVUK_LETTER_TEMPLATE": "l",
    }
    command = [sys.executable, "-m", "services.notify", "run"]
    given = {**os.environ, **environment, "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen(command, cwd=ROOT, env=given, stderr=subprocess.PIPE, text=True)
    try:
        yield running
    finally:
        running.kill()
        running.wait()
        assert running.stderr is not None
        running.stderr.close()
