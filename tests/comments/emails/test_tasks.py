"""Who is told of a comment, by which email, and how often."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from masthead import clock
from masthead.comments.models import CommentStatus
from masthead.db import db
from masthead.jobs.models import Job
from masthead.mail import delivery, transports
from masthead.people.models import User
from masthead.settings import actions as settings
from tests.factories import BylineFactory, CommentFactory, PostFactory, UserFactory
from tests.support.discussions import decide, send
from tests.support.letters import Post
from tests.support.visitors import Visitor

SITE = "https://news.example.org"


@pytest.fixture
def site(make_app: Callable[..., Flask], tmp_path) -> Flask:
    return make_app(MAIL_URL=f"file://{tmp_path}/letters", SITE_URL=SITE)


@pytest.fixture
def enter(site, new_client, sign_in) -> Callable[[User], Visitor]:
    def come_in(person: User) -> Visitor:
        visitor = new_client(site)
        # As browsers do; Flask-WTF asks for it where the site is on https.
        visitor.environ_base |= {"HTTP_REFERER": "https://localhost/"}
        return sign_in(visitor, person)

    return come_in


@pytest.fixture
def letters(site, tmp_path):
    """The new emails as pairs of recipient and subject, sorted; everything about them in `.last`."""
    office = Post(site, tmp_path / "letters")
    read = set()

    def bring():
        new = [letter for letter in office.letters() if letter["Message-ID"] not in read]
        read.update(letter["Message-ID"] for letter in new)
        bring.last = new
        return sorted((str(letter["To"]).split("@")[0], str(letter["Subject"])) for letter in new)

    return bring


@pytest.fixture(autouse=True)
def policy(site):
    """Nobody's comment waits, if a test does not say otherwise."""

    def put(name):
        with site.app_context():
            settings.change(comment_policy=name)
            db.session.commit()

    put("everybody")
    return put


@pytest.fixture
def later(monkeypatch):
    real = clock.now
    return lambda **by: monkeypatch.setattr(clock, "now", lambda: real() + timedelta(**by))


def plain(letter):
    return letter.get_body(("plain",)).get_content()


def test_those_who_wrote_the_post_are_told_of_a_comment(site, cast, enter, letters, stored):
    guest = BylineFactory()
    post = PostFactory(title="Rivers", author=cast.walt, bylines=[cast.edith, guest])
    send(enter(cast.rhea), post, body="I *know* this.\n\nIt froze <b>once</b>.")
    assert letters() == [("edith", "New comment on Rivers"), ("walt", "New comment on Rivers")]
    text = plain(letters.last[0])
    assert "Rhea commented on your post “Rivers”:\n\n> I know this.\n" in text
    assert f"{SITE}/blog/post/rivers#comment-{stored()[0].id}" in text
    assert "&lt;b&gt;" not in text


def test_nobody_is_told_of_their_own_comment(cast, enter, letters):
    post = PostFactory(title="Rivers", author=cast.walt)
    send(enter(cast.walt), post, body="Ask me anything.")
    assert letters() == []


def test_who_is_answered_is_told_of_the_reply_and_of_nothing_else(cast, enter, letters):
    post = PostFactory(title="Rivers", author=cast.walt)
    first = CommentFactory(post=post, author=cast.rhea)
    own = CommentFactory(post=post, author=cast.walt)
    send(enter(cast.colin), post, body="Really?", parent_id=first.id)
    assert letters() == [
        ("rhea", "Colin replied to your comment on Rivers"),
        ("walt", "New comment on Rivers"),
    ]
    # Walt wrote the post and the comment: one email.
    send(enter(cast.colin), post, body="Really?", parent_id=own.id)
    assert letters() == [("walt", "Colin replied to your comment on Rivers")]
    send(enter(cast.rhea), post, body="I mean it.", parent_id=first.id)
    assert letters() == [("walt", "New comment on Rivers")]


def test_at_the_greatest_depth_it_is_still_the_one_who_is_answered(cast, enter, letters):
    post = PostFactory(title="Rivers", author=cast.walt)
    parent = None
    for _ in range(5):
        parent = CommentFactory(post=post, parent=parent)
    deepest = CommentFactory(post=post, author=cast.rhea, parent=parent)
    with_depth = {"parent_id": deepest.id}
    assert deepest.depth >= 4
    send(enter(cast.colin), post, body="Down here.", **with_depth)
    assert ("rhea", "Colin replied to your comment on Rivers") in letters()


def test_a_comment_that_waits_tells_the_moderators_and_the_others_when_it_is_approved(
    cast, enter, letters, policy, stored
):
    policy("all")
    post = PostFactory(title="Rivers", author=cast.walt)
    first = CommentFactory(post=post, author=cast.colin)
    send(enter(cast.rhea), post, body="Hold me.", parent_id=first.id)
    waiting = "1 comment is waiting for moderation"
    assert letters() == [("ada", waiting), ("edith", waiting), ("mona", waiting)]
    assert "Rhea on “Rivers”:\n> Hold me.\n" in plain(letters.last[0])
    assert f"{SITE}/admin/comments" in plain(letters.last[0])
    mona, comment_id = enter(cast.mona), stored()[-1].id
    decide(mona, comment_id, "approve")
    told = [("colin", "Rhea replied to your comment on Rivers"), ("walt", "New comment on Rivers")]
    assert letters() == told
    # Once in its life, however often it is decided on.
    for step in ("reject", "restore", "approve"):
        decide(mona, comment_id, step)
    assert letters() == []


def test_who_approves_the_comment_is_not_told_of_it(cast, enter, letters, policy, stored):
    policy("all")
    post = PostFactory(title="Rivers", author=cast.edith)
    send(enter(cast.rhea), post, body="Hold me.")
    letters()
    decide(enter(cast.edith), stored()[0].id, "approve")
    assert letters() == []


def test_moderators_get_one_email_an_hour_that_names_all_that_wait(cast, enter, letters, policy, later):
    policy("all")
    post = PostFactory(author=cast.walt)
    rhea = enter(cast.rhea)
    for number in range(3):
        send(rhea, post, body=f"Number {number}.")
    assert letters() == [(name, "3 comments are waiting for moderation") for name in ("ada", "edith", "mona")]
    for number in range(3, 8):
        send(rhea, post, body=f"Number {number}.")
    assert letters() == []
    later(minutes=59)
    assert letters() == []
    later(minutes=61)
    assert letters() == [(name, "8 comments are waiting for moderation") for name in ("ada", "edith", "mona")]
    text = plain(letters.last[0])
    assert "Number 0." in text
    assert "And 3 more." in text
    later(minutes=200)
    assert letters() == []


def test_moderators_are_not_told_of_what_was_decided_meanwhile(cast, enter, letters, policy, stored):
    policy("all")
    send(enter(cast.rhea), PostFactory(author=cast.walt), body="Hold me.")
    decide(enter(cast.mona), stored()[0].id, "reject")
    assert letters() == []


def test_an_edited_comment_that_waits_again_tells_the_moderators_but_nobody_twice(
    cast, enter, letters, policy, stored
):
    post = PostFactory(title="Rivers", author=cast.walt)
    rhea = enter(cast.rhea)
    send(rhea, post, body="Now.")
    assert letters() == [("walt", "New comment on Rivers")]
    policy("all")
    comment_id = stored()[0].id
    rhea.fill_in(f"/blog/comment/{comment_id}/edit", body="Now, edited.")
    assert [name for name, _ in letters()] == ["ada", "edith", "mona"]
    decide(enter(cast.mona), comment_id, "approve")
    assert letters() == []


def test_a_moderator_is_told_later_where_the_mail_server_was_away(
    site, cast, enter, letters, policy, monkeypatch, later
):
    policy("all")
    send(enter(cast.rhea), PostFactory(author=cast.walt), body="Hold me.")

    def refuse(self, message):
        raise OSError("The mail server is away.")

    with monkeypatch.context() as patch:
        patch.setattr(transports.FolderTransport, "send", refuse)
        assert letters() == []
    later(minutes=20)
    # By the real clock it was a moment ago.
    site.extensions.pop(delivery.EXTENSION)
    assert [name for name, _ in letters()] == ["ada", "edith", "mona"]


@pytest.mark.parametrize(
    "change",
    [
        {"confirmed_at": None},
        {"is_active": False},
        {"email": None, "email_key": None},
        {"muted_emails": "post_returned comment_on_post"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_only_confirmed_addresses_of_those_who_want_it_get_an_email(site, cast, enter, letters, change):
    post = PostFactory(title="Rivers", author=cast.edith, bylines=[cast.edith, cast.walt])
    with site.app_context():
        db.session.execute(update(User).where(User.id == cast.walt.id).values(**change))
        db.session.commit()
    send(enter(cast.rhea), post, body="I know this.")
    assert letters() == [("edith", "New comment on Rivers")]


def test_a_comment_that_is_gone_before_the_email_is_told_to_nobody(cast, enter, letters, stored):
    send(enter(cast.rhea), PostFactory(author=cast.walt), body="Spam!")
    decide(enter(cast.mona), stored()[0].id, "reject")
    assert letters() == []


def test_a_muted_reply_on_ones_own_post_comes_as_a_comment(site, cast, enter, letters):
    post = PostFactory(title="Rivers", author=cast.walt)
    own = CommentFactory(post=post, author=cast.walt)
    with site.app_context():
        db.session.execute(update(User).where(User.id == cast.walt.id).values(muted_emails="comment_reply"))
        db.session.commit()
    send(enter(cast.rhea), post, body="Yes.", parent_id=own.id)
    assert letters() == [("walt", "New comment on Rivers")]


def test_a_refused_change_tells_nobody(site, cast, enter, letters):
    post = PostFactory(author=cast.walt, comments_open=False)
    send(enter(cast.rhea), post, body="Too late.")
    assert letters() == []


def test_with_mail_off_nothing_breaks_and_nothing_piles_up(app, cast, sign_in, set_policy, stored):
    post = PostFactory(author=cast.walt)
    for policy in ("everybody", "all"):
        set_policy(policy)
        assert send(sign_in(cast.rhea), post, body="Still here.").status_code == 303
    decide(sign_in(cast.mona), stored()[-1].id, "approve")
    assert {comment.status for comment in stored()} == {CommentStatus.APPROVED}
    with app.app_context():
        assert db.session.scalar(select(func.count(Job.id))) == 0


def test_a_hostile_name_and_text_reach_no_header_and_no_markup(cast, enter, letters):
    post = PostFactory(title='Rivers" =?utf-8?q?x?= <script>', author=cast.walt)
    villain = UserFactory(username="villain", name="A\r\nBcc: all@example.org <b>")
    send(enter(villain), post, body="<script>alert(1)</script>[here](javascript:alert(1)) *hi*")
    ((name, _),) = letters()
    (letter,) = letters.last
    assert (name, letter["Bcc"]) == ("walt", None)
    html = letter.get_body(("html",)).get_content()
    assert "<script" not in html
    assert "[here](javascript:alert(1)) hi</blockquote>" in html
    assert "<b>" not in html
