from tests.factories import PostFactory


def test_a_post_is_changed_by_whoever_saw_it_compressed(as_, cast):
    walt = as_(cast.walt)
    path = f"/posts/{PostFactory(author=cast.walt, body='Long enough. ' * 100).slug}"
    tag = walt("GET", path, headers={"Accept-Encoding": "br"}).headers["ETag"]
    assert tag.endswith('-br"')
    assert walt("PATCH", path, {"title": "Changed"}, etag=tag).status_code == 200
    assert walt("PATCH", path, {"title": "Again"}, etag=tag).status_code == 412
