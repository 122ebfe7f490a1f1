"""What proxies say of a reader, in the forms in which they write it (security.md row 39)."""

import pytest

from masthead.web.middleware.proxies import NOTE_NAME, Proxies


@pytest.fixture
def ask(tmp_path):
    def ask(hops=1, **environ):
        seen = {}

        def app(environment, _start):
            seen.update(environment)
            return []

        start = {"REQUEST_METHOD": "GET", "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http"}
        statuses = []
        Proxies(app, hops=hops, note=tmp_path / NOTE_NAME)(
            start | environ, lambda status, _headers: statuses.append(status)
        )
        return seen or statuses[0]

    return ask


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("203.0.113.20", "203.0.113.20"),
        ("203.0.113.20:1000", "203.0.113.20"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ('"[2001:db8::1]:443"', "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("[fe80::1%eth0]:80", "fe80::1"),
        ("::ffff:203.0.113.20", "203.0.113.20"),
        (" 203.0.113.20 ", "203.0.113.20"),
        ("192.0.2.1, 203.0.113.20:5", "203.0.113.20"),
        # The proxy before it was not trusted, whatever it wrote.
        ("nonsense, 203.0.113.20", "203.0.113.20"),
    ],
)
def test_the_address_of_a_reader_is_read_in_every_form(ask, header, address):
    assert ask(HTTP_X_FORWARDED_FOR=header)["REMOTE_ADDR"] == address


@pytest.mark.parametrize(
    "header", ["unknown", "_hidden", "203.0.113", "203.0.113.20:x", "a.example", "1.2.3.4.5"]
)
def test_what_is_no_address_is_told_and_not_believed(ask, header, tmp_path):
    assert ask(HTTP_X_FORWARDED_FOR=header)["REMOTE_ADDR"] == "127.0.0.1"
    assert header[:5] in (tmp_path / NOTE_NAME).read_text()


def test_without_trusted_proxies_nothing_is_believed(ask):
    seen = ask(
        hops=0,
        HTTP_X_FORWARDED_FOR="203.0.113.20",
        HTTP_X_FORWARDED_HOST="evil.example",
        HTTP_X_FORWARDED_PROTO="https",
        HTTP_HOST="localhost",
    )
    assert (seen["REMOTE_ADDR"], seen["HTTP_HOST"], seen["wsgi.url_scheme"]) == (
        "127.0.0.1",
        "localhost",
        "http",
    )


@pytest.mark.parametrize(
    ("said", "scheme"), [("https", "https"), ("HTTPS", "https"), ("evil", "http"), ("", "http")]
)
def test_the_scheme_is_one_of_two(ask, said, scheme):
    assert ask(HTTP_X_FORWARDED_PROTO=said)["wsgi.url_scheme"] == scheme


def test_fewer_values_than_proxies_are_not_believed(ask):
    assert ask(hops=2, HTTP_X_FORWARDED_FOR="203.0.113.20")["REMOTE_ADDR"] == "127.0.0.1"
    assert ask(hops=2, HTTP_X_FORWARDED_FOR="203.0.113.20, 192.0.2.1")["REMOTE_ADDR"] == "203.0.113.20"


def test_wrong_sign_ins_of_one_reader_leave_the_others_of_the_proxy_alone(make_app, cast, new_client):
    client = new_client(make_app(TRUSTED_PROXIES=1, RATELIMIT_SIGN_IN="3 per hour"))

    def sign_in(number, header):
        body = {"email": f"nobody{number}@example.org", "password": "wrong"}
        return client.post("/api/v1/auth/login", json=body, headers={"X-Forwarded-For": header}).status_code

    assert [sign_in(number, f"203.0.113.20:{1000 + number}") for number in range(4)] == [401, 401, 401, 429]
    assert sign_in(9, "203.0.113.21:1000") == 401


def test_check_tells_that_a_proxy_writes_no_addresses(invoke, app):
    from pathlib import Path

    note = Path(app.config["MASTHEAD_HOME"]) / NOTE_NAME
    note.write_text("'unknown'")
    try:
        told = invoke("check", "--only", "proxies")
        assert "'unknown'" in told.stdout
        assert "X-Forwarded-For" in told.stdout
    finally:
        note.unlink()
    assert "X-Forwarded-For" not in invoke("check", "--only", "proxies").stdout
