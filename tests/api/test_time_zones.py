"""Moments with an offset, and the zones of people and of the publication, for programs."""

import pytest

NEW = {"title": "Bells", "body": "Words."}


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("2026-11-21T15:15:00+05:45", "2026-11-21T09:30:00Z"),
        ("2026-11-21T09:30:00Z", "2026-11-21T09:30:00Z"),
        ("2026-11-21t04:30:00.5-05:00", "2026-11-21T09:30:00.500000Z"),
    ],
)
def test_writing_answers_the_same_moment_as_reading_in_utc(as_, cast, sent, expected):
    edith = as_(cast.edith)
    made = edith("POST", "/posts", NEW | {"status": "published", "published_at": sent})
    assert (made.status_code, made.json["published_at"]) == (201, expected)
    assert edith("GET", "/posts/bells").json["published_at"] == expected
    for method in ("PUT", "PATCH"):
        draft = edith("POST", "/posts", NEW).json["slug"]
        publishing = NEW | {"slug": draft, "status": "published", "published_at": sent}
        changed = edith(method, f"/posts/{draft}", publishing, etag="*")
        assert (changed.status_code, changed.json["published_at"]) == (200, expected), method


def test_scheduling_answers_in_utc(as_, cast):
    edith = as_(cast.edith)
    edith("POST", "/posts", NEW)
    when = {"published_at": "2027-07-01T12:00:00+02:00"}
    answer = edith("POST", "/posts/bells/publish", when)
    assert answer.json["published_at"] == "2027-07-01T10:00:00Z"
    assert edith("GET", "/posts/bells").json["published_at"] == "2027-07-01T10:00:00Z"


def test_zone_of_a_person_is_read_and_changed(as_, cast):
    walt = as_(cast.walt)
    assert walt("GET", "/auth/me").json["time_zone"] == ""
    changed = walt("PATCH", "/auth/me", {"time_zone": "asia/kathmandu"}, etag="*")
    assert (changed.status_code, changed.json["time_zone"]) == (200, "Asia/Kathmandu")
    assert walt("PATCH", "/auth/me", {"bio": "Farms."}, etag="*").json["time_zone"] == "Asia/Kathmandu"
    assert walt("PATCH", "/auth/me", {"time_zone": ""}, etag="*").json["time_zone"] == ""
    # Where somebody lives is nobody's business.
    assert "time_zone" not in as_(cast.rhea)("GET", f"/users/{cast.walt.id}").json


def test_administrator_changes_the_zone_of_a_person(as_, cast):
    ada = as_(cast.ada)
    changed = ada("PATCH", f"/users/{cast.walt.id}", {"time_zone": "Asia/Kathmandu"}, etag="*")
    assert (changed.status_code, changed.json["time_zone"]) == (200, "Asia/Kathmandu")


def test_zone_of_the_publication_is_read_and_changed(as_, cast):
    ada = as_(cast.ada)
    assert ada("GET", "/settings").json["time_zone"] == "UTC"
    changed = ada("PATCH", "/settings", {"time_zone": "Europe/Berlin"}, etag="*")
    assert (changed.status_code, changed.json["time_zone"]) == (200, "Europe/Berlin")


@pytest.mark.parametrize("name", ["Europe/Atlantis", "../UTC", "CEST", 7])
def test_name_of_no_zone_is_refused(as_, cast, name):
    ada = as_(cast.ada)
    for path in ("/settings", "/auth/me"):
        refused = ada("PATCH", path, {"time_zone": name}, etag="*")
        assert (refused.status_code, list(refused.json["errors"])) == (422, ["time_zone"]), path


def test_the_publication_needs_a_zone(as_, cast):
    assert as_(cast.ada)("PATCH", "/settings", {"time_zone": ""}, etag="*").status_code == 422
