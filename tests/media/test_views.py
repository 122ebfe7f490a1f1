import re
from io import BytesIO

import pytest

from masthead import clock
from masthead.db import db
from masthead.media import actions
from masthead.media.processing.pictures import prepare
from masthead.storage import store as storage
from masthead.storage.errors import StoreFull, StoreUnavailable
from tests.api.conftest import as_  # noqa: F401
from tests.factories import PostFactory
from tests.media.pictures import picture


@pytest.fixture
def kept(app, cast):
    """A picture that is kept; detached."""
    with app.app_context():
        found = actions.store(prepare(picture("JPEG")), name="../x.svg", by=cast.walt, at=clock.now())
        db.session.commit()
        db.session.expunge_all()
        return found


def test_a_picture_is_served_with_its_type_for_a_year(client, kept):
    response = client.get(f"/media/{kept.path}")
    assert response.status_code == 200
    assert response.data == prepare(picture("JPEG")).content
    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
    )
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    cache = response.cache_control
    assert (cache.max_age, cache.public, cache.immutable) == (31_536_000, True, True)


def test_a_picture_sets_no_cookie_and_does_not_vary_by_one(client, sign_in, cast, kept):
    for visitor in (client, sign_in(cast.walt)):
        response = visitor.get(f"/media/{kept.path}")
        assert "Set-Cookie" not in response.headers
        assert "Cookie" not in response.headers.get("Vary", "")


def test_a_picture_that_the_browser_has_is_not_sent_again(client, kept, queries):
    etag = client.get(f"/media/{kept.path}").headers["ETag"]
    # The picture's row.
    with queries.exactly(1):
        response = client.get(f"/media/{kept.path}", headers={"If-None-Match": etag})
    assert (response.status_code, response.data) == (304, b"")
    assert response.headers["ETag"] == etag


def test_head_tells_the_length_without_the_file(client, kept):
    response = client.head(f"/media/{kept.path}")
    assert (response.status_code, response.data) == (200, b"")
    assert response.content_length == kept.size


def test_the_path_is_long_enough_not_to_be_guessed(kept):
    assert re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{30}\.jpg", kept.path)


@pytest.mark.parametrize(
    "path",
    [
        "nothing.png",
        "../masthead.sqlite3",
        "%2e%2e/%2e%2e/etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "..\\..\\secrets",
        "./",
        "a/" * 300 + "x",
        ".htaccess",
        "{path}/",
        "{path}.php",
        "{path}%20",
    ],
)
def test_what_is_no_picture_answers_404(client, kept, path):
    response = client.get(f"/media/{path.replace('{path}', kept.path)}")
    assert response.status_code == 404


@pytest.mark.parametrize("path", ["{path}%00.php", "%00", "%ff%fe"])
def test_an_address_that_is_no_text_is_refused(client, kept, path):
    assert client.get(f"/media/{path.replace('{path}', kept.path)}").status_code in {400, 404}


def test_a_picture_whose_file_is_gone_answers_404(app, client, kept):
    with app.app_context():
        storage.current().delete(kept.path)
    assert client.get(f"/media/{kept.path}").status_code == 404


def test_an_error_below_media_is_a_page_of_the_site(client):
    response = client.get("/media/nothing.png")
    assert "sandbox" not in response.headers["Content-Security-Policy"]
    assert response.headers["Content-Type"].startswith("text/html")


def test_a_picture_shows_in_a_post(page, live_site, database):
    with database.app.app_context():
        found = actions.store(prepare(picture("PNG")), name="x.png", by=None, at=clock.now())
        content = storage.current().get(found.path)
        db.session.commit()
    # The live site has a home of its own.
    place = live_site.home / "media" / found.path
    place.parent.mkdir(parents=True)
    place.write_bytes(content)
    PostFactory(slug="wheat", body=f"![Wheat](/media/{found.path})")
    page.goto("/blog/post/wheat")
    shown = page.get_by_alt_text("Wheat")
    shown.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert shown.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [64, 48]


def test_a_part_of_a_file_is_served_by_its_range(client, kept):
    address = f"/media/{kept.path}"
    whole = client.get(address)
    assert whole.headers["Accept-Ranges"] == "bytes"
    for wanted, start, end in (
        ("bytes=0-3", 0, 4),
        ("bytes=10-", 10, kept.size),
        ("bytes=-5", kept.size - 5, kept.size),
        ("bytes=0-99999999", 0, kept.size),
    ):
        part = client.get(address, headers={"Range": wanted})
        assert (part.status_code, part.data) == (206, whole.data[start:end]), wanted
        assert part.headers["Content-Range"] == f"bytes {start}-{end - 1}/{kept.size}"
    beyond = client.get(address, headers={"Range": "bytes=99999999-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{kept.size}")
    # Several parts at once, a wrong unit and another version: the whole file.
    for headers in (
        {"Range": "bytes=0-1,3-4"},
        {"Range": "lines=0-1"},
        {"Range": "bytes=0-1", "If-Range": '"other"'},
    ):
        answer = client.get(address, headers=headers)
        assert (answer.status_code, answer.data) == (200, whole.data)
    same = client.get(address, headers={"Range": "bytes=0-1", "If-Range": whole.headers["ETag"]})
    assert same.status_code == 206


def test_a_file_larger_than_memory_allows_is_sent_in_pieces(app, client, monkeypatch, kept):
    from masthead.media import views

    monkeypatch.setattr(views, "CHUNK_BYTES", 10)
    assert len(client.get(f"/media/{kept.path}").data) == kept.size


def test_a_full_disk_and_a_store_that_is_away_are_answered_with_a_sentence(app, cast, as_, monkeypatch):  # noqa: F811
    walt = as_(cast.walt)
    for error, status in ((StoreFull("full"), 507), (StoreUnavailable("away"), 503)):

        def fail(*_arguments, error=error):
            raise error

        monkeypatch.setattr(storage.FolderStore, "put_file", fail)
        answer = walt("POST", "/media", data={"file": (BytesIO(picture("PNG", (77, 33))), "a.png")})
        assert answer.status_code == status
        assert answer.json["detail"].endswith(".")
        assert walt("GET", "/media").json["total"] == 0
