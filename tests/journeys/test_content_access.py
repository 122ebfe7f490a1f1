"""Who may do what with which content: every kind of it × everybody, against tables written by hand."""

import pytest
from sqlalchemy import select, update

from masthead import clock
from masthead.comments.models import CommentStatus
from masthead.db import db
from masthead.people.models import User
from masthead.posts.lifecycle import Status
from masthead.text.names import name_key
from tests.factories import BylineFactory, CommentFactory, DraftFactory, PostFactory, UserFactory
from tests.support.entering import (
    ADMIN,
    ANYBODY,
    EDITORS,
    MEMBERS,
    MODERATORS,
    NOBODY,
    PUBLISHERS,
    WRITERS,
    enter,
    person_of,
    send,
)
from tests.support.people import PASSWORD, password_hash


def draft(author):
    return DraftFactory(author=author)


def in_review(author):
    return DraftFactory(author=author, status=Status.IN_REVIEW)


def published(author):
    return PostFactory(author=author)


def trashed(author):
    return PostFactory(author=author, status=Status.TRASHED)


#: What somebody wants to do with a post, and how.
DEEDS = {
    "see": ("GET", "/blog/post/{slug}"),
    "edit": ("GET", "/blog/edit/{id}"),
    "save": ("POST", "/blog/edit/{id}"),
    "trash": ("POST", "/blog/delete/{id}"),
    "restore": ("POST", "/blog/restore/{id}"),
}
#: (deed, state) -> those who can do it with their own post, those who can do it with somebody else's.
POSTS = {
    ("see", draft): (WRITERS, EDITORS),
    ("see", in_review): (WRITERS, EDITORS),
    ("see", published): (WRITERS, ANYBODY),
    ("see", trashed): (NOBODY, NOBODY),
    ("edit", draft): (WRITERS, EDITORS),
    ("edit", in_review): (WRITERS, EDITORS),
    ("edit", published): (PUBLISHERS, EDITORS),
    ("save", draft): (WRITERS, EDITORS),
    ("save", in_review): (WRITERS, EDITORS),
    ("save", published): (PUBLISHERS, EDITORS),
    ("trash", draft): (WRITERS, EDITORS),
    ("trash", in_review): (WRITERS, EDITORS),
    ("trash", published): (PUBLISHERS, EDITORS),
    ("restore", trashed): (WRITERS, EDITORS),
}


def does(client, deed, post):
    method, path = DEEDS[deed]
    fields = {"title": "Changed", "body": "Changed.", "action": "save", "version": post.version}
    response = send(
        client,
        method,
        path.format(id=post.id, slug=post.slug),
        **(fields if deed == "save" else {}),
    )
    assert response.status_code < 500
    return response.status_code == 200 if method == "GET" else response.status_code == 303


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("role", sorted(ANYBODY))
def test_every_post_is_for_whom_the_table_names(cast, new_client, sign_in, role):
    client = enter(cast, sign_in, new_client, role)
    stranger = UserFactory(role="author")
    wrong = []
    for (deed, make), (own, others) in POSTS.items():
        if role in WRITERS and does(client, deed, make(person_of(cast, role))) is not (role in own):
            wrong.append((deed, make.__name__, "own"))
        if does(client, deed, make(stranger)) is not (role in others):
            wrong.append((deed, make.__name__, "of somebody else"))
    assert wrong == []


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("role", sorted(ANYBODY))
def test_buttons_beyond_the_rights_of_a_role_do_not_work(app, cast, new_client, sign_in, role):
    client = enter(cast, sign_in, new_client, role)
    stranger = UserFactory(role="author")
    for author, allowed in (
        (stranger, EDITORS),
        (person_of(cast, role) if role in WRITERS else stranger, PUBLISHERS if role in WRITERS else EDITORS),
    ):
        post = draft(author)
        fields = {"title": "Changed", "body": "Changed.", "action": "publish", "version": post.version}
        send(client, "POST", f"/blog/edit/{post.id}", **fields)
        with app.app_context():
            status = db.session.scalar(select(type(post).status).where(type(post).id == post.id))
        assert (status is Status.PUBLIC) is (role in allowed)


#: (method, path, own) -> who can do it with a comment; all are members, and comments of others are a stranger's.
COMMENTS = {
    ("GET", "/blog/comment/{}/edit", True): MEMBERS,
    ("GET", "/blog/comment/{}/edit", False): NOBODY,
    ("GET", "/blog/comment/{}/delete", True): MEMBERS,
    # Moderators do that in their queue, where it can be undone.
    ("GET", "/blog/comment/{}/delete", False): NOBODY,
    ("POST", "/admin/comments/{}/reject", True): MODERATORS,
    ("POST", "/admin/comments/{}/reject", False): MODERATORS,
    ("POST", "/admin/comments/{}/delete", False): MODERATORS,
}


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("role", sorted(ANYBODY))
def test_every_comment_is_for_whom_the_table_names(cast, new_client, sign_in, role):
    client = enter(cast, sign_in, new_client, role)
    post, stranger = PostFactory(), UserFactory()
    wrong = []
    for (method, path, is_own), allowed in COMMENTS.items():
        if is_own and role == "anonymous":
            continue
        author = person_of(cast, role) if is_own else stranger
        comment = CommentFactory(post=post, author=author, created_at=clock.now())
        response = send(client, method, path.format(comment.id))
        if (response.status_code in (200, 303)) is not (role in allowed):
            wrong.append((path, is_own, response.status))
    assert wrong == []


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("role", sorted(ANYBODY))
def test_waiting_comments_are_seen_by_moderators_and_their_author(cast, new_client, sign_in, role):
    client = enter(cast, sign_in, new_client, role)
    post = PostFactory()
    CommentFactory(post=post, status=CommentStatus.PENDING, body="Of a stranger", html="<p>Of a stranger</p>")
    if role in MEMBERS:
        own = {"body": "Of mine", "html": "<p>Of mine</p>", "status": CommentStatus.PENDING}
        CommentFactory(post=post, author=person_of(cast, role), **own)
    text = client.get(f"/blog/post/{post.slug}").text
    assert ("Of a stranger" in text) is (role in MODERATORS)
    assert ("Of mine" in text) is (role in MEMBERS)


#: What an administrator can do to whom: to everybody below, not to another administrator.
@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("target", sorted(MEMBERS))
@pytest.mark.parametrize(
    "deed", ["disable", "enable", "sign-out", "end-tokens", "reset-link", "reset-factor", "role"]
)
def test_an_administrator_changes_those_below(cast, new_client, sign_in, deed, target):
    client = enter(cast, sign_in, new_client, ADMIN)
    other = UserFactory(role=target)
    response = send(client, "POST", f"/admin/users/{other.id}/{deed}", role="reader")
    assert (response.status_code in (200, 303)) is (target != ADMIN)


def test_a_byline_cannot_sign_in_even_with_a_password(app, client):
    byline = BylineFactory()
    with app.app_context():
        email = {"email": "ghost@example.org", "email_key": name_key("ghost@example.org")}
        values = {**email, "password_hash": password_hash(app)}
        db.session.execute(update(User).where(User.id == byline.id).values(**values))
        db.session.commit()
    response = client.fill_in("/auth/login", email="ghost@example.org", password=PASSWORD)
    assert response.status_code == 422
    assert client.get("/dashboard").status_code == 302
