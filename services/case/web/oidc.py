"""Signing in at the council's own provider: OpenID Connect, the code flow with PKCE."""

import asyncio
import secrets
from typing import Any
from urllib.parse import urlencode

import httpx2
import msgspec
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client

from services.case.api.app import identity_of
from services.case.api.identity import Identity
from services.case.domain.errors import NotSignedIn, TryAgain
from services.case.domain.people import Person
from services.case.wiring import House

SCOPES = "openid email profile"
DISCOVERY = "/.well-known/openid-configuration"
NAMES = ("name", "preferred_username", "email")  # claims by which people are shown


class Pending(msgspec.Struct, frozen=True):
    """A sign-in under way, kept by the browser that began it: what the provider has to send back, and where to go."""

    state: str
    nonce: str
    verifier: str
    back: str


class Provider:
    """The council's provider, as its discovery document describes it."""

    def __init__(self, house: House) -> None:
        self._settings = house.settings
        self._identity: Identity = identity_of(house, house.settings.oidc_client_id)
        self._described: dict[str, Any] = {}

    async def _at(self, name: str) -> str:
        """One of its addresses, "" if it has none for that. Raises TryAgain."""
        if not self._described:
            try:
                async with httpx2.AsyncClient(timeout=5) as client:
                    answer = await client.get(f"{self._settings.oidc_issuer.rstrip('/')}{DISCOVERY}")
                    answer.raise_for_status()
                    self._described = answer.json()
            except (httpx2.HTTPError, ValueError) as error:
                raise TryAgain("The sign-in provider does not answer. Try again in a moment.") from error
        return str(self._described.get(name, ""))

    def _client(self, here: str) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            self._settings.oidc_client_id,
            self._settings.oidc_client_secret,
            scope=SCOPES,
            redirect_uri=f"{here}/sign-in/done",
            code_challenge_method="S256",
            timeout=5,
        )

    async def begin(self, here: str, back: str) -> tuple[str, Pending]:
        """The address at the provider, and what to remember until it sends the person back. `here`: our own address."""
        pending = Pending(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), back)
        endpoint = await self._at("authorization_endpoint")
        async with self._client(here) as client:
            address, _ = client.create_authorization_url(
                endpoint, state=pending.state, nonce=pending.nonce, code_verifier=pending.verifier
            )
        return str(address), pending

    async def finish(self, here: str, address: str, pending: Pending) -> tuple[Person, str, str]:
        """Who it is, their name, and the token with which they sign out; `address` is where they were sent back to.

        Raises NotSignedIn, TryAgain.
        """
        endpoint = await self._at("token_endpoint")
        try:
            async with self._client(here) as client:
                token = await client.fetch_token(
                    endpoint, authorization_response=address, state=pending.state, code_verifier=pending.verifier
                )
        except httpx2.HTTPError as error:
            raise TryAgain("The sign-in provider does not answer. Try again in a moment.") from error
        except OAuthError as error:
            raise NotSignedIn("The sign-in was not completed. Start again.") from error
        said = str(token.get("id_token", ""))
        claims = await asyncio.to_thread(self._identity.claims, said)
        if claims.get("nonce") != pending.nonce:
            raise NotSignedIn("The sign-in was not completed. Start again.")
        person = self._identity.person_of(claims)
        name = next((str(claims[claim]) for claim in NAMES if claims.get(claim)), person.id)
        return person, name, said

    async def end(self, here: str, token: str) -> str:
        """Where somebody who has signed out here goes to sign out there, "" if it has no such place."""
        endpoint = await self._at("end_session_endpoint")
        said = {"id_token_hint": token, "post_logout_redirect_uri": f"{here}/signed-out"}
        return f"{endpoint}?{urlencode(said)}" if endpoint and token else ""
