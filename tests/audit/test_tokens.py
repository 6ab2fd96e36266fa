"""How audit and notify come by a token that the case service takes: from the council's own provider."""

from collections.abc import Iterator
from types import ModuleType

import pytest

import services.audit.settings
import services.audit.tokens
import services.notify.settings
import services.notify.tokens
from tests.api.issuing import Issuer

SERVICES = {
    "AUDIT": (services.audit.settings, services.audit.tokens),
    "NOTIFY": (services.notify.settings, services.notify.tokens),
}


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    running = Issuer()
    running.rotate("EC")
    running.clients = {"machine": "937"}
    yield running
    running.close()


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> tuple[str, ModuleType, ModuleType]:
    """The name of a service, its settings and its tokens."""
    return (request.param, *SERVICES[request.param])


def tokens(service: tuple[str, ModuleType, ModuleType], issuer: Issuer, secret: str = "enihcam"):  # type: ignore[no-untyped-def]
    name, settings, module = service
    told = {
        f"{name}_DATABASE_URL": "nowhere",
        f"{name}_FEED_URL": "http://127.0.0.1",
        f"{name}_FEED_CLIENTS": f"937:machine:{secret}",
        f"{name}_OIDC_ISSUER": issuer.address,
        "NOTIFY_OUTBOX_DIR": "somewhere",
    }
    return module.Tokens(settings.read_settings(told))


def test_a_token_is_used_until_it_is_about_to_expire(
    service: tuple[str, ModuleType, ModuleType], issuer: Issuer
) -> None:
    found = tokens(service, issuer)

    assert found.of("937") == found.of("937")
    assert (found.authorities, issuer.given) == (["937"], 1)

    issuer.life = 30  # less than what is left for a request
    found.forget("937")
    assert found.of("937") != found.of("937")


def test_a_client_that_the_provider_does_not_know_is_told_so(
    service: tuple[str, ModuleType, ModuleType], issuer: Issuer
) -> None:
    with pytest.raises(service[2].ClientRefused, match="gives no token to the client for 937"):
        tokens(service, issuer, "wrong").of("937")


def test_a_provider_that_is_away_is_waited_for(service: tuple[str, ModuleType, ModuleType], issuer: Issuer) -> None:
    found = tokens(service, issuer)
    issuer.close()

    with pytest.raises(service[2].NoToken):
        found.of("937")
