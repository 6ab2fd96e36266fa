"""The tokens with which we ask the case service: fixed ones, or, as a client of the council's sign-in provider, fresh
ones whenever one is about to expire (client credentials, RFC 6749 section 4.4)."""

import httpx2
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import OAuth2Client

from services.notify.settings import Settings

DISCOVERY = "/.well-known/openid-configuration"
PATIENCE = 10  # seconds


class NoToken(Exception):
    """The provider does not answer."""


class ClientRefused(Exception):
    """The provider gives us no token, and will not."""


class Tokens:
    """By authority."""

    def __init__(self, settings: Settings) -> None:
        self._fixed = settings.tokens()
        self._clients = settings.clients()
        self._settings = settings
        self._open: dict[str, OAuth2Client] = {}
        self.authorities = list(self._clients or self._fixed)

    def of(self, authority: str) -> str:
        """Raises NoToken, ClientRefused."""
        if not self._clients:
            return self._fixed[authority]
        try:
            return self._token(authority)
        except OAuthError as refused:
            raise ClientRefused(f"The sign-in provider gives no token to the client for {authority}.") from refused
        except (httpx2.HTTPError, ValueError, KeyError) as error:
            raise NoToken("The sign-in provider does not answer.") from error

    def forget(self, authority: str) -> bool:
        """It was not taken; whether another can be had."""
        return self._open.pop(authority, None) is not None

    def _token(self, authority: str) -> str:
        client = self._open.get(authority)
        if client is None:
            client = self._open[authority] = self._client(authority)
        if client.token is None:
            client.fetch_token()
        client.ensure_active_token()
        return str(client.token["access_token"])

    def _client(self, authority: str) -> OAuth2Client:
        id, secret = self._clients[authority]
        answer = httpx2.get(f"{self._settings.oidc_issuer.rstrip('/')}{DISCOVERY}", timeout=PATIENCE)
        answer.raise_for_status()
        return OAuth2Client(
            id,
            secret,
            scope=self._settings.oidc_scope,
            token_endpoint=answer.json()["token_endpoint"],
            grant_type="client_credentials",
            timeout=PATIENCE,
        )
