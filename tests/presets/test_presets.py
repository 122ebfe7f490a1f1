"""Post templates and snippets: prepared by editors, copied by writers, on pages and by the API."""

import pytest
from sqlalchemy import event, select

from masthead.audit.models import AuditEvent
from masthead.db import db
from masthead.posts.models import Post
from masthead.presets import actions
from masthead.presets.models import PostTemplate, Snippet
from tests.support.visitors import document

RECIPE = {"name": "Recipe", "title": "Recipe: ", "body": "## Steps\n\n1. ", "tags": "Food, Slow cooking"}


def test_an_editor_makes_changes_and_deletes_a_template(sign_in, cast, app):
    edith = sign_in(cast.edith)
    assert edith.fill_in("/admin/templates/create", RECIPE).status_code == 303
    assert edith.read("/admin/templates?q=STEPS").texts("//table//th[@scope='row']") == ["Recipe"]
    assert edith.read("/admin/templates?q=soup").texts("//h2") == ["No templates found"]
    taken = edith.fill_in("/admin/templates/create", {"name": " ｒecipe "})
    assert taken.status_code == 422
    assert "already" in document(taken).error_of("name")
    with app.app_context():
        template = db.session.scalars(select(PostTemplate)).one()
        assert (template.name, template.body, template.tags) == (
            "Recipe",
            "## Steps\n\n1. ",
            ["Food", "Slow cooking"],
        )
    # A field that the request omits keeps its value.
    path = f"/admin/templates/{template.id}"
    assert edith.fill_in(path, {"title": "Soup: ", "tags": ""}).status_code == 303
    with app.app_context():
        template = db.session.scalars(select(PostTemplate)).one()
        assert (template.title, template.tags, template.version) == ("Soup:", [], 2)
    assert edith.press(path, action=f"{path}/delete").status_code == 303
    assert edith.get(path).status_code == 404
    with app.app_context():
        events = db.session.scalars(
            select(AuditEvent.action).where(AuditEvent.action.startswith("post_template"))
        )
        assert sorted(events) == [
            "post_template.created",
            "post_template.deleted",
            "post_template.edited",
        ]


def test_a_new_post_begins_with_a_copy_of_the_template(sign_in, as_, cast, app):
    as_(cast.edith)("POST", "/templates", RECIPE | {"tags": ["Food", "Slow cooking"]})
    walt = sign_in(cast.walt)
    (link,) = [path for path in walt.read("/blog/templates").links if "template=" in path]
    page = walt.read(link)
    assert page.value_of("title") == "Recipe:"
    assert page.value_of("tags") == "Food, Slow cooking"
    assert page.value_of("body") == RECIPE["body"]
    assert walt.fill_in(link, {"title": "Recipe: Soup"}).status_code == 303
    with app.app_context():
        post = db.session.scalars(select(Post)).unique().one()
        assert (post.title, post.body) == ("Recipe: Soup", RECIPE["body"])
    for strange in ("99", "x", "", "-1", "1" * 30, "²"):
        assert walt.get(f"/blog/create?template={strange}").status_code == 404


def test_two_editors_do_not_overwrite_each_other(sign_in, as_, cast, app):
    made = as_(cast.edith)("POST", "/snippets", {"name": "Bio", "body": "One."}).json
    path = f"/admin/snippets/{made['id']}"
    answer = sign_in(cast.ada).fill_in(path, {"body": "Mine.", "version": "1"})
    assert answer.status_code == 303
    stale = sign_in(cast.edith).fill_in(path, {"body": "Theirs.", "version": "1"})
    assert stale.status_code == 422
    page = document(stale)
    assert "Somebody else saved this snippet" in stale.text
    assert page.value_of("body") == "Theirs."
    edith = as_(cast.edith)
    api = f"/snippets/{made['id']}"
    assert edith("PATCH", api, {"body": "Theirs."}, etag='"1"').status_code == 412
    assert edith("PATCH", api, {"body": "Theirs."}).status_code == 428
    assert edith("PATCH", api, {"body": "Both."}, etag='"2"').json["version"] == 3
    assert edith("DELETE", api, etag='"3"').status_code == 204
    assert edith("GET", api).status_code == 404


def test_a_writer_finds_snippets_and_changes_none(sign_in, as_, cast):
    edith, walt = as_(cast.edith), as_(cast.walt)
    made = edith("POST", "/snippets", {"name": "Bio of Walt", "body": "*By the river.*\n"}).json
    edith("POST", "/snippets", {"name": "Call", "body": "Write to us: 100% free_"})
    visitor = sign_in(cast.walt)
    assert [row["name"] for row in visitor.get("/blog/snippets/search?q=").json["snippets"]] == [
        "Bio of Walt",
        "Call",
    ]
    for words, names in {
        "WALT": ["Bio of Walt"],
        "river": ["Bio of Walt"],
        "100%": ["Call"],
        "%": ["Call"],
        "_": ["Call"],
        "sea": [],
    }.items():
        found = visitor.get("/blog/snippets/search", query_string={"q": words}).json
        assert [row["name"] for row in found["snippets"]] == names, words
    assert visitor.read("/blog/snippets?q=river").texts("//main//textarea") == ["*By the river.*"]
    assert walt("GET", f"/snippets/{made['id']}").json == made
    assert walt("PATCH", f"/snippets/{made['id']}", {"name": "Mine"}, etag="*").status_code == 403
    assert walt("DELETE", f"/snippets/{made['id']}", etag="*").status_code == 403
    assert walt("POST", "/templates", {"name": "Mine"}).status_code == 403
    assert as_(cast.rhea)("GET", "/snippets").status_code == 403
    assert visitor.get("/admin/snippets").status_code in {403, 404}


@pytest.mark.parametrize(
    ("kind", "fields", "wrong"),
    [
        ("templates", {"name": "\u200b\u2060"}, {"name"}),
        ("templates", {"name": "x" * 101, "title": "x" * 301}, {"name", "title"}),
        ("templates", {"name": "A", "tags": ["x" * 61]}, {"tags.0"}),
        ("templates", {"name": "A", "tags": ["a,b"]}, {"tags"}),
        ("snippets", {"name": "A", "body": " \n"}, {"body"}),
        ("snippets", {"name": "", "body": "x" * 20_001}, {"name", "body"}),
        ("snippets", {"name": "A"}, {"body"}),
    ],
)
@pytest.mark.databases("sqlite")
def test_wrong_fields_are_named_together(as_, cast, kind, fields, wrong):
    answer = as_(cast.edith)("POST", f"/{kind}", fields)
    assert (answer.status_code, answer.json["errors"].keys()) == (422, wrong)


@pytest.mark.databases("sqlite")
def test_the_longest_texts_are_taken(sign_in, cast, app):
    edith = sign_in(cast.edith)
    for kind, length in (("templates", 200_000), ("snippets", 20_000)):
        path = f"/admin/{kind}/create"
        assert edith.fill_in(path, {"name": "Long", "body": "ü" * length}).status_code == 303
        answer = edith.fill_in(path, {"name": "", "body": "ü" * (length + 1)})
        assert answer.status_code == 422
        assert document(answer).error_of("name")
        assert document(answer).error_of("body")


def test_an_old_name_is_free_again(app, cast):
    with app.app_context():
        first = actions.create(Snippet, {"name": "Bio", "body": "One."}, by=cast.edith)
        second = actions.create(Snippet, {"name": "Call", "body": "Two."}, by=cast.edith)
        db.session.commit()
        assert actions.validate(Snippet, {"name": "BIO"}, first) == ()
        assert actions.validate(Snippet, {"name": "BIO"}, second)
        actions.change(first, {"name": "Biography"}, by=cast.edith, expected_version=None)
        actions.change(second, {"name": "Bio"}, by=cast.edith, expected_version=None)
        db.session.commit()
        assert second.key == "bio"


@pytest.mark.databases("sqlite")
def test_lists_load_the_beginning_of_long_texts(app, sign_in, cast):
    body = "Steps " * 30_000
    with app.app_context():
        actions.create(PostTemplate, {"name": "T", "body": body, "tags": ["A"]}, by=cast.edith)
        actions.create(Snippet, {"name": "S", "body": body[:20_000]}, by=cast.edith)
        db.session.commit()
    edith, loaded = sign_in(cast.edith), []

    def note(preset, _context):
        loaded.append(preset)

    for model in (PostTemplate, Snippet):
        event.listen(model, "load", note)
    try:
        for path in ("/admin/templates", "/admin/snippets", "/blog/templates"):
            shown = edith.read(path).text("//tbody")
            assert len(shown) < 200
            assert path == "/admin/templates" or "Steps..." in shown
    finally:
        for model in (PostTemplate, Snippet):
            event.remove(model, "load", note)
    assert loaded == []


@pytest.mark.parametrize("rows", [3, 30])
def test_the_pages_run_four_statements(app, sign_in, cast, queries, rows):
    with app.app_context():
        for number in range(rows):
            actions.create(PostTemplate, {"name": f"T{number}", "tags": ["A"]}, by=cast.edith)
            actions.create(Snippet, {"name": f"S{number}", "body": "B"}, by=cast.edith)
        db.session.commit()
    edith = sign_in(cast.edith)
    for path in ("/admin/templates", "/admin/snippets", "/blog/templates", "/blog/snippets"):
        # The login with its account and role, settings, count, rows.
        with queries.exactly(4):
            edith.get(path)
