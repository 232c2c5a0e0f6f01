"""Settings: where things are and how we get in. Never what to decide: that is policy.

In: SIAGA_* of the environment; any of them may instead be the content of a file named by SIAGA_*_FILE, or of a file of that name in the
directory SIAGA_SECRETS_DIR. Out: one frozen object.
"""

import os
import re
import ssl
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, SecretStr, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from handlers.mail import Tls
from handlers.webhook import Allowed
from streams.live.jars import cache_directory

_OTHERS = ("SIAGA_SECRETS_DIR", "SIAGA_SECONDS_INSTALL", "SIAGA_REAL_DATA")
"""Names in the environment that are read elsewhere: by `load`, by `siaga demo`, by tests."""

_PREFIX = re.compile(r"[A-Za-z0-9._-]*")


class TimeSource(StrEnum):
    """What moves the time of law and policy: the broker's clock, or the publisher's watermarks (a story)."""

    CLOCK = "clock"
    WATERMARKS = "watermarks"


def _split(value: Any) -> Any:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
"""Several names, with commas between them."""


def _in_seconds(value: Any) -> Any:
    return float(value) if isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?", value) else value


def _off_when_empty(value: Any) -> Any:
    return 0 if value == "" else value


Span = Annotated[timedelta, BeforeValidator(_in_seconds)]
"""A length of time: seconds as a plain number, or ISO 8601 as in PT30S."""


class Settings(BaseSettings):
    """Every setting of every process, by name."""

    model_config = SettingsConfigDict(env_prefix="SIAGA_", frozen=True, extra="ignore")

    kafka: str = Field("", description="Bootstrap servers, host:port with commas between. Empty: the embedded broker, where there is one.")
    kafka_security: str = Field("PLAINTEXT", pattern="^(PLAINTEXT|SSL|SASL_PLAINTEXT|SASL_SSL)$")
    kafka_mechanism: str = Field("PLAIN", pattern="^(PLAIN|SCRAM-SHA-256|SCRAM-SHA-512)$")
    kafka_user: str = ""
    kafka_password: SecretStr = SecretStr("")
    kafka_ca: Path | None = Field(None, description="File with the authorities that signed the brokers' certificates.")
    kafka_certificate: Path | None = None
    kafka_key: Path | None = None
    prefix: str = Field("siaga.", description="Begins every topic, group and transactional id.")
    kafka_patience: Span = Field(timedelta(seconds=120), description="How long a worker waits for a Kafka that is away before it ends.")
    stop_patience: Span = Field(timedelta(seconds=25), description="How long a worker that is asked to end may take over it.")
    instance: str = Field("", description="A stable name, only where a supervisor restarts this very worker (static membership).")

    metrics_port: Annotated[int, BeforeValidator(_off_when_empty)] = Field(
        9464, ge=0, le=65535, description="Where a worker answers /healthz and /metrics. Empty or 0: nowhere."
    )
    metrics_host: str = Field(
        "127.0.0.1", description="The address it listens on for these; 0.0.0.0 where a container is asked from outside."
    )

    time: TimeSource = TimeSource.CLOCK
    watermark_period: Span = timedelta(seconds=30)

    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(25, ge=1, le=65535)
    smtp_tls: Tls = Tls.STARTTLS
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_timeout: Span = timedelta(seconds=20)
    smtp_sender: str = "siaga@localhost"
    webhook_allow: Names = Field((), description="Private ranges that webhooks may reach, as in 10.1.2.0/24 or 127.0.0.1/32:8088.")
    webhook_secret: SecretStr = Field(SecretStr(""), description="Standard Webhooks secret; two with a comma between while keys rotate.")
    exercise_hooks: str = Field("", description="Where an exercise sends every webhook: the catcher's address.")
    slots_mail: int = Field(32, ge=1)
    slots_webhook: int = Field(64, ge=1)
    slots_file: int = Field(4, ge=1)

    policies: Path | None = Field(None, description="Directory of policy revisions, beside those of the package.")
    rosters: Path | None = Field(None, description="Directory of roster revisions, beside the example of the package.")
    state: Path = Field(
        default_factory=lambda: cache_directory() / "state", description="Faust's directory, and in lines/ what the file channel writes."
    )

    public_url: str = Field("http://127.0.0.1:8080", description="Where receivers reach the acknowledgement page.")
    link_secret: SecretStr = Field(SecretStr(""), description="Signs links; two with a comma between while keys rotate.")
    telephone: str = Field("", description="The duty desk's number, printed in messages.")
    case_secret: SecretStr = Field(
        SecretStr(""),
        description="Makes case ids of tokens, by the first, and digests of what is refused, by the last; several with commas.",
    )

    @classmethod
    def load(cls, **changes: Any) -> Self:
        """The settings of this process; `changes` win over the environment."""
        return cls(_secrets_dir=os.environ.get("SIAGA_SECRETS_DIR"), **changes)

    @property
    def exercise(self) -> bool:
        """Whether everything under this prefix is made up, and must say so."""
        return self.prefix.startswith("exercise.") or ".exercise." in self.prefix

    @field_validator("prefix")
    @classmethod
    def _prefix_is_a_name(cls, value: str) -> str:
        if not _PREFIX.fullmatch(value):
            raise ValueError("a prefix consists of letters, digits, dots, hyphens and underscores")
        return value

    @field_validator("webhook_allow")
    @classmethod
    def _allowances_are_understood(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for allowance in value:
            Allowed.parse(allowance)
        return value

    @model_validator(mode="after")
    def _a_story_stays_an_exercise(self) -> Self:
        if self.time is TimeSource.WATERMARKS and not self.exercise:
            raise ValueError(f"SIAGA_TIME=watermarks is for exercises: the prefix {self.prefix!r} has no 'exercise.' in it")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given wins over the environment, that over files, and no .env is read."""
        return init_settings, env_settings, _NamedFiles(settings_cls, os.environ), file_secret_settings

    def kafka_options(self) -> dict[str, Any]:
        """What every Kafka client needs to connect."""
        options: dict[str, Any] = {"bootstrap_servers": self.kafka, "security_protocol": self.kafka_security}
        if self.kafka_security.endswith("SSL"):
            options["ssl_context"] = self._tls()
        if self.kafka_security.startswith("SASL"):
            password = self.kafka_password.get_secret_value()
            options |= {"sasl_mechanism": self.kafka_mechanism, "sasl_plain_username": self.kafka_user, "sasl_plain_password": password}
        return options

    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.kafka_ca)
        if self.kafka_certificate:
            context.load_cert_chain(self.kafka_certificate, self.kafka_key)
        return context


def misnamed(environment: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Names that look like settings of ours and are none, each with the setting that was probably meant, or ""."""
    fields = [f"SIAGA_{name.upper()}" for name in Settings.model_fields]
    known = {*fields, *(f"{name}_FILE" for name in fields), *_OTHERS}
    for name in sorted(environment):
        if name.startswith("SIAGA_") and name not in known:
            yield name, _nearest(name, fields)


def _nearest(name: str, fields: Iterable[str]) -> str:
    """What was probably meant, by what follows the common beginning."""
    own = {field.removeprefix("SIAGA_"): field for field in fields}
    return next((own[near] for near in get_close_matches(name.removeprefix("SIAGA_"), own, n=1, cutoff=0.7)), "")


class _NamedFiles(PydanticBaseSettingsSource):
    """SIAGA_X_FILE names a file that holds what SIAGA_X would say."""

    def __init__(self, settings_cls: type[BaseSettings], environment: Mapping[str, str]) -> None:
        super().__init__(settings_cls)
        self._environment = environment

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The content of the file that the environment names for this field, if it names one."""
        file = self._environment.get(f"SIAGA_{field_name.upper()}_FILE")
        return (Path(file).read_text().strip() if file else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Every field that has such a file."""
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}
