"""What a thread has loaded is not freed before its session ends: see docs/decisions/0009."""

import gc
import threading
import weakref

from masthead.db import db
from masthead.posts import queries as posts
from tests.factories import PostFactory


def loaded_and_dropped():
    """Whether a post that nobody refers to any more lives until its session ends, and no longer."""
    post = weakref.ref(posts.by_slug("rivers"))
    gc.collect()
    lives = post() is not None
    db.session.remove()
    gc.collect()
    return lives, post() is not None


def test_a_thread_holds_what_it_has_loaded_until_its_session_ends(app):
    PostFactory(slug="rivers", tags=["Water"])
    found = []

    def work():
        with app.app_context():
            found.append(loaded_and_dropped())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [(True, False)]


def test_a_command_lets_go_of_what_it_does_not_need_any_more(app):
    PostFactory(slug="rivers", tags=["Water"])
    with app.app_context():
        assert loaded_and_dropped() == (False, False)
