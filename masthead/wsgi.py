"""The application for servers: ``masthead.wsgi:app`` (also called ``application``)."""

from masthead.app import create_app

app = create_app()
application = app
