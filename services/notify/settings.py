"""Settings, from the environment alone (names: README, `python -m services.notify settings`).

In the embedded mode the case service starts this one and writes down what it told it (`notify/settings.env` in the data
folder), so that a command given by hand finds the same deliveries.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

SECRETS = (
    "NOTIFY_DATABASE_URL",
    "NOTIFY_FEED_TOKENS",
    "NOTIFY_FEED_CLIENTS",
    "NOTIFY_GOVUK_API_KEY",
    "NOTIFY_SMTP_PASSWORD",
    "KAFKA_SASL_PASSWORD",
)
EMBEDDED = Path("notify") / "settings.env"
VAR = Path(__file__).parents[2] / "var"


class SettingsRefused(ValueError):
    """A setting is wrong or missing; the message names it."""


class Settings(msgspec.Struct, frozen=True):
    """`feed_url`: the case service's address · `feed_tokens`: `CODE:TOKEN` for each authority, with spaces between ·
    `feed_clients`: instead, `CODE:CLIENT:SECRET`, whose tokens the provider at `oidc_issuer` gives for `oidc_scope` ·
    `outbox_dir`: a folder in which everything is only written down, for trying out · `port`: of figures for Prometheus,
    0 for none. Of GOV.UK Notify one template for each way: of e-mails and letters with the placeholders `title` and
    `words`, of texts with `words`."""

    database_url: str
    feed_url: str = ""
    feed_tokens: str = ""
    feed_clients: str = ""
    oidc_issuer: str = ""
    oidc_scope: str = "feed feed:contacts results"
    outbox_dir: str = ""
    govuk_api_key: str = ""
    govuk_url: str = "https://api.notifications.service.gov.uk"
    govuk_email_template: str = ""
    govuk_sms_template: str = ""
    govuk_letter_template: str = ""
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_tls: bool = True
    smtp_username: str = ""
    smtp_password: str = ""
    smtp_from: str = ""
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
        return {word[0]: word[1] for word in _words("NOTIFY_FEED_TOKENS", self.feed_tokens, "CODE:TOKEN")}

    def clients(self) -> dict[str, tuple[str, str]]:
        """Client and secret at the provider, by authority. Raises SettingsRefused."""
        words = _words("NOTIFY_FEED_CLIENTS", self.feed_clients, "CODE:CLIENT:SECRET")
        return {code: (client, secret) for code, client, secret in words}


def read_settings(environment: Mapping[str, str] = os.environ, data_dir: str | None = None) -> Settings:
    """Raises SettingsRefused. A secret may be given by file, its name followed by `_FILE`."""
    values = dict(environment)
    if not any(values.get(name) for name in ("NOTIFY_DATABASE_URL", "NOTIFY_DATABASE_URL_FILE")):
        values |= _told(Path(data_dir or values.get("CASE_DATA_DIR") or VAR) / EMBEDDED)
    given = {name: _value(values, _variable(name)) for name in Settings.__struct_fields__}
    if not given["database_url"]:
        raise SettingsRefused(
            "NOTIFY_DATABASE_URL: needed, where nothing was started with `make run` in this data folder"
        )
    try:
        settings = msgspec.convert({name: value for name, value in given.items() if value}, Settings, strict=False)
    except msgspec.ValidationError as error:
        name = str(error).rpartition("$.")[2].rstrip("`")
        raise SettingsRefused(f"{_variable(name)}: a number, or true or false") from error
    for wrong in _faults(settings):
        raise SettingsRefused(wrong)
    return settings


def _faults(settings: Settings) -> list[str]:
    faults = []
    if not settings.kafka_bootstrap_servers and not settings.can_ask:
        faults.append("NOTIFY_FEED_URL and NOTIFY_FEED_CLIENTS: needed without KAFKA_BOOTSTRAP_SERVERS")
    if settings.feed_clients and not settings.oidc_issuer:
        faults.append("NOTIFY_OIDC_ISSUER: the provider's address, needed with NOTIFY_FEED_CLIENTS")
    for name in ("feed_url", "oidc_issuer", "govuk_url"):
        if getattr(settings, name) and not getattr(settings, name).startswith(("http://", "https://")):
            faults.append(f"{_variable(name)}: an address that begins with http:// or https://")
    if settings.govuk_api_key and len(settings.govuk_api_key) < 73:
        faults.append("NOTIFY_GOVUK_API_KEY: the whole key, with its name and the service's id")
    if settings.smtp_host and not settings.smtp_from:
        faults.append("NOTIFY_SMTP_FROM: needed with NOTIFY_SMTP_HOST")
    if not (settings.outbox_dir or settings.govuk_api_key or settings.smtp_host):
        faults.append("NOTIFY_GOVUK_API_KEY or NOTIFY_SMTP_HOST: nothing could be sent otherwise")
    return faults


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
    return name.upper() if name.startswith("kafka_") else f"NOTIFY_{name.upper()}"


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
