"""Taking one's data along, and deleting one's account."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from masthead import clock
from masthead.account_deletion import actions as deletion_actions
from masthead.account_deletion import tasks as account_deletion_tasks
from masthead.api_tokens import personal_tokens
from masthead.api_tokens.models import ApiToken
from masthead.audit import tasks as audit_tasks
from masthead.audit.models import AuditEvent
from masthead.comments.models import Comment
from masthead.db import db
from masthead.login import tasks
from masthead.login.models import LoginSession
from masthead.media.models import Media
from masthead.people import queries as people
from masthead.people.models import AccountClosure, User
from masthead.people.names.display_names import FORMER_MEMBER
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post, PostByline, Revision
from tests.factories import CommentFactory, DraftFactory, PostFactory, UserFactory
from tests.support.people import PASSWORD
from tests.support.visitors import Visitor, document

SignIn = Callable[..., Visitor]
PRIVACY = "/auth/privacy"
CLOSE = "/auth/privacy/close"


def close(visitor: Visitor, **choices: str):
    return visitor.fill_in(PRIVACY, action=CLOSE, is_sure=True, **choices)


def later(app: Flask, **time: int) -> None:
    """Let so much time pass for every wish, and run the schedule."""
    with app.app_context():
        db.session.execute(update(AccountClosure).values(due_at=AccountClosure.due_at))
        for wish in db.session.scalars(select(AccountClosure)):
            wish.due_at -= timedelta(**time)
        db.session.commit()
        account_deletion_tasks.delete_due_accounts()


def person(app: Flask, user: User) -> User | None:
    with app.app_context():
        return db.session.scalar(select(User).options(joinedload(User.role)).where(User.id == user.id))


def test_everything_the_site_knows_is_in_the_download(app, cast, client, sign_in):
    post = PostFactory(author=cast.walt, title="Harvest", body="All is in.")
    CommentFactory(post=post, author=cast.walt, body="A word of mine.")
    CommentFactory(post=post, author=cast.rhea, body="A word of hers.")
    DraftFactory(author=cast.walt, title="Still a draft")
    PostFactory(author=cast.edith, title="Of somebody else")
    with app.app_context():
        db.session.add(
            Media(
                path="a.webp",
                content_hash="a",
                source_hash="b",
                media_type="image/webp",
                width=1,
                height=1,
                size=1,
                owner_id=cast.walt.id,
                created_at=clock.now(),
            )
        )
        db.session.commit()
    sign_in(client, cast.walt)
    response = client.press(PRIVACY, "json", action="/auth/privacy/download")
    assert response.mimetype == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    record = json.loads(response.data)
    assert record["account"][0]["email"] == "walt@example.org"
    assert len(record["devices"]) == 1
    assert {"sign_in.succeeded"} <= {event["action"] for event in record["log"]}
    assert [found["title"] for found in record["posts"]] == ["Harvest", "Still a draft"]
    assert "All is in." in record["posts"][0]["body"]
    assert next(found["title"] for found in record["revisions"]) == "Harvest"
    assert [found["body"] for found in record["comments"]] == ["A word of mine."]
    assert [found["path"] for found in record["pictures"]] == ["a.webp"]


def test_programs_that_act_for_somebody_are_in_it(app, cast, client, sign_in):
    with app.app_context():
        personal_tokens.create(people.get(cast.walt.id), name="Phone", scopes=["posts:read"], days=30)
        db.session.commit()
    client.post("/api/v1/auth/login", json={"email": "walt@example.org", "password": PASSWORD})
    sign_in(client, cast.walt)
    record = json.loads(client.press(PRIVACY, "json", action="/auth/privacy/download").data)
    assert [(found["kind"], found.get("name"), found.get("scopes")) for found in record["programs"]] == [
        ("personal token", "Phone", ["posts:read"]),
        ("sign-in", None, None),
    ]


def test_notes_of_reviews_are_with_their_writer_and_with_whom_they_are_for(cast, client, sign_in, new_client):
    post = PostFactory(author=cast.walt, status=Status.IN_REVIEW, published_at=None)
    edith, mona = sign_in(cast.edith), sign_in(cast.mona)
    edith.fill_in(f"/blog/edit/{post.id}", button="return", note="Say <b>earlier</b> how long.")
    sign_in(client, cast.walt)

    def downloaded(visitor):
        return visitor.press(PRIVACY, "json", action="/auth/privacy/download").json

    written, received, other = (downloaded(visitor) for visitor in (edith, client, mona))
    [note] = written["review_notes"]
    assert (note["post_id"], note["body"]) == (post.id, "Say <b>earlier</b> how long.")
    [note] = received["received_notes"]
    assert (note["post_id"], note["body"]) == (post.id, "Say <b>earlier</b> how long.")
    assert note["by"] == "Edith"
    assert (written["received_notes"], received["review_notes"]) == ([], [])
    assert (other["received_notes"], other["review_notes"]) == ([], [])
    page = client.press(PRIVACY, "html", action="/auth/privacy/download")
    assert "Say &lt;b&gt;earlier&lt;/b&gt; how long." in page.text


def test_every_choice_of_the_profile_is_in_the_download(client, cast, sign_in):
    sign_in(client, cast.walt)
    client.fill_in(
        "/auth/profile", name="Walt W", bio="B.", website="https://w.example", time_zone="Europe/Berlin"
    )
    [account] = client.press(PRIVACY, "json", action="/auth/privacy/download").json["account"]
    chosen = {name: account[name] for name in ("name", "bio", "website", "time_zone")}
    assert chosen == {
        "name": "Walt W",
        "bio": "B.",
        "website": "https://w.example",
        "time_zone": "Europe/Berlin",
    }


def test_no_secret_is_in_the_download(app, cast, client, sign_in):
    sign_in(client, cast.walt)
    with app.app_context():
        _, secret = personal_tokens.create(
            people.get(cast.walt.id), name="Phone", scopes=["posts:read"], days=30
        )
        db.session.commit()
        hashes = [
            secret,
            *db.session.scalars(select(ApiToken.secret_hash)),
            db.session.get_one(User, cast.walt.id).password_hash,
            *db.session.scalars(select(LoginSession.secret_hash)),
        ]
    text = client.press(PRIVACY, "json", action="/auth/privacy/download").text
    assert not [secret for secret in hashes if secret and secret in text]


def test_the_page_to_read_shows_markup_as_text(cast, client, sign_in):
    PostFactory(author=cast.walt, title="<script>alert(1)</script>")
    sign_in(client, cast.walt)
    response = client.press(PRIVACY, "html", action="/auth/privacy/download")
    assert response.headers["Content-Disposition"] == 'attachment; filename="personal-data.html"'
    assert "<script" not in response.text
    assert "&lt;script&gt;alert(1)" in response.text


def test_the_network_of_an_administrator_is_not_in_the_download(app, cast, client, sign_in):
    with app.app_context():
        event = {"at": clock.now(), "action": "role.changed", "actor_name": "ada", "request_id": ""}
        db.session.add(
            AuditEvent(**event, actor_id=cast.ada.id, subject="walt", address="198.51.100.0/24", details={})
        )
        db.session.commit()
    sign_in(client, cast.walt)
    assert "198.51.100" not in client.press(PRIVACY, "json", action="/auth/privacy/download").text


@pytest.mark.parametrize("path", ["/auth/privacy/download", CLOSE])
def test_old_proof_of_identity_is_not_enough(app, cast, client, sign_in, path):
    sign_in(client, cast.walt)
    with app.app_context():
        db.session.execute(update(LoginSession).values(authenticated_at=clock.now() - timedelta(minutes=11)))
        db.session.commit()
    fields = {"is_sure": True} if path == CLOSE else {}
    response = client.fill_in(PRIVACY, action=path, **fields)
    assert response.status_code == 403
    assert document(response).title.startswith("Confirm your identity")


def test_closing_disables_at_once_and_ends_every_login(app, cast, sign_in):
    here, there = sign_in(cast.walt), sign_in(cast.walt)
    response = close(here)
    assert document(response).title.startswith("Your account will be deleted")
    assert response.headers["Cache-Control"] == "no-store"
    assert there.get("/dashboard").status_code == 302
    assert here.get("/dashboard").status_code == 302
    found = person(app, cast.walt)
    assert found is not None
    assert not found.is_active


def test_the_box_must_be_ticked(app, cast, client, sign_in):
    sign_in(client, cast.walt)
    response = client.fill_in(PRIVACY, action=CLOSE, is_sure=False)
    assert response.status_code == 422
    assert "Check this box" in response.text
    assert person(app, cast.walt).is_active


def test_the_link_brings_the_account_back_once(app, cast, client, sign_in, new_client):
    sign_in(client, cast.walt)
    link = document(close(client)).text("//code")
    path = link[link.index("/auth/") :]
    stranger = new_client()
    assert stranger.get(path).status_code == 200
    assert not person(app, cast.walt).is_active, "Opening the link changes nothing."
    assert stranger.press(path, action=None).status_code == 303
    assert person(app, cast.walt).is_active
    assert stranger.get(path).status_code == 404
    later(app, days=15)
    assert person(app, cast.walt).email == "walt@example.org"


def test_signing_in_brings_the_account_back(app, cast, client, sign_in):
    sign_in(client, cast.walt)
    close(client)
    sign_in(client, cast.walt)
    assert client.get("/dashboard").status_code == 200
    later(app, days=15)
    assert person(app, cast.walt).email == "walt@example.org"


def test_a_wrong_password_does_not(app, cast, client, sign_in):
    sign_in(client, cast.walt)
    close(client)
    client.fill_in("/auth/login", email="walt@example.org", password="something else entirely")
    assert not person(app, cast.walt).is_active


def test_an_account_that_was_disabled_meanwhile_stays_closed(app, cast, client, sign_in):
    sign_in(client, cast.walt)
    link = document(close(client)).text("//code")
    ada = sign_in(cast.ada)
    ada.post(
        f"/admin/users/{cast.walt.id}/disable",
        data={"csrf_token": ada.read(PRIVACY).form({}, None, CLOSE).filled({}, None)["csrf_token"]},
    )
    assert client.get(link[link.index("/auth/") :]).status_code == 404
    client.fill_in("/auth/login", email="walt@example.org", password=PASSWORD)
    assert client.get("/dashboard").status_code == 302
    assert not person(app, cast.walt).is_active


def test_nothing_is_deleted_before_its_time(app, cast, client, sign_in):
    sign_in(client, cast.walt)
    close(client)
    later(app, days=13)
    assert person(app, cast.walt).email == "walt@example.org"


def test_the_only_administrator_cannot_leave(app, cast, client, sign_in):
    sign_in(client, cast.ada)
    response = close(client)
    assert response.status_code == 422
    assert person(app, cast.ada).is_active


def test_one_of_two_administrators_can_leave(app, cast, client, sign_in):
    UserFactory(role="administrator")
    sign_in(client, cast.ada)
    assert close(client).status_code == 200


def test_of_two_administrators_who_leave_at_once_one_stays(app, cast, in_parallel):
    other = UserFactory(role="administrator")

    def leave(user_id: int) -> None:
        with app.app_context():
            user = db.session.scalar(select(User).options(joinedload(User.role)).where(User.id == user_id))
            assert user is not None
            deletion_actions.request_deletion(user, posts="keep", comments="keep", heir="", at=clock.now())
            db.session.commit()

    in_parallel(*[lambda user_id=user_id: leave(user_id) for user_id in (cast.ada.id, other.id)])
    assert [person(app, user).is_active for user in (cast.ada, other)].count(True) == 1


def test_kept_posts_stay_with_a_byline_that_cannot_sign_in(app, cast, client, sign_in):
    PostFactory(author=cast.walt, title="Harvest")
    sign_in(client, cast.walt)
    close(client, posts="keep", comments="anonymise")
    later(app, days=15)
    left = person(app, cast.walt)
    assert left.is_byline
    assert (left.email, left.email_key, left.password_hash) == (None, None, None)
    assert "Walt" in client.read("/blog/post/harvest").text("//main")
    client.fill_in("/auth/login", email="walt@example.org", password=PASSWORD)
    assert client.get("/dashboard").status_code == 302


def test_anonymised_texts_name_a_former_member_and_nothing_of_the_person_is_left(app, cast, client, sign_in):
    post = PostFactory(author=cast.walt, title="Harvest")
    CommentFactory(post=post, author=cast.walt, body="A word of mine.")
    sign_in(client, cast.walt)
    close(client, posts="anonymise", comments="anonymise")
    later(app, days=15)
    assert person(app, cast.walt) is None
    text = client.read("/blog/post/harvest").text("//main")
    assert "Former member" in text
    assert "Walt" not in text
    assert client.get("/blog/author/walt").status_code == 404


def test_reassigned_posts_name_their_heir(app, cast, client, sign_in):
    post = PostFactory(author=cast.walt, title="Harvest")
    sign_in(client, cast.walt)
    close(client, posts="reassign", heir="edith", comments="anonymise")
    later(app, days=15)
    with app.app_context():
        assert db.session.get_one(Post, post.id).author_id == cast.edith.id
        assert db.session.scalars(select(PostByline.user_id)).all() == [cast.edith.id]
        assert cast.edith.id not in db.session.scalars(select(Revision.author_id)).all()
    assert "Edith" in client.read("/blog/post/harvest").text("//main")


def test_nobody_is_credited_twice(app, cast, client, sign_in):
    PostFactory(author=cast.walt, bylines=[cast.walt, cast.edith])
    sign_in(client, cast.walt)
    close(client, posts="reassign", heir="edith", comments="anonymise")
    later(app, days=15)
    with app.app_context():
        assert db.session.scalars(select(PostByline.user_id)).all() == [cast.edith.id]


@pytest.mark.parametrize("heir", ["", "rhea", "walt", "nobody"])
def test_only_those_who_edit_can_inherit(app, cast, client, sign_in, heir):
    sign_in(client, cast.walt)
    response = close(client, posts="reassign", heir=heir)
    assert response.status_code == 422
    assert deletion_actions.NO_RECIPIENT in response.text
    assert person(app, cast.walt).is_active


def test_an_heir_who_lost_their_role_gets_nothing(app, cast, client, sign_in):
    post = PostFactory(author=cast.walt)
    sign_in(client, cast.walt)
    close(client, posts="reassign", heir="edith", comments="anonymise")
    with app.app_context():
        db.session.execute(update(User).where(User.id == cast.edith.id).values(is_active=False))
        db.session.commit()
    later(app, days=15)
    with app.app_context():
        owner = db.session.get_one(User, db.session.get_one(Post, post.id).author_id)
        assert owner.name == FORMER_MEMBER


def test_two_who_leave_become_the_same_former_member(app, cast, sign_in):
    post = PostFactory(author=cast.edith)
    for user in (cast.walt, cast.rhea):
        CommentFactory(post=post, author=user)
        close(sign_in(user), posts="anonymise", comments="anonymise")
    later(app, days=15)
    with app.app_context():
        assert len(set(db.session.scalars(select(Comment.author_id)))) == 1


def test_addresses_go_after_their_time(app, cast, sign_in):
    sign_in(cast.walt)
    with app.app_context():
        login = db.session.scalars(select(LoginSession)).one()
        login.expires_at = login.idle_until = clock.now() - timedelta(days=2)
        old = {"action": "sign_in.failed", "actor_name": "visitor", "subject": "x", "request_id": ""}
        at = clock.now() - timedelta(days=401)
        db.session.add(AuditEvent(**old, at=at, address="192.0.2.0/24", details={}))
        db.session.commit()
        tasks.delete_expired()
        audit_tasks.forget_old()
        assert db.session.scalars(select(LoginSession)).all() == []
        assert "192.0.2.0/24" not in db.session.scalars(select(AuditEvent.address)).all()


def test_these_tasks_are_on_the_schedule(app):
    from masthead.jobs import registry

    assert {
        "accounts.carry_out_closures",
        "accounts.forget_ended",
        "audit.forget_old",
    } <= registry.periods().keys()
