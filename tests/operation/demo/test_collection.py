import pytest

from masthead.operation.demo import collection, pictures
from masthead.operation.demo.still_lifes import DRAWINGS

COLLECTIONS = ["fieldglass", "sample"]


def everybody(replies):
    for reply in replies:
        yield reply
        yield from everybody(reply.replies)


@pytest.fixture(params=COLLECTIONS)
def chosen(request):
    return collection.read(request.param)


def test_everybody_who_writes_has_an_account(chosen):
    names = {person.username for person in chosen.people}
    assert {name for post in chosen.posts for name in post.authors} <= names
    assert {reply.by for replies in chosen.comments.values() for reply in everybody(replies)} <= names


def test_what_a_text_shows_can_be_drawn(chosen):
    scenes = {wanted.scene for post in chosen.posts for wanted in pictures.wanted_by(post)}
    assert scenes <= DRAWINGS.keys()


def test_the_demonstration_is_a_believable_publication():
    fieldglass = collection.read("fieldglass")
    published = [post for post in fieldglass.posts if post.state == "published"]
    assert len(published) == 60
    assert len({name for post in published for name in post.authors}) == 8
    assert {post.state for post in fieldglass.posts} == {"published", "scheduled", "in_review", "draft"}
    assert max(post.days for post in published) - min(post.days for post in published) > 350
    lengths = sorted(len(post.body.split()) for post in published)
    assert lengths[0] < 80
    assert lengths[-1] > 500
    text = "".join(post.body for post in published)
    for sign in ("```python", "[^", "$$", "\n> ", "\n| ", "\n- ", "\n1. ", "![](scene:"):
        assert sign in text
    assert "lorem" not in text.lower()


def test_comments_stand_below_posts_that_exist_and_have_every_status():
    fieldglass = collection.read("fieldglass")
    assert fieldglass.comments.keys() <= {post.slug for post in fieldglass.posts if post.state == "published"}
    statuses = {reply.status for replies in fieldglass.comments.values() for reply in everybody(replies)}
    assert statuses == {"approved", "pending", "spam", "deleted"}
