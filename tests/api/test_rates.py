"""Whom the limit of the API counts: a token that was found valid for itself, everything else for its network (security.md row 39)."""

import pytest

from masthead.web.limits import throttling


@pytest.fixture
def app_of_three(make_app):
    return make_app(RATELIMIT_API="3 per minute")


def test_invented_tokens_count_against_their_network(app_of_three, new_client):
    visitor = new_client(app_of_three)
    answers = [
        visitor.get("/api/v1/posts", headers={"Authorization": f"Bearer {kind}{number}"}).status_code
        for number, kind in enumerate(["invented", "masthead_pat_", "a.b.c", "invented", "", "masthead_pat_"])
    ]
    assert answers == [401, 401, 401, 429, 429, 429]
    assert visitor.get("/api/v1/posts").status_code == 429


@pytest.mark.parametrize("header", ["Basic QTpC", "Bearer", "nonsense", "Digest a=b", "\xff"])
def test_other_credentials_count_against_their_network(app_of_three, new_client, header):
    visitor = new_client(app_of_three)
    for number in range(3):
        visitor.get("/api/v1/posts", headers={"Authorization": f"{header}{number}"})
    assert visitor.get("/api/v1/posts", headers={"Authorization": f"{header}9"}).status_code == 429


def test_invented_refresh_tokens_count_against_their_network(app_of_three, new_client):
    visitor = new_client(app_of_three)
    answers = [
        visitor.post("/api/v1/auth/refresh", headers={"Authorization": f"Bearer x{number}"}).status_code
        for number in range(4)
    ]
    assert answers == [401, 401, 401, 429]


def test_a_token_that_was_found_valid_counts_for_itself(make_app, new_client, cast):
    visitor = new_client(make_app(RATELIMIT_API="4 per minute"))
    signed_in = visitor.post(
        "/api/v1/auth/login", json={"email": "walt@example.org", "password": "a lamp, a desk and a deadline"}
    )
    headers = {"Authorization": f"Bearer {signed_in.json['access_token']}"}
    first = visitor.get("/api/v1/auth/me", headers=headers)
    assert (first.status_code, first.headers["RateLimit-Remaining"]) == (200, "3")
    # Somebody of the same network invents tokens.
    for number in range(3):
        visitor.get("/api/v1/posts", headers={"Authorization": f"Bearer x{number}"})
    assert visitor.get("/api/v1/posts").status_code == 429
    assert visitor.get("/api/v1/auth/me", headers=headers).status_code == 200


def test_thousands_of_invented_tokens_make_no_counters_of_their_own(app_of_three, new_client):
    visitor = new_client(app_of_three)
    storage = app_of_three.extensions[throttling.EXTENSION].storage
    before = counters(storage)
    for number in range(200):
        visitor.get("/api/v1/posts", headers={"Authorization": f"Bearer x{number}"})
    # One for all requests of the network, and one for those that read.
    assert counters(storage) <= before + 2


def counters(storage):
    with storage._environment().begin() as transaction:
        return transaction.stat()["entries"]
