import pytest

from masthead.comments import queries as reading
from masthead.comments.models import CommentStatus
from masthead.db import db
from masthead.posts import queries as posts
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post
from masthead.posts.permissions import can_see
from tests.factories import CommentFactory, DraftFactory, PostFactory
from tests.support.discussions import address

PEOPLE = [None, "rhea", "colin", "walt", "mona", "edith", "ada"]
MODERATORS = {"mona", "edith", "ada"}
SIGNED_IN_PAGES = ["/dashboard", "/auth/profile"]


def person(cast, name):
    return getattr(cast, name) if name else None


@pytest.fixture
def public_pages(app):
    """Every address of a page that a reader may open, with the slugs of the post filled in."""

    def collect(post):
        values = {"slug": post.slug, "username": "rhea", "year": "2026", "month": "3"}
        found = []
        for rule in app.url_map.iter_rules():
            if (
                "GET" in (rule.methods or ())
                and rule.arguments <= values.keys()
                and rule.endpoint != "static"
            ):
                arguments = {name: values[name] for name in rule.arguments}
                found.append(rule.build(arguments, append_unknown=False))
        return [path for _, path in found if path]

    return collect


def test_the_walk_reaches_the_pages_that_matter(public_pages, cast):
    post = PostFactory()
    assert {"/", "/blog/", address(post), "/admin/comments", "/dashboard"} <= set(public_pages(post))


# Who reads what: the text of the comment, in every page that they can open.
@pytest.mark.parametrize("status", list(CommentStatus))
@pytest.mark.parametrize("name", [None, "rhea", "colin", "walt"])
def test_a_comment_is_read_by_nobody_who_may_not(cast, client, sign_in, public_pages, name, status):
    post = PostFactory(author=cast.walt)
    CommentFactory(post=post, author=cast.rhea, status=status, body="MARKER")
    visitor = sign_in(person(cast, name)) if name else client
    holding = [
        path for path in public_pages(post) if "MARKER" in visitor.get(path, follow_redirects=True).text
    ]
    expected = set()
    if status is CommentStatus.APPROVED or (status is CommentStatus.PENDING and name == "rhea"):
        expected.add(address(post))
    if status is CommentStatus.APPROVED:
        # The API does not know who is signed in by cookie.
        expected.add(f"/api/v1/posts/{post.slug}/comments")
    assert set(holding) == expected


@pytest.mark.parametrize("status", list(CommentStatus))
def test_a_moderator_reads_on_the_page_what_is_or_may_become_public(cast, sign_in, status):
    post = PostFactory()
    CommentFactory(post=post, status=status, body="MARKER")
    page = sign_in(cast.mona).get(address(post)).text
    assert ("MARKER" in page) is (status in {CommentStatus.APPROVED, CommentStatus.PENDING})


def test_an_own_comment_that_waits_says_so(cast, sign_in):
    post = PostFactory()
    CommentFactory(post=post, author=cast.rhea, status=CommentStatus.PENDING)
    assert "Awaiting moderation" in sign_in(cast.rhea).read(address(post)).text("//main//article[@id]")


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW, Status.TRASHED])
@pytest.mark.parametrize("name", [None, "rhea", "colin", "mona"])
def test_comments_of_what_is_not_public_are_read_by_nobody_outside(
    cast, client, sign_in, public_pages, name, status
):
    post = DraftFactory(author=cast.walt, status=status)
    CommentFactory(post=post, author=cast.rhea, body="MARKER")
    CommentFactory(post=post, author=cast.rhea, status=CommentStatus.PENDING, body="MARKER")
    visitor = sign_in(person(cast, name)) if name else client
    assert [path for path in public_pages(post) if "MARKER" in visitor.get(path).text] == []
    for path in (f"/admin/comments?status={other.value}" for other in CommentStatus):
        assert "MARKER" not in visitor.get(path).text


@pytest.mark.parametrize("name", PEOPLE)
def test_the_rule_for_lists_is_the_rule_for_pages(app, cast, name):
    made = {}
    for number, status in enumerate(Status):
        author = cast.walt if number % 2 else cast.edith
        post = PostFactory(author=author, status=status)
        for of in (cast.rhea, cast.colin):
            made |= {
                CommentFactory(post=post, author=of, status=standing).id: (post, of, standing)
                for standing in CommentStatus
            }
    reader = person(cast, name)
    with app.app_context():
        listed = {comment.id for comment in db.session.scalars(reading.readable_by(reader))}
        visible = set(db.session.scalars(select_ids(reader)))
    assert visible == {post.id for post, *_ in made.values() if can_see(reader, post)}
    assert listed == {
        comment_id
        for comment_id, (post, author, status) in made.items()
        if can_see(reader, post)
        and (
            status is CommentStatus.APPROVED
            or (
                status is CommentStatus.PENDING
                and reader is not None
                and (name in MODERATORS or reader.id == author.id)
            )
        )
    }


def select_ids(reader):
    return db.select(Post.id).where(posts.is_visible_to(reader))


def test_only_moderators_have_a_list_to_decide_on(app, cast):
    CommentFactory()
    with app.app_context():
        assert list(db.session.scalars(reading.for_moderation(cast.walt))) == []
        assert reading.counts_by_status(cast.walt) == {}
        assert len(list(db.session.scalars(reading.for_moderation(cast.mona)))) == 1
