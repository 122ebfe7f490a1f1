import json
import re

import pytest
from flask import after_this_request
from sqlalchemy.exc import OperationalError

from masthead.db import db
from masthead.outbound import client as outbound


def test_an_unknown_address_shows_a_page_that_is_the_same_for_everybody(client):
    response = client.get("/nowhere")
    assert response.status_code == 404
    assert response.mimetype == "text/html"
    assert response.headers["X-Request-ID"] not in response.text


def test_below_the_api_an_error_is_a_problem_document(client):
    response = client.get("/api/v1/nowhere")
    assert response.status_code == 404
    assert response.mimetype == "application/problem+json"
    assert response.json["status"] == 404
    assert response.json["request_id"] == response.headers["X-Request-ID"]
    assert {"type", "title", "detail"} <= response.json.keys()


def test_a_client_that_prefers_json_gets_it_anywhere(client):
    assert (
        client.get("/nowhere", headers={"Accept": "application/json"}).mimetype == "application/problem+json"
    )


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("/blog/archive/2024/3/", "/blog/archive/2024/3"),
        ("/auth/login/?next=/dashboard", "/auth/login?next=/dashboard"),
        ("/admin/users//", "/admin/users"),
    ],
)
def test_a_slash_too_many_is_taken_off(client, asked, answer):
    response = client.get(asked)
    assert (response.status_code, response.location) == (301, answer)


@pytest.mark.parametrize("path", ["/nowhere/", "/auth/logout/", "/%0d%0aSet-Cookie:x/"])
def test_a_slash_behind_nothing_leads_nowhere(client, path):
    assert client.get(path).status_code == 404


def test_a_wrong_method_is_named_with_those_that_are_right(client):
    response = client.get("/auth/logout")
    assert response.status_code == 405
    assert response.headers["Allow"] == "OPTIONS, POST"


def test_too_much_is_refused(client):
    assert client.post("/auth/login", data={"email": "x" * 9_000_000}).status_code == 413


@pytest.mark.parametrize("given", ["abcdefgh-1234", "abc-123", "7", "A" * 128])
def test_a_request_id_from_outside_is_taken_over(client, given):
    assert client.get("/", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["A" * 129, "with space", "<script>", "a\tb"])
def test_a_request_id_that_could_forge_a_log_line_is_replaced(client, given):
    assert re.fullmatch(
        "[0-9a-f]{16}", client.get("/", headers={"X-Request-ID": given}).headers["X-Request-ID"]
    )


def test_the_request_id_is_in_the_log_line(make_app, new_client, capfd):
    visitor = new_client(make_app(LOG_LEVEL="INFO", LOG_FORMAT="json"))
    request_id = visitor.get("/nowhere").headers["X-Request-ID"]
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line.startswith("{")]
    assert [line["status"] for line in lines if line.get("request_id") == request_id] == [404]


def test_a_failure_shows_no_traceback(make_app, new_client):
    app = make_app()
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.view_functions["site.home"] = lambda: 1 / 0
    response = new_client(app).get("/")
    assert response.status_code == 500
    assert "ZeroDivisionError" not in response.text
    assert "Traceback" not in response.text
    assert response.headers["X-Request-ID"] in response.text


def test_a_failure_is_logged_once_with_its_request(make_app, new_client, capsys):
    app = make_app(LOG_FORMAT="json")
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.view_functions["site.home"] = lambda: 1 / 0
    response = new_client(app).get("/")
    lines = [line for line in capsys.readouterr().err.splitlines() if "ZeroDivisionError" in line]
    assert len(lines) == 1
    assert json.loads(lines[0])["request_id"] == response.headers["X-Request-ID"]


def test_a_database_that_is_away_answers_503_on_every_page(make_app, new_client, database):
    app = make_app(DATABASE_URL=database.url.replace("masthead", "missing/masthead"))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    response = new_client(app).get("/")
    with app.app_context():
        db.engine.dispose()
    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert "sqlite" not in response.text.lower()
    assert "psycopg" not in response.text.lower()


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_server_of_somebody_else_that_is_away_answers_503(make_app, new_client, accept):
    app = make_app()
    # The client refuses this address itself: it leads into our own network.
    app.view_functions["site.home"] = lambda: outbound.fetch("http://127.0.0.1:9/").body
    response = new_client(app).get("/", headers={"Accept": accept})
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "30"
    assert "A server of somebody else" in response.text
    assert "127.0.0.1:9" not in response.text


def test_an_unknown_host_is_refused(client):
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Host", "Forwarded"])
def test_no_header_changes_the_address_of_the_site(client, header):
    response = client.get("/blog/my-posts", headers={header: "evil.example"})
    assert "evil.example" not in response.location


@pytest.fixture
def failing_after(make_app, new_client):
    """A visitor of a site on which a function after each request raises what the test says."""

    def make(error, **settings):
        app = make_app(**settings)
        app.config["PROPAGATE_EXCEPTIONS"] = False

        def fail(_response):
            raise error

        # The last one registered runs first, as an extension's would.
        app.after_request(fail)
        return new_client(app)

    return make


@pytest.mark.parametrize("path", ["/", "/nowhere", "/api/v1/posts", "/api/v1/nowhere", "/auth/login"])
def test_a_failure_after_the_request_is_an_error_page_with_its_headers(failing_after, path):
    response = failing_after(ZeroDivisionError()).get(path)
    assert response.status_code == 500
    assert response.mimetype == ("application/problem+json" if path.startswith("/api/") else "text/html")
    assert response.headers["X-Request-ID"] in response.text
    assert response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "ZeroDivisionError" not in response.text


def test_a_failure_after_the_request_is_logged_once_with_its_request(failing_after, capsys):
    visitor = failing_after(ZeroDivisionError("after"), LOG_FORMAT="json")
    capsys.readouterr()
    response = visitor.get("/")
    lines = [line for line in capsys.readouterr().err.splitlines() if "ZeroDivisionError" in line]
    assert len(lines) == 1
    assert json.loads(lines[0])["request_id"] == response.headers["X-Request-ID"]


def test_a_database_that_fails_after_the_request_is_a_503(failing_after):
    away = OperationalError("SELECT 1", {}, Exception("server closed the connection"))
    response = failing_after(away).get("/auth/login")
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert response.headers["Content-Security-Policy"]


def test_a_failure_of_a_function_for_one_request_is_an_error_page_too(make_app, new_client):
    app = make_app()
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def view():
        after_this_request(lambda _response: 1 / 0)
        return "done"

    app.view_functions["login.login"] = view
    response = new_client(app).get("/auth/login")
    assert response.status_code == 500
    assert response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/", "/api/v1/posts"])
def test_each_503_is_one_line_of_the_log_without_a_traceback(make_app, new_client, capsys, path):
    app = make_app(LOG_FORMAT="json")

    def fail():
        raise OperationalError("SELECT a_statement", {"a": "a value"}, Exception("connection refused"))

    for endpoint in ("site.home", "posts_api.index"):
        assert endpoint in app.view_functions
        app.view_functions[endpoint] = fail
    visitor = new_client(app)
    capsys.readouterr()
    response = visitor.get(path)
    assert response.status_code == 503
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    told = [line for line in lines if line["level"] in {"warning", "error"}]
    assert [line["request_id"] for line in told] == [response.headers["X-Request-ID"]]
    assert "Traceback" not in json.dumps(lines)
    assert "a_statement" not in json.dumps(lines)
