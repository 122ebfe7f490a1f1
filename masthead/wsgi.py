"""The application for servers: ``masthead.wsgi:app`` (also called ``application``)."""

from masthead import config as configuration
from masthead.app import create_app
from masthead.db import limit_statements
from masthead.web import metrics

settings = configuration.load()
metrics.share(settings.MASTHEAD_HOME)
app = create_app(settings)
limit_statements(app, settings.DATABASE_STATEMENT_SECONDS)
application = app
