"""Reads, writes and forms are counted apart: whoever uses up one goes on with the others."""

from masthead.web.limits import throttling
from tests.factories import PostFactory
from tests.support.visitors import document


def test_reads_and_writes_of_the_api_are_counted_apart(make_app, new_client):
    visitor = new_client(make_app(RATELIMIT_API_READS="2 per minute", RATELIMIT_API_WRITES="3 per minute"))
    reads = [visitor.get("/api/v1/posts") for _ in range(3)]
    assert [answer.status_code for answer in reads] == [200, 200, 429]
    assert [answer.headers["RateLimit-Remaining"] for answer in reads] == ["1", "0", "0"]
    assert reads[2].headers["RateLimit-Limit"] == "2"
    assert reads[2].mimetype == "application/problem+json"
    assert 1 <= int(reads[2].headers["Retry-After"]) <= 60
    writes = [visitor.post("/api/v1/auth/login", json={}) for _ in range(4)]
    assert [answer.status_code for answer in writes] == [422, 422, 422, 429]
    assert writes[3].headers["RateLimit-Limit"] == "3"


def test_head_counts_as_a_read_and_other_methods_as_writes(make_app, new_client):
    visitor = new_client(make_app(RATELIMIT_API_READS="1 per minute", RATELIMIT_API_WRITES="3 per minute"))
    assert visitor.head("/api/v1/posts").status_code == 200
    assert visitor.head("/api/v1/posts").status_code == 429
    for method in ("PUT", "PATCH", "DELETE"):
        assert visitor.open("/api/v1/posts/x", method=method, json={}).status_code == 401
    assert visitor.open("/api/v1/posts/x", method="DELETE").status_code == 429


def test_limit_of_both_together_counts_reads_and_writes(make_app, new_client):
    visitor = new_client(make_app(RATELIMIT_API="2 per minute"))
    assert visitor.get("/api/v1/posts").status_code == 200
    assert visitor.post("/api/v1/auth/login", json={}).status_code == 422
    assert visitor.get("/api/v1/posts").status_code == 429
    assert visitor.post("/api/v1/auth/login", json={}).status_code == 429


def test_forms_are_counted_for_each_account(make_app, new_client, cast, sign_in):
    app = make_app(RATELIMIT_DESK="2 per minute")
    walt, edith = new_client(app), new_client(app)
    sign_in(walt, cast.walt)
    sign_in(edith, cast.edith)
    first = walt.fill_in("/blog/create", title="One", body="A text.", button="save")
    assert (first.status_code, first.headers["RateLimit-Remaining"]) == (303, "1")
    walt.fill_in("/blog/create", title="Two", body="A text.", button="save")
    third = walt.fill_in("/blog/create", title="Three", body="Kept text.", button="save")
    assert third.status_code == 429
    assert third.headers["RateLimit-Limit"] == "2"
    assert 1 <= int(third.headers["Retry-After"]) <= 60
    assert "Please wait" in third.text
    assert "Kept text." in third.text
    assert "Three" not in walt.read("/blog/my-posts").text("//main")
    assert edith.fill_in("/blog/create", title="Mine", body="A text.", button="save").status_code == 303


def test_kept_form_is_sent_again_after_the_wait(make_app, new_client, cast, sign_in):
    app = make_app(RATELIMIT_DESK="1 per hour")
    walt = new_client(app)
    sign_in(walt, cast.walt)
    walt.fill_in("/blog/create", title="One", body="A text.", button="save")
    refused = walt.fill_in("/blog/create", title="Two", body="A text.", button="save")
    assert refused.status_code == 429
    throttling.reset(app)
    kept = document(refused).form({"title": ""})
    assert walt.post(kept.action, data=kept.filled({}, None)).status_code == 303
    assert "Two" in walt.read("/blog/my-posts").text("//main")


def test_reading_pages_and_failing_forms_of_visitors_are_not_counted(make_app, new_client, cast, sign_in):
    app = make_app(RATELIMIT_DESK="1 per hour")
    post = PostFactory(author=cast.walt)
    rhea = new_client(app)
    sign_in(rhea, cast.rhea)
    for _ in range(3):
        answer = rhea.get(f"/blog/post/{post.slug}")
        assert answer.status_code == 200
        assert "RateLimit-Limit" not in answer.headers


def test_programs_that_send_forms_read_a_problem(make_app, new_client, cast, sign_in):
    app = make_app(RATELIMIT_DESK="1 per hour")
    walt = new_client(app)
    sign_in(walt, cast.walt)
    walt.fill_in("/blog/create", title="One", body="A text.", button="save")
    answer = walt.post("/blog/create", data={}, headers={"Accept": "application/json"})
    assert answer.status_code == 429
    assert answer.mimetype == "application/problem+json"
