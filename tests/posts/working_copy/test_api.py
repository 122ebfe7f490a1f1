import pytest

from tests.api.conftest import as_
from tests.factories import PostFactory

__all__ = ["as_"]


@pytest.mark.databases("sqlite")
def test_a_program_writes_a_working_copy_and_updates_the_post(as_, cast, client):
    post = PostFactory(author=cast.walt, body="Old.", tags=["Rivers"])
    url = f"/posts/{post.slug}/working-copy"
    walt = as_(cast.walt)
    before = walt("GET", url)
    assert (before.json["body"], before.json["has_working_copy"]) == ("Old.", False)
    body = {"title": "Another", "body": "New.", "tags": ["Lakes"]}
    assert walt("PUT", url, body).status_code == 428
    typed = walt("PUT", url, body, etag=before.headers["ETag"])
    assert typed.status_code == 200
    assert typed.json["has_working_copy"]
    assert walt("PUT", url, body, etag=before.headers["ETag"]).status_code == 412
    assert as_(cast.colin)("GET", url).status_code == 403
    shown = walt("GET", f"/posts/{post.slug}")
    assert (shown.json["body"], shown.json["has_working_copy"]) == ("Old.", True)
    assert client.get(f"/api/v1/posts/{post.slug}").get_json()["has_working_copy"] is None
    updated = walt("POST", f"/posts/{post.slug}/update")
    assert (updated.status_code, updated.json["body"], updated.json["tags"]) == (200, "New.", ["Lakes"])
    assert updated.json["has_working_copy"] is False
    assert "New." in client.get(f"/blog/post/{post.slug}").text
    assert walt("POST", f"/posts/{post.slug}/update").status_code == 404
    assert walt("DELETE", url, etag="*").status_code == 404
    walt("PUT", url, body | {"body": "Newer."}, etag="*")
    assert walt("DELETE", url, etag="*").status_code == 204
    assert walt("GET", url).json["body"] == "New."


@pytest.mark.databases("sqlite")
def test_a_save_past_the_working_copy_is_merged_or_refused(as_, cast):
    post = PostFactory(author=cast.walt, body="One.\n\nTwo.\n")
    url, walt, edith = f"/posts/{post.slug}/working-copy", as_(cast.walt), as_(cast.edith)
    walt("PUT", url, {"title": post.title, "body": "One.\n\nTwo typed.\n"}, etag="*")
    edith("PATCH", f"/posts/{post.slug}", {"body": "One saved.\n\nTwo.\n"}, etag="*")
    updated = walt("POST", f"/posts/{post.slug}/update")
    assert updated.json["body"] == "One saved.\n\nTwo typed.\n"
    walt("PUT", url, {"title": post.title, "body": "One mine.\n\nTwo typed.\n"}, etag="*")
    edith("PATCH", f"/posts/{post.slug}", {"body": "One theirs.\n\nTwo typed.\n"}, etag="*")
    refused = walt("POST", f"/posts/{post.slug}/update")
    assert refused.status_code == 409
    assert walt("GET", url).json["body"].startswith("One mine.")
