"""Settings, from the environment alone (names: README, `python -m services.case settings`)."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

HOUSE = Path(__file__).parents[2]
SECRETS = ("CASE_DATABASE_URL", "CASE_MASTER_KEY", "CASE_SIGNING_KEY", "KAFKA_SASL_PASSWORD")
PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")


class SettingsRefused(ValueError):
    """A setting is wrong or missing; the message names it."""


class Settings(msgspec.Struct, frozen=True):
    """All of them. Without a database of one's own the service runs embedded: its own PostgreSQL, keys and issuer."""

    database_url: str = ""
    data_dir: Path = HOUSE / "var"
    bpmn_path: tuple[Path, ...] = ()
    authorities_path: Path = HOUSE / "bpmn" / "authorities"
    master_key: str = ""
    signing_key: str = ""
    oidc_issuer: str = ""
    oidc_audience: str = "inclusion-casework"
    workers: int = 1
    kafka_bootstrap_servers: str = ""
    kafka_topic_prefix: str = ""  # before the name of every topic and producer, where a cluster is shared
    kafka_security_protocol: str = "PLAINTEXT"
    kafka_sasl_mechanism: str = ""
    kafka_sasl_username: str = ""
    kafka_sasl_password: str = ""
    kafka_ssl_cafile: str = ""

    @property
    def embedded(self) -> bool:
        """Whether this is the mode for trying out, in which the clock can be set and tokens are had for the asking."""
        return not self.database_url and not self.oidc_issuer

    @property
    def bpmn_folders(self) -> tuple[Path, ...]:
        return (HOUSE / "bpmn", *self.bpmn_path)


def read_settings(environment: Mapping[str, str] = os.environ, data_dir: str | None = None) -> Settings:
    """Raises SettingsRefused. A secret may be given by file, its name followed by `_FILE`."""

    def get(name: str, otherwise: str = "") -> str:
        file = environment.get(f"{name}_FILE")
        if file:
            try:
                return Path(file).read_text().strip()
            except OSError as error:
                raise SettingsRefused(f"{name}_FILE: cannot be read") from error
        return environment.get(name, otherwise)

    workers = get("CASE_WORKERS", "1")
    if not workers.isdigit() or not 1 <= int(workers) <= 64:
        raise SettingsRefused("CASE_WORKERS: a number from 1 to 64")
    authorities = get("CASE_AUTHORITIES_PATH")
    protocol = get("KAFKA_SECURITY_PROTOCOL", "PLAINTEXT")
    if protocol not in PROTOCOLS:
        raise SettingsRefused(f"KAFKA_SECURITY_PROTOCOL: one of {', '.join(PROTOCOLS)}")
    settings = Settings(
        database_url=get("CASE_DATABASE_URL"),
        data_dir=Path(data_dir or get("CASE_DATA_DIR") or HOUSE / "var"),
        bpmn_path=tuple(Path(part) for part in get("CASE_BPMN_PATH").split(":") if part),
        authorities_path=Path(authorities) if authorities else HOUSE / "bpmn" / "authorities",
        master_key=get("CASE_MASTER_KEY"),
        signing_key=get("CASE_SIGNING_KEY"),
        oidc_issuer=get("CASE_OIDC_ISSUER"),
        oidc_audience=get("CASE_OIDC_AUDIENCE", "inclusion-casework"),
        workers=int(workers),
        kafka_bootstrap_servers=get("KAFKA_BOOTSTRAP_SERVERS"),
        kafka_topic_prefix=get("KAFKA_TOPIC_PREFIX"),
        kafka_security_protocol=protocol,
        kafka_sasl_mechanism=get("KAFKA_SASL_MECHANISM"),
        kafka_sasl_username=get("KAFKA_SASL_USERNAME"),
        kafka_sasl_password=get("KAFKA_SASL_PASSWORD"),
        kafka_ssl_cafile=get("KAFKA_SSL_CAFILE"),
    )
    if not settings.embedded:
        if not settings.master_key:
            raise SettingsRefused(
                "CASE_MASTER_KEY: needed with a database or issuer of your own, 64 hexadecimal digits"
            )
        if not settings.oidc_issuer and not settings.signing_key:
            raise SettingsRefused("CASE_OIDC_ISSUER: needed with a database of your own, or CASE_SIGNING_KEY for tests")
    return settings


def shown(settings: Settings) -> dict[str, str]:
    """Every setting by its environment name, secrets hidden."""
    values = {_variable(name): getattr(settings, name) for name in settings.__struct_fields__}
    return {name: _plain(name, value) for name, value in values.items()}


def _variable(name: str) -> str:
    return name.upper() if name.startswith("kafka_") else f"CASE_{name.upper()}"


def _plain(name: str, value: object) -> str:
    if name in SECRETS and value:
        return "(set, hidden)"
    if isinstance(value, tuple):
        return ":".join(str(part) for part in value)
    return str(value)
