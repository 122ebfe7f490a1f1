"""How many statements the pages cost that are not from memory, with 3 rows and with 30."""

from pathlib import Path

from flask import Flask
from sqlalchemy import event

from bench.figures import Figure, at_most
from masthead.app import create_app
from masthead.config import ProductionConfig
from masthead.db import db
from masthead.posts.models import Post

GOALS = {"home": 4, "post with comments": 6, "API list of 20": 3}


def measure(home: Path, slug: str) -> list[Figure]:
    """Statements of each page as a reader without an account asks for it; the worst of a short and a long list."""
    app = create_app(ProductionConfig(MASTHEAD_HOME=home, LOG_LEVEL="WARNING", PAGE_CACHE=False))
    paths = {
        "home": ["/"],
        "post with comments": [f"/blog/post/{slug}"],
        "API list of 20": [
            "/api/v1/posts?per_page=3",
            "/api/v1/posts?per_page=20",
            "/api/v1/posts?per_page=30",
        ],
    }
    return [
        at_most(f"statements: {name}", max(_statements(app, path) for path in paths[name]), goal, unit="")
        for name, goal in GOALS.items()
    ]


def _statements(app: Flask, path: str) -> int:
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "COMMIT", "ROLLBACK")):
            said.append(statement)

    with app.app_context():
        engine = db.engine
        assert db.session.get(Post, 1) is not None, "The publication is empty."
    client = app.test_client()
    client.get(path)
    event.listen(engine, "before_cursor_execute", note)
    try:
        answer = client.get(path)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert answer.status_code == 200, f"{path} answered {answer.status}."
    return len(said)
