import brotli
import pytest

from tests.factories import PostFactory

BROTLI = {"Accept-Encoding": "br"}


@pytest.mark.parametrize(
    "path", ["/api/v1/posts", "/api/v1/openapi.json", "/api/v1/docs", "/search?q=published", "/search?q="]
)
def test_what_is_made_for_one_request_is_compressed(client, path):
    PostFactory.create_batch(3)
    plain, coded = client.get(path), client.get(path, headers=BROTLI)
    assert coded.headers["Content-Encoding"] == "br"
    assert brotli.decompress(coded.data) == plain.data
    assert int(coded.headers["Content-Length"]) == len(coded.data) < len(plain.data)
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Accept-Encoding" in coded.headers["Vary"]


def test_whoever_asks_for_the_headers_alone_gets_the_same(client):
    PostFactory.create_batch(3)
    whole, headers = (ask("/api/v1/posts", headers=BROTLI).headers for ask in (client.get, client.head))
    for name in ("Content-Length", "Content-Encoding", "ETag", "Vary"):
        assert headers[name] == whole[name]


@pytest.mark.parametrize("path", ["/", "/dashboard", "/search?q=published", "/auth/profile"])
def test_a_page_for_somebody_who_is_signed_in_tells_nothing_by_its_length(cast, sign_in, path):
    page = sign_in(cast.ada).get(path, headers=BROTLI)
    assert page.status_code == 200
    assert "Content-Encoding" not in page.headers


def test_a_page_that_begins_a_session_tells_nothing_by_its_length(client):
    assert "Content-Encoding" not in client.get("/auth/login", headers=BROTLI).headers


@pytest.mark.parametrize("path", ["/api/v1/posts", "/api/v1/posts/{slug}"])
def test_each_coding_has_a_tag_of_its_own_and_each_is_known_again(client, cast, path):
    post = PostFactory(author=cast.walt, body="Long enough. " * 100)
    path = path.format(slug=post.slug)
    plain, coded = (client.get(path, headers=headers).headers["ETag"] for headers in ({}, BROTLI))
    assert plain != coded
    for headers, tag in (({}, plain), (BROTLI, coded)):
        answer = client.get(path, headers=headers | {"If-None-Match": tag})
        assert (answer.status_code, answer.headers["ETag"]) == (304, tag)


def test_who_understands_no_coding_gets_none(client):
    PostFactory.create_batch(3)
    for header in ("identity", "br;q=0, gzip;q=0", "deflate", ""):
        assert (
            "Content-Encoding" not in client.get("/api/v1/posts", headers={"Accept-Encoding": header}).headers
        )
