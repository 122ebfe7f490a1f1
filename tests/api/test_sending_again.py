"""Everything that takes an Idempotency-Key answers the same again, even if its process died before it could answer."""

import pytest

from masthead import clock
from masthead.comments.models import CommentStatus
from masthead.web.api import document
from tests.factories import CommentFactory, DraftFactory, PageFactory, PostFactory, TagFactory, UserFactory

KEY = {"Idempotency-Key": "once"}
WRITTEN = {"title": "Rivers", "body": "They run."}
#: Who does what, with what, and what has to be there.
DEEDS = [
    ("walt", "POST", "/posts", WRITTEN, None),
    ("walt", "PUT", "/posts/{slug}", WRITTEN, "post"),
    ("walt", "PATCH", "/posts/{slug}", {"tags": ["Rivers"]}, "post"),
    ("walt", "DELETE", "/posts/{slug}", None, "post"),
    ("walt", "POST", "/posts/{slug}/publish", {}, "draft"),
    ("walt", "POST", "/posts/{slug}/unpublish", None, "post"),
    ("walt", "POST", "/posts/{slug}/restore", None, "trashed"),
    ("rhea", "POST", "/posts/{slug}/comments", {"body": "I was there."}, "post"),
    ("rhea", "PATCH", "/comments/{comment_id}", {"body": "I was not."}, "comment"),
    ("mona", "DELETE", "/comments/{comment_id}", None, "comment"),
    ("mona", "POST", "/comments/{comment_id}/approve", None, "comment"),
    ("mona", "POST", "/comments/{comment_id}/reject", None, "comment"),
    ("mona", "POST", "/comments/{comment_id}/restore", None, "comment"),
    ("edith", "POST", "/tags", {"name": "Rivers"}, None),
    ("edith", "PATCH", "/tags/{slug}", {"name": "Brooks"}, "tag"),
    ("edith", "POST", "/pages", WRITTEN | {"is_public": True}, None),
    ("edith", "PATCH", "/pages/{slug}", {"title": "Imprint"}, "page"),
    ("ada", "POST", "/roles", {"title": "Guest", "rank": 20, "permissions": []}, None),
    ("ada", "PATCH", "/roles/{name}", {"title": "Visitor"}, "role"),
    ("ada", "DELETE", "/roles/{name}", None, "role"),
    ("ada", "PATCH", "/settings", {"tagline": "Rivers"}, None),
    ("ada", "PATCH", "/users/{user_id}", {"role": "author"}, "reader"),
    ("ada", "POST", "/users/{user_id}/reset-factor", None, "reader"),
    ("ada", "POST", "/users/{user_id}/sign-out", None, "reader"),
    ("ada", "DELETE", "/users/invitations/{invitation_id}", None, "invitation"),
]


def made(what, cast, as_):
    """The names in paths of what has to be there."""
    match what:
        case "post":
            return {"slug": PostFactory(author=cast.walt, tags=["Banks"]).slug}
        case "draft":
            return {"slug": DraftFactory(author=cast.walt).slug}
        case "trashed":
            slug = PostFactory(author=cast.walt).slug
            as_(cast.walt)("DELETE", f"/posts/{slug}", etag="*")
            return {"slug": slug}
        case "comment":
            return {
                "comment_id": CommentFactory(
                    author=cast.rhea, status=CommentStatus.PENDING, created_at=clock.now()
                ).id
            }
        case "tag":
            return {"slug": TagFactory().slug}
        case "page":
            return {"slug": PageFactory().slug}
        case "role":
            body = {"title": "Guest", "rank": 20, "permissions": []}
            return {"name": as_(cast.ada)("POST", "/roles", body).json["name"]}
        case "invitation":
            body = {"email": "guest@example.org", "role": "author"}
            assert as_(cast.ada)("POST", "/users/invitations", body).status_code == 201
            listed = as_(cast.ada)("GET", "/users/invitations").json["invitations"]
            return {"invitation_id": listed[0]["id"]}
        case "reader":
            return {"user_id": UserFactory().id}
        case _:
            return {}


@pytest.mark.parametrize(("person", "method", "path", "body", "what"), DEEDS)
def test_what_was_done_by_a_process_that_died_is_answered(
    person, method, path, body, what, cast, as_, killed_at
):
    caller = as_(getattr(cast, person))
    path = path.format(**made(what, cast, as_))
    with killed_at("after_commit"):
        caller(method, path, body, etag="*", headers=KEY)
    answers = [caller(method, path, body, etag="*", headers=KEY) for _ in range(2)]
    for answer in answers:
        assert answer.status_code < 300, answer.text
        assert answer.headers["Idempotent-Replayed"] == "true"
    assert answers[0].data == answers[1].data


def test_nothing_that_takes_a_key_is_forgotten(app):
    taking = {
        (method, rule.rule.removeprefix("/api/v1").replace("<int:", "<"))
        for rule, method, described, _ in document.operations(app)
        if described.takes_key(method)
    }
    assert taking == {(method, path.replace("{", "<").replace("}", ">")) for _, method, path, _, _ in DEEDS}
