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


#: What a script could ask a browser for.
FEATURES = {
    "accelerometer", "autoplay", "bluetooth", "browsing-topics", "camera", "captured-surface-control", "clipboard-read",
    "clipboard-write", "compute-pressure", "digital-credentials-create", "digital-credentials-get", "display-capture",
    "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid", "identity-credentials-get",
    "idle-detection", "interest-cohort", "keyboard-map", "language-detector", "language-model", "local-fonts",
    "magnetometer", "microphone", "midi", "on-device-speech-recognition", "otp-credentials", "payment",
    "picture-in-picture", "private-state-token-issuance", "private-state-token-redemption",
    "publickey-credentials-create", "publickey-credentials-get", "screen-wake-lock", "serial", "speaker-selection",
    "storage-access", "summarizer", "sync-xhr", "translator", "usb", "window-management", "xr-spatial-tracking",
}  # fmt: skip
NEEDED = {"clipboard-write", "fullscreen", "publickey-credentials-create", "publickey-credentials-get"}


@pytest.mark.parametrize(
    "path", ["/", "/nowhere", "/auth/login", "/api/v1/posts", "/feed.xml", "/static/site.css"]
)
def test_each_feature_of_a_browser_is_refused_or_kept_to_the_site(client, path):
    header = client.get(path).headers["Permissions-Policy"]
    policy = dict(part.strip().split("=") for part in header.split(","))
    assert set(policy) == FEATURES
    assert {name for name, allowed in policy.items() if allowed != "()"} == NEEDED
    assert {policy[name] for name in NEEDED} == {"(self)"}


@pytest.mark.parametrize("subdomains", [True, False])
def test_hsts_counts_for_subdomains_where_the_operator_says_so(make_app, new_client, subdomains):
    app = make_app(SITE_URL="https://magazine.example", HSTS_INCLUDE_SUBDOMAINS=subdomains)
    header = (
        new_client(app).get("/", base_url="https://magazine.example").headers["Strict-Transport-Security"]
    )
    assert ("includeSubDomains" in header) == subdomains
