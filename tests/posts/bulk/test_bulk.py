"""Changes of many posts: as one job, with a result for each, and with undo; through pages and the API."""

from datetime import timedelta

import pytest

from masthead import clock
from masthead.db import db
from masthead.jobs import outbox
from masthead.jobs.models import JobState
from masthead.jobs.runner import Runner
from masthead.posts import queries
from masthead.posts.bulk.tasks import change_many, forget_bulk_changes
from masthead.posts.lifecycle import Status
from masthead.posts.tasks import purge_trash
from tests.factories import DraftFactory, PostFactory
from tests.factories.storing import storing
from tests.posts.conftest import as_
from tests.support.visitors import document

__all__ = ["as_"]


@pytest.fixture
def work(app):
    """Let the background jobs run."""
    return lambda: Runner(app).run_due()


@pytest.fixture
def seen(app):
    """State, owner, bylines and tags of a post."""

    def read(post):
        with app.app_context():
            found = queries.get(post.id)
            people = [user.username for user in found.bylines]
            return found.state.value, found.author.username, people, [tag.name for tag in found.tags]

    return read


def results(page):
    return dict(zip(page.texts("//tbody//th"), page.texts("//tbody//td"), strict=True))


def confirm(visitor, action, posts, **typed):
    """Select posts on the list, press a button, and confirm the question; the address of the result."""
    question = visitor.fill_in("/blog/my-posts", post=[str(post.id) for post in posts], button=action)
    assert question.status_code == 200, question.text
    form = document(question).form(typed, "1", None)
    answer = visitor.post("/blog/bulk", data=form.filled(typed, "1"))
    assert answer.status_code == 303, answer.text
    return answer.location


def test_posts_are_published_as_one_job_with_a_result_for_each_and_undone(sign_in, cast, work, seen):
    draft = DraftFactory(author=cast.walt, title="Draft", body="Words.")
    review = DraftFactory(author=cast.walt, title="Submitted", body="Words.", status=Status.IN_REVIEW)
    empty = DraftFactory(author=cast.walt, title="Empty", body="")
    public = PostFactory(author=cast.walt, title="Public")
    changed = DraftFactory(author=cast.walt, title="Changed later", body="Words.")
    walt = sign_in(cast.walt)
    address = confirm(walt, "publish", [draft, review, empty, public, changed])
    waiting = walt.read(address)
    assert "0 of 5" in waiting.text("//main")
    assert waiting.all("//main//form[contains(@action, 'undo')]") == []
    assert walt.post(f"{address}/undo", data={"csrf_token": walt.form_token()}).status_code == 303
    assert seen(draft)[0] == "draft"
    work()
    page = walt.read(address)
    assert "3 of 5 posts published" in page.text("//h1")
    assert results(page)["Public"] == "Not changed: The post is published already."
    assert results(page)["Empty"].startswith("Not changed: ")
    assert [seen(post)[0] for post in (draft, review, empty, public, changed)] == [
        "published", "published", "draft", "published", "published",
    ]  # fmt: skip
    walt.fill_in(f"/blog/edit/{changed.id}", button="save", body="Other words.")
    # A list that was loaded before offers the button twice; the second press finds nothing to take back.
    token = walt.form_token()
    assert walt.press(address, action=f"{address}/undo").location == address
    assert "once" in walt.get(walt.post(f"{address}/undo", data={"csrf_token": token}).location).text
    work()
    assert [seen(post)[0] for post in (draft, review, empty, public, changed)] == [
        "draft", "in_review", "draft", "published", "published",
    ]  # fmt: skip
    assert results(walt.read(address))["Changed later"] == "Not undone: Somebody changed the post since."
    assert now(draft).published_at is None


def now(post):
    with storing():
        return queries.get(post.id)


def test_dates_tags_and_owners_come_back(sign_in, as_, cast, work, seen):
    later = clock.now() + timedelta(days=3)
    public = PostFactory(author=cast.walt, title="Public", tags=["Nature"])
    scheduled = PostFactory(author=cast.walt, title="Scheduled", published_at=later)
    posts, dates = [public, scheduled], [public.published_at, later]
    walt = sign_in(cast.walt)
    tagged = confirm(walt, "tag", posts, tags="Rivers, nature")
    work()
    assert seen(public)[3] == ["Nature", "Rivers"]
    assert set(seen(scheduled)[3]) == {"Rivers", "Nature"}
    walt.press(tagged, action=f"{tagged}/undo")
    work()
    assert [seen(post)[3] for post in posts] == [["Nature"], []]
    for action, state in (("unpublish", "draft"), ("trash", "trashed")):
        address = confirm(walt, action, posts)
        work()
        assert [seen(post)[0] for post in posts] == [state] * 2
        walt.press(address, action=f"{address}/undo")
        work()
        assert [seen(post)[0] for post in posts] == ["published", "scheduled"]
        assert [now(post).published_at for post in posts] == dates
    # Somebody with an account who does not write, nobody, and a writer.
    question = walt.fill_in("/blog/my-posts", post=[str(public.id)], button="hand_over")
    for username in ("rhea", "nobody", ""):
        data = document(question).form({"author": ""}, "1", None).filled({"author": username}, "1")
        refused = walt.post("/blog/bulk", data=data)
        assert (refused.status_code, "has this user name" in refused.text) == (422, True)
    draft = DraftFactory(author=cast.walt, title="Draft")
    address = confirm(walt, "hand_over", [*posts, draft], author="colin")
    work()
    # Readers never see a text under the name of somebody else alone, unless an editor says so.
    assert seen(public)[:3] == ("published", "colin", ["walt", "colin"])
    assert seen(scheduled)[:3] == ("scheduled", "colin", ["walt", "colin"])
    assert seen(draft)[:3] == ("draft", "colin", ["colin"])
    page = walt.read(address)
    assert page.all(f"//a[@href='/blog/edit/{public.id}']") == []
    # An autosave leaves the version of the post alone.
    typed = {"title": "Colin's", "body": "What the new owner typed."}
    assert as_(cast.colin)("PUT", f"/posts/{draft.slug}/working-copy", typed, etag="*").status_code < 300
    walt.press(address, action=f"{address}/undo")
    work()
    assert seen(public)[:3] == ("published", "walt", ["walt"])
    assert seen(draft)[:3] == ("draft", "colin", ["colin"])
    assert results(walt.read(address))["Draft"] == "Not undone: Somebody changed the post since."


def test_a_change_whose_job_was_cancelled_ends_and_can_be_undone(sign_in, as_, cast, work, seen):
    posts = [DraftFactory(author=cast.walt, slug=slug, body="Words.") for slug in ("one", "two")]
    walt, body = as_(cast.walt), {"action": "publish", "posts": ["one", "two"]}
    stopped = walt("POST", "/posts/bulk", body).json["id"]
    cancel_jobs()
    page = sign_in(cast.walt).read(f"/blog/bulk/{stopped}")
    assert page.all("//*[@data-progress='running']") == []
    assert set(results(page).values()) == {"Not changed: The work was stopped before this post."}
    assert walt("GET", f"/posts/bulk/{stopped}").json["state"] == "done"
    path = f"/posts/bulk/{walt('POST', '/posts/bulk', body).json['id']}"
    work()
    assert walt("POST", f"{path}/undo").status_code == 202
    cancel_jobs()
    assert walt("GET", path).json["state"] == "done"
    for undone in (path, f"/posts/bulk/{stopped}"):
        assert walt("POST", f"{undone}/undo").status_code == 202
        assert walt("POST", f"{undone}/undo").status_code == 409
    work()
    assert [seen(post)[0] for post in posts] == ["draft", "draft"]
    assert walt("GET", path).json["state"] == "undone"
    assert {one["state"] for one in walt("GET", f"/posts/bulk/{stopped}").json["posts"]} == {"refused"}


def cancel_jobs():
    with storing():
        for job in db.session.scalars(outbox.listed(JobState.QUEUED)).all():
            outbox.cancel(job.id)
        db.session.commit()


def test_undo_neither_publishes_a_missed_moment_nor_brings_old_trash_close_to_the_purge(
    app, as_, cast, work, seen, monkeypatch
):
    begin, walt = clock.now(), as_(cast.walt)
    PostFactory(author=cast.walt, slug="scheduled", published_at=begin + timedelta(minutes=2))
    almost = begin - timedelta(days=30) + timedelta(minutes=2)
    old = DraftFactory(author=cast.walt, slug="old", status=Status.TRASHED, trashed_at=almost)
    made = [
        walt("POST", "/posts/bulk", {"action": action, "posts": [slug]}).json["id"]
        for action, slug in (("trash", "scheduled"), ("restore", "old"))
    ]
    work()
    monkeypatch.setattr(clock, "now", lambda: begin + timedelta(minutes=5))
    for number in made:
        assert walt("POST", f"/posts/bulk/{number}/undo").status_code == 202
    work()
    with app.app_context():
        purge_trash()
    assert walt("GET", "/posts/scheduled").json["status"] == "draft"
    assert walt("GET", f"/posts/bulk/{made[0]}").json["posts"][0]["message"].startswith("It is a draft")
    assert seen(old)[0] == "trashed"


def test_nobody_changes_or_learns_of_what_is_not_theirs(sign_in, as_, cast, work, seen):
    own = DraftFactory(author=cast.colin, title="Own", body="Words.", slug="own", tags=["Mine"])
    DraftFactory(author=cast.ada, tags=["Takeover of Acme"])
    secret = DraftFactory(author=cast.walt, title="Secret plans", body="Words.", slug="secret")
    public = PostFactory(author=cast.walt, title="Public", slug="public")
    colin = sign_in(cast.colin)
    listed = colin.read("/blog/my-posts")
    assert listed.all("//main//button[@name='action']/@value") == ["tag", "hand_over", "trash"]
    # The names of tags on other people's drafts are theirs, too.
    asked = document(colin.fill_in("/blog/my-posts", post=[str(own.id)], button="tag"))
    for page in (listed, asked):
        assert page.all("//datalist/option/@value") == ["Mine"]
    token = colin.form_token()
    chosen = {"csrf_token": token, "post": [str(post.id) for post in (own, secret, public)]}
    for action in ("publish", "unpublish"):
        for more in ({}, {"confirmed": "1"}):
            assert colin.post("/blog/bulk", data=chosen | {"action": action} | more).status_code == 403
        body = {"action": action, "posts": ["own"]}
        assert as_(cast.colin)("POST", "/posts/bulk", body).status_code == 403
    asked = colin.post("/blog/bulk", data=chosen | {"action": "trash"})
    assert (asked.status_code, "Secret plans" in asked.text) == (200, False)
    for action, more in (("tag", {"tags": ["Rivers"]}), ("hand_over", {"author": "colin"}), ("trash", {})):
        body = {"action": action, "posts": ["secret", "public", "nothing"], **more}
        made = as_(cast.colin)("POST", "/posts/bulk", body)
        assert made.status_code == 202
        work()
        done = as_(cast.colin)("GET", f"/posts/bulk/{made.json['id']}").json
        assert [(one["title"], one["state"]) for one in done["posts"]] == [
            ("secret", "refused"), ("Public", "refused"), ("nothing", "refused"),
        ]  # fmt: skip
        assert done["posts"][0]["message"] == done["posts"][2]["message"]
    assert seen(secret) == ("draft", "walt", ["walt"], [])
    assert seen(public) == ("published", "walt", ["walt"], [])
    # Results are private, too.
    number = made.json["id"]
    assert sign_in(cast.ada).get(f"/blog/bulk/{number}").status_code == 404
    assert as_(cast.ada)("POST", f"/posts/bulk/{number}/undo").status_code == 404
    assert sign_in(cast.rhea).get(f"/blog/bulk/{number}").status_code == 403


def test_a_right_that_ended_meanwhile_changes_nothing(as_, cast, work, seen, app):
    post = DraftFactory(author=cast.walt, body="Words.", slug="own")
    made = as_(cast.walt)("POST", "/posts/bulk", {"action": "publish", "posts": ["own"]})
    as_(cast.ada)("PATCH", f"/users/{cast.walt.id}", {"role": "contributor"}, etag="*")
    work()
    assert seen(post)[0] == "draft"
    as_(cast.ada)("PATCH", f"/users/{cast.walt.id}", {"role": "author"}, etag="*")
    given = PostFactory(author=cast.walt, slug="given")
    published = as_(cast.walt)("POST", "/posts/bulk", {"action": "publish", "posts": ["own"]})
    body = {"action": "hand_over", "posts": ["given"], "author": "edith"}
    handed = as_(cast.walt)("POST", "/posts/bulk", body)
    work()
    assert (seen(post)[0], seen(given)[1]) == ("published", "edith")
    as_(cast.ada)("PATCH", f"/users/{cast.walt.id}", {"role": "contributor"}, etag="*")
    for made in (published, handed):
        assert as_(cast.walt)("POST", f"/posts/bulk/{made.json['id']}/undo").status_code == 202
    work()
    assert (seen(post)[0], seen(given)[1]) == ("published", "edith")


def test_the_api_changes_many_posts_and_takes_it_back_once(as_, cast, work, in_parallel, seen):
    posts = [PostFactory(author=cast.walt, slug=f"post-{number}") for number in range(3)]
    edith = as_(cast.edith)
    body = {"action": "hand_over", "posts": [post.slug for post in posts], "author": "edith"}
    made = edith("POST", "/posts/bulk", body)
    assert (made.status_code, made.json["state"]) == (202, "queued")
    path = f"/posts/bulk/{made.json['id']}"
    assert made.headers["Location"].endswith(f"/api/v1{path}")
    assert edith("POST", f"{path}/undo").status_code == 409
    work()
    assert edith("GET", path).json["state"] == "done"
    assert [seen(post)[1:3] for post in posts] == [("edith", ["edith"])] * 3
    statuses = []
    assert not in_parallel(*[lambda: statuses.append(edith("POST", f"{path}/undo").status_code)] * 3)
    assert sorted(statuses) == [202, 409, 409]
    work()
    assert {one["state"] for one in edith("GET", path).json["posts"]} == {"undone"}
    assert {seen(post)[1] for post in posts} == {"walt"}
    for wrong in (
        {"action": "tag", "posts": ["post-1"]},
        {"action": "hand_over", "posts": ["post-1"]},
        {"action": "publish", "posts": []},
        {"action": "publish", "posts": ["x"] * 501},
        {"action": "explode", "posts": ["post-1"]},
    ):
        assert edith("POST", "/posts/bulk", wrong).status_code == 422, wrong


@pytest.mark.databases("sqlite")
def test_a_job_that_runs_twice_changes_each_post_once_and_is_forgotten(app, as_, cast, work, monkeypatch):
    post = PostFactory(author=cast.walt, slug="twice")
    made = as_(cast.walt)("POST", "/posts/bulk", {"action": "tag", "posts": ["twice"], "tags": ["Rivers"]})
    work()
    version = now(post).version
    with app.app_context():
        change_many(made.json["id"])
    assert now(post).version == version
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=31))
    with app.app_context():
        forget_bulk_changes()
    monkeypatch.undo()
    assert as_(cast.walt)("GET", f"/posts/bulk/{made.json['id']}").status_code == 404
