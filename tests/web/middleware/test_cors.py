import pytest

pytestmark = pytest.mark.databases("sqlite")
FRIEND = "https://app.example.org"


@pytest.fixture
def visitor(make_app, new_client):
    return new_client(make_app(CORS_ORIGINS=f"{FRIEND}, https://two.example:8443"))


@pytest.mark.parametrize("origin", [FRIEND, "https://two.example:8443"])
def test_an_origin_of_the_settings_may_read_the_api_without_cookies(visitor, origin):
    headers = visitor.get("/api/v1/nowhere", headers={"Origin": origin}).headers
    assert headers["Access-Control-Allow-Origin"] == origin
    assert "Access-Control-Allow-Credentials" not in headers
    assert "Origin" in headers["Vary"]


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "https://evil.example",
        "https://app.example.org.evil.example",
        "https://evil-app.example.org",
        "http://app.example.org",
        "https://appXexample.org",
        "https://app.example.org:444",
    ],
)
def test_no_other_origin_may(visitor, origin):
    assert (
        "Access-Control-Allow-Origin"
        not in visitor.get("/api/v1/nowhere", headers={"Origin": origin}).headers
    )


@pytest.mark.parametrize("headers", [{}, {"Origin": FRIEND}, {"Origin": "https://evil.example"}])
def test_what_is_kept_is_kept_for_one_origin_even_if_only_one_may(make_app, new_client, headers):
    visitor = new_client(make_app(CORS_ORIGINS=FRIEND))
    assert "Origin" in visitor.get("/api/v1/posts", headers=headers).headers["Vary"]


def test_a_script_asks_before_it_sends(visitor):
    asked = {
        "Origin": FRIEND,
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization, content-type, if-match, idempotency-key",
    }
    headers = visitor.options("/api/v1/posts/rivers", headers=asked).headers
    assert headers["Access-Control-Allow-Origin"] == FRIEND
    assert "PATCH" in headers["Access-Control-Allow-Methods"]
    assert headers["Access-Control-Allow-Headers"] == "authorization, content-type, idempotency-key, if-match"
    asked["Origin"] = "https://evil.example"
    assert "Access-Control-Allow-Origin" not in visitor.options("/api/v1/posts/rivers", headers=asked).headers


def test_pages_outside_the_api_are_for_no_origin(visitor):
    assert "Access-Control-Allow-Origin" not in visitor.get("/", headers={"Origin": FRIEND}).headers


def test_without_the_setting_no_origin_may(client):
    assert (
        "Access-Control-Allow-Origin" not in client.get("/api/v1/nowhere", headers={"Origin": FRIEND}).headers
    )


@pytest.mark.parametrize(
    "origins", ["*", "null", "https://*.example.org", "example.org", "https://x.example/path"]
)
def test_what_is_no_origin_is_refused_at_the_start(masthead, origins):
    result = masthead("db", "current", CORS_ORIGINS=origins)
    assert result.returncode == 1
    assert "CORS_ORIGINS" in result.stderr
