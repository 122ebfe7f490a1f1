"""Reading changes nothing: every route × everybody × GET, HEAD and OPTIONS, with the whole database before and after.

Threat 30 of the research: a page of another site makes a browser send what asks for no form token.
"""

import hashlib
import re
from contextlib import ExitStack

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import DBAPIError

from masthead.comments.models import Comment
from masthead.db import db
from masthead.people.models import User
from masthead.posts.models import Post
from masthead.tags.models import Tag
from tests.factories import CommentFactory, DraftFactory, PageFactory, PostFactory, TagFactory
from tests.journeys.test_access import path_of
from tests.support.entering import ANYBODY, enter, person_of
from tests.support.people import PASSWORD

SAFE = ("GET", "HEAD", "OPTIONS")
#: Differs from answer to answer, whatever the method.
OWN_TO_EACH = frozenset({"X-Request-ID", "Set-Cookie", "Date", "X-Cache"})


def everything(app):
    """A hash of every row of each table."""
    with app.app_context():
        return {
            table.name: hashlib.sha256(
                repr(sorted(map(repr, db.session.execute(select(table)).all()))).encode()
            ).hexdigest()
            for table in db.metadata.sorted_tables
        }


@pytest.fixture
def texts(cast):
    """Something at number 1 of each kind, and something of each person's own."""
    tag = TagFactory(name="Harvest")
    posts = [
        PostFactory(author=person, tags=["Harvest"])
        for person in (cast.walt, cast.edith, cast.ada, cast.colin)
    ]
    drafts = [DraftFactory(author=person) for person in (cast.walt, cast.colin)]
    comments = [CommentFactory(post=posts[0], author=person) for person in cast.everybody().values()]
    PageFactory(slug="imprint", by=cast.ada)
    return {
        "post_id": [text.id for text in [*posts, *drafts]],
        "comment_id": [comment.id for comment in comments],
        "tag_id": [tag.id],
        "slug": [posts[0].slug, "imprint", tag.slug],
        "username": ["walt"],
    }


def addresses(app, texts):
    """Each rule at an address where something is: at each of the numbers, if its text has one."""
    for rule in sorted({rule.rule for rule in app.url_map.iter_rules()}):
        names = [name for name in texts if f"{name}>" in rule]
        if rule.startswith("/_debug"):
            continue
        for values in zip(*(texts[name] for name in names), strict=False) if names else [()]:
            address = rule
            for name, value in zip(names, values, strict=True):
                address = re.sub(rf"<(\w+:)?{name}>", str(value), address)
            yield path_of(address).replace("99", "1")


def token_of(client, person):
    """An access token of the API."""
    answer = client.post("/api/v1/auth/login", json={"email": person.email, "password": PASSWORD})
    return answer.json["access_token"]


@pytest.mark.parametrize("role", sorted(ANYBODY))
def test_reading_changes_nothing_at_any_address(app, cast, new_client, sign_in, texts, role):
    client = enter(cast, sign_in, new_client, role)
    headers = {}
    if role != "anonymous":
        headers["Authorization"] = f"Bearer {token_of(new_client(), person_of(cast, role))}"
    before = everything(app)
    found = dict.fromkeys(addresses(app, texts))
    assert len(found) > 150
    for address in found:
        for method in SAFE:
            sent = headers if address.startswith("/api/") else {}
            answer = client.open(address, method=method, headers=sent)
            # A view that tries to write fails here: the transaction cannot.
            assert answer.status_code < 500, f"{method} {address}"
    assert everything(app) == before


def test_head_shows_what_get_shows_without_the_body(app, cast, new_client, sign_in, texts):
    ada = enter(cast, sign_in, new_client, "administrator")
    headers = {"Authorization": f"Bearer {token_of(new_client(), cast.ada)}"}
    differing = []
    for address in dict.fromkeys(addresses(app, texts)):
        sent = headers if address.startswith("/api/") else {}
        shown, asked = ada.get(address, headers=sent), ada.head(address, headers=sent)
        # Numbers of the process change with every request.
        if shown.status_code == 405 or address == "/metrics":
            continue
        assert asked.data == b"", address
        if told(shown) != told(asked):
            differing.append((address, told(shown) ^ told(asked)))
    assert differing == []


def told(answer):
    """The status and the headers of an answer. The length of a page with a form token varies with the moment."""
    left_out = OWN_TO_EACH | ({"Content-Length"} if answer.mimetype == "text/html" else set())
    kept = {(n, v) for n, v in answer.headers if n not in left_out and not n.startswith("RateLimit-")}
    return {("status", answer.status), *kept}


@pytest.mark.parametrize("path", ["/blog/delete/{post}", "/blog/comment/{comment}/delete"])
def test_head_asks_and_deletes_nothing(app, cast, sign_in, path):
    post = PostFactory(author=cast.walt)
    comment = CommentFactory(post=post, author=cast.walt)
    walt = sign_in(cast.walt)
    before = everything(app)
    address = path.format(post=post.id, comment=comment.id)
    for method in ("HEAD", "OPTIONS", "GET", "head"):
        walt.open(address, method=method)
    assert everything(app) == before


@pytest.mark.parametrize("method", SAFE)
def test_the_transaction_of_a_safe_method_cannot_write(app, cast, method):
    PostFactory(author=cast.walt)
    for model in (Post, Comment, Tag, User):
        change = model.__table__.update().values(id=model.__table__.c.id)
        with app.test_request_context(method=method), pytest.raises(DBAPIError, match=r"read.?only"):
            db.session.execute(change)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_the_transaction_of_another_method_writes_after_one_that_could_not(app, cast, method):
    for _ in range(3):
        with app.test_request_context(method="GET"):
            assert db.session.scalar(select(func.count()).select_from(User)) == 6
        with app.test_request_context(method=method):
            db.session.execute(User.__table__.update().values(bio="Changed"))
            db.session.commit()
    with app.app_context():
        assert set(db.session.scalars(select(User.bio))) == {"Changed"}


def test_reading_only_costs_no_statement(app, cast):
    """PostgreSQL's is part of the BEGIN; SQLite's is one statement of the connection, not of each transaction."""
    with app.app_context():
        engine = db.engine
    # Connections that a busy moment has left in the pool, all of them set to writing.
    with ExitStack() as busy:
        for _ in range(4):
            busy.enter_context(engine.connect())
    sent = []
    event.listen(engine, "before_cursor_execute", lambda *arguments: sent.append(arguments[2]))
    for _ in range(5):
        with app.test_request_context(method="GET"):
            db.session.scalar(select(func.count()).select_from(User))
    assert len([statement for statement in sent if "count" in statement]) == 5
    assert len([statement for statement in sent if "query_only" in statement]) <= 1
