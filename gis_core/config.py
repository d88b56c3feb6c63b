"""Settings, read once by the entry point from the environment and passed down."""

import base64
import os
from datetime import time
from itertools import pairwise
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from gis_core.fault_texts import words_of
from gis_core.keeping import KeepSettings


def default_language() -> Literal["zh", "en"]:
    """Chinese where the terminal's locale is Chinese, else English."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if locale.lower().startswith("zh") else "en"


def told_language() -> Literal["zh", "en"]:
    """WANGGE_LANG, or the default: for messages about settings that could not be read."""
    told = os.environ.get("WANGGE_LANG")
    return "zh" if told == "zh" else "en" if told == "en" else default_language()


def is_local(host: str | None) -> bool:
    """Whether a name is this machine's own."""
    return host in ("127.0.0.1", "::1", "localhost")


class EstimateSettings(BaseSettings):
    """How households and persons are estimated where a source has none.

    households = footprint_m2 x floors x net_to_gross / dwelling_m2, persons = households x persons_per_household.
    """

    model_config = SettingsConfigDict(env_prefix="WANGGE_ESTIMATE_", allow_inf_nan=False)

    net_to_gross: float = Field(0.8, gt=0, le=1, description="share of the gross floor area that is dwelling")
    dwelling_m2: float = Field(90.0, ge=5, description="mean size of a dwelling, m2")
    default_floors: int = Field(6, ge=1, le=200, description="floors where a building's number is unknown")
    floor_height_m: float = Field(3.0, gt=0, description="storey height used where only a height is known")
    persons_per_household: float = Field(3.3, gt=0, le=50, description="mean household size")
    min_footprint_m2: float = Field(40.0, ge=0, description="smaller footprints are sheds, not dwellings")


class CalendarSettings(BaseSettings):
    """When people work: what work hours and work days of time limits are counted by."""

    model_config = SettingsConfigDict(env_prefix="WANGGE_CALENDAR_")

    zone: str = Field("Asia/Shanghai", description="time zone of its days")
    hours: str = Field("08:30-12:00,14:00-17:30", description="spans of working time, separated by commas")
    holidays: Literal["china", "none"] = Field("china", description="china: public holidays and make-up days")

    @field_validator("zone")
    @classmethod
    def _zone_is_known(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError("no time zone of this name; such as Asia/Shanghai")
        return zone

    @field_validator("hours")
    @classmethod
    def _hours_rise(cls, hours: str) -> str:
        times = [time for span in _spans(hours) for time in span]
        if not times or any(later <= earlier for earlier, later in pairwise(times)):
            raise ValueError("spans rise and do not meet, such as 08:30-12:00,14:00-17:30")
        return hours

    @property
    def spans(self) -> tuple[tuple[time, time], ...]:
        """The spans of working time."""
        return tuple(_spans(self.hours))


def _spans(hours: str) -> list[tuple[time, time]]:
    try:
        return [
            (time.fromisoformat(begin.strip()), time.fromisoformat(end.strip()))
            for begin, end in (span.split("-") for span in hours.split(","))
        ]
    except ValueError as error:
        raise ValueError("spans are HH:MM-HH:MM, separated by commas") from error


class OidcSettings(BaseSettings):
    """An OpenID Connect provider to sign in by; none unless its issuer is named."""

    model_config = SettingsConfigDict(env_prefix="WANGGE_OIDC_")

    issuer: str | None = Field(None, description="address of the provider, as its own metadata tell it")
    client_id: str | None = Field(None, validate_default=True, description="of this service at the provider")
    client_secret: SecretStr | None = Field(None, description="of this service; none for a public client")
    claim: str = Field("preferred_username", description="claim that holds the name of the account here")
    scope: str = Field("openid profile", description="what is asked of the provider")
    label: str = Field("", description="what the sign-in page calls the provider; its host unless told")

    @field_validator("issuer")
    @classmethod
    def _issuer_is_safe(cls, issuer: str | None) -> str | None:
        parts = urlsplit(issuer or "")
        if issuer and not (parts.scheme == "https" or is_local(parts.hostname)):
            raise ValueError("an issuer has an https address")
        return issuer or None

    @field_validator("client_id")
    @classmethod
    def _client_is_named(cls, client_id: str | None, told: ValidationInfo) -> str | None:
        if told.data.get("issuer") and not client_id:
            raise ValueError("an issuer needs WANGGE_OIDC_CLIENT_ID")
        return client_id

    @property
    def name(self) -> str | None:
        """What the sign-in page calls the provider; None where there is none."""
        return (self.label or urlsplit(self.issuer).netloc) if self.issuer else None


class MessageSettings(BaseSettings):
    """How messages leave: mail, an address that takes JSON, a file of short messages. None unless told."""

    model_config = SettingsConfigDict(populate_by_name=True, hide_input_in_errors=True)

    smtp_host: str | None = Field(None, alias="WANGGE_SMTP_HOST", description="mail server; none: no mail")
    smtp_port: int = Field(587, ge=1, le=65535, alias="WANGGE_SMTP_PORT")
    smtp_tls: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        alias="WANGGE_SMTP_TLS",
        description="starttls: as of port 587; tls: as of port 465; none: in the clear",
    )
    smtp_from: str | None = Field(
        None,
        alias="WANGGE_SMTP_FROM",
        validate_default=True,
        description="address that mail comes from",
    )
    smtp_user: str | None = Field(None, alias="WANGGE_SMTP_USER")
    smtp_password: SecretStr | None = Field(None, alias="WANGGE_SMTP_PASSWORD")
    webhook_url: str | None = Field(
        None, alias="WANGGE_WEBHOOK_URL", description="address that is sent messages as JSON"
    )
    webhook_secret: SecretStr | None = Field(
        None,
        alias="WANGGE_WEBHOOK_SECRET",
        validate_default=True,
        description="what signs them, 16 characters or more",
    )
    sms_file: Path | None = Field(
        None, alias="WANGGE_SMS_FILE", description="file that short messages are written to, to try them"
    )

    @field_validator("smtp_from")
    @classmethod
    def _mail_has_a_sender(cls, address: str | None, told: ValidationInfo) -> str | None:
        if told.data.get("smtp_host") and "@" not in (address or ""):
            raise ValueError("a mail server needs WANGGE_SMTP_FROM, an address such as grid@example.org")
        return address

    @field_validator("smtp_password")
    @classmethod
    def _password_goes_encrypted(cls, password: SecretStr | None, told: ValidationInfo) -> SecretStr | None:
        if password and told.data.get("smtp_tls") == "none" and not is_local(told.data.get("smtp_host")):
            raise ValueError("a password is not sent in the clear; set WANGGE_SMTP_TLS to starttls or tls")
        return password

    @field_validator("webhook_url")
    @classmethod
    def _webhook_is_safe(cls, url: str | None) -> str | None:
        parts = urlsplit(url or "")
        if url and not (parts.hostname and (parts.scheme == "https" or is_local(parts.hostname))):
            raise ValueError("messages go to an https address")
        return url or None

    @field_validator("webhook_secret")
    @classmethod
    def _webhook_is_signed(cls, secret: SecretStr | None, told: ValidationInfo) -> SecretStr | None:
        if told.data.get("webhook_url") and len(secret.get_secret_value() if secret else "") < 16:
            raise ValueError("an address for messages needs a secret of 16 characters or more")
        return secret


class Open311Settings(BaseSettings):
    """What the discovery document of Open311 tells of this service."""

    model_config = SettingsConfigDict(env_prefix="WANGGE_OPEN311_")

    contact: str = Field("", description="whom developers turn to, such as an address or a telephone number")
    key_service: str = Field("", description="where or how an api_key is applied for")
    type: Literal["production", "test"] = Field("production", description="whether reports are worked on")


class Settings(BaseSettings):
    """Settings of the service. Every field is an environment variable of the same name in capitals."""

    # A secret that is wrong is not to stand in a traceback either.
    model_config = SettingsConfigDict(populate_by_name=True, hide_input_in_errors=True)

    database_url: str | None = Field(
        None, description="an external PostgreSQL server; none: the embedded one"
    )
    data_dir: Path = Field(
        Path(".wangge"), alias="WANGGE_DATA", description="folder of the embedded database"
    )
    host: str = Field("127.0.0.1", alias="HOST")
    hosts: str = Field(
        "",
        alias="WANGGE_HOSTS",
        description="names that people reach the server by, separated by commas; * = any name",
    )
    port: int = Field(8080, ge=0, le=65535, alias="PORT")
    language: Literal["zh", "en"] = Field(default_factory=default_language, alias="WANGGE_LANG")
    workers: int = Field(
        1, ge=0, le=64, alias="WANGGE_WORKERS",
        description="engine processes beside `wangge serve`; 0: run `wangge worker` elsewhere",
    )  # fmt: skip
    max_upload_mb: int = Field(512, gt=0, alias="WANGGE_MAX_UPLOAD_MB")
    basemap_url: str | None = Field(
        None, alias="WANGGE_BASEMAP_URL", description="tile template; none: no basemap"
    )
    basemap_datum: Literal["wgs84", "gcj02", "bd09"] = Field(
        "wgs84",
        alias="WANGGE_BASEMAP_DATUM",
        description="of the basemap: gcj02 for Amap and Tencent, bd09 for Baidu",
    )
    url: str = Field(
        "", alias="WANGGE_URL", description="address that people reach the service by, for links in messages"
    )
    caption: str = Field(
        "", alias="WANGGE_MAP_CAPTION", description="caption of public maps, e.g. a review number"
    )
    secret_keys: SecretStr | None = Field(
        None,
        alias="WANGGE_SECRET_KEYS",
        description="keys that seal personal data, newest first, separated by commas; none: the data folder's own",
    )
    estimate: EstimateSettings = Field(default_factory=EstimateSettings)
    oidc: OidcSettings = Field(default_factory=OidcSettings)
    calendar: CalendarSettings = Field(default_factory=CalendarSettings)
    messages: MessageSettings = Field(default_factory=MessageSettings)
    open311: Open311Settings = Field(default_factory=Open311Settings)
    keep: KeepSettings = Field(default_factory=KeepSettings)

    @field_validator("secret_keys")
    @classmethod
    def _keys_are_keys(cls, told: SecretStr | None) -> SecretStr | None:
        keys = [key.strip() for key in (told.get_secret_value() if told else "").split(",")]
        if not any(keys):
            return None
        wrong = [str(number) for number, key in enumerate(keys, 1) if not _is_fernet_key(key)]
        if wrong:
            raise ValueError(
                f"of {len(keys)} keys, number {', '.join(wrong)} is not 32 bytes in URL-safe base64; make one with "
                "`python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'`"
            )
        return told

    @property
    def basemap(self) -> dict[str, str] | None:
        """{url, datum} of the basemap, where there is one."""
        return {"url": self.basemap_url, "datum": self.basemap_datum} if self.basemap_url else None

    @property
    def known_hosts(self) -> frozenset[str]:
        """The names of `hosts`, in small letters."""
        return frozenset(name.strip().lower() for name in self.hosts.split(",") if name.strip())

    @property
    def page_language(self) -> Literal["zh", "en"]:
        """Language of pages for visitors who have not chosen: Chinese, whatever the server's locale, unless told."""
        return self.language if "language" in self.model_fields_set else "zh"


def _is_fernet_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, altchars=b"-_", validate=True)) == 32
    except ValueError:
        return False


SECRETS = frozenset({"WANGGE_SECRET_KEYS", "WANGGE_SMTP_PASSWORD", "WANGGE_WEBHOOK_SECRET"})
"""Settings whose value no message shows."""


def settings_faults(error: ValidationError, lang: Literal["zh", "en"] = "en") -> str:
    """Every wrong environment variable with its value and the rule that it breaks, one to a line."""
    remedy = {"en": ": {words}. Correct it, or unset it.", "zh": "：{words}。请改正，或取消设置。"}[lang]
    return "\n".join(
        f"{'.'.join(map(str, fault['loc']))}={'***' if SECRETS & set(fault['loc']) else fault['input']}"
        + remedy.format(words=words_of(fault, lang))
        for fault in error.errors()
    )
