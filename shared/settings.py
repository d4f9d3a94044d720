"""Settings: environment variables `PARTA_…`, read and checked here, all missing ones named at once."""

import binascii
import os
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

NAMES = ("identity", "schedule", "journal", "reporting", "notify", "portal")


@dataclass(frozen=True)
class Settings:
    """What one service is told by its operator."""

    service: str
    database_url: str
    broker_url: str = ""  # amqp://…, memory://, or empty: the feeds alone carry the events
    peers: dict[str, str] = field(default_factory=dict)  # service -> base URL
    client_secret: str = ""  # of this service's own client at identity, `service-<name>`
    client_key: str = ""  # PEM of a private key to prove itself by instead of the secret
    may_call_private: bool = False  # whether providers and programs in private networks may be called
    files_url: str = ""  # where the journal keeps files: any address fsspec knows; empty: it takes none
    public_url: str = "http://127.0.0.1:8000"  # what people type; printed in QR codes and letters
    smtp_url: str = ""  # smtp://user:password@host:port; empty: notices stay in the portal
    mail_from: str = "parta@localhost"
    letter_wait_seconds: int = 60  # how long a letter waits for more to say
    secret_key: str = ""  # signs the portal's forms
    seal_keys: tuple[str, ...] = ()  # seal identity's secrets at rest: the first seals, all unseal
    second_factor: str = "leaders"  # who has to have one: leaders, staff, or nobody, who is offered it
    second_factor_grace_days: int = 7  # how long after the first sign-in it may be put off
    argon2_memory_kib: int = 19456
    relay_poll_seconds: float = 0.05
    heads_poll_seconds: float = 30.0
    metrics_port: int = 0  # where a worker answers /metrics and /readyz; 0: nowhere
    trusted_proxies: int = 0  # how many proxies stand before us, each adding to X-Forwarded-For

    @property
    def client_id(self) -> str:
        """The name under which this service asks identity for tokens."""
        return f"service-{self.service}"

    @property
    def issuer(self) -> str:
        """The name of this deployment's identity among identity providers."""
        return f"{self.public_url}/api/identity/v1"

    @classmethod
    def from_env(cls, service: str, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings of a service; SystemExit names everything that is missing or wrong."""
        read = _Environment(service, environ)
        settings = cls(
            service=service,
            database_url=read.needed("DATABASE_URL"),
            broker_url=read.optional("BROKER_URL"),
            peers={n: url for n in NAMES if (url := environ.get(f"PARTA_{n.upper()}_URL"))},
            client_secret=read.optional("CLIENT_SECRET"),
            client_key=read.optional("CLIENT_KEY"),
            may_call_private=read.optional("MAY_CALL_PRIVATE") == "yes",
            files_url=read.optional("FILES_URL"),
            public_url=read.optional("PUBLIC_URL", cls.public_url).rstrip("/"),
            smtp_url=read.optional("SMTP_URL"),
            mail_from=read.optional("MAIL_FROM", cls.mail_from),
            letter_wait_seconds=read.whole("LETTER_WAIT_SECONDS", cls.letter_wait_seconds),
            secret_key=read.needed("SECRET_KEY") if service == "portal" else "",
            seal_keys=read.seal_keys() if service == "identity" else (),
            second_factor=read.one_of("SECOND_FACTOR", ("leaders", "staff", "offered")),
            second_factor_grace_days=read.whole("SECOND_FACTOR_GRACE_DAYS", cls.second_factor_grace_days),
            argon2_memory_kib=read.whole("ARGON2_MEMORY_KIB", cls.argon2_memory_kib),
            relay_poll_seconds=read.whole("RELAY_POLL_MS", 50) / 1000,
            heads_poll_seconds=float(read.whole("HEADS_POLL_SECONDS", 30)),
            metrics_port=read.whole("METRICS_PORT", cls.metrics_port),
            trusted_proxies=read.whole("TRUSTED_PROXIES", cls.trusted_proxies),
        )
        read.refuse_if_wrong()
        return settings


def _is_seal_key(key: str) -> bool:
    try:
        return len(urlsafe_b64decode(key)) == 32
    except (binascii.Error, ValueError):
        return False


class _Environment:
    """Looks for `PARTA_<SERVICE>_<NAME>`, then `PARTA_<NAME>`, each also as `…_FILE`."""

    def __init__(self, service: str, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.prefixes = (f"PARTA_{service.upper()}_", "PARTA_")
        self.wrong: list[str] = []

    def optional(self, name: str, default: str = "") -> str:
        for prefix in self.prefixes:
            if prefix + name in self.environ:
                return self.environ[prefix + name]
            if path := self.environ.get(f"{prefix}{name}_FILE"):
                return Path(path).read_text().strip()
        return default

    def needed(self, name: str) -> str:
        value = self.optional(name)
        if not value:
            self.wrong.append(f"{self.prefixes[0]}{name} is missing")
        return value

    def whole(self, name: str, default: int) -> int:
        value = self.optional(name, str(default))
        if not value.isdigit():
            self.wrong.append(f"{self.prefixes[0]}{name} must be a whole number, not {value!r}")
            return default
        return int(value)

    def one_of(self, name: str, allowed: tuple[str, ...]) -> str:
        value = self.optional(name, allowed[0])
        if value not in allowed:
            self.wrong.append(f"{self.prefixes[0]}{name} must be one of {', '.join(allowed)}")
        return value

    def seal_keys(self) -> tuple[str, ...]:
        keys = tuple(f"{key.strip().rstrip('=')}=" for key in self.needed("SEAL_KEYS").split(","))
        if self.optional("SEAL_KEYS") and not all(map(_is_seal_key, keys)):
            self.wrong.append(
                f"{self.prefixes[0]}SEAL_KEYS must be keys of 32 bytes in base64, separated by commas; "
                "`parta identity seal-key` makes one"
            )
        return keys

    def refuse_if_wrong(self) -> None:
        if self.wrong:
            raise SystemExit("Settings: " + "; ".join(self.wrong) + ".")
