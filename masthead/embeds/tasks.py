"""The background task that fetches the description of a page."""

from masthead.db import db
from masthead.embeds import fetching
from masthead.jobs import enqueue, task


@task("embeds.fetch", writes=True)
def fetch_embed(address: str) -> None:
    """Fetch the card of a page."""
    again = fetching.fetch(address)
    if again is not None:
        enqueue(fetch_embed, address, run_at=again)
    db.session.commit()
