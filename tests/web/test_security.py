import pytest

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.mark.parametrize("path", ["/", "/nowhere", "/auth/login", "/theme.css", "/api/v1/nowhere"])
def test_every_answer_has_the_headers(client, path):
    headers = client.get(path).headers
    assert {name: headers.get(name) for name in EXPECTED} == EXPECTED
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "X-XSS-Protection" not in headers


@pytest.mark.parametrize(
    "path", ["/", "/dashboard", "/auth/profile", "/auth/security", "/admin/users", "/nowhere"]
)
def test_pages_for_somebody_signed_in_are_kept_by_no_cache(cast, sign_in, path):
    response = sign_in(cast.ada).get(path)
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "Cookie" in response.headers["Vary"]


def test_pages_with_a_form_token_are_kept_by_no_cache(client):
    assert client.get("/auth/login").headers["Cache-Control"] == "private, no-store"


def test_http_has_no_hsts_and_plain_cookies(client):
    response = client.get("/auth/login")
    assert "Strict-Transport-Security" not in response.headers
    assert "Secure" not in response.headers["Set-Cookie"]


def test_https_turns_on_hsts_and_secure_cookies_with_the_host_prefix(make_app, new_client):
    visitor = new_client(make_app(SITE_URL="https://magazine.example"))
    response = visitor.get("/auth/login", base_url="https://magazine.example")
    assert "max-age=" in response.headers["Strict-Transport-Security"]
    assert response.headers["Set-Cookie"].startswith("__Host-session=")
    assert "Secure" in response.headers["Set-Cookie"]


def test_https_sites_redirect_http(make_app, new_client):
    response = new_client(make_app(SITE_URL="https://magazine.example")).get(
        "/", base_url="http://magazine.example"
    )
    assert response.status_code in {301, 302, 308}
    assert response.location == "https://magazine.example/"


def test_a_proxy_is_believed_only_when_configured(make_app, new_client):
    app = make_app(TRUSTED_PROXIES=1, SITE_URL="https://magazine.example")
    response = new_client(app).get(
        "/", base_url="http://magazine.example", headers={"X-Forwarded-Proto": "https"}
    )
    assert response.status_code == 200
