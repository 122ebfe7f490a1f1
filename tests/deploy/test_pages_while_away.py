"""The shipped nginx file keeps pages for everybody, for the time when the application is away, and for nothing else."""

import contextlib
import gzip
import http.server
import itertools
import threading

import pytest

from tests.factories import PostFactory
from tests.support.over_http import Guest
from tests.support.people import PASSWORD

pytestmark = [pytest.mark.databases("sqlite"), pytest.mark.slow]
KEPT = {"X-Cache": "hit", "X-Accel-Expires": "@1", "Cache-Control": "no-cache"}


@pytest.fixture
def read(nginx):
    """What somebody gets who has never been here: `read("/")`."""

    def get(path, method="GET", **headers):
        return Guest(nginx.url, nginx.certificate).ask(method, path, **headers)

    return get


@pytest.fixture
def start(nginx, make_live_site):
    def begin(**settings):
        site = make_live_site(SITE_URL=nginx.url, TRUSTED_PROXIES=1, RATELIMIT_ENABLED="false", **settings)
        site.start()
        nginx.start(site.port)
        return site

    return begin


def sign_in(nginx, user):
    guest = Guest(nginx.url, nginx.certificate)
    assert guest.fill_in("/auth/login", email=user.email, password=PASSWORD).status == 303
    return guest


def test_pages_go_on_while_the_application_is_away_as_anybody_has_seen_them_last(start, nginx, read, cast):
    post = PostFactory(author=cast.walt, body="The first wording.")
    taken_down = PostFactory(author=cast.walt, body="Nobody shall read this.")
    path, path_of_taken_down = f"/blog/post/{post.slug}", f"/blog/post/{taken_down.slug}"
    site = start()
    # With another coding than below: there is one copy for all.
    assert "The first wording." in gzip.decompress(read(path, Accept_Encoding="gzip, br").body).decode()
    assert "Nobody shall read this." in read(path_of_taken_down).text
    walt = sign_in(nginx, cast.walt)
    assert walt.fill_in(f"/blog/edit/{post.id}", button="save", body="The second wording.").status == 303
    assert walt.fill_in(f"/blog/edit/{taken_down.id}", button="unpublish").status == 303
    # Nothing is old while the application answers, and each answer is its own.
    first, second = read(path), read(path)
    for fresh in (first, second):
        assert "The second wording." in fresh.text
        assert fresh.headers["x-cache"] in {"hit", "miss"}
        assert not {"x-accel-expires", "content-encoding"} & fresh.headers.keys()
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert read(path_of_taken_down).status == 404
    assert "/dashboard" in walt.get(path).text
    assert read("/feed.xml").status == 200

    site.terminate()
    kept = read(path)
    assert (kept.status, kept.headers["x-cache"]) == (200, "stale")
    assert "The second wording." in kept.text
    assert "/dashboard" not in kept.text
    assert kept.body == read(path, Cookie="consent=yes; theme=dark").body
    assert gzip.decompress(read(path, Accept_Encoding="gzip").body) == kept.body
    assert read(path, If_None_Match=kept.headers["etag"]).status == 304
    assert read(path, "HEAD").status == 200
    assert read("/feed.xml").status == 200
    assert (read(path_of_taken_down).status, read("/blog/never-seen").status) == (404, 502)
    # Somebody's own pages, and what is done, are not there.
    assert walt.get(path).status == 502
    assert read(path, Authorization="Bearer x").status == 502
    assert read(path, "POST").status == 502
    for private in ("/auth/login", "/api/v1/posts", "/health/live", "/search?q=x", "/admin/posts"):
        assert read(private).status == 502, private

    site.start()
    fresh = read(path)
    assert (fresh.status, fresh.headers["x-cache"]) == (200, "miss")
    assert walt.fill_in(f"/blog/edit/{post.id}", button="save", body="The third wording.").status == 303
    assert "The third wording." in read(path).text
    assert "stale" not in {read(path).headers["x-cache"] for _ in range(3)}


class Upstream(http.server.ThreadingHTTPServer):
    """An application that answers the same to everything."""

    daemon_threads = False

    def __init__(self) -> None:
        self.answer: tuple[int, list[tuple[str, str]]] = (200, [])
        self.count = itertools.count(1)

        class Handler(http.server.BaseHTTPRequestHandler):
            server: Upstream

            def do_GET(self) -> None:
                status, headers = self.server.answer
                body = str(next(self.server.count)).encode()
                self.send_response(status)
                for name, value in [*headers, ("Content-Length", str(len(body)))]:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_words: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()


@pytest.fixture
def upstream(nginx):
    with contextlib.closing(Upstream()) as made:
        nginx.start(made.server_port)
        yield made


@pytest.mark.parametrize("status", [502, 503, 504])
def test_an_application_that_answers_that_it_cannot_is_away(upstream, read, status):
    upstream.answer = 200, list(KEPT.items())
    assert [read("/x").text for _ in range(3)] == ["1", "2", "3"]
    upstream.answer = status, [("Retry-After", "5")]
    assert (read("/x").text, read("/x").headers["x-cache"]) == ("3", "stale")
    # Where nothing is kept, it says itself why not.
    reply = read("/y")
    assert (reply.status, reply.headers["retry-after"]) == (status, "5")
    # By another name it is another site.
    assert read("/x", Host="127.0.0.1").status == status


@pytest.mark.parametrize(
    "headers",
    [
        KEPT | {"Set-Cookie": "session=x"},
        KEPT | {"Cache-Control": "private"},
        KEPT | {"Cache-Control": "no-cache, no-store"},
        KEPT | {"X-Accel-Expires": "3600"},
        {"X-Cache": "bypass", "Cache-Control": "public, max-age=3600"},
        {},
    ],
    ids=str,
)
def test_what_is_not_for_everybody_is_not_kept(upstream, read, headers):
    upstream.answer = 200, list(headers.items())
    assert [read("/x").text for _ in range(2)] == ["1", "2"]
    upstream.answer = 503, []
    assert read("/x").status == 503


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/x", {"Cookie": "a=b; __Host-session=x"}),
        ("/x", {"Cookie": "session=x"}),
        ("/x", {"Cookie": "remember_token=x"}),
        ("/x", {"Authorization": "Basic x"}),
        *((f"/{name}/x", {}) for name in ("admin", "api", "auth", "dashboard", "health", "media", "search", "setup")),
        ("//api/x", {}),
        ("/%61pi/x", {}),
    ],
    ids=str,
)  # fmt: skip
def test_who_is_known_and_what_is_private_neither_fill_nor_read_what_is_kept(upstream, read, path, sent):
    upstream.answer = 200, list(KEPT.items())
    assert read(path, **sent).text == "1"
    upstream.answer = 503, []
    assert read(path).status == 503
    upstream.answer = 200, list(KEPT.items())
    read(path)
    upstream.answer = 503, []
    assert read(path, **sent).status == 503
