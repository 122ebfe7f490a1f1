"""The application factory: a table of contents of Masthead."""

from flask import Flask

from masthead import config as configuration
from masthead import db
from masthead.account_deletion import admin as account_deletion_admin
from masthead.account_deletion import views as account_deletion
from masthead.admin import api as admin_api
from masthead.admin import audit as audit_admin
from masthead.admin import cache as cache_admin
from masthead.admin import jobs as jobs_admin
from masthead.admin import navigation, operation_api, statistics
from masthead.admin import tags as tags_admin
from masthead.admin import views as admin
from masthead.api_tokens import api as tokens_api
from masthead.api_tokens import jwt
from masthead.api_tokens import views as tokens
from masthead.audit import tasks as _audit  # noqa: F401 (registers itself)
from masthead.comments import admin as comments_admin
from masthead.comments import api as comments_api
from masthead.comments import email_tasks as _comment_emails  # noqa: F401 (registers itself)
from masthead.comments import receivers as _comments  # noqa: F401 (registers itself)
from masthead.comments import tasks as _comment_tasks  # noqa: F401 (registers itself)
from masthead.comments import views as comments
from masthead.config import Config
from masthead.dashboard import views as dashboard
from masthead.extensions import csrf
from masthead.feeds import discovery
from masthead.feeds import views as feeds
from masthead.importing import models as _importing  # noqa: F401 (registers itself)
from masthead.jobs import celery_bridge
from masthead.jobs import tasks as _jobs  # noqa: F401 (registers itself)
from masthead.login import session_auth
from masthead.login.api import auth as auth_api
from masthead.login.api import sessions as sessions_api
from masthead.login.views import reauthentication, recovery, sign_in, two_factor
from masthead.login.views import security as account_security
from masthead.media import receivers as _media  # noqa: F401 (registers itself)
from masthead.media import views as media
from masthead.mfa import enforcement
from masthead.mfa import views as mfa
from masthead.operation import health, metrics, shell
from masthead.operation import rendering as _rendering  # noqa: F401 (registers itself)
from masthead.operation import tasks as _operation  # noqa: F401 (registers itself)
from masthead.pagecache import setup as pagecache
from masthead.pagecache import tasks as _pagecache  # noqa: F401 (registers itself)
from masthead.pages import admin as pages_admin
from masthead.pages import api as pages_api
from masthead.pages import tasks as _pages  # noqa: F401 (registers itself)
from masthead.pages import views as pages
from masthead.people import email_views
from masthead.people import reauthentication as recent_authentication
from masthead.posts import admin as posts_admin
from masthead.posts import api as posts_api
from masthead.posts import desk, history_desk, review_api, steps_api, tag_api, view_counter
from masthead.posts import people_api as posts_people_api
from masthead.posts import receivers as _posts  # noqa: F401 (registers itself)
from masthead.posts import views as posts
from masthead.redirects import admin as redirects_admin
from masthead.redirects import api as redirects_api
from masthead.search import api as search_api
from masthead.search import receivers as _search  # noqa: F401 (registers itself)
from masthead.search import views as search
from masthead.site import redirects, setup, templates
from masthead.site import views as site
from masthead.storage import store as storage
from masthead.user_admin import admin as user_admin
from masthead.user_admin import api as user_api
from masthead.user_admin import credentials_admin, invitation_admin, invitation_views, roles_admin, roles_api
from masthead.web import access, converters, debug_toolbar, errors, templating, unavailable
from masthead.web.api import idempotency, rates, versions
from masthead.web.api import views as api_document
from masthead.web.application import Application
from masthead.web.commands import CommandTable
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

#: Every blueprint and where it is mounted.
BLUEPRINTS = (
    (site.bp, None),
    (setup.bp, None),
    (pages.bp, None),
    (posts.bp, "/blog"),
    (desk.bp, "/blog"),
    (history_desk.bp, "/blog"),
    (comments.bp, "/blog/comment"),
    (sign_in.bp, "/auth"),
    (recovery.bp, "/auth"),
    (invitation_views.bp, "/auth"),
    (account_security.bp, "/auth"),
    (account_deletion.bp, "/auth"),
    (email_views.bp, "/auth"),
    (two_factor.bp, "/auth"),
    (reauthentication.bp, "/auth"),
    (mfa.bp, "/auth/security"),
    (tokens.bp, "/auth/security"),
    (credentials_admin.bp, "/admin"),
    (invitation_admin.bp, "/admin/users/invitations"),
    (roles_admin.bp, "/admin/roles"),
    (dashboard.bp, None),
    (admin.bp, "/admin"),
    (posts_admin.bp, "/admin/posts"),
    (pages_admin.bp, "/admin/pages"),
    (tags_admin.bp, "/admin/tags"),
    (user_admin.bp, "/admin/users"),
    (account_deletion_admin.bp, "/admin/users"),
    (admin.settings_bp, "/admin/settings"),
    (redirects_admin.bp, "/admin/redirects"),
    (comments_admin.bp, "/admin/comments"),
    (media.bp, None),
    (feeds.bp, None),
    (discovery.bp, None),
    (search.bp, None),
    (health.bp, None),
    (metrics.bp, None),
    (audit_admin.bp, "/admin"),
    (jobs_admin.bp, "/admin"),
    (cache_admin.bp, "/admin"),
    (statistics.bp, "/admin"),
)
#: The API, all of it below this prefix.
API_PREFIX = "/api/v1"
API_BLUEPRINTS = (
    (auth_api.auth, "/auth"),
    (posts_people_api.bp, "/users"),
    (user_api.bp, "/users"),
    (sessions_api.bp, "/auth/sessions"),
    (tokens_api.bp, "/tokens"),
    (roles_api.bp, "/roles"),
    (posts_api.bp, "/posts"),
    (steps_api.bp, "/posts"),
    (review_api.bp, "/posts"),
    (comments_api.below, "/posts"),
    (comments_api.bp, "/comments"),
    (tag_api.bp, "/tags"),
    (pages_api.bp, "/pages"),
    (search_api.bp, "/search"),
    (redirects_api.bp, "/redirects"),
    (admin_api.settings, "/settings"),
    (admin_api.log, "/audit"),
    (operation_api.jobs, "/jobs"),
    (operation_api.statistics, "/statistics"),
    (operation_api.cache, "/cache"),
    (api_document.bp, ""),
)
#: Every command of `masthead` and where it is made.
COMMANDS = {
    "backup": "masthead.operation.backups.cli:backup",
    "beat": "masthead.operation.workers:beat",
    "cache": "masthead.operation.cache:group",
    "check": "masthead.operation.checks:check",
    "db": "masthead.operation.migrating:db_group",
    "export": "masthead.exporting.cli:group",
    "import": "masthead.importing.cli:group",
    "init-db": "masthead.operation.migrating:init_db",
    "install": "masthead.operation.installing:install",
    "jobs": "masthead.operation.jobs:group",
    "mail": "masthead.operation.mail:group",
    "media": "masthead.operation.media:group",
    "redirect": "masthead.redirects.cli:group",
    "render": "masthead.operation.rendering:render_all",
    "restore": "masthead.operation.backups.cli:restore",
    "seed-db": "masthead.operation.seeding:seed_db",
    "serve": "masthead.operation.serving:serve",
    "user": "masthead.user_admin.cli:group",
    "worker": "masthead.operation.workers:worker",
}


def create_app(config: Config | None = None) -> Flask:
    """Make an application; several with different settings can live in one process."""
    config = configuration.load() if config is None else config.with_secrets()
    app = Application("masthead", instance_path=str(config.MASTHEAD_HOME), static_folder=None)
    app.config.from_mapping(config.flask_settings())
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
    recent_authentication.init_app(app)
    jwt.init_app(app)
    session_auth.init_app(app)
    enforcement.init_app(app)
    csrf_protection.init_app(app)
    errors.init_app(app, redirects.url_for_path)
    unavailable.init_app(app)
    templates.init_app(app)
    navigation.init_app(app)
    view_counter.init_app(app)
    metrics.init_app(app, config)
    shell.init_app(app)
    app.cli = CommandTable(COMMANDS)
    debug_toolbar.init_app(app, config)
    for blueprint, prefix in BLUEPRINTS:
        app.register_blueprint(blueprint, url_prefix=prefix)
    for blueprint, prefix in API_BLUEPRINTS:
        app.register_blueprint(blueprint, url_prefix=API_PREFIX + prefix)
        csrf_protection.exempt(app, blueprint)
    access.check(app)
    return app
