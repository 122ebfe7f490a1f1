"""Pages, search and the trash, for programs."""

from tests.factories import PostFactory


def test_a_page_is_written_published_and_changed(call, as_, cast):
    edith = as_(cast.edith)
    made = edith("POST", "/pages", {"title": "Imprint", "body": "*Who* we are."})
    assert (made.status_code, made.json["is_public"]) == (201, False)
    assert made.location == "http://localhost/api/v1/pages/imprint"
    assert call("GET", "/pages/imprint").status_code == 404
    assert call("GET", "/pages").json["total"] == 0
    assert edith("GET", "/pages").json["total"] == 1
    etag = made.headers["ETag"]
    public = edith("PATCH", "/pages/imprint", {"is_public": True}, etag=etag)
    assert public.status_code == 200
    assert call("GET", "/pages/imprint").json["html"] == "<p><em>Who</em> we are.</p>\n"
    assert edith("PATCH", "/pages/imprint", {"title": "Other"}, etag=etag).status_code == 412
    assert edith("PATCH", "/pages/imprint", {"title": "Other"}).status_code == 428
    moved = edith("PATCH", "/pages/imprint", {"slug": "about-us"}, etag=public.headers["ETag"])
    assert moved.json["url"] == "http://localhost/page/about-us"
    assert [page["slug"] for page in call("GET", "/pages").json["items"]] == ["about-us"]


def test_posts_are_found(call, cast):
    PostFactory(title="The ferry", body="It runs on a rope.", author=cast.walt)
    PostFactory(title="The mill", body="It runs on water.")
    found = call("GET", "/search?q=rope").json
    assert (found["total"], found["results"][0]["slug"]) == (1, "the-ferry")
    assert "<mark>rope</mark>" in found["results"][0]["passage"]
    assert call("GET", "/search?q=runs+-water").json["total"] == 1
    assert call("GET", "/search?q=author:walt").json["total"] == 1
    assert call("GET", "/search?q=").status_code == 422
    assert call("GET", "/search?q=runs&page=9").status_code == 404


def test_a_post_comes_back_from_the_trash(call, as_, cast):
    post = PostFactory(author=cast.walt)
    walt = as_(cast.walt)
    path = f"/posts/{post.slug}"
    walt("DELETE", path, etag=walt("GET", path).headers["ETag"])
    assert as_(cast.colin)("POST", f"{path}/restore").status_code == 404
    assert walt("POST", f"{path}/restore").json["status"] == "draft"
    assert walt("POST", f"{path}/restore").status_code == 409


def test_a_revision_that_no_column_holds_is_not_found(as_, cast):
    post = PostFactory(author=cast.walt)
    assert as_(cast.walt)("GET", f"/posts/{post.slug}/revisions/{2**31}").status_code == 404


def test_a_change_is_rendered_before_the_transaction_begins(as_, cast, queries, monkeypatch):
    from masthead.posts.api import posts

    post = PostFactory(author=cast.walt)
    walt = as_(cast.walt)
    begun = []
    real = posts.render_text

    def rendered(**fields):
        begun.append(posts.db.session().in_transaction())
        return real(**fields)

    monkeypatch.setattr(posts, "render_text", rendered)
    etag = walt("GET", f"/posts/{post.slug}").headers["ETag"]
    assert walt("PATCH", f"/posts/{post.slug}", {"title": "Brooks"}, etag=etag).status_code == 200
    assert begun == [False]
