"""The classes of settings that FLASK_CONFIG selects, and the sources of their values."""

import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
)

from masthead import secret_files
from masthead.config.fields import ConfigFields
from masthead.config.names import flask_overrides

Environment = Literal["development", "testing", "staging", "production"]


class Config(ConfigFields):
    """The settings of one process: their sources, their secrets, and what the application gets of them."""

    ENVIRONMENT: ClassVar[Environment]

    @property
    def is_https(self) -> bool:
        """True if SITE_URL is https, which makes cookies Secure and turns HSTS on."""
        return self.SITE_URL.startswith("https://")

    @property
    def trusted_hosts(self) -> list[str]:
        """The accepted host names; the check ignores ports."""
        if self.TRUSTED_HOSTS:
            return list(self.TRUSTED_HOSTS)
        return list(dict.fromkeys([self.site_host, "localhost", "127.0.0.1", "[::1]"]))

    def flask_settings(self) -> dict[str, object]:
        """Build the mapping for ``app.config``: our settings and those of the extensions."""
        prefix = "__Host-" if self.is_https else ""
        ours = {name: getattr(self, name) for name in type(self).model_fields}
        is_development = self.ENVIRONMENT == "development"
        derived = {
            "SECRET_KEY": self.SECRET_KEY.get_secret_value(),
            "JWT_SECRET_KEY": self.JWT_SECRET_KEY.get_secret_value(),
            "TESTING": self.ENVIRONMENT == "testing",
            "DEBUG": is_development,
            # Changed templates show at the next request, and the toolbar lists the statements of a page.
            "TEMPLATES_AUTO_RELOAD": is_development,
            "SQLALCHEMY_RECORD_QUERIES": is_development,
            "TRUSTED_HOSTS": self.trusted_hosts,
            "SQLALCHEMY_DATABASE_URI": self.DATABASE_URL,
            "SESSION_COOKIE_NAME": f"{prefix}session",
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": self.is_https,
            "PERMANENT_SESSION_LIFETIME": timedelta(days=self.SESSION_DAYS),
            # The cookie is as old as the login; sending it again would not extend it.
            "SESSION_REFRESH_EACH_REQUEST": False,
            "WTF_CSRF_TIME_LIMIT": self.FORM_HOURS * 3_600,
            "WTF_CSRF_CHECK_DEFAULT": False,
            # Upper bounds; each view has a limit of its own, see `masthead.web.middleware.body_limits`. Long articles
            # are sent as one form field, for which Werkzeug's own limit is 500 kB.
            "MAX_CONTENT_LENGTH": 8 * 1024 * 1024,
            "MAX_FORM_MEMORY_SIZE": 6 * 1024 * 1024,
            "MAX_FORM_PARTS": 500,
            "PREFERRED_URL_SCHEME": urlsplit(self.SITE_URL).scheme,
        }
        return ours | derived | flask_overrides(os.environ, ours)

    def with_secrets(self) -> Self:
        """Return this configuration with generated secrets, creating their files on the first start."""
        made = {name: SecretStr(secret_files.stored(self.MASTHEAD_HOME, name)) for name in self._missing()}
        return self.model_copy(update=made)

    def with_passing_secrets(self) -> Self:
        """Return this configuration with secrets for this process only."""
        made = {name: SecretStr(secrets.token_urlsafe(48)) for name in self._missing()}
        return self.model_copy(update=made)

    def _missing(self) -> list[str]:
        names = ("SECRET_KEY", "JWT_SECRET_KEY")
        return [name for name in names if not getattr(self, name).get_secret_value()]

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then ``FLASK_<NAME>``, ``<NAME>``, ``.env``, ``config.env``."""
        home = Path(os.environ.get("MASTHEAD_HOME") or "instance")
        return (
            init_settings,
            EnvSettingsSource(settings_cls, env_prefix="FLASK_"),
            EnvSettingsSource(settings_cls),
            DotEnvSettingsSource(settings_cls, env_file=Path(".env"), env_file_encoding="utf-8"),
            DotEnvSettingsSource(settings_cls, env_file=home / "config.env", env_file_encoding="utf-8"),
        )


class DevelopmentConfig(Config):
    """Reloading, the debug toolbar and the debugger; never for a site that others can reach."""

    ENVIRONMENT = "development"

    #: Off, so that every request runs the current code and template.
    PAGE_CACHE: bool = False


class TestingConfig(Config):
    """For the test suite: cheap password hashes, no background threads, everything else as in production."""

    ENVIRONMENT = "testing"
    __test__ = False

    VIEWS_FLUSH_SECONDS: int = Field(default=0, ge=0)
    ARGON2_MEMORY_KIB: int = Field(default=8, ge=8)
    ARGON2_PASSES: int = Field(default=1, ge=1)


class StagingConfig(Config):
    """Like production, for a rehearsal."""

    ENVIRONMENT = "staging"


class ProductionConfig(Config):
    """The default, so that a missing FLASK_CONFIG is safe."""

    ENVIRONMENT = "production"


CONFIGS: dict[str, type[Config]] = {
    config.ENVIRONMENT: config
    for config in (DevelopmentConfig, TestingConfig, StagingConfig, ProductionConfig)
}
