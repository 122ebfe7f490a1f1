"""The application factory, and the list of features."""

from flask import Flask

from masthead import config as configuration
from masthead import features
from masthead.account_deletion.feature import feature as account_deletion
from masthead.admin.feature import feature as admin
from masthead.api_tokens.feature import feature as api_tokens
from masthead.audit.feature import feature as audit
from masthead.comments.feature import feature as comments
from masthead.config import Config
from masthead.dashboard.feature import feature as dashboard
from masthead.exporting.feature import feature as exporting
from masthead.feeds.feature import feature as feeds
from masthead.importing.feature import feature as importing
from masthead.jobs.feature import feature as jobs
from masthead.login.feature import feature as login
from masthead.media.feature import feature as media
from masthead.mfa.feature import feature as mfa
from masthead.operation.feature import feature as operation
from masthead.pagecache.feature import feature as pagecache
from masthead.pages.feature import feature as pages
from masthead.people.feature import feature as people
from masthead.posts.feature import feature as posts
from masthead.redirects.feature import feature as redirects
from masthead.search.feature import feature as search
from masthead.site.feature import feature as site
from masthead.user_admin.feature import feature as user_admin
from masthead.web import access, debug_toolbar, setup
from masthead.web.application import Application
from masthead.web.commands import CommandTable
from masthead.web.feature import feature as web

#: In the order in which they look at a request: first who sends it, then whether its form is genuine.
FEATURES = (
    *(people, api_tokens, login, mfa, account_deletion, web),
    *(site, posts, comments, pages, feeds, search, redirects, media, importing, exporting),
    *(user_admin, dashboard, admin, operation, audit, jobs, pagecache),
)


def create_app(config: Config | None = None) -> Flask:
    """Make an application; several with different settings can live in one process."""
    config = configuration.load() if config is None else config.with_secrets()
    app = Application("masthead", instance_path=str(config.MASTHEAD_HOME), static_folder=None)
    app.config.from_mapping(config.flask_settings())
    setup.init_app(app, config)
    features.register_all(app, FEATURES)
    setup.exempt_from_csrf(app, FEATURES)
    app.cli = CommandTable(features.commands(FEATURES))
    debug_toolbar.init_app(app, config)
    access.check(app)
    return app
