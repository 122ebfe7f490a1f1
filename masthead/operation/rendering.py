"""Renders stored texts again after a change of the Markdown renderer.

A migration enqueues the first job; each job renders a batch and enqueues the next, so a publication of any size takes
bounded memory and short transactions, and can be interrupted. Versions, dates and revisions stay as they are.
"""

from dataclasses import dataclass, field
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select, update

from masthead.db import db
from masthead.jobs import enqueue, task
from masthead.media import external
from masthead.pages.models import Page
from masthead.posts.models import Post
from masthead.search.indexing import reindex
from masthead.text.anchors import with_older_ids
from masthead.text.excerpts import excerpt, reading_minutes
from masthead.text.markdown.renderer import Rendered, render
from masthead.web.commands import Command

RENDERED_AT_ONCE = 50
_KINDS: dict[str, type[Post] | type[Page]] = {"post": Post, "page": Page}


@dataclass(slots=True)
class Rendering:
    """The result of a batch."""

    #: The last id of the batch; None if no texts are left.
    last_id: int | None = None
    #: Texts that exceed the current limits.
    kept: list[int] = field(default_factory=list)

    def told(self, kind: str) -> str:
        """Describe the texts that were left unchanged; '' if there are none."""
        if not self.kept:
            return ""
        texts = ", ".join(f"{kind} {text_id}" for text_id in self.kept)
        return f"Kept as they are, since they are over the limits of today: {texts}."


@task("texts.render", writes=True)
def render_texts(kind: str, before_id: int) -> str:
    """Render a batch of texts with ids below ``before_id``, the newest first, and enqueue the next; 0 begins anew."""
    done = render_some(kind, before_id)
    if done.last_id is not None:
        enqueue(render_texts, kind, done.last_id)
    db.session.commit()
    return done.told(kind)


@click.command("render", cls=Command)
@with_appcontext
def render_all() -> None:
    """Render every stored text again, and index it for search.

    An upgrade does this by itself. Ids that headings had keep working.
    """
    for kind in _KINDS:
        last_id: int | None = 0
        while last_id is not None:
            done = render_some(kind, last_id)
            last_id = done.last_id
            db.session.commit()
            if done.kept:
                click.echo(done.told(kind))
    click.echo("Every text is rendered and indexed.")


def render_some(kind: str, before_id: int) -> Rendering:
    """Render a batch of texts."""
    model, done = _KINDS[kind], Rendering()
    ids = select(model.id).order_by(model.id.desc()).limit(RENDERED_AT_ONCE)
    if before_id:
        ids = ids.where(model.id < before_id)
    for text_id in db.session.scalars(ids).all():
        done.last_id = text_id
        if not _render(model, text_id):
            done.kept.append(text_id)
        if model is Post:
            reindex(db.session.connection(), text_id)
    return done


def _render(model: type[Post] | type[Page], text_id: int) -> bool:
    """Render a text; False if it exceeds the current limits and keeps its HTML."""
    text = db.session.execute(
        select(model.title, model.summary, model.body, model.html, model.version).where(model.id == text_id)
    ).one_or_none()
    if text is None:
        return True
    rendered = render(text.body)
    if rendered.is_source:
        # An earlier version accepted it. Readers keep its old HTML instead of the source.
        return False
    html = with_older_ids(external.with_copies(rendered.html), text.html)
    if html != text.html:
        # A concurrent save has rendered it.
        db.session.execute(
            update(model)
            .where(model.id == text_id, model.version == text.version)
            .values(**_values(model, html, rendered)),
            execution_options={"synchronize_session": False},
        )
    return True


def _values(model: type[Post] | type[Page], html: str, rendered: Rendered) -> dict[str, Any]:
    values: dict[str, Any] = {
        "html": html,
        "toc": [[heading.level, heading.id, heading.text] for heading in rendered.toc],
    }
    if model is Page:
        values["updated_at"] = Page.updated_at
    else:
        values |= {
            "excerpt": excerpt(rendered.plain),
            "words": rendered.words,
            "reading_minutes": reading_minutes(rendered.words),
        }
    return values
