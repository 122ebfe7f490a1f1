"""A process of the server begins without the libraries that few requests need: each costs memory, and time at every start."""

import subprocess
import sys
from pathlib import Path

from tests.support.commands import environment

#: What migrations, PostgreSQL, front matter and letters are made with.
FOR_COMMANDS = ("alembic", "flask_migrate", "psycopg", "yaml", "css_inline", "masthead.importing.cli")
#: What only those need who have set SENTRY_DSN or OTEL_EXPORTER_OTLP_ENDPOINT.
FOR_OBSERVERS = ("sentry_sdk", "opentelemetry", "requests", "google.protobuf")
#: What is loaded with the first second factor, token or formula.
FOR_LATER = ("cryptography", "webauthn", "jwt", "segno", "latex2mathml.converter", "PIL")
LOOK = "import sys, masthead.wsgi; print(*sorted(set(sys.argv[1:]) & set(sys.modules)))"


def test_the_server_begins_without_what_few_requests_need(tmp_path: Path) -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", LOOK, *FOR_COMMANDS, *FOR_OBSERVERS, *FOR_LATER],
        env=environment(tmp_path, {}),
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout.split() == []
