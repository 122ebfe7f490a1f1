"""A publication of any size, the same bytes each time: ``python -m bench.publication HOME --posts 10000``.

Texts are typeset once for each of a few samples; every post has a title, tags, credits and comments of its own. The rows
are written without the actions, which would take days for a million posts. Revisions are left out.
"""

import argparse
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text

from masthead.app import create_app
from masthead.comments.models import Comment, CommentStatus
from masthead.config import ProductionConfig
from masthead.content.rendering import RenderedText, render_text
from masthead.db import Base, db
from masthead.people import queries as people
from masthead.people.models import Role, User
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post, PostByline, PostSlug, PostTag
from masthead.search import postgresql
from masthead.search.documents import Document, document
from masthead.search.models import SearchDocument
from masthead.tags.models import Tag
from masthead.text.names import name_key
from masthead.text.plain import text_of

POSTS = 10_000
COMMENTS_PER_POST = 5
BATCH = 1_000
SAMPLES = 40
PEOPLE = 20
TAGS = 40
NEWEST = datetime(2026, 11, 1, 12, tzinfo=UTC)
BETWEEN_POSTS = timedelta(minutes=20)
WORDS = [
    "river",
    "stone",
    "harbour",
    "winter",
    "letter",
    "garden",
    "market",
    "window",
    "evening",
    "paper",
    "bridge",
    "machine",
    "history",
    "season",
    "voice",
    "colour",
    "number",
    "council",
    "signal",
    "kitchen",
    "orchard",
    "station",
    "library",
    "weather",
    "traffic",
    "mountain",
    "engine",
    "pattern",
    "water",
    "road",
]
#: Only one post in so many holds the word that the search benchmarks look for, whatever the size.
RARE_WORD = "quillwort"
RARE_POSTS = 50


def make(home: Path, *, posts: int) -> None:
    """Fill an empty home, whose tables exist, with a publication."""
    app = create_app(ProductionConfig(MASTHEAD_HOME=home, LOG_LEVEL="WARNING"))
    with app.app_context():
        _make_people_and_tags()
        samples = [_sample(number) for number in range(SAMPLES)]
        for first in range(1, posts + 1, BATCH):
            _write(samples, range(first, min(first + BATCH, posts + 1)), posts)
            db.session.commit()
        db.session.execute(text("ANALYZE"))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def _make_people_and_tags() -> None:
    author: Role = people.role("author")
    members = [
        {
            "id": number,
            "username": f"writer{number}",
            "username_key": f"writer{number}",
            "name": f"Writer {number}",
            "bio": "",
            "website": "",
            "role_id": author.id,
            "is_active": True,
            "is_byline": True,
            "session_version": 1,
            "created_at": NEWEST,
            "updated_at": NEWEST,
        }
        for number in range(1, PEOPLE + 1)
    ]
    tags = [
        {
            "id": number,
            "name": f"Topic {number}",
            "slug": f"topic-{number}",
            "key": name_key(f"Topic {number}"),
        }
        for number in range(1, TAGS + 1)
    ]
    db.session.execute(insert(User), members)
    db.session.execute(insert(Tag), tags)
    db.session.commit()


def _sample(number: int) -> RenderedText:
    chance = random.Random(number)
    parts = []
    for section in range(4):
        parts.append(f"## {_sentence(chance, 4)}")
        parts.extend(_sentence(chance, 60) for _ in range(2))
        if section == 1:
            parts.append('```python\ndef total(rows):\n    return sum(row["price"] for row in rows)\n```')
        if section == 2:
            parts.append("\n".join(f"- {_sentence(chance, 8)}" for _ in range(4)))
    return render_text(title="Sample", body="\n\n".join(parts), summary=_sentence(chance, 18))


def _sentence(chance: random.Random, words: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(words)).capitalize() + "."


def _write(samples: list[RenderedText], numbers: range, posts: int) -> None:
    rows: dict[type[Base], list[dict[str, Any]]] = {
        model: [] for model in (Post, PostSlug, PostByline, PostTag, SearchDocument, Comment)
    }
    for number in numbers:
        for model, values in _rows_of(samples[number % SAMPLES], number, posts):
            rows[model].append(values)
    is_postgresql = db.engine.dialect.name == "postgresql"
    for model, values in rows.items():
        if is_postgresql and model is SearchDocument:
            for document in values:
                words = {name: value for name, value in document.items() if name != "post_id"}
                entry = postgresql.vector(Document(**words))
                db.session.execute(insert(model).values(**document, vector=entry))
        else:
            db.session.execute(insert(model), values)


def _rows_of(sample: RenderedText, number: int, posts: int) -> Iterator[tuple[type[Base], dict[str, Any]]]:
    chance = random.Random(f"post {number}")
    is_rare = number % max(1, posts // RARE_POSTS) == 0
    title = f"{_sentence(chance, 5)[:-1]}{f' {RARE_WORD}' if is_rare else ''} {number}"
    slug = "-".join(title.lower().split())
    at = NEWEST - BETWEEN_POSTS * (posts - number)
    owner = number % PEOPLE + 1
    yield (
        Post,
        {
            "id": number,
            "title": title,
            "slug": slug,
            "summary": sample.summary,
            "body": sample.body,
            "html": sample.html,
            "excerpt": sample.excerpt,
            "toc": [list(heading) for heading in sample.toc],
            "status": Status.PUBLIC,
            "published_at": at,
            "trashed_at": None,
            "created_at": at,
            "updated_at": at,
            "words": sample.words,
            "reading_minutes": sample.reading_minutes,
            "comment_count": COMMENTS_PER_POST,
            "version": 1,
            "author_id": owner,
        },
    )
    yield PostSlug, {"slug": slug, "post_id": number}
    yield PostByline, {"post_id": number, "user_id": owner, "position": 0}
    for position, tag in enumerate(chance.sample(range(1, TAGS + 1), 3)):
        yield PostTag, {"post_id": number, "tag_id": tag, "position": position}
    yield (
        SearchDocument,
        {
            "post_id": number,
            **document(title=title, summary=sample.summary, body=_plain(sample.html)).values(),
        },
    )
    for comment in range(COMMENTS_PER_POST):
        words = _sentence(chance, 20)
        yield (
            Comment,
            {
                "id": (number - 1) * COMMENTS_PER_POST + comment + 1,
                "post_id": number,
                "parent_id": None,
                "depth": 0,
                "author_id": chance.randrange(1, PEOPLE + 1),
                "body": words,
                "html": f"<p>{words}</p>",
                "status": CommentStatus.APPROVED,
                "created_at": at + timedelta(minutes=comment + 1),
            },
        )


@cache
def _plain(html: str) -> str:
    return text_of(html)


def main() -> None:
    """Make one from the shell."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("home", type=Path)
    parser.add_argument("--posts", type=int, default=POSTS)
    arguments = parser.parse_args()
    make(arguments.home.resolve(), posts=arguments.posts)


if __name__ == "__main__":
    main()
