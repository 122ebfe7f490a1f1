"""The application for servers: ``masthead.wsgi:app`` (also called ``application``)."""

from masthead.app import create_app
from masthead.db import limit_statements

app = create_app()
limit_statements(app)
application = app
