"""Sets up the HTTP layer. The order matters: later middleware is nearer to the network."""

from collections.abc import Sequence

from flask import Flask

from masthead import db
from masthead.config import Config
from masthead.extensions import csrf
from masthead.features import Feature
from masthead.jobs import celery_bridge
from masthead.pagecache import setup as pagecache
from masthead.storage import store as storage
from masthead.web import converters, templating
from masthead.web.api import idempotency, rates, versions
from masthead.web.forms import csrf_protection
from masthead.web.limits import headers, throttling
from masthead.web.middleware import (
    body_limits,
    compression,
    cors,
    load_shedding,
    request_buffering,
    security_headers,
    sessionless,
    static_files,
)
from masthead.web.telemetry import access_log, logs, request_id, tracing


def init_app(app: Flask, config: Config) -> None:
    """Bind the plumbing to an application, before its features are registered."""
    logs.init_app(app, config)
    converters.init_app(app)
    request_id.init_app(app)
    tracing.init_app(app, config)
    headers.init_app(app)
    rates.init_app(app)
    body_limits.init_app(app)
    load_shedding.init_app(app)
    pagecache.init_app(app, config, on_hit=access_log.note_hit)
    request_buffering.init_app(app, config)
    security_headers.init_app(app, config)
    compression.init_app(app)
    sessionless.init_app(app)
    static_files.init_app(app)
    templating.init_app(app)
    db.init_app(app)
    tracing.observe_statements(app)
    storage.init_app(app)
    celery_bridge.init_app(app)
    csrf.init_app(app)
    cors.init_app(app, config)
    throttling.init_app(app, config)
    versions.init_app(app)
    idempotency.init_app(app)


def exempt_from_csrf(app: Flask, features: Sequence[Feature]) -> None:
    """Exempt the API blueprints from CSRF checks: the API never authenticates by cookie."""
    for feature in features:
        for blueprint, _ in feature.api:
            csrf_protection.exempt(app, blueprint)
