"""Signal receivers that name the pages that show a file."""

from flask import url_for
from sqlalchemy import select

from masthead.db import db
from masthead.media.signals import Use, UsesToDescribe
from masthead.pages.links import page_url
from masthead.pages.models import Page
from masthead.people.permissions import Permission


def describe_uses_in_pages(question: UsesToDescribe) -> None:
    """Name the pages that show a file; a draft leads to the editor, and to nobody else."""
    if question.kind != "page":
        return
    condition = Page.id.in_(question.object_ids) & Page.trashed_at.is_(None)
    if not question.reader.can(Permission.MANAGE_PAGES):
        condition &= Page.is_public
    for page in db.session.scalars(select(Page).where(condition).order_by(Page.id)):
        url = page_url(page) if page.is_public else url_for("pages_admin.edit", page_id=page.id)
        question.uses.append(Use(question.kind, page.id, page.title, url))
