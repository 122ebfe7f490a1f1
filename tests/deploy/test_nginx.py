"""The nginx file that we ship, in a real nginx in front of the real server."""

import json
import os
import socket
import ssl
import time

import pytest

from tests.factories import PostFactory
from tests.support.over_http import Guest
from tests.support.people import PASSWORD

pytestmark = [pytest.mark.databases("sqlite"), pytest.mark.slow]


@pytest.fixture
def start(nginx, make_live_site):
    def begin(*, most=20, **options):
        site = make_live_site(
            SITE_URL=nginx.url,
            TRUSTED_PROXIES=1,
            RATELIMIT_SEARCH="3 per minute",
            MAX_UPLOAD_MB=most,
        )
        site.start()
        nginx.start(site.port, **options)
        return site

    return begin


@pytest.fixture
def guest(nginx):
    return Guest(nginx.url, nginx.certificate)


def sign_in(guest, user):
    reply = guest.fill_in("/auth/login", email=user.email, password=PASSWORD)
    assert reply.status == 303, reply.text
    return reply


def test_people_write_and_read_through_it(start, guest, nginx, cast):
    start()
    reply = sign_in(guest, cast.walt)
    assert "__Host-session=" in reply.headers["set-cookie"]
    written = guest.fill_in("/blog/create", button="publish", title="Through the proxy", body="Hello.")
    assert written.status == 303
    page = Guest(nginx.url, nginx.certificate).get("/blog/post/through-the-proxy")
    assert page.status == 200
    assert f'rel="canonical" href="{nginx.url}/blog/post/through-the-proxy"' in page.text
    assert "max-age" in page.headers["strict-transport-security"]
    assert "server" not in page.headers or page.headers["server"] == "nginx"


def test_plain_http_is_sent_to_https(start, nginx):
    start()
    reply = Guest(nginx.plain_url).get("/blog/?page=2")
    assert (reply.status, reply.headers["location"]) == (301, f"{nginx.url}/blog/?page=2")


def test_http_2_is_spoken(start, nginx):
    start()
    context = ssl.create_default_context(cafile=nginx.certificate)
    context.set_alpn_protocols(["h2", "http/1.1"])
    port = int(nginx.url.rsplit(":", 1)[1])
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as encrypted,
    ):
        assert encrypted.selected_alpn_protocol() == "h2"


def test_visitor_cannot_choose_an_address(start, guest):
    start()
    answers = [guest.get("/search?q=x", X_Forwarded_For=f"203.0.113.{number}").status for number in range(5)]
    assert answers[-1] == 429


def test_other_hosts_are_refused(start, guest):
    start()
    assert guest.get("/", Host="evil.example").status == 400


def test_static_files_come_from_the_proxy(start, guest):
    start()
    (path,) = {link for link in guest.get("/").text.split('"') if link.startswith("/static/css/site.")}
    first, second = guest.get(path), guest.get(path)
    assert (first.headers["x-proxy-cache"], second.headers["x-proxy-cache"]) == ("MISS", "HIT")
    assert "immutable" in second.headers["cache-control"]
    assert second.body == first.body


def test_figures_are_not_for_the_outside(start, guest):
    start()
    assert guest.get("/metrics").status == 404


def test_upload_that_is_too_large_is_refused_by_the_proxy(start, guest):
    start()
    reply = guest.ask("POST", "/auth/login", {"email": "x" * 23_000_000})
    assert reply.status == 413


def test_files_of_any_size_that_the_settings_allow_come_in_through_it(start, guest, nginx, cast):
    start(most=30)
    asked = json.dumps({"email": cast.walt.email, "password": PASSWORD}).encode()
    answer = guest.ask("POST", "/api/v1/auth/login", asked, Content_Type="application/json")
    token = json.loads(answer.body)["access_token"]
    end = b"\r\n--x--\r\n"
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'

    def bring(size):
        content = b"%PDF-1.7\n" + b"%".ljust(size, b"x") + b"\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
        return guest.ask(
            "POST",
            "/api/v1/media",
            head + content + end,
            Authorization=f"Bearer {token}",
            Content_Type="multipart/form-data; boundary=x",
        )

    # Neither the proxy's own limit nor its page answers, but the application, which knows the setting.
    reply = bring(25_000_000)
    assert reply.status == 201, reply.text
    refused = bring(31_000_000)
    assert (refused.status, refused.headers["content-type"]) == (413, "application/problem+json")


def test_large_page_is_not_held_back(start, guest, cast):
    """`tcp_nopush` on loopback stalled answers over 64 KB by 40 ms."""
    start()
    post = PostFactory(author=cast.walt, body=os.urandom(60_000).hex())
    path = f"/blog/post/{post.slug}"
    assert len(guest.get(path).body) > 100_000
    times = []
    # A busy machine holds some of them back, too; the stall was in every one.
    for _ in range(50):
        began = time.monotonic()
        guest.get(path, Accept_Encoding="identity")
        times.append(time.monotonic() - began)
    assert min(times) < 0.04


def test_server_that_restarts_is_waited_for_by_the_other(nginx, make_live_site, guest):
    first, second = (make_live_site(SITE_URL=nginx.url, TRUSTED_PROXIES=1) for _ in range(2))
    first.start(), second.start()
    nginx.start(first.port, second.port)
    first.terminate()
    assert [guest.get("/").status for _ in range(6)] == [200] * 6


def test_pages_are_never_kept_by_default(start, guest):
    start()
    assert {guest.get("/").headers.get("x-proxy-cache") for _ in range(3)} <= {None, "MISS", "BYPASS"}


def test_pages_are_kept_for_a_second_when_asked_for_and_only_for_strangers(start, nginx, guest, cast):
    start(keeps_pages=True)
    stranger = Guest(nginx.url, nginx.certificate)
    assert [stranger.get("/").headers["x-proxy-cache"] for _ in range(2)] == ["MISS", "HIT"]
    sign_in(guest, cast.walt)
    page = guest.get("/")
    assert page.headers["x-proxy-cache"] == "BYPASS"
    assert "/dashboard" in page.text
    # What somebody signed in has read is not what a stranger gets.
    assert "/dashboard" not in stranger.get("/").text
    # Forms carry a token and set a cookie: never kept.
    assert {stranger.get("/auth/login").headers["x-proxy-cache"] for _ in range(2)} <= {"MISS", "BYPASS"}
    guest.fill_in("/blog/create", button="publish", title="Fresh news", body="Hello.")
    time.sleep(1.1)
    assert (
        "Fresh news" in Guest(nginx.url, nginx.certificate).get("/").text
        or "Fresh news" in stranger.get("/").text
    )
