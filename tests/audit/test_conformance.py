"""The ledger takes what a subscriber may get as the page for subscribers asks."""

import sys

import pytest

from contracts.conformance.__main__ import examine
from contracts.conformance.history import history


def test_the_ledger_passes_the_conformance_kit(empty_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_DATABASE_URL", empty_database)

    assert examine([sys.executable, "-m", "tests.audit.consuming"], history(2), patience=60) == []
