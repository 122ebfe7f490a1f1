"""A proxy that keeps pages for an outage is told which it may keep, and nobody else is told anything."""

import pytest

from masthead.pagecache.cached_page import SURROGATE
from tests.factories import PostFactory

ANNOUNCED = {"Surrogate-Capability": SURROGATE}
HEADER = "X-Accel-Expires"


def test_pages_for_everybody_may_be_kept_by_a_proxy_that_announces_itself(client, cast):
    path = f"/blog/post/{PostFactory(author=cast.walt).slug}"
    answers = [client.get(path, headers=ANNOUNCED) for _ in range(2)]
    assert [answer.headers["X-Cache"] for answer in answers] == ["miss", "hit"]
    assert [answer.headers.getlist(HEADER) for answer in answers] == [["@1"], ["@1"]]
    assert client.get("/blog/post/nothing", headers=ANNOUNCED).headers[HEADER] == "@1"
    assert HEADER not in client.get(path).headers
    assert HEADER not in client.get(path, headers={"Surrogate-Capability": 'other="Surrogate/1.0"'}).headers


@pytest.mark.parametrize(
    "path", ["/auth/login", "/api/v1/posts", "/search?q=x", "/health/live", "/dashboard"]
)
def test_nothing_else_may_be_kept(client, path):
    assert HEADER not in client.get(path, headers=ANNOUNCED).headers


def test_nobody_keeps_the_pages_of_somebody(client, cast, sign_in):
    path = f"/blog/post/{PostFactory(author=cast.walt).slug}"
    assert HEADER not in sign_in(cast.walt).get(path, headers=ANNOUNCED).headers
    assert HEADER not in client.get(path, headers=ANNOUNCED | {"Authorization": "Bearer x"}).headers
