"""Every list asks the database the same number of questions, however many rows it shows."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from masthead import audit, clock, jobs
from masthead.api_tokens.models import ApiToken
from masthead.comments.models import CommentStatus
from masthead.content.rendering import render_text
from masthead.db import db
from masthead.login.models import LoginSession
from masthead.media import actions as actions_on_media
from masthead.media import links
from masthead.media.processing.facts import PictureFacts
from masthead.pages.tasks import purge_trash
from masthead.people import queries as roles
from masthead.people.models import Role
from masthead.posts import actions
from masthead.posts import queries as posts
from masthead.posts.models import ReviewNote
from masthead.presets import actions as presets
from masthead.presets.models import PostTemplate, Snippet
from masthead.redirects import changing
from masthead.user_admin import invitations
from masthead.web.api import document
from tests.factories import BylineFactory, CommentFactory, PageFactory, PostFactory, TagFactory, UserFactory
from tests.factories.storing import storing

FEW, MANY = 3, 30


def make_posts(_cast, numbers):
    for number in numbers:
        PostFactory(
            title=f"The ferry {number}",
            tags=[f"River {number}", f"Bank {number}"],
            bylines=[UserFactory(role="author"), BylineFactory()],
        )


def make_posts_of_walt(cast, numbers):
    assert cast.walt.id == 4
    for number in numbers:
        PostFactory(author=cast.walt, tags=[f"River {number}"])


def make_revisions(cast, numbers):
    if 0 in numbers:
        PostFactory(author=cast.walt, slug="the-ferry")
    with storing():
        post = posts.by_slug("the-ferry")
        for number in numbers:
            rendered = render_text(title=f"Title {number}", body="Text.", tags=(f"River {number}",))
            actions.revise(post, rendered, by=cast.walt, at=clock.now())


def make_review_notes(cast, numbers):
    if 0 in numbers:
        PostFactory(author=cast.walt, slug="the-ferry")
    with storing():
        post = posts.by_slug("the-ferry")
        for number in numbers:
            db.session.add(
                ReviewNote(
                    post_id=post.id, author_id=cast.edith.id, body=f"Note {number}", created_at=clock.now()
                )
            )


def make_media(cast, numbers):
    for number in numbers:
        digest = f"{number:064x}"
        facts = PictureFacts("image/png", "png", 9, 9, 99, digest[::-1], digest)
        with storing():
            media = actions_on_media.add(facts, name="a.png", by=cast.walt, at=clock.now()).media
            address = links.address_of(media)
        PostFactory(author=cast.walt, body=f"![]({address})")


def make_redirects(cast, numbers):
    with storing():
        for number in numbers:
            changing.make(f"/old-{number}", f"https://elsewhere.example/{number}", by=cast.ada)


def make_templates(cast, numbers):
    with storing():
        for number in numbers:
            fields = {"name": f"Template {number}", "tags": ["Rivers"]}
            presets.create(PostTemplate, fields, by=cast.edith)


def make_snippets(cast, numbers):
    with storing():
        for number in numbers:
            presets.create(Snippet, {"name": f"Snippet {number}", "body": "A ferry."}, by=cast.edith)


def make_comments(cast, numbers):
    if 0 in numbers:
        PostFactory(author=cast.walt, slug="the-ferry")
    with storing():
        post = posts.by_slug("the-ferry")
    parent = None
    for _ in numbers:
        parent = CommentFactory(post=post, parent=parent if parent and parent.depth < 3 else None)


def make_waiting_comments(_cast, numbers):
    for _ in numbers:
        CommentFactory(status=CommentStatus.PENDING)


def make_tags(_cast, numbers):
    for number in numbers:
        TagFactory(name=f"Subject {number}", description="Everything of this kind.")
        PostFactory(tags=[f"Subject {number}"])


def make_people(_cast, numbers):
    for _ in numbers:
        PostFactory(author=UserFactory(role="author"))


def make_pages(_cast, numbers):
    PageFactory.create_batch(len(numbers))


def make_events(cast, numbers):
    with storing():
        for number in numbers:
            audit.record("account.enabled", by=cast.ada, subject=f"person-{number}")


def make_jobs(_cast, numbers):
    with storing():
        for _ in numbers:
            jobs.enqueue(purge_trash)


def make_roles(_cast, numbers):
    with storing():
        for number in numbers:
            role = Role(name=f"role-{number}", title=f"Role {number}", rank=20, permissions=["posts.write"])
            role.requires_second_factor = False
            db.session.add(role)


def make_sign_ins(cast, numbers):
    now, later = clock.now(), clock.now() + timedelta(days=1)
    with storing():
        for number in numbers:
            times = {"created_at": now, "authenticated_at": now, "last_used_at": now}
            ends = {"idle_until": later, "expires_at": later, "is_remembered": False}
            named = {"secret_hash": f"{number:064}", "device": "Firefox", "address": "203.0.113.0"}
            db.session.add(LoginSession(user_id=cast.ada.id, **named, **times, **ends))


def make_invitations(cast, numbers):
    with storing():
        for number in numbers:
            invitations.prepare(f"guest{number}@example.org", roles.role("author"), by=cast.ada)


def make_tokens(cast, numbers):
    with storing():
        for number in numbers:
            db.session.add(
                ApiToken(
                    user_id=cast.ada.id,
                    name=f"Token {number}",
                    secret_hash=f"{number:064}",
                    scopes=["posts:read"],
                    created_at=clock.now(),
                    expires_at=clock.now() + timedelta(days=1),
                )
            )


@dataclass(frozen=True)
class List:
    """A list; `at_most` counts its statements, without the one that recognises who asks."""

    path: str
    make: object
    at_most: int
    person: str | None = None
    route: str = ""


LISTS = [
    # Count, posts with authors and bylines, tags.
    List("/posts?", make_posts, 3),
    List("/posts?status=published&sort=title&", make_posts, 3, "ada"),
    # Posts with authors and bylines, tags.
    List("/posts?cursor=WyIyMDMwLTAxLTAxVDAwOjAwOjAwKzAwOjAwIiwgMV0&", make_posts, 2),
    # On SQLite: count, hits, their posts with authors and bylines, tags, passages. PostgreSQL counts with the hits.
    List("/search?q=ferry&", make_posts, 5),
    # The post with its author and bylines, its tags, count, revisions.
    List("/posts/the-ferry/revisions?", make_revisions, 4, "walt", "/posts/{slug}/revisions"),
    # The same for the notes of its review.
    List("/posts/the-ferry/review-notes?", make_review_notes, 4, "walt", "/posts/{slug}/review-notes"),
    # Count, files with their owners, variants, uses, the posts that use them.
    List("/media?", make_media, 5, "walt"),
    List("/media?cursor=WyIyMDMwLTAxLTAxVDAwOjAwOjAwKzAwOjAwIiwgMV0&q=a&kind=image&", make_media, 4, "walt"),
    # Count, redirects.
    List("/redirects?", make_redirects, 2, "ada"),
    # Count, rows.
    List("/templates?q=template&", make_templates, 2, "walt"),
    List("/snippets?q=ferry&", make_snippets, 2, "walt"),
    # The same for its comments.
    List("/posts/the-ferry/comments?", make_comments, 4, None, "/posts/{slug}/comments"),
    # Count, comments with authors and posts.
    List("/comments?", make_waiting_comments, 2, "mona"),
    # Count, rows.
    List("/tags?", make_tags, 2),
    List("/tags?", make_tags, 2, "walt"),
    List("/tags?", make_tags, 2, "edith"),
    # The roles that may write, count, people, how many posts each has, and how many of those are hidden.
    List("/users?", make_people, 5),
    List("/users?", make_people, 4, "ada"),
    # The person, how many posts, posts with authors and bylines, tags.
    List("/users/4/posts?", make_posts_of_walt, 4, None, "/users/{int:user_id}/posts"),
    List("/pages?", make_pages, 2),
    List("/pages?", make_pages, 2, "ada"),
    List("/audit?", make_events, 2, "ada"),
    List("/audit?cursor=WyIyMDMwLTAxLTAxVDAwOjAwOjAwKzAwOjAwIiwgOTk5OTld&", make_events, 1, "ada"),
    List("/roles?", make_roles, 2, "ada"),
    List("/jobs?", make_jobs, 2, "ada"),
    List("/auth/sessions?", make_sign_ins, 2, "ada"),
    List("/tokens?", make_tokens, 2, "ada"),
    # Count, invitations, the roles, who invited.
    List("/users/invitations?", make_invitations, 4, "ada"),
]


@pytest.mark.parametrize("wanted", LISTS, ids=lambda wanted: f"{wanted.path} {wanted.person or 'nobody'}")
def test_a_list_asks_as_much_with_three_rows_as_with_thirty(wanted, cast, call, as_, queries):
    caller = as_(getattr(cast, wanted.person)) if wanted.person else call

    def asked():
        with queries.recorded() as recording:
            answer = caller("GET", f"{wanted.path}per_page=100")
        assert answer.status_code == 200, answer.text
        # Beside the rows, a search that found nothing names words that are near.
        (rows,) = (value for key, value in answer.json.items() if isinstance(value, list) and key != "near")
        return recording, len(rows)

    wanted.make(cast, range(FEW))
    caller("GET", f"{wanted.path}per_page=100")
    few, shown = asked()
    wanted.make(cast, range(FEW, MANY))
    many, all_shown = asked()
    assert all_shown - shown == MANY - FEW
    assert len(many) == len(few), f"{few}\n\n{many}"
    assert len(many) <= wanted.at_most + (wanted.person is not None), str(many)


def test_no_list_of_the_api_is_forgotten(app):
    lists = {
        rule.rule.replace("<", "{").replace(">", "}")
        for rule, method, described, _ in document.operations(app)
        if method == "GET" and described.query is not None and "page" in described.query.model_fields
    }
    assert lists == {f"/api/v1{wanted.route or wanted.path.partition('?')[0]}" for wanted in LISTS}
