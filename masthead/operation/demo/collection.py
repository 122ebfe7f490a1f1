"""Reads the demonstration's content: Markdown with YAML front matter, and YAML for people, settings and comments."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import yaml

FOLDER = Path(__file__).parent
PostState = Literal["published", "scheduled", "in_review", "draft"]


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """An account of the demonstration."""

    username: str
    name: str
    role: str
    bio: str = ""
    website: str = ""

    @property
    def email(self) -> str:
        """An address that nobody can have (RFC 2606)."""
        return f"{self.username}@example.org"


@dataclass(frozen=True, slots=True)
class Text:
    """A post or a page; ``days`` is its age in days."""

    slug: str
    title: str
    body: str
    summary: str = ""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    days: int = 0
    state: PostState = "published"
    scene: str = ""
    caption: str = ""

    @property
    def age(self) -> timedelta:
        """The time since its publication."""
        return timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Reply:
    """A comment with its replies."""

    by: str
    text: str
    status: str = "approved"
    replies: tuple["Reply", ...] = ()


@dataclass(frozen=True, slots=True)
class Collection:
    """The whole content of a demonstration publication."""

    people: tuple[DemoPerson, ...]
    posts: tuple[Text, ...]
    pages: tuple[Text, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    comments: dict[str, tuple[Reply, ...]] = field(default_factory=dict)


def read(name: str) -> Collection:
    """Read the collection in the folder of this name; posts are in order of publication."""
    folder = FOLDER / name
    posts = (_text(path) for path in folder.glob("posts/*.md"))
    threads = _yaml(folder / "comments.yaml") or {}
    return Collection(
        people=tuple(DemoPerson(**person) for person in _yaml(folder / "people.yaml")),
        posts=tuple(sorted(posts, key=lambda text: (-text.days, text.slug))),
        pages=tuple(_text(path) for path in sorted(folder.glob("pages/*.md"))),
        settings=_yaml(folder / "publication.yaml") or {},
        comments={slug: _replies(items) for slug, items in threads.items()},
    )


def _yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None


def _text(path: Path) -> Text:
    _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    values: dict[str, Any] = yaml.safe_load(head)
    values |= {name: tuple(values.get(name, ())) for name in ("authors", "tags")}
    return Text(slug=path.stem, body=body.strip() + "\n", **values)


def _replies(items: list[dict[str, Any]]) -> tuple[Reply, ...]:
    return tuple(Reply(**item | {"replies": _replies(item.get("replies", []))}) for item in items)
