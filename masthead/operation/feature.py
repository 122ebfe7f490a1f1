"""Operation of a site: the server, the schema, backups, checks, health and metrics."""

from masthead.features import Feature
from masthead.operation import health_views, metrics_views, rendering, shell, tasks

feature = Feature(
    name="operation",
    blueprints=((health_views.bp, ""), (metrics_views.bp, "")),
    commands={
        "backup": "masthead.operation.backups.cli:backup",
        "beat": "masthead.operation.workers:beat",
        "cache": "masthead.operation.cache:group",
        "check": "masthead.operation.checks:check",
        "db": "masthead.operation.migrating:db_group",
        "dev": "masthead.operation.scaffold.cli:group",
        "init-db": "masthead.operation.migrating:init_db",
        "install": "masthead.operation.installing:install",
        "jobs": "masthead.operation.jobs:group",
        "mail": "masthead.operation.mail:group",
        "render": "masthead.operation.rendering:render_all",
        "restore": "masthead.operation.backups.cli:restore",
        "seed-db": "masthead.operation.seeding:seed_db",
        "serve": "masthead.operation.serving:serve",
        "worker": "masthead.operation.workers:worker",
    },
    tasks=(rendering, tasks),
    init=(metrics_views.init_app, shell.init_app),
)
