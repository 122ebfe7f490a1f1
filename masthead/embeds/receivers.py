"""Signal receivers that name the cards that show a file."""

from sqlalchemy import select

from masthead.db import db
from masthead.embeds.models import Embed
from masthead.media.signals import Use, UsesToDescribe


def describe_uses_in_cards(question: UsesToDescribe) -> None:
    """Name the cards of other sites' pages that show a file."""
    if question.kind != "embed":
        return
    found = db.session.scalars(select(Embed).where(Embed.id.in_(question.object_ids)).order_by(Embed.id))
    question.uses += [Use("embed", row.id, f"Card of “{row.title}”", row.address) for row in found]
