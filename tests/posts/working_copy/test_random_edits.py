"""Two writers type at random into one post, over lost, late and doubled requests: no acknowledged word is ever lost.

Each word is typed once, and has its own number. Whoever deletes a word has seen it; all others are in the text, or in
the history.
"""

import random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from masthead import clock
from masthead.db import db
from masthead.posts.models import Revision
from masthead.posts.working_copy import autosaves, journal
from masthead.posts.working_copy.autosaves import Autosave, KeptBeside
from masthead.posts.working_copy.models import KeptText
from tests.factories import DraftFactory

SAVES = 420  # in three runs
TEXT = "".join(f"line{number} starts here and ends there\n" for number in range(12))


class Writer:
    """A page with a text, which may not know what became of its last requests."""

    def __init__(self, user, name, version):
        self.user, self.client = user, name
        self.sequence, self.version, self.text = 0, version, TEXT
        self.old: list[Autosave] = []

    def type(self, chance, word):
        lines = self.text.splitlines(keepends=True)
        at = chance.randrange(len(lines)) if lines else 0
        words = lines[at].split(" ") if lines else ["\n"]
        removed = ""
        place = chance.randrange(len(words))
        if len(words) > 3 and chance.random() < 0.15:
            removed = words.pop(place).strip()
        words.insert(min(place, len(words) - 1), word)
        text = " ".join(words)
        lines[at : at + 1] = [text if text.endswith("\n") else text + "\n"]
        self.text = "".join(lines)
        return removed

    def receive(self, saved, *, has_typed_on):
        """Take over the answer as the script does: whoever has typed on still shows, and names, the older version."""
        if saved.text is None or not has_typed_on:
            self.version = saved.version
            self.text = saved.text.body if saved.text else self.text


@pytest.mark.databases("sqlite")
@settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    phases=[Phase.generate],
)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_no_acknowledged_word_is_lost(app, cast, seed):
    chance = random.Random(seed)
    post = DraftFactory(author=cast.walt, body=TEXT)
    acknowledged: set[str] = set()
    deleted: set[str] = set()
    conflicts = 0
    with app.app_context():
        writers = [Writer(user, f"tab-{user.username}", post.version) for user in (cast.walt, cast.edith)]
        for number in range(SAVES // 3):
            writer = chance.choice(writers)
            word = f"w{number}x"
            gone = writer.type(chance, word)
            writer.sequence += 1
            sent = Autosave({"body": writer.text}, writer.version, writer.client, writer.sequence)
            result = autosaves.autosave(post.id, sent, by=writer.user, at=clock.now())
            db.session.commit()
            acknowledged.add(word)
            deleted.add(gone)
            if isinstance(result, KeptBeside):
                conflicts += 1
                # The writer reads the page of conflicts, and goes on with what is stored.
                autosaves.forget_kept(post.id, writer.user, writer.client)
                db.session.commit()
                writer.text, writer.version = result.theirs.body, result.version
                writer.client += "'"
            elif chance.random() < 0.8:
                # The answer arrives, and the page takes over what was merged, unless its writer types on.
                writer.receive(result, has_typed_on=chance.random() < 0.3)
            if writer.old and chance.random() < 0.3:
                late = autosaves.autosave(post.id, chance.choice(writer.old), by=writer.user, at=clock.now())
                db.session.commit()
                assert not isinstance(late, KeptBeside)
            writer.old = [*writer.old[-3:], sent] if not isinstance(result, KeptBeside) else []
        head = journal.head_text(post.id, journal.copy_of(post.id)).body
        saved = db.session.scalars(select(Revision.body).where(Revision.post_id == post.id)).all()
        kept = [row["body"] for row in db.session.scalars(select(KeptText.text))]
    everything = set(" ".join([head, *saved, *kept]).split())
    assert acknowledged - deleted - everything == set()
    assert len(set(saved)) >= conflicts
