"""The WSGI application for servers: ``masthead.wsgi:app`` (also called ``application``)."""

import click

from masthead import clock
from masthead import config as configuration
from masthead.app import create_app
from masthead.db import limit_statements
from masthead.operation import startup
from masthead.web.middleware import draining
from masthead.web.telemetry import metrics

try:
    settings = configuration.load()
except configuration.ConfigurationError as error:
    # `flask --app masthead.wsgi …` prints this exception as a sentence, and others with their traceback.
    raise click.ClickException(f"The configuration has mistakes:\n{error}") from None
clock.ignore_leaps()
metrics.share(settings.MASTHEAD_HOME)
app = create_app(settings)
limit_statements(app, settings.DATABASE_STATEMENT_SECONDS)
draining.init_app(app)
startup.begin(app)
application = app
