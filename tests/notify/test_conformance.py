"""Offers are taken in as the page for subscribers asks, each once."""

import sys

import pytest

from contracts.conformance.__main__ import examine
from contracts.conformance.offers import offers


def test_taking_in_passes_the_conformance_kit(empty_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_DATABASE_URL", empty_database)

    assert examine([sys.executable, "-m", "tests.notify.consuming"], offers(2), patience=60) == []
