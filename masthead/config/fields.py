"""The settings: name, type, default and rule of each."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import quote, urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from masthead.config.media import MediaFields
from masthead.config.types import (
    LISTENING_HOST,
    DatabaseAddress,
    ErrorCollector,
    Hosts,
    Limit,
    ListeningHost,
    MailServerAddress,
    Origins,
    RedisAddress,
    SecretKey,
    Sender,
    SiteAddress,
    StaticAddress,
    SyslogAddress,
    TraceCollector,
)

#: Values of HOST that listen on every network interface.
EVERY_NETWORK = frozenset({"0.0.0.0", "::"})


#: File name of the default database in MASTHEAD_HOME.
SQLITE_NAME = "masthead.sqlite3"


class ConfigFields(MediaFields):
    """The settings of every environment, without their use: the reference for `docs/configuration.md`."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, case_sensitive=True, env_ignore_empty=True)

    #: Folder of the database, the generated secrets and ``config.env``.
    MASTHEAD_HOME: Path = Path("instance")
    #: Signs cookies and form tokens. Generated once into ``MASTHEAD_HOME/secrets`` when absent.
    SECRET_KEY: SecretKey = Field(default=SecretStr(""), validate_default=False)
    #: Signs the tokens of the API. Generated once, like SECRET_KEY.
    JWT_SECRET_KEY: SecretKey = Field(default=SecretStr(""), validate_default=False)
    #: ``sqlite:///…`` or ``postgresql://…``; empty means ``masthead.sqlite3`` in ``MASTHEAD_HOME``.
    DATABASE_URL: DatabaseAddress = ""
    #: Pool size for PostgreSQL in each process, with as many overflow connections; statement time-out in seconds.
    DATABASE_CONNECTIONS: int = Field(default=10, ge=1, le=500)
    DATABASE_STATEMENT_SECONDS: int = Field(default=30, ge=0, le=3_600)
    #: Connection time-out and lock time-out of PostgreSQL, in seconds.
    DATABASE_CONNECT_SECONDS: int = Field(default=3, ge=2, le=60)
    DATABASE_LOCK_SECONDS: int = Field(default=10, ge=0, le=3_600)
    #: Seconds without network traffic after which a connection to PostgreSQL is closed.
    DATABASE_NETWORK_SECONDS: int = Field(default=10, ge=1, le=3_600)
    #: ``redis://…``: shares rate limits between machines; empty: each machine counts by itself.
    REDIS_URL: RedisAddress = ""
    #: ``redis://…``: the broker that wakes ``masthead worker``; empty: ``masthead serve`` runs the jobs itself.
    CELERY_BROKER_URL: RedisAddress = ""
    #: Address and port of ``masthead serve``.
    HOST: ListeningHost = "127.0.0.1"
    PORT: int = Field(default=8000, ge=1, le=65535)
    #: Seconds for which the body of a request may stall, and the minimum rate in bytes per second after that time.
    BODY_TIMEOUT_SECONDS: int = Field(default=10, ge=1, le=600)
    BODY_BYTES_PER_SECOND: int = Field(default=500, ge=1, le=1_000_000)
    #: Number of server processes.
    WORKERS: int = Field(default=1, ge=1, le=64)
    #: Seconds without a heartbeat after which a process is replaced.
    WORKER_TIMEOUT_SECONDS: int = Field(default=30, ge=3, le=3_600)
    #: Public URL of the site, the base of every absolute link. Empty means ``http://HOST:PORT``.
    SITE_URL: SiteAddress = ""
    #: URL of a CDN that serves the static files and fetches them from this site. Empty: the site itself.
    STATIC_URL: StaticAddress = ""
    #: Accepted Host headers, comma-separated; empty means SITE_URL's host and this machine's own names.
    TRUSTED_HOSTS: Annotated[Hosts, NoDecode] = ()
    #: Extends HSTS to all subdomains of SITE_URL's host.
    HSTS_INCLUDE_SUBDOMAINS: bool = False
    #: Number of trusted proxies, whose ``X-Forwarded-*`` headers are applied.
    TRUSTED_PROXIES: int = Field(default=0, ge=0, le=10)
    #: Origins such as https://app.example.org that may call the API (CORS), comma-separated; none by default.
    CORS_ORIGINS: Annotated[Origins, NoDecode] = ()
    #: Pictures from other sites in texts: copied into the media store, shown as links, or refused.
    EXTERNAL_IMAGES: Literal["fetch", "link", "refuse"] = "fetch"
    #: Who may register.
    REGISTRATION: Literal["open", "invite", "closed"] = "open"
    #: ``smtp://user:password@host:587?tls=starttls``, ``smtps://…``, ``console:`` or ``file:///folder``; empty: no
    #: mail.
    MAIL_URL: MailServerAddress = ""
    #: The parts of MAIL_URL as separate settings; MAIL_URL takes precedence. MAIL_USE_TLS is STARTTLS, MAIL_USE_SSL
    #: smtps.
    MAIL_SERVER: str = ""
    MAIL_PORT: int = Field(default=587, ge=1, le=65535)
    MAIL_USE_TLS: bool = True
    MAIL_USE_SSL: bool = False
    MAIL_USERNAME: str = ""
    MAIL_PASSWORD: SecretStr = SecretStr("")
    #: Sender of email: an address, or ``Name <address>``. Empty means ``masthead@`` and SITE_URL's host.
    MAIL_DEFAULT_SENDER: Sender = ""
    RATELIMIT_ENABLED: bool = True
    #: Failed sign-ins for each account, for each address, and in total.
    RATELIMIT_SIGN_IN: Limit = "10 per 5 minutes"
    RATELIMIT_SIGN_IN_TOTAL: Limit = "1000 per 5 minutes"
    #: Wrong second factors of one account, after its correct password.
    RATELIMIT_SECOND_FACTOR: Limit = "20 per hour"
    #: Emails of one purpose to one address, and requests by one client; short, as strangers use up the owner's quota.
    RATELIMIT_LETTERS: Limit = "3 per 15 minutes"
    RATELIMIT_LETTER_REQUESTS: Limit = "30 per hour"
    #: Registrations from one address; comments of one account; searches from one address.
    RATELIMIT_REGISTRATION: Limit = "60 per hour"
    RATELIMIT_COMMENT: Limit = "20 per minute"
    RATELIMIT_SEARCH: Limit = "60 per minute"
    #: API requests by one token, or from one address without a token: in total, and of each kind.
    RATELIMIT_API: Limit = "600 per minute"
    RATELIMIT_API_READS: Limit = "600 per minute"
    RATELIMIT_API_WRITES: Limit = "300 per minute"
    #: Forms that one account submits on the site.
    RATELIMIT_DESK: Limit = "300 per minute"
    #: Enables the page cache, and sets its size in megabytes for each server process.
    PAGE_CACHE: bool = True
    PAGE_CACHE_MB: int = Field(default=32, ge=1, le=65_536)
    #: Seconds for which stale pages are served while the database does not answer; 0 serves none.
    PAGE_CACHE_STALE_SECONDS: int = Field(default=3_600, ge=0, le=604_800)
    LOG_LEVEL: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"
    LOG_FORMAT: Literal["console", "json"] = "console"
    #: Additional log file, rotated every ten megabytes; and syslog: ``local``, or ``udp://host:514``.
    LOG_FILE: str = ""
    SYSLOG: SyslogAddress = ""
    #: Log every SQL statement with its parameters: for development.
    SQLALCHEMY_ECHO: bool = False
    #: Threshold of the slow statement log in milliseconds; 0 logs none.
    SLOW_STATEMENT_MS: int = Field(default=500, ge=0, le=3_600_000)
    #: DSN of Sentry or a compatible service; empty: no error reports. Needs the extra ``sentry``.
    SENTRY_DSN: ErrorCollector = ""
    #: OTLP/HTTP endpoint for traces, and the service name there; empty: no traces. Needs the extra ``opentelemetry``.
    OTEL_EXPORTER_OTLP_ENDPOINT: TraceCollector = ""
    OTEL_SERVICE_NAME: str = "masthead"
    #: Bearer token that may read ``/metrics``, beside programs on this machine.
    METRICS_TOKEN: SecretStr = SecretStr("")
    #: Lifetime of form tokens in hours.
    FORM_HOURS: int = Field(default=12, ge=1, le=720)
    #: Interval in seconds for writing view counts; 0 writes none.
    VIEWS_FLUSH_SECONDS: int = Field(default=10, ge=0, le=3_600)
    #: Days after which spam and deleted comments are purged; 0 keeps them.
    COMMENT_TRASH_DAYS: int = Field(default=30, ge=0, le=3_650)
    #: Idle lifetime of a login: with "keep me signed in", and without (then closing the browser ends it too).
    SESSION_IDLE_DAYS: int = Field(default=30, ge=1, le=365)
    SESSION_IDLE_HOURS: int = Field(default=24, ge=1, le=8_760)
    #: Absolute lifetime of a login.
    SESSION_DAYS: int = Field(default=90, ge=1, le=365)
    #: Concurrent password hashes of one process.
    HASHES_AT_ONCE: int = Field(default=2, ge=1, le=64)
    #: Argon2id: memory in KiB, passes and lanes (RFC 9106; OWASP asks for at least 19 MiB and 2 passes).
    ARGON2_MEMORY_KIB: int = Field(default=19_456, ge=8, le=4_194_304)
    ARGON2_PASSES: int = Field(default=2, ge=1, le=100)
    ARGON2_LANES: int = Field(default=1, ge=1, le=16)

    @field_validator("TRUSTED_HOSTS", "CORS_ORIGINS", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(item.strip().rstrip("/") for item in value.split(",") if item.strip())
        return value

    @field_validator("LOG_LEVEL", mode="before")
    @classmethod
    def _upper_level(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @model_validator(mode="before")
    @classmethod
    def _fill_in_addresses(cls, values: Any) -> Any:
        """Derive empty settings from others."""
        values = dict(values)
        values["MASTHEAD_HOME"] = home = Path(values.get("MASTHEAD_HOME") or "instance").absolute()
        if not values.get("DATABASE_URL"):
            values["DATABASE_URL"] = f"sqlite:///{home / SQLITE_NAME}"
        if not values.get("MEDIA_URL"):
            values["MEDIA_URL"] = str(home / "media")
        if not values.get("SITE_URL"):
            host = str(values.get("HOST") or "127.0.0.1")
            # Browsers cannot open a wildcard address; an invalid HOST is reported itself, not the URL from it.
            host = "127.0.0.1" if host in EVERY_NETWORK or not LISTENING_HOST.fullmatch(host) else host
            values["SITE_URL"] = f"http://{f'[{host}]' if ':' in host else host}:{values.get('PORT') or 8000}"
        return values

    @model_validator(mode="after")
    def _fill_in_mail(self) -> Self:
        """Combine MAIL_SERVER and its companions into MAIL_URL. (The model is frozen after this.)"""
        if not self.MAIL_URL and self.MAIL_SERVER:
            scheme = "smtps" if self.MAIL_USE_SSL else "smtp"
            password = quote(self.MAIL_PASSWORD.get_secret_value(), safe="")
            account = f"{quote(self.MAIL_USERNAME, safe='')}:{password}@" if self.MAIL_USERNAME else ""
            host = f"[{self.MAIL_SERVER}]" if ":" in self.MAIL_SERVER else self.MAIL_SERVER
            tls = "starttls" if self.MAIL_USE_TLS else "none"
            url = f"{scheme}://{account}{host}:{self.MAIL_PORT}{'' if self.MAIL_USE_SSL else f'?tls={tls}'}"
            object.__setattr__(self, "MAIL_URL", url)
        if not self.MAIL_DEFAULT_SENDER:
            object.__setattr__(self, "MAIL_DEFAULT_SENDER", f"masthead@{self.site_host}")
        return self

    @property
    def site_host(self) -> str:
        """The host name of SITE_URL, without its port."""
        return urlsplit(self.SITE_URL).hostname or ""
