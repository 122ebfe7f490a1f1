"""Comments and moderation through the API."""

from tests.factories import CommentFactory, DraftFactory, PostFactory


def test_a_comment_waits_until_a_moderator_approves_it(call, as_, cast):
    PostFactory(author=cast.walt, title="Rivers")
    rhea, mona = as_(cast.rhea), as_(cast.mona)
    made = rhea("POST", "/posts/rivers/comments", {"body": "I *was* there."})
    assert (made.status_code, made.json["status"]) == (201, "pending")
    path = f"/comments/{made.json['id']}"
    assert made.location.endswith(path)
    assert call("GET", path).status_code == 404
    assert call("GET", "/posts/rivers/comments").json["total"] == 0
    assert [item["id"] for item in mona("GET", "/comments").json["comments"]] == [made.json["id"]]
    assert rhea("POST", f"{path}/approve").status_code == 403
    assert mona("POST", f"{path}/approve").json["status"] == "approved"
    assert (
        call("GET", "/posts/rivers/comments").json["comments"][0]["html"] == "<p>I <em>was</em> there.</p>\n"
    )
    answered = rhea("POST", "/posts/rivers/comments", {"body": "Twice.", "parent_id": made.json["id"]})
    assert answered.json["parent_id"] == made.json["id"]
    assert mona("POST", f"{path}/reject").json["status"] == "spam"
    assert call("GET", path).status_code == 404
    assert rhea("POST", f"{path}/restore").status_code == 403
    assert mona("POST", f"{path}/restore").json["status"] == "pending"


def test_what_its_author_has_deleted_comes_back_for_nobody_else(as_, cast):
    comment = CommentFactory(author=cast.rhea)
    rhea, mona, path = as_(cast.rhea), as_(cast.mona), f"/comments/{comment.id}"
    rhea("DELETE", path, etag="*")
    assert mona("POST", f"{path}/restore").status_code == 403
    (kept,) = mona("GET", "/comments?status=deleted").json["comments"]
    assert kept["id"] == comment.id


def test_authors_change_and_delete_their_own(as_, cast):
    post = PostFactory(author=cast.walt, title="Rivers")
    comment = CommentFactory(post=post, author=cast.rhea)
    rhea, colin, path = as_(cast.rhea), as_(cast.colin), f"/comments/{comment.id}"
    etag = rhea("GET", path).headers["ETag"]
    assert colin("DELETE", path, etag=etag).status_code == 403
    assert rhea("DELETE", path).status_code == 428
    assert rhea("PATCH", path, {"body": "Other words."}, etag='"old"').status_code == 412
    assert rhea("DELETE", path, etag=etag).status_code == 204
    assert rhea("GET", path).status_code == 404


def test_nothing_below_a_draft_is_read_or_written(call, as_, cast):
    post = DraftFactory(author=cast.walt, title="Rivers")
    comment = CommentFactory(post=post, author=cast.rhea)
    for caller in (call, as_(cast.rhea)):
        assert caller("GET", "/posts/rivers/comments").status_code == 404
        assert caller("GET", f"/comments/{comment.id}").status_code == 404
    assert as_(cast.rhea)("POST", "/posts/rivers/comments", {"body": "x"}).status_code == 404


def test_tags_are_listed_made_and_changed(call, as_, cast):
    PostFactory(author=cast.walt, tags=["Nature"])
    assert [tag["slug"] for tag in call("GET", "/tags").json["tags"]] == ["nature"]
    edith = as_(cast.edith)
    assert as_(cast.walt)("POST", "/tags", {"name": "Water"}).status_code == 403
    assert edith("POST", "/tags", {"name": "Water", "description": "Wet."}).json["slug"] == "water"
    assert edith("POST", "/tags", {"name": "WATER"}).status_code == 409
    etag = edith("GET", "/tags/water").headers["ETag"]
    assert edith("PATCH", "/tags/water", {"name": "Nature"}, etag=etag).status_code == 409
    assert edith("PATCH", "/tags/water", {"name": "Waters"}, etag=etag).json["name"] == "Waters"
    assert call("GET", "/tags/none").status_code == 404
