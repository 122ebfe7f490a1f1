import gzip
import re

import brotli
import pytest
from backports import zstd

from masthead.web.middleware.static_files import FOLDER

DECODED = {"br": brotli.decompress, "zstd": zstd.decompress, "gzip": gzip.decompress}


@pytest.fixture
def style_sheet(client):
    """The address of the style sheet as a page names it."""
    return re.search(r'href="([^"]*/static/css/site\.[^"]*)"', client.get("/").text)[1]


def test_the_name_carries_the_content(client, style_sheet):
    assert re.fullmatch(r"/static/css/site\.[0-9a-f]{12}\.css", style_sheet)
    answer = client.get(style_sheet)
    assert answer.data == (FOLDER / "css/site.css").read_bytes()
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.content_type == "text/css; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers


def test_every_file_that_a_page_names_is_there(client):
    named = set(re.findall(r'"(/static/[^"]+)"', client.get("/auth/login").text))
    assert len(named) >= 4
    assert {client.get(path).status_code for path in named} == {200}


@pytest.mark.parametrize("coding", DECODED)
def test_each_coding_holds_the_same_file_under_a_tag_of_its_own(client, style_sheet, coding):
    plain, coded = client.get(style_sheet), client.get(style_sheet, headers={"Accept-Encoding": coding})
    assert coded.headers["Content-Encoding"] == coding
    assert DECODED[coding](coded.data) == plain.data
    assert len(coded.data) < len(plain.data) / 3
    assert coded.headers["ETag"] != plain.headers["ETag"]
    assert "Accept-Encoding" in coded.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Cookie" not in plain.headers["Vary"]
    again = client.get(
        style_sheet, headers={"Accept-Encoding": coding, "If-None-Match": coded.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")


def test_only_the_length_of_a_file_is_asked_for(client, style_sheet):
    answer = client.head(style_sheet, headers={"Accept-Encoding": "br"})
    assert (answer.status_code, answer.data) == (200, b"")
    assert int(answer.headers["Content-Length"]) == len(
        client.get(style_sheet, headers={"Accept-Encoding": "br"}).data
    )


def test_a_name_of_an_older_version_gets_the_present_file_but_not_for_a_year(client, style_sheet):
    old = re.sub(r"[0-9a-f]{12}", "0" * 12, style_sheet)
    for path in (old, "/static/css/site.css"):
        answer = client.get(path)
        assert answer.data == client.get(style_sheet).data
        assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "css",
        "css/",
        "css/none.css",
        "../app.py",
        "css/../../app.py",
        "..%2fapp.py",
        "/etc/passwd",
        "css/site.css/",
        "css/site.000000000000.js",
        "css\\site.css",
    ],
)
def test_nothing_else_is_served(client, path):
    assert client.get(f"/static/{path}").status_code in {404, 308}
    assert client.get(f"/static/{path}", follow_redirects=True).status_code == 404


def test_with_a_delivery_network_pages_and_policy_name_it(make_app, new_client):
    visitor = new_client(make_app(STATIC_URL="https://cdn.example.org/masthead/"))
    page = visitor.get("/")
    assert re.search(r'href="https://cdn\.example\.org/masthead/css/site\.[0-9a-f]{12}\.css"', page.text)
    assert '"/static/' not in page.text
    policy = dict(part.strip().split(" ", 1) for part in page.headers["Content-Security-Policy"].split(";"))
    named = {name for name, sources in policy.items() if "https://cdn.example.org" in sources.split()}
    assert named == {"script-src", "style-src", "img-src", "font-src"}


def test_a_network_that_is_only_a_host_asks_below_static(make_app, new_client):
    visitor = new_client(make_app(STATIC_URL="https://cdn.example.org"))
    assert 'href="https://cdn.example.org/static/css/site.' in visitor.get("/").text


def test_a_page_of_another_origin_may_load_the_files(client, style_sheet):
    headers = client.get(style_sheet).headers
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert headers["Access-Control-Allow-Origin"] == "*"
