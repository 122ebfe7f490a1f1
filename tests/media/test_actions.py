import pytest

from masthead import clock
from masthead.db import db
from masthead.errors import NotAllowed
from masthead.media import actions, queries
from masthead.media.models import Media
from masthead.media.processing.pictures import prepare
from masthead.storage import store as storage
from tests.media.pictures import picture


def test_store_keeps_the_file_and_its_row(app, cast):
    with app.app_context():
        kept = actions.store(
            prepare(picture()), name="harvest.png", alt="Wheat", by=cast.walt, at=clock.now()
        )
        db.session.commit()
        assert (kept.media_type, kept.width, kept.height, kept.alt) == ("image/png", 64, 48, "Wheat")
        assert kept.owner_id == cast.walt.id
        assert len(storage.current().get(kept.path)) == kept.size


def test_store_keeps_the_same_content_once(app, cast):
    with app.app_context():
        first = actions.store(prepare(picture()), name="a.png", by=cast.walt, at=clock.now())
        second = actions.store(prepare(picture()), name="b.png", by=cast.edith, at=clock.now())
        assert (first.id, second.name) == (second.id, "a.png")
        assert queries.with_source(first.source_hash) is first


def test_store_mends_a_file_that_was_lost(app, cast):
    with app.app_context():
        kept = actions.store(prepare(picture()), name="a.png", by=None, at=clock.now())
        storage.current().delete(kept.path)
        actions.store(prepare(picture()), name="a.png", by=None, at=clock.now())
        assert storage.current().exists(kept.path)


@pytest.mark.parametrize("who", ["rhea", "mona"])
def test_store_is_refused_without_the_right_to_upload(app, cast, who):
    with app.app_context(), pytest.raises(NotAllowed, match="upload"):
        actions.store(prepare(picture()), name="a.png", by=getattr(cast, who), at=clock.now())


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a\0b.png", "line\r\nX-Header: 1", "\udcff", "x" * 5_000]
)
def test_a_file_name_may_hold_anything(app, name):
    with app.app_context():
        kept = actions.store(prepare(picture()), name=name, by=None, at=clock.now())
        db.session.commit()
        stored = db.session.get(Media, kept.id)
        assert stored is not None
        assert stored.path.endswith(".png")
        assert "\n" not in stored.name
