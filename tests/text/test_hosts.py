"""Hosts that requests may carry (security.md row 27)."""

import pytest

from masthead.text.hosts import is_trusted

OURS = ["magazine.example", ".news.example", "::1", "192.0.2.1:8000", "bücher.example"]


@pytest.mark.parametrize(
    "host",
    [
        "magazine.example",
        "MAGAZINE.Example:8000",
        "news.example",
        "www.news.example",
        "[::1]",
        "[::1]:8000",
        "[0:0:0:0:0:0:0:1]",
        "192.0.2.1",
        "xn--bcher-kva.example",
    ],
)
def test_ours_are_trusted(host):
    assert is_trusted(host, OURS)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "magazine.example.evil.example",
        "evilnews.example",
        "magazine.example:0",
        "magazine.example:99999",
        "magazine.example, evil.example",
        "ada@magazine.example",
        "magazine.example/evil",
        "[::2]",
        "::1",
        "[::1",
        "magazine.example\n",
    ],
)
def test_others_are_not(host):
    assert not is_trusted(host, OURS)


@pytest.mark.parametrize("host", ["LOCALHOST", "[::1]", "[::1]:8000", "127.0.0.1"])
def test_pages_answer_at_every_name_of_this_machine(make_app, new_client, host):
    client = new_client(make_app(HOST="::1", SITE_URL=""))
    for path in ("/", "/auth/login", "/blog/"):
        assert client.get(path, headers={"Host": host}).status_code == 200
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400
