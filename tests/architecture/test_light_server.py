"""A process of the server carries no library that only a command or an extra needs: each costs memory, and time at every start."""

import subprocess
import sys
from pathlib import Path

from tests.support.commands import environment

#: What migrations, PostgreSQL, front matter and letters are made with.
FOR_COMMANDS = ("alembic", "flask_migrate", "psycopg", "yaml", "css_inline", "masthead.importing.cli")
#: What only those need who have set SENTRY_DSN or OTEL_EXPORTER_OTLP_ENDPOINT.
FOR_OBSERVERS = ("sentry_sdk", "opentelemetry", "requests", "google.protobuf")
LOOK = "import sys, masthead.wsgi; print(*sorted(set(sys.argv[1:]) & set(sys.modules)))"


def test_the_server_loads_nothing_that_only_commands_and_extras_need(tmp_path: Path) -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", LOOK, *FOR_COMMANDS, *FOR_OBSERVERS],
        env=environment(tmp_path, {}),
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout.split() == []
