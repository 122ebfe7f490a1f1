"""The WSGI application for servers: ``masthead.wsgi:app`` (also called ``application``)."""

import sys
from pathlib import Path

import click

from masthead import clock, publication_home
from masthead import config as configuration
from masthead.app import create_app
from masthead.db import limit_statements
from masthead.operation import startup
from masthead.web.middleware import draining
from masthead.web.telemetry import metrics

#: ``flask --app masthead.wsgi`` has the commands of ``masthead``, and makes no publication by accident either.
if Path(sys.argv[0]).stem == "flask" or Path(sys.argv[0]).parent.name == "flask":
    try:
        publication_home.check([word for word in sys.argv[1:] if not word.startswith("masthead.wsgi")])
    except publication_home.MissingHome as error:
        raise click.ClickException(str(error)) from None
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
