"""Who gets where: every route × everybody, and every kind of content × everybody, against tables written by hand.

A new route needs a row in `ROUTES`. The JSON API answers to tokens, not to sign-ins, and has its own tests.
"""

import re

import pytest
from sqlalchemy import select, update

from masthead import clock
from masthead.accounts.models import User
from masthead.comments.models import CommentStatus
from masthead.db import db
from masthead.posts.lifecycle import Status
from masthead.text.names import name_key
from tests.factories import BylineFactory, CommentFactory, DraftFactory, PostFactory, UserFactory
from tests.support.people import PASSWORD, password_hash

READER, CONTRIBUTOR, AUTHOR, MODERATOR, EDITOR, ADMIN = (
    "reader",
    "contributor",
    "author",
    "moderator",
    "editor",
    "administrator",
)
NOBODY = frozenset()
MEMBERS = frozenset({READER, CONTRIBUTOR, AUTHOR, MODERATOR, EDITOR, ADMIN})
ANYBODY = MEMBERS | {"anonymous"}
WRITERS = frozenset({CONTRIBUTOR, AUTHOR, EDITOR, ADMIN})
PUBLISHERS = frozenset({AUTHOR, EDITOR, ADMIN})
MODERATORS = frozenset({MODERATOR, EDITOR, ADMIN})
EDITORS = frozenset({EDITOR, ADMIN})
ADMINS = frozenset({ADMIN})

FEED = "<any('feed.xml', 'rss.xml', 'feed.json'):file>"
MAP = "<any(lists, posts, pages, tags, authors):section>"
STEP = "<any(approve, reject, delete, restore):step>"
ROUTES = {
    "GET /": ANYBODY,
    f"GET /{FEED}": ANYBODY,
    "GET /about": ANYBODY,
    "GET /page/<slug>": ANYBODY,
    "GET /search": ANYBODY,
    "GET /setup": ANYBODY,
    "POST /setup": ANYBODY,
    "GET /theme.css": ANYBODY,
    "GET /static/<path:filename>": ANYBODY,
    "GET /media/<path:path>": ANYBODY,
    "GET /robots.txt": ANYBODY,
    "GET /sitemap.xml": ANYBODY,
    f"GET /sitemap-{MAP}-<int:number>.xml": ANYBODY,
    "GET /health": ANYBODY,
    "GET /health/live": ANYBODY,
    "GET /health/ready": ANYBODY,
    # Signing in, and links that are keys of their own.
    "GET /auth/register": ANYBODY,
    "POST /auth/register": ANYBODY,
    "GET /auth/registered": ANYBODY,
    "GET /auth/login": ANYBODY,
    "POST /auth/login": ANYBODY,
    "POST /auth/login/passkey": ANYBODY,
    "GET /auth/second-step": ANYBODY,
    "POST /auth/second-step": ANYBODY,
    "POST /auth/second-step/passkey": ANYBODY,
    "POST /auth/logout": ANYBODY,
    "GET /auth/forgot": ANYBODY,
    "POST /auth/forgot": ANYBODY,
    "GET /auth/forgot/sent": ANYBODY,
    "GET /auth/reset/<token>": ANYBODY,
    "POST /auth/reset/<token>": ANYBODY,
    "GET /auth/confirm/<token>": ANYBODY,
    "POST /auth/confirm/<token>": ANYBODY,
    "GET /auth/invitation/<token>": ANYBODY,
    "POST /auth/invitation/<token>": ANYBODY,
    "GET /auth/undo/<token>": ANYBODY,
    "POST /auth/undo/<token>": ANYBODY,
    # One's own account.
    "GET /dashboard": MEMBERS,
    "GET /auth/profile": MEMBERS,
    "POST /auth/profile": MEMBERS,
    "GET /auth/privacy": MEMBERS,
    "POST /auth/privacy/download": MEMBERS,
    "POST /auth/privacy/close": MEMBERS,
    "GET /auth/sessions": MEMBERS,
    "POST /auth/sessions/<int:login_id>/end": MEMBERS,
    "POST /auth/sessions/end": MEMBERS,
    "GET /auth/confirm-identity": MEMBERS,
    "POST /auth/confirm-identity": MEMBERS,
    "POST /auth/confirm-identity/passkey": MEMBERS,
    "GET /auth/security": MEMBERS,
    "POST /auth/security/address": MEMBERS,
    "POST /auth/security/confirm": MEMBERS,
    "POST /auth/security/password": MEMBERS,
    "GET /auth/security/authenticator": MEMBERS,
    "POST /auth/security/authenticator": MEMBERS,
    "POST /auth/security/authenticator/remove": MEMBERS,
    "GET /auth/security/passkeys/add": MEMBERS,
    "POST /auth/security/passkeys/add": MEMBERS,
    "POST /auth/security/passkeys/<int:passkey_id>/remove": MEMBERS,
    "POST /auth/security/passkeys/<int:passkey_id>/rename": MEMBERS,
    "POST /auth/security/recovery-codes": MEMBERS,
    # Reading, commenting, writing.
    "GET /blog/": ANYBODY,
    "GET /blog/archive/": ANYBODY,
    "GET /blog/archive/<int:year>/<int:month>": ANYBODY,
    "GET /blog/author/<username>": ANYBODY,
    f"GET /blog/author/<username>/{FEED}": ANYBODY,
    "GET /blog/tag/<slug>": ANYBODY,
    f"GET /blog/tag/<slug>/{FEED}": ANYBODY,
    "GET /blog/post/<slug>": ANYBODY,
    f"GET /blog/post/<slug>/{FEED}": ANYBODY,
    "POST /blog/post/<slug>/comment": MEMBERS,
    "GET /blog/comment/<int:comment_id>/edit": MEMBERS,
    "POST /blog/comment/<int:comment_id>/edit": MEMBERS,
    "GET /blog/comment/<int:comment_id>/delete": MEMBERS,
    "POST /blog/comment/<int:comment_id>/delete": MEMBERS,
    "GET /blog/create": WRITERS,
    "POST /blog/create": WRITERS,
    "GET /blog/edit/<int:post_id>": WRITERS,
    "POST /blog/edit/<int:post_id>": WRITERS,
    "GET /blog/delete/<int:post_id>": WRITERS,
    "POST /blog/delete/<int:post_id>": WRITERS,
    "POST /blog/restore/<int:post_id>": WRITERS,
    "GET /blog/my-posts": WRITERS,
    # The administration.
    "GET /admin/": MODERATORS,
    "GET /admin/comments": MODERATORS,
    "POST /admin/comments": MODERATORS,
    f"POST /admin/comments/<int:comment_id>/{STEP}": MODERATORS,
    "GET /admin/posts": EDITORS,
    "POST /admin/posts": EDITORS,
    "GET /admin/pages": EDITORS,
    "GET /admin/pages/create": EDITORS,
    "POST /admin/pages/create": EDITORS,
    "GET /admin/pages/<int:page_id>": EDITORS,
    "POST /admin/pages/<int:page_id>": EDITORS,
    "GET /admin/users": ADMINS,
    "GET /admin/users/invite": ADMINS,
    "POST /admin/users/invite": ADMINS,
    "POST /admin/users/<int:user_id>/role": ADMINS,
    "POST /admin/users/<int:user_id>/disable": ADMINS,
    "POST /admin/users/<int:user_id>/enable": ADMINS,
    "POST /admin/users/<int:user_id>/reset-link": ADMINS,
    "POST /admin/users/<int:user_id>/reset-factor": ADMINS,
    "POST /admin/users/<int:user_id>/sign-out": ADMINS,
    "GET /admin/second-factor": ADMINS,
    "POST /admin/second-factor": ADMINS,
    "GET /admin/settings": ADMINS,
    "POST /admin/settings": ADMINS,
    "GET /admin/jobs": ADMINS,
    "POST /admin/jobs/<int:job_id>/retry": ADMINS,
    "POST /admin/jobs/<int:job_id>/cancel": ADMINS,
    "GET /admin/audit": ADMINS,
    "POST /admin/audit.csv": ADMINS,
}


def served(app):
    """Every method and rule that a browser can reach, but the developers' toolbar and the API."""
    return {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.rule.startswith(("/_debug", "/api/"))
    }


def path_of(rule):
    """An address of the rule at which nothing is: who may come in is decided before that is found out."""
    first = re.sub(r"<any\('?([\w.]+)[^>]*>", r"\1", rule)
    return re.sub(r"<[^>]+>", "99", first)


def person_of(cast, role):
    return cast.everybody()[role]


def send(client, method, path, **fields):
    if method == "GET":
        return client.get(path)
    return client.post(path, data={"csrf_token": client.token, **fields})


def is_let_in(response):
    """Whether the view was reached. Who has to sign in is redirected, or (400) keeps the form to send it again."""
    if response.status_code in (302, 303) and "/auth/login?next=" in (response.location or ""):
        return False
    return response.status_code not in (400, 403)


def enter(cast, sign_in, new_client, role):
    client = new_client()
    if role == "anonymous":
        client.token = (
            client.read("/auth/login").form({"email": ""}, None, None).filled({}, None)["csrf_token"]
        )
    else:
        sign_in(client, person_of(cast, role))
        form = client.read("/auth/profile").form({"bio": ""}, None, None)
        client.token = form.filled({}, None)["csrf_token"]
    return client


@pytest.mark.databases("sqlite")
def test_every_route_has_a_row_and_every_row_a_route(app):
    assert served(app) == ROUTES.keys()


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("role", sorted(ANYBODY))
def test_every_route_lets_in_whom_the_table_names(app, cast, new_client, sign_in, role):
    client = enter(cast, sign_in, new_client, role)
    wrong = []
    for row, allowed in ROUTES.items():
        method, rule = row.split(" ", 1)
        if row == "POST /auth/logout":
            continue
        response = send(client, method, path_of(rule))
        assert response.status_code < 500, row
        if is_let_in(response) is not (role in allowed):
            wrong.append((row, response.status))
    assert wrong == []
    assert is_let_in(send(client, "POST", "/auth/logout"))


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
@pytest.mark.parametrize("deed", ["disable", "enable", "sign-out", "reset-link", "reset-factor", "role"])
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
