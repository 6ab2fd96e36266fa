"""Settings, from the environment alone (names: README, `python -m services.audit settings`).

In the embedded mode the case service starts this one and writes down what it told it (`audit/settings.env` in the data
folder), so that a command given by hand finds the same ledger.
"""

import os
import re
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

SECRETS = ("AUDIT_DATABASE_URL", "AUDIT_FEED_TOKENS", "AUDIT_FEED_CLIENTS", "AUDIT_SIGNING_KEY", "KAFKA_SASL_PASSWORD")
EMBEDDED = Path("audit") / "settings.env"
VAR = Path(__file__).parents[2] / "var"
KEY = re.compile(r"[0-9a-f]{64}")


class SettingsRefused(ValueError):
    """A setting is wrong or missing; the message names it."""


class Settings(msgspec.Struct, frozen=True):
    """`feed_url`: the case service's address · `feed_tokens`: `CODE:TOKEN` for each authority, with spaces between ·
    `feed_clients`: instead, `CODE:CLIENT:SECRET`, whose tokens the provider at `oidc_issuer` gives for `oidc_scope` ·
    `case_key`: the public key by which checkpoints must be signed; else the first one seen counts · `data_dir`: where
    a key of our own is made and kept if none is given · `port`: of figures for Prometheus, 0 for none."""

    database_url: str
    feed_url: str = ""
    feed_tokens: str = ""
    feed_clients: str = ""
    oidc_issuer: str = ""
    oidc_scope: str = "feed feed:access countersign"
    signing_key: str = ""
    case_key: str = ""
    data_dir: str = ""
    port: int = 0
    kafka_bootstrap_servers: str = ""
    kafka_topic_prefix: str = ""
    kafka_security_protocol: str = "PLAINTEXT"
    kafka_sasl_mechanism: str = ""
    kafka_sasl_username: str = ""
    kafka_sasl_password: str = ""
    kafka_ssl_cafile: str = ""

    @property
    def can_ask(self) -> bool:
        """Whether the case service can be asked over HTTP."""
        return bool(self.feed_url and (self.feed_tokens or self.feed_clients))

    def tokens(self) -> dict[str, str]:
        """By authority. Raises SettingsRefused."""
        return {word[0]: word[1] for word in _words("AUDIT_FEED_TOKENS", self.feed_tokens, "CODE:TOKEN")}

    def clients(self) -> dict[str, tuple[str, str]]:
        """Client and secret at the provider, by authority. Raises SettingsRefused."""
        words = _words("AUDIT_FEED_CLIENTS", self.feed_clients, "CODE:CLIENT:SECRET")
        return {code: (client, secret) for code, client, secret in words}

    def seed(self) -> bytes:
        """Of the key with which we countersign; empty where there is none."""
        if self.signing_key:
            return bytes.fromhex(self.signing_key)
        return _kept(Path(self.data_dir) / "signing.key") if self.data_dir else b""


def read_settings(environment: Mapping[str, str] = os.environ, data_dir: str | None = None) -> Settings:
    """Raises SettingsRefused. A secret may be given by file, its name followed by `_FILE`."""
    values = dict(environment)
    if not any(values.get(name) for name in ("AUDIT_DATABASE_URL", "AUDIT_DATABASE_URL_FILE")):
        values |= _told(Path(data_dir or values.get("CASE_DATA_DIR") or VAR) / EMBEDDED)
    given = {name: _value(values, _variable(name)) for name in Settings.__struct_fields__}
    if not given["database_url"]:
        raise SettingsRefused(
            "AUDIT_DATABASE_URL: needed, where nothing was started with `make run` in this data folder"
        )
    for name in ("signing_key", "case_key"):
        if given[name] and not KEY.fullmatch(given[name]):
            raise SettingsRefused(f"{_variable(name)}: 64 hexadecimal digits")
    if not given.setdefault("port", "0").isdigit() and given["port"]:
        raise SettingsRefused("AUDIT_PORT: a number")
    by_http = given["feed_url"] and (given["feed_tokens"] or given["feed_clients"])
    if not given["kafka_bootstrap_servers"] and not by_http:
        raise SettingsRefused("AUDIT_FEED_URL and AUDIT_FEED_CLIENTS: needed without KAFKA_BOOTSTRAP_SERVERS")
    if given["feed_clients"] and not given["oidc_issuer"].startswith(("http://", "https://")):
        raise SettingsRefused("AUDIT_OIDC_ISSUER: the provider's address, needed with AUDIT_FEED_CLIENTS")
    if not given["feed_url"].startswith(("http://", "https://")) and given["feed_url"]:
        raise SettingsRefused("AUDIT_FEED_URL: an address that begins with http:// or https://")
    return msgspec.convert({name: value for name, value in given.items() if value}, Settings, strict=False)


def _words(name: str, given: str, form: str) -> Iterator[list[str]]:
    """Each word in its parts, the last with whatever follows. Raises SettingsRefused."""
    for word in given.split():
        parts = word.split(":", form.count(":"))
        if len(parts) <= form.count(":") or not all(parts):
            raise SettingsRefused(f"{name}: {form} for each authority, with spaces between")
        yield parts


def shown(settings: Settings) -> dict[str, str]:
    """Every setting by its environment name, secrets hidden."""
    values = {_variable(name): str(getattr(settings, name)) for name in settings.__struct_fields__}
    return {name: "(set, hidden)" if name in SECRETS and value else value for name, value in values.items()}


def _variable(name: str) -> str:
    return name.upper() if name.startswith("kafka_") else f"AUDIT_{name.upper()}"


def _value(values: Mapping[str, str], name: str) -> str:
    file = values.get(f"{name}_FILE")
    if not file:
        return values.get(name, "")
    try:
        return Path(file).read_text().strip()
    except OSError as error:
        raise SettingsRefused(f"{name}_FILE: cannot be read") from error


def _told(file: Path) -> dict[str, str]:
    """What the embedded mode wrote down: a line `NAME=value` each."""
    if not file.exists():
        return {}
    lines = (line.partition("=") for line in file.read_text().splitlines())
    return {name: value for name, equals, value in lines if equals}


def _kept(path: Path) -> bytes:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return bytes.fromhex(path.read_text())
