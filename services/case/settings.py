"""Settings, from the environment alone (names: README, `python -m services.case settings`)."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

HOUSE = Path(__file__).parents[2]
SECRETS = (
    "CASE_DATABASE_URL",
    "CASE_MASTER_KEY",
    "CASE_SIGNING_KEY",
    "CASE_OIDC_CLIENT_SECRET",
    "KAFKA_SASL_PASSWORD",
)
PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")


CONTRAST = 4.5  # at least, of text with what is behind it (WCAG 2.2, 1.4.3)


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
    oidc_client_id: str = ""  # with which people sign in to the pages at the issuer
    oidc_client_secret: str = ""
    oidc_roles_path: str = ""  # a TOML file that says what the issuer's groups mean
    brand_name: str = ""  # whose name stands at the head of every page, else the person's council
    brand_colour: str = "#1b4f72"
    brand_contact: str = ""  # how somebody gets help with the pages
    public_url: str = ""  # where people sign in, as words to them say it; embedded, where it is served
    workers: int = 1
    file_megabytes: int = 10  # that a file may have at most
    clamd: str = ""  # where ClamAV’s daemon looks at files, as host:port or the path of a socket
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

    def link(self, ref: str) -> str:
        """Where people read of a case."""
        return f"{self.public_url.rstrip('/')}/cases/{ref}"

    @property
    def largest_file(self) -> int:
        """In bytes."""
        return self.file_megabytes * 1_000_000

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
    megabytes = get("CASE_FILE_MEGABYTES", "10")
    if not megabytes.isdigit() or not 1 <= int(megabytes) <= 100:
        raise SettingsRefused("CASE_FILE_MEGABYTES: a number from 1 to 100")
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
        oidc_client_id=get("CASE_OIDC_CLIENT_ID"),
        oidc_client_secret=get("CASE_OIDC_CLIENT_SECRET"),
        oidc_roles_path=get("CASE_OIDC_ROLES_PATH"),
        brand_name=get("CASE_BRAND_NAME"),
        brand_colour=get("CASE_BRAND_COLOUR", "#1b4f72"),
        brand_contact=get("CASE_BRAND_CONTACT"),
        public_url=get("CASE_PUBLIC_URL"),
        workers=int(workers),
        file_megabytes=int(megabytes),
        clamd=get("CASE_CLAMD"),
        kafka_bootstrap_servers=get("KAFKA_BOOTSTRAP_SERVERS"),
        kafka_topic_prefix=get("KAFKA_TOPIC_PREFIX"),
        kafka_security_protocol=protocol,
        kafka_sasl_mechanism=get("KAFKA_SASL_MECHANISM"),
        kafka_sasl_username=get("KAFKA_SASL_USERNAME"),
        kafka_sasl_password=get("KAFKA_SASL_PASSWORD"),
        kafka_ssl_cafile=get("KAFKA_SSL_CAFILE"),
    )
    if contrast_with_white(settings.brand_colour) < CONTRAST:
        raise SettingsRefused("CASE_BRAND_COLOUR: six digits such as #1b4f72, dark enough for white text (4.5 to 1)")
    if not settings.embedded:
        if not settings.master_key:
            raise SettingsRefused(
                "CASE_MASTER_KEY: needed with a database or issuer of your own, 64 hexadecimal digits"
            )
        if not settings.oidc_issuer and not settings.signing_key:
            raise SettingsRefused("CASE_OIDC_ISSUER: needed with a database of your own, or CASE_SIGNING_KEY for tests")
    return settings


def contrast_with_white(colour: str) -> float:
    """Of white text on a colour such as #1b4f72, from 1 to 21 (WCAG 2.2); 0 if it is not a colour.

    >>> round(contrast_with_white("#1d70b8"), 1), contrast_with_white("blue")
    (5.2, 0.0)
    """
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        return 0.0
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


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
