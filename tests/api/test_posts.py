"""Posts through the API: what the desk can do, with the same rights."""

import pytest

from tests.factories import BylineFactory, DraftFactory, PostFactory

MEMBERS = {
    "id",
    "slug",
    "title",
    "summary",
    "status",
    "published",
    "published_at",
    "created_at",
    "updated_at",
    "views",
    "reading_minutes",
    "author",
    "tags",
    "comment_count",
    "url",
}


def test_a_post_is_written_published_changed_and_trashed(call, as_, cast):
    walt = as_(cast.walt)
    made = walt("POST", "/posts", {"title": "Rivers", "body": "They *run*.", "tags": ["Nature", "Water"]})
    assert made.status_code == 201
    assert made.location == "http://localhost/api/v1/posts/rivers"
    assert made.json["status"] == "draft"
    assert made.json["tags"] == ["Nature", "Water"]
    assert call("GET", "/posts/rivers").status_code == 404
    assert walt("POST", "/posts/rivers/publish").json["published"] is True
    read = call("GET", "/posts/rivers")
    assert read.json.keys() >= MEMBERS | {"body", "html"}
    assert read.json["html"] == "<p>They <em>run</em>.</p>\n"
    changed = walt("PATCH", "/posts/rivers", {"title": "Brooks"}, etag=read.headers["ETag"])
    assert (changed.status_code, changed.json["title"], changed.json["body"]) == (
        200,
        "Brooks",
        "They *run*.",
    )
    replaced = walt(
        "PUT",
        "/posts/rivers",
        {"title": "Lakes", "body": "Still.", "slug": "lakes"},
        etag=changed.headers["ETag"],
    )
    assert (replaced.json["slug"], replaced.json["tags"]) == ("lakes", [])
    moved = call("GET", "/posts/rivers")
    assert (moved.status_code, moved.location) == (301, "http://localhost/api/v1/posts/lakes")
    assert [item["number"] for item in walt("GET", "/posts/lakes/revisions").json["revisions"]] == [3, 2, 1]
    assert walt("GET", "/posts/lakes/revisions/1").json["body"] == "They *run*."
    assert walt("POST", "/posts/lakes/unpublish").json["status"] == "draft"
    etag = walt("GET", "/posts/lakes").headers["ETag"]
    assert walt("DELETE", "/posts/lakes", etag=etag).status_code == 204
    assert walt("GET", "/posts/lakes").status_code == 404


def test_a_stale_save_never_overwrites(as_, cast):
    PostFactory(author=cast.walt, title="Rivers")
    walt, edith = as_(cast.walt), as_(cast.edith)
    seen = walt("GET", "/posts/rivers").headers["ETag"]
    assert edith("PATCH", "/posts/rivers", {"title": "First"}, etag=seen).status_code == 200
    assert walt("PATCH", "/posts/rivers", {"title": "Second"}, etag=seen).status_code == 412
    assert walt("PATCH", "/posts/rivers", {"title": "Second"}).status_code == 428
    assert walt("DELETE", "/posts/rivers").status_code == 428
    assert walt("GET", "/posts/rivers").json["title"] == "First"


@pytest.mark.parametrize("step", ["publish", "unpublish", "restore"])
def test_a_step_from_a_state_that_is_gone_is_not_taken(as_, cast, step):
    PostFactory(author=cast.walt, title="Rivers")
    walt = as_(cast.walt)
    seen = walt("GET", "/posts/rivers").headers["ETag"]
    walt("PATCH", "/posts/rivers", {"title": "Brooks"}, etag=seen)
    assert walt("POST", f"/posts/rivers/{step}", etag=seen).status_code == 412
    assert walt("GET", "/posts/rivers").json["status"] == "published"


def test_of_many_saves_at_once_one_succeeds(as_, cast, in_parallel):
    PostFactory(author=cast.walt, title="Rivers")
    callers = [as_(cast.walt) for _ in range(6)]
    seen = callers[0]("GET", "/posts/rivers").headers["ETag"]
    statuses = []
    calls = [
        lambda caller=caller, number=number: statuses.append(
            caller("PATCH", "/posts/rivers", {"title": f"Save {number}"}, etag=seen).status_code
        )
        for number, caller in enumerate(callers)
    ]
    assert in_parallel(*calls) == []
    assert sorted(statuses) == [200, 412, 412, 412, 412, 412]


def test_a_reader_who_has_the_post_gets_304(call, cast):
    PostFactory(author=cast.walt, title="Rivers")
    for path in ("/posts/rivers", "/posts"):
        etag = call("GET", path).headers["ETag"]
        again = call("GET", path, headers={"If-None-Match": etag})
        assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("name", "status"),
    [("rhea", 403), ("mona", 403), ("colin", 404), ("walt", 200), ("edith", 200), ("ada", 200)],
)
def test_who_may_read_a_draft_of_walt(as_, cast, name, status):
    DraftFactory(author=cast.walt, title="Rivers")
    answer = as_(getattr(cast, name))("GET", "/posts/rivers")
    assert answer.status_code == (404 if status == 403 else status)
    assert as_(getattr(cast, name))("GET", "/posts/rivers/revisions").status_code == status


@pytest.mark.parametrize(("name", "status"), [("rhea", 403), ("colin", 403), ("walt", 201), ("edith", 201)])
def test_publishing_needs_the_right(as_, cast, name, status):
    body = {"title": "Rivers", "body": "Run.", "status": "published"}
    assert as_(getattr(cast, name))("POST", "/posts", body).status_code == status


def test_a_contributor_submits(as_, cast):
    made = as_(cast.colin)("POST", "/posts", {"title": "Rivers", "body": "Run.", "status": "in_review"})
    assert made.json["status"] == "in_review"


def test_lists_are_filtered_sorted_and_paged(call, as_, cast):
    nora = BylineFactory(username="nora")
    for number in range(5):
        PostFactory(author=cast.walt, title=f"Post {number}", tags=["Nature"] if number % 2 else [])
    PostFactory(author=cast.edith, title="By Nora", bylines=[nora])
    DraftFactory(author=cast.walt, title="Draft")
    listed = call("GET", "/posts?per_page=4").json
    assert (listed["total"], listed["page"], listed["pages"], len(listed["posts"])) == (6, 1, 2, 4)
    assert all(item.keys() >= MEMBERS and "body" not in item for item in listed["posts"])
    assert [item["title"] for item in call("GET", "/posts?author=nora").json["posts"]] == ["By Nora"]
    assert call("GET", "/posts?tag=nature").json["total"] == 2
    titles = [item["title"] for item in call("GET", "/posts?sort=title&fields=title").json["posts"]]
    assert titles == sorted(titles)
    assert call("GET", "/posts?fields=title").json["posts"][0].keys() == {"title"}
    assert as_(cast.walt)("GET", "/posts?status=draft").json["total"] == 1
    assert as_(cast.colin)("GET", "/posts?status=draft").json["total"] == 0
    assert call("GET", "/posts?status=draft").status_code == 403
    assert 'rel="next"' in call("GET", "/posts?per_page=4").headers["Link"]
    assert call("GET", "/posts?page=9").status_code == 404


def test_a_cursor_leads_through_everything_once(call, cast):
    PostFactory.create_batch(7, author=cast.walt)
    seen, answer = [], call("GET", "/posts?per_page=3").json
    while True:
        seen += [item["id"] for item in answer["posts"]]
        if answer["next_cursor"] is None:
            break
        answer = call("GET", f"/posts?per_page=3&cursor={answer['next_cursor']}").json
        assert answer["total"] is answer["pages"] is None
    assert len(seen) == len(set(seen)) == 7


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=-1",
        "page=x",
        "per_page=101",
        "cursor=x",
        "cursor=bnVsbA",
        # ["0001-01-01T00:00:00+14:00", 1]: before the calendar begins.
        "cursor=WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAwIiwgMV0",
        "status=gone",
        "sort=body",
        "fields=password",
        "fields=",
        "published_after=yesterday",
        "published_after=2026-01-01",
        "page=1&page=2",
        "unknown=1",
    ],
)
def test_a_query_of_the_wrong_shape_is_refused_with_its_field(call, query):
    answer = call("GET", f"/posts?{query}")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json["errors"].keys() == {query.partition("=")[0]}


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"title", "body"}),
        ({"title": "", "body": "x"}, {"title"}),
        ({"title": "x" * 301, "body": "x"}, {"title"}),
        ({"title": "a\x00b", "body": "x"}, {"title"}),
        ({"title": "x", "body": "a\ud800b"}, {"body"}),
        ({"title": "x", "body": "x", "views": 9}, {"views"}),
        ({"title": "x", "body": "x", "author_id": 1}, {"author_id"}),
        ({"title": "x", "body": "x", "status": "trashed"}, {"status"}),
        ({"title": "x", "body": "x", "tags": "Nature"}, {"tags"}),
        (
            {"title": "x", "body": "x", "status": "published", "published_at": "2026-01-01T00:00:00"},
            {"published_at"},
        ),
        # Nobody is let believe that a draft has been scheduled.
        (
            {"title": "x", "body": "x", "status": "draft", "published_at": "2027-01-01T00:00:00Z"},
            {"published_at"},
        ),
        ([], {"body"}),
        (7, {"body"}),
    ],
)
def test_a_body_of_the_wrong_shape_is_refused_with_its_fields(as_, cast, body, fields):
    answer = as_(cast.walt)("POST", "/posts", body)
    assert answer.status_code == 422, answer.text
    assert answer.json["errors"].keys() == fields


def test_what_is_no_json_is_refused(as_, cast):
    walt = as_(cast.walt)
    for content in (b"{", b"", b"\xff", b"NaN", b"[" * 10):
        assert walt("POST", "/posts", data=content, content_type="application/json").status_code == 400
    # Deeper than any document of ours: refused before it is parsed.
    assert walt("POST", "/posts", data=b"[" * 100_000, content_type="application/json").status_code == 413
    assert walt("POST", "/posts", data=b"{}", content_type="text/plain").status_code == 415
    assert walt("POST", "/posts", data=b"x" * 9_000_000, content_type="application/json").status_code == 413
    wrong = walt("DELETE", "/posts")
    assert (wrong.status_code, wrong.headers["Allow"]) == (405, "GET, HEAD, OPTIONS, POST")


def test_a_text_of_the_wrong_length_is_told_how_long_it_may_be(as_, cast):
    walt = as_(cast.walt)
    errors = walt("POST", "/posts", {"title": "x" * 301, "body": "x", "tags": [""]}).json["errors"]
    assert errors == {
        "title": ["Write at most 300 characters."],
        "tags.0": ["Write at least 1 character."],
    }
