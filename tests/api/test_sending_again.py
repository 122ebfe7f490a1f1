"""Everything that takes an Idempotency-Key answers the same again, even if its process died before it could answer."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import update

from masthead import clock, jobs
from masthead.comments.models import CommentStatus
from masthead.db import db
from masthead.jobs.models import Job
from masthead.pages.tasks import purge_trash
from masthead.posts.bulk.models import BulkChange
from masthead.web.api import document
from tests.factories import CommentFactory, DraftFactory, PageFactory, PostFactory, TagFactory, UserFactory
from tests.factories.storing import storing
from tests.media.pictures import picture

KEY = {"Idempotency-Key": "once"}
WRITTEN = {"title": "Rivers", "body": "They run."}
ACCOUNT = {"username": "grace", "email": "grace@example.org", "password": "a bridge, a river and a ferry"}
PICTURE = picture("PNG")
TEMPLATE = {"name": "Recipe", "title": "Recipe: ", "tags": ["Food"]}
SNIPPET = {"name": "About the author", "body": "*By the river.*"}
REDIRECT = {"path": "/ferry.html", "url": "https://river.example/ferry"}


def _post(cast, as_):
    return {"slug": PostFactory(author=cast.walt, tags=["Banks"]).slug}


def _draft(cast, as_):
    return {"slug": DraftFactory(author=cast.walt).slug}


def _trashed(cast, as_):
    post = _post(cast, as_)
    as_(cast.walt)("DELETE", f"/posts/{post['slug']}", etag="*")
    return post


def _submitted(cast, as_):
    draft = _draft(cast, as_)
    as_(cast.walt)("POST", f"/posts/{draft['slug']}/submit", etag="*")
    return draft


def _revised(cast, as_):
    post = _post(cast, as_)
    as_(cast.walt)("PATCH", f"/posts/{post['slug']}", {"body": "They ran."}, etag="*")
    return post | {"number": 1}


def _typed(cast, as_):
    post = _post(cast, as_)
    body = {"title": "Rivers", "body": "They run on."}
    as_(cast.walt)("PUT", f"/posts/{post['slug']}/working-copy", body, etag="*")
    return post


def _shared(cast, as_):
    post = _post(cast, as_)
    made = as_(cast.walt)("POST", f"/posts/{post['slug']}/preview-links")
    return post | {"link_id": made.json["id"]}


def _changed_in_bulk(cast, as_):
    made = as_(cast.walt)("POST", "/posts/bulk", {"action": "trash", "posts": [_post(cast, as_)["slug"]]})
    with storing():
        db.session.execute(update(BulkChange).values(state="done"))
        db.session.commit()
    return {"change_id": made.json["id"]}


def _comment(cast, as_, status=CommentStatus.PENDING):
    return {"comment_id": CommentFactory(author=cast.rhea, status=status, created_at=clock.now()).id}


def _approved(cast, as_):
    return _comment(cast, as_, CommentStatus.APPROVED)


def _tag(cast, as_):
    return {"slug": TagFactory().slug}


def _tags(cast, as_):
    TagFactory(name="Rivers")
    return _tag(cast, as_)


def _page(cast, as_):
    return {"slug": PageFactory().slug}


def _trashed_page(cast, as_):
    page = _page(cast, as_)
    as_(cast.edith)("DELETE", f"/pages/{page['slug']}", etag="*")
    return page


def _role(cast, as_):
    body = {"title": "Guest", "rank": 20, "permissions": []}
    return {"name": as_(cast.ada)("POST", "/roles", body).json["name"]}


def _invitation(cast, as_):
    body = {"email": "guest@example.org", "role": "author"}
    assert as_(cast.ada)("POST", "/users/invitations", body).status_code == 201
    listed = as_(cast.ada)("GET", "/users/invitations").json["invitations"]
    return {"invitation_id": listed[0]["id"]}


def _redirect(cast, as_):
    return {"redirect_id": as_(cast.ada)("POST", "/redirects", REDIRECT).json["id"]}


def _template(cast, as_):
    made = as_(cast.edith)("POST", "/templates", TEMPLATE)
    return {"template_id": made.json["id"]}


def _snippet(cast, as_):
    made = as_(cast.edith)("POST", "/snippets", SNIPPET)
    return {"snippet_id": made.json["id"]}


def _waiting_job(cast, as_, **values):
    with storing():
        job_id = jobs.enqueue(purge_trash, run_at=clock.now() + timedelta(hours=1))
        if values:
            db.session.execute(update(Job).where(Job.id == job_id).values(**values))
    return {"job_id": job_id}


def _dead_job(cast, as_):
    return _waiting_job(cast, as_, state="dead", attempts=12)


def _file():
    return {"data": {"file": (BytesIO(PICTURE), "a.png")}}


def _part():
    kind = "application/offset+octet-stream"
    return {"data": PICTURE, "content_type": kind, "headers": {"Upload-Offset": "0"}}


def _media(cast, as_):
    content = BytesIO(picture("PNG", (50, 40)))
    answer = as_(cast.walt)("POST", "/media", data={"file": (content, "b.png")})
    return {"media_id": answer.json["id"]}


def _trashed_media(cast, as_):
    media = _media(cast, as_)
    as_(cast.walt)("DELETE", f"/media/{media['media_id']}", etag="*")
    return media


def _upload(cast, as_):
    body = {"name": "a.png", "bytes": len(PICTURE)}
    return {"upload_id": as_(cast.walt)("POST", "/media/uploads", body).json["id"]}


def _whole_upload(cast, as_):
    upload = _upload(cast, as_)
    as_(cast.walt)("PATCH", f"/media/uploads/{upload['upload_id']}", **_part())
    return upload


def _reader(cast, as_):
    return {"user_id": UserFactory().id}


def _nothing(cast, as_):
    return {}


#: Who does what, with what, and what makes the thing that it is done to: the names in its path.
DEEDS = [
    ("walt", "POST", "/posts", WRITTEN, _nothing),
    ("walt", "PUT", "/posts/{slug}", WRITTEN, _post),
    ("walt", "PATCH", "/posts/{slug}", {"tags": ["Rivers"]}, _post),
    ("walt", "DELETE", "/posts/{slug}", None, _post),
    ("walt", "PUT", "/posts/{slug}/working-copy", {"title": "Rivers", "body": "They run on."}, _post),
    ("walt", "DELETE", "/posts/{slug}/working-copy", None, _typed),
    ("walt", "POST", "/posts/{slug}/update", None, _typed),
    ("walt", "PATCH", "/posts/{slug}/revisions/{number}", {"name": "As printed"}, _revised),
    ("walt", "POST", "/preview", {"body": "They *run*."}, _nothing),
    ("walt", "POST", "/posts/{slug}/preview-links", {"days": 2}, _post),
    ("walt", "DELETE", "/posts/{slug}/preview-links", None, _post),
    ("walt", "DELETE", "/posts/{slug}/preview-links/{link_id}", None, _shared),
    ("walt", "POST", "/posts/{slug}/publish", {}, _draft),
    ("walt", "POST", "/posts/{slug}/unpublish", None, _post),
    ("walt", "POST", "/posts/{slug}/restore", None, _trashed),
    ("walt", "POST", "/posts/{slug}/submit", None, _draft),
    ("walt", "POST", "/posts/{slug}/withdraw", None, _submitted),
    ("edith", "POST", "/posts/{slug}/return", {"note": "More rivers."}, _submitted),
    ("walt", "POST", "/posts/{slug}/revisions/{number}/restore", None, _revised),
    ("walt", "POST", "/posts/bulk", {"action": "trash", "posts": ["the-ferry"]}, _nothing),
    ("walt", "POST", "/posts/bulk/{change_id}/undo", None, _changed_in_bulk),
    ("rhea", "POST", "/posts/{slug}/comments", {"body": "I was there."}, _post),
    ("rhea", "PATCH", "/comments/{comment_id}", {"body": "I was not."}, _comment),
    ("mona", "DELETE", "/comments/{comment_id}", None, _comment),
    ("mona", "POST", "/comments/{comment_id}/approve", None, _comment),
    ("mona", "POST", "/comments/{comment_id}/reject", None, _comment),
    ("mona", "POST", "/comments/{comment_id}/restore", None, _comment),
    ("mona", "POST", "/comments/{comment_id}/unapprove", None, _approved),
    ("edith", "POST", "/tags", {"name": "Rivers"}, _nothing),
    ("edith", "PATCH", "/tags/{slug}", {"name": "Brooks"}, _tag),
    ("edith", "DELETE", "/tags/{slug}", None, _tag),
    ("edith", "POST", "/tags/{slug}/merge", {"into": "Rivers"}, _tags),
    ("edith", "POST", "/pages", WRITTEN | {"is_public": True}, _nothing),
    ("edith", "PATCH", "/pages/{slug}", {"title": "Imprint"}, _page),
    ("edith", "DELETE", "/pages/{slug}", None, _page),
    ("edith", "POST", "/pages/{slug}/restore", None, _trashed_page),
    ("ada", "POST", "/roles", {"title": "Guest", "rank": 20, "permissions": []}, _nothing),
    ("ada", "PATCH", "/roles/{name}", {"title": "Visitor"}, _role),
    ("ada", "DELETE", "/roles/{name}", None, _role),
    ("ada", "PATCH", "/settings", {"tagline": "Rivers"}, _nothing),
    ("walt", "POST", "/media", _file, _nothing),
    ("walt", "PATCH", "/media/{media_id}", {"alt": "A river"}, _media),
    ("walt", "PUT", "/media/{media_id}/edit", {"rotation": 90}, _media),
    ("walt", "PUT", "/media/{media_id}/file", _file, _media),
    ("walt", "DELETE", "/media/{media_id}", None, _media),
    ("walt", "POST", "/media/{media_id}/restore", None, _trashed_media),
    ("walt", "POST", "/media/uploads", {"name": "a.png", "bytes": 9}, _nothing),
    ("walt", "PATCH", "/media/uploads/{upload_id}", _part, _upload),
    ("walt", "POST", "/media/uploads/{upload_id}/finish", None, _whole_upload),
    ("walt", "DELETE", "/media/uploads/{upload_id}", None, _upload),
    ("edith", "POST", "/templates", TEMPLATE, _nothing),
    ("edith", "PATCH", "/templates/{template_id}", {"title": "Soup"}, _template),
    ("edith", "DELETE", "/templates/{template_id}", None, _template),
    ("edith", "POST", "/snippets", SNIPPET, _nothing),
    ("edith", "PATCH", "/snippets/{snippet_id}", {"body": "By the sea."}, _snippet),
    ("edith", "DELETE", "/snippets/{snippet_id}", None, _snippet),
    ("ada", "POST", "/redirects", REDIRECT, _nothing),
    ("ada", "DELETE", "/redirects/{redirect_id}", None, _redirect),
    ("ada", "POST", "/jobs/{job_id}/cancel", None, _waiting_job),
    ("ada", "POST", "/jobs/{job_id}/retry", None, _dead_job),
    ("ada", "DELETE", "/cache", None, _nothing),
    ("ada", "POST", "/users", ACCOUNT, _nothing),
    ("ada", "PATCH", "/users/{user_id}", {"role": "author"}, _reader),
    ("ada", "DELETE", "/users/{user_id}?content=keep", None, _reader),
    ("ada", "DELETE", "/users/{user_id}/tokens", None, _reader),
    ("ada", "POST", "/users/{user_id}/reset-factor", None, _reader),
    ("ada", "POST", "/users/{user_id}/sign-out", None, _reader),
    ("ada", "DELETE", "/users/invitations/{invitation_id}", None, _invitation),
]


@pytest.mark.parametrize(("person", "method", "path", "body", "make"), DEEDS)
def test_what_was_done_by_a_process_that_died_is_answered(
    person, method, path, body, make, cast, as_, killed_at
):
    caller = as_(getattr(cast, person))
    path = path.format(**make(cast, as_))

    def send():
        options = body() if callable(body) else {"body": body}
        return caller(method, path, etag="*", **options | {"headers": KEY | options.get("headers", {})})

    with killed_at("after_commit"):
        send()
    answers = [send() for _ in range(2)]
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
    paths = {(method, path.partition("?")[0]) for _, method, path, _, _ in DEEDS}
    assert taking == {(method, path.replace("{", "<").replace("}", ">")) for method, path in paths}
