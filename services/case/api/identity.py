"""Who asks: signed tokens, from the council's own provider or, embedded, from the built-in issuer."""

import json
import logging
import math
import re
import threading
import time
import urllib.request
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet, OKPKey

from services.case.domain.errors import NotSignedIn, TryAgain
from services.case.domain.links import BY_LINK
from services.case.domain.people import Membership, Person
from services.case.settings import SettingsRefused

BUILT_IN = "urn:inclusion-casework:built-in"
ALGORITHMS = ["EdDSA", "Ed25519", "RS256", "PS256", "ES256"]
LIFE = 12 * 3600  # seconds that a token of the built-in issuer lasts
LEEWAY = 30  # seconds by which clocks may differ
REFRESH = 300  # seconds for which a provider's keys, and what was checked with them, are good
AGAIN = 2  # seconds after which they are looked at again for a key that is not among them
SUBJECT = re.compile(r"[!-~]{1,200}")
SIGNING = ("RSA", "EC", "OKP")  # kinds of keys

Keys = Callable[[bool], KeySet]  # with True: perhaps there are new ones

log = logging.getLogger(__name__)


def ed25519_key(seed: bytes) -> OKPKey:
    """The built-in issuer's key from its 32-byte seed."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    private = Ed25519PrivateKey.from_private_bytes(seed)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return OKPKey.import_key(pem)


def issue(key: OKPKey, audience: str, person: Person, name: str = "", life: int = LIFE) -> str:
    """A token of the built-in issuer."""
    now = int(time.time())
    claims = {
        "iss": BUILT_IN,
        "aud": audience,
        "sub": person.id,
        "name": name,
        "iat": now,
        "exp": now + life,
        "authority": person.authority,
        "roles": [f"{m.role}@{m.org}" for m in person.memberships],
        "scope": " ".join(sorted(person.scopes)),
    }
    return jwt.encode({"alg": "Ed25519", "typ": "at+jwt"}, claims, key, algorithms=ALGORITHMS)


class Meaning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a provider's claims mean here. `claim` lists what somebody is, as `role@organisation` or, by `roles`, in the
    provider's own words such as the names of groups; `authority` where the provider serves one authority only."""

    claim: str = "roles"
    authority: str = ""
    roles: dict[str, tuple[str, ...]] = {}


def read_meaning(path: str) -> Meaning:
    """From a TOML file. Raises SettingsRefused."""
    if not path:
        return Meaning()
    try:
        return msgspec.toml.decode(Path(path).read_bytes(), type=Meaning)
    except (OSError, msgspec.MsgspecError) as error:
        raise SettingsRefused(f"CASE_OIDC_ROLES_PATH: {error}") from error


class Identity:
    """Checks tokens. What was found good is remembered until it expires."""

    def __init__(self, issuer: str, audience: str, keys: Keys, meaning: Meaning | None = None) -> None:
        self._meaning = meaning or Meaning()
        self._issuer = issuer
        self._audience = audience
        self._keys = keys
        self._known: OrderedDict[str, tuple[Person, float]] = OrderedDict()

    def known(self, authorization: str | None) -> Person | None:
        """The person of an `Authorization: Bearer` header seen before. Raises NotSignedIn where there is none."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotSignedIn
        known = self._known.get(token)
        return known[0] if known is not None and known[1] > time.time() else None

    def person(self, authorization: str | None) -> Person:
        """The person of an `Authorization: Bearer` header. May ask the provider for its keys. Raises NotSignedIn."""
        known = self.known(authorization)
        if known is not None:
            return known
        token = (authorization or "").partition(" ")[2]
        person, until = self._check(token)
        self._known[token] = (person, until)
        if len(self._known) > 10_000:
            self._known.popitem(last=False)
        return person

    def _check(self, token: str) -> tuple[Person, float]:
        claims = self.claims(token)
        return self.person_of(claims), min(float(claims["exp"]), time.time() + REFRESH)

    def claims(self, token: str) -> dict[str, Any]:
        """What a token says, if it is for us and by the issuer. May ask for the provider's keys. Raises NotSignedIn."""
        try:
            claims = self._signed(token)
            registry = jwt.JWTClaimsRegistry(
                leeway=LEEWAY,
                iss={"essential": True, "value": self._issuer},
                aud={"essential": True, "value": self._audience},
                exp={"essential": True},
                sub={"essential": True},
            )
            registry.validate(claims)
            float(claims["exp"])
        except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
            raise NotSignedIn("Your sign-in is not valid or has expired. Sign in again.") from error
        return claims

    def person_of(self, claims: Mapping[str, Any]) -> Person:
        """Whom the claims describe. Raises NotSignedIn."""
        try:
            return _person(claims, self._meaning)
        except (ValueError, TypeError, KeyError) as error:
            raise NotSignedIn("Your sign-in is not valid or has expired. Sign in again.") from error

    def _signed(self, token: str) -> dict[str, Any]:
        """What the token says, if one of the issuer's keys signed it."""
        try:
            return jwt.decode(token, self._keys(False), algorithms=ALGORITHMS).claims
        except (InvalidKeyIdError, BadSignatureError):
            return jwt.decode(token, self._keys(True), algorithms=ALGORITHMS).claims


def _person(claims: Mapping[str, Any], meaning: Meaning) -> Person:
    """Roles come as `role@organisation`; family roles as the role alone. Raises ValueError, TypeError."""
    if str(claims.get("sub", "")).startswith(BY_LINK):
        raise ValueError("whoever comes by link is known here alone")
    memberships: list[Membership] = []
    for claim in claims.get(meaning.claim) or ():
        if isinstance(claim, str):
            for said in meaning.roles.get(claim, () if meaning.roles else (claim,)):
                role, _, org = said.partition("@")
                memberships.append(Membership(role, org))
    scopes = frozenset(str(claims.get("scope") or "").split())
    if not SUBJECT.fullmatch(claims["sub"]):
        raise ValueError("a subject that cannot be written down")
    authority = meaning.authority or str(claims.get("authority") or "")
    return Person(claims["sub"], authority, tuple(memberships), scopes)


def built_in_keys(key: OKPKey) -> Keys:
    keys = KeySet([key])
    return lambda again: keys


class ProviderKeys:
    """The keys of an OpenID Connect provider, from its discovery document, looked at again every few minutes, and soon
    where a token names another key. While the provider does not answer, the last keys are good."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer
        self._keys: KeySet | None = None
        self._seen = -math.inf
        self._alone = threading.Lock()

    def __call__(self, again: bool) -> KeySet:
        """Raises TryAgain where no keys are known and the provider does not answer."""
        with self._alone:
            if time.monotonic() - self._seen > (AGAIN if again or self._keys is None else REFRESH):
                try:
                    self._keys = self._fetch()
                except (OSError, ValueError, KeyError, TypeError, JoseError) as error:
                    log.warning("the provider's keys cannot be read: %s", error)
                self._seen = time.monotonic()
            if self._keys is None:
                raise TryAgain("The sign-in provider does not answer. Try again in a moment.")
            return self._keys

    def _fetch(self) -> KeySet:
        document = _get(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        if document["issuer"] != self._issuer:
            raise ValueError("the discovery document is another issuer's")
        found = _get(document["jwks_uri"])["keys"]
        signing = [key for key in found if key.get("kty") in SIGNING and key.get("use", "sig") == "sig"]
        return KeySet.import_key_set({"keys": signing})


def _get(url: str) -> Any:
    if not url.startswith(("https://", "http://")):
        raise ValueError("not an address that can be asked")
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  the scheme is checked above
        return json.load(answer)
