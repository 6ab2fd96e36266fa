"""The audit service stops when it is told to, however often it is told, and whatever is away."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.serving import ROOT


@pytest.mark.parametrize("times", [1, 5])
def test_told_to_stop_it_stops(empty_database: str, times: int) -> None:
    told = {
        "AUDIT_DATABASE_URL": empty_database,
        "AUDIT_FEED_URL": "http://127.0.0.1:9",
        "AUDIT_FEED_TOKENS": "937:nobody",
    }
    command = [sys.executable, "-m", "services.audit", "run"]
    running = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **told}, stderr=subprocess.PIPE, text=True)
    assert running.stderr is not None
    assert "does not answer" in running.stderr.readline()

    for _ in range(times):
        running.send_signal(signal.SIGTERM)
        time.sleep(0.001)

    with running.stderr:
        assert running.wait(10) == 0
