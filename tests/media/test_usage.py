"""Where files are used: every state of a post, cards of other sites and the pictures of social cards keep their files."""

from io import BytesIO

import pytest

from masthead import clock
from masthead.db import db
from masthead.embeds.models import Embed
from masthead.media.external import hash_of
from masthead.posts import tasks
from masthead.posts.models import Post
from tests.api.conftest import as_  # noqa: F401
from tests.factories import PostFactory
from tests.media.pictures import picture


@pytest.fixture
def six(cast, as_):  # noqa: F811
    """The addresses of six pictures of Walt, and a function that says where each is used."""
    walt = as_(cast.walt)
    made = [
        walt("POST", "/media", data={"file": (BytesIO(picture("PNG", (20 + n, 20))), "a.png")}).json
        for n in range(6)
    ]

    def uses(caller=walt):
        found = [caller("GET", f"/media/{one['id']}").json["used_in"] for one in made]
        return [[(use["kind"], use["title"]) for use in one] for one in found]

    return [one["address"] for one in made], uses


def test_a_file_of_any_state_of_a_post_is_in_use(app, cast, as_, six, sign_in):  # noqa: F811
    (former, present, typed, card, embedded, sign), uses = six
    walt = as_(cast.walt)
    post = PostFactory(author=cast.walt, title="Harvest", body=f"![Once]({former})")
    path = f"/posts/{post.slug}"
    changes = {"body": f"![Now]({present})", "card_image": card}
    assert walt("PATCH", path, changes, etag="*").status_code == 200
    copy = {"title": "Harvest", "body": f"![Now]({present})\n\n![Soon]({typed})"}
    assert walt("PUT", f"{path}/working-copy", copy, etag="*").status_code == 200
    with app.app_context():
        address = "https://other.example/ferry"
        row = Embed(address=address, address_hash=hash_of(address), title="The ferry", picture=embedded)
        row.tried_at = clock.now()
        db.session.add(row)
        db.session.commit()
    edith = as_(cast.edith)
    snippet = edith("POST", "/snippets", {"name": "Sign", "body": f"![Sign]({sign})"})
    assert snippet.status_code == 201
    assert uses(edith)[5] == [("snippet", "Snippet “Sign”")]
    now = [("post", "Harvest")]
    assert uses() == [
        [("revision", "Harvest (earlier version)")],
        now,
        [("working_copy", "Harvest (unpublished changes)")],
        now,
        [("embed", "Card of “The ferry”")],
        [],
    ]
    # Others learn of texts that they may read, and that the files are in use.
    assert [len(one) for one in uses(as_(cast.colin))] == [0, 1, 0, 1, 1, 0]
    assert walt("GET", "/media?unused=true").json["media"] == []
    assert former not in sign_in(cast.walt).get("/admin/media?unused=1").text

    assert walt("DELETE", f"{path}/working-copy", etag="*").status_code == 204
    # Its text is a part of the history now.
    assert uses()[2] == [("revision", "Harvest (earlier version)")]
    assert walt("PATCH", path, {"card_image": None}, etag="*").status_code == 200
    assert uses()[3] == [("revision", "Harvest (earlier version)")]
    assert walt("DELETE", path, etag="*").status_code in {200, 204}
    with app.app_context():
        db.session.get(Post, post.id).trashed_at = clock.now().replace(year=2020)
        db.session.commit()
        tasks.purge_trash()
    assert uses()[:4] == [[], [], [], []]
    assert len(walt("GET", "/media?unused=true").json["media"]) == 4
