"""Merging a tag deletes it, so a program says which state of it it saw."""

from tests.factories import PostFactory


def test_merge_needs_the_state_that_was_seen(as_, cast):
    PostFactory(author=cast.walt, tags=["River", "Rivers"], slug="one")
    edith = as_(cast.edith)
    body = {"into": "rivers"}
    assert edith("POST", "/tags/river/merge", body).status_code == 428
    assert edith("POST", "/tags/river/merge", body, etag='"stale"').status_code == 412
    assert edith("GET", "/posts/one").json["tags"] == ["River", "Rivers"]
    etag = edith("GET", "/tags/river").headers["ETag"]
    # Somebody describes it in the meantime.
    assert edith("PATCH", "/tags/river", {"description": "Water."}, etag=etag).status_code == 200
    assert edith("POST", "/tags/river/merge", body, etag=etag).status_code == 412
    etag = edith("GET", "/tags/river").headers["ETag"]
    merged = edith("POST", "/tags/river/merge", body, etag=etag)
    assert (merged.status_code, merged.json["slug"]) == (200, "rivers")
    assert edith("GET", "/posts/one").json["tags"] == ["Rivers"]
    assert edith("GET", "/tags/river").status_code == 404
