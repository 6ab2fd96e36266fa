"""What compose.yaml promises: it is as the official schema has it, and what that cannot say."""

import re

import jsonschema_rs
import pytest

from tests.deploy.compose_schema import compose_schema
from tests.deploy.composed import COMPOSE, OURS, SERVICES
from tests.serving import ROOT

SECRET = re.compile(r"(PASSWORD|KEY|SECRET|TOKENS|CLIENTS|DATABASE_URL)$")


def test_it_is_as_the_schema_of_compose_files_has_it() -> None:
    validator = jsonschema_rs.validator_for(compose_schema())

    assert [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(COMPOSE)] == []
    assert not validator.is_valid({**COMPOSE, "servces": {}})


@pytest.mark.parametrize("name", list(SERVICES))
def test_every_name_that_a_service_uses_is_there(name: str) -> None:
    service = SERVICES[name]

    assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
    assert set(service["networks"]) <= set(COMPOSE["networks"])
    assert set(service.get("depends_on", {})) <= set(SERVICES)
    for key, value in service["environment"].items():
        if key.endswith("_FILE"):
            assert value.removeprefix("/run/secrets/") in service["secrets"], key
        assert not SECRET.search(key), f"{key}: a secret in clear"
    for needed, how in service.get("depends_on", {}).items():
        if how["condition"] == "service_healthy":
            assert "healthcheck" in SERVICES[needed]


@pytest.mark.parametrize("name", OURS)
def test_ours_run_without_rights(name: str) -> None:
    service = SERVICES[name]

    assert service["user"] == "10001"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["init"] is True
    assert service["restart"] == ("no" if name in ("migrate", "topics") else "unless-stopped")


def test_images_are_pinned_and_run_as_nobody() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()

    for service in SERVICES.values():
        assert re.search(r":\d+\.\d+", service["image"])
    assert re.search(r"^ARG PYTHON=\d+\.\d+\.\d+-", dockerfile, re.MULTILINE)
    assert re.search(r"^USER 10001$", dockerfile.rpartition("FROM")[2], re.MULTILINE)
