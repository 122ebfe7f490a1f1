import json
from datetime import UTC, datetime

import pytest
import yaml
from sqlalchemy import update

from masthead import clock
from masthead.content.rendering import Picture
from masthead.db import db
from masthead.media import actions as media
from masthead.media.processing.pictures import prepare
from masthead.people.models import User
from masthead.posts import queries as posts
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post
from masthead.redirects import actions as redirects
from masthead.redirects.models import Target
from masthead.storage import store as storage
from masthead.tags.models import Tag
from tests.factories import BylineFactory, CommentFactory, DraftFactory, PageFactory, PostFactory
from tests.factories.posts import NEWEST
from tests.media.pictures import photograph

HOSTILE = '--- "x": [y] #z & é \U0001f33e\u2028 {{< figure >}}'


@pytest.fixture
def export(app, tmp_path):
    """Run the command on the application of the test: `export("folder")`; its outcome."""

    def run(name="out"):
        return app.test_cli_runner().invoke(args=["export", "markdown", str(tmp_path / name)])

    return run


@pytest.fixture
def magazine(app, cast):
    """A publication with one of everything."""
    with app.app_context():
        picture = media.store(
            prepare(photograph()), name="IMG 1.jpg", alt="Wheat", by=cast.walt, at=clock.now()
        )
        path = picture.path
        db.session.commit()
    story = PostFactory(
        title="Harvest: 50 % more",
        slug="harvest",
        summary="All\nis in.",
        body=f"\n\nText with ![wheat](/media/{path}).\n\n---\n\nEnd\n\n",
        author=cast.walt,
        bylines=[BylineFactory(username="wilma", name="Wilma Weiß", bio="Farms.\n\nWrites."), cast.walt],
        tags=["No", "Farming"],
        lead=Picture(f"/media/{path}", alt="Wheat", caption='A "field"'),
        published_at=datetime(2026, 3, 1, 12, 0, 5, 123456, tzinfo=UTC),
    )
    DraftFactory(title=HOSTILE, slug="draft", body=HOSTILE, author=cast.walt)
    PostFactory(slug="review", status=Status.IN_REVIEW, published_at=None, author=cast.walt)
    PostFactory(slug="binned", status=Status.TRASHED, author=cast.edith)
    page = PageFactory(title="About", slug="about", body="Us.", by=cast.ada)
    PageFactory(title="Secret", slug="secret", is_public=False, by=cast.ada)
    CommentFactory(post=story, author=cast.rhea, body="a comment")
    with app.app_context():
        post = posts.get(story.id)
        post.slug = "harvest-2026"
        db.session.execute(
            update(Post).where(Post.id == story.id).values(canonical_url="https://other.example/x")
        )
        redirects.keep("/2014/03/12/100% harvest/", kind=Target.POST, target_id=story.id)
        # As an import leaves it that found the post at the same address elsewhere.
        redirects.keep("/blog/post/harvest-2026/", kind=Target.POST, target_id=story.id)
        redirects.keep("/ueber-uns", kind=Target.PAGE, target_id=page.id)
        redirects.keep("/category/farm", kind=Target.TAG, target_id=post.tags[1].id)
        redirects.keep("/people/walt", kind=Target.AUTHOR, target_id=cast.walt.id)
        redirects.keep_url("/elsewhere", url="https://example.org/there")
        db.session.execute(update(Tag).where(Tag.name == "Farming").values(description="Fields"))
        db.session.commit()
    return path


def content_of(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def parts_of(path):
    _, fields, body = path.read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(fields), body


def test_the_folder_holds_everything(export, magazine, tmp_path):
    outcome = export()
    assert outcome.exit_code == 0, outcome.output
    assert (
        "3 posts (2 of them drafts), 2 pages, 2 tags, 2 authors, 6 old addresses and 1 pictures"
        in outcome.output
    )
    assert sorted(content_of(tmp_path / "out")) == [
        "content/pages/about.md",
        "content/pages/secret.md",
        "content/posts/draft.md",
        "content/posts/harvest-2026.md",
        "content/posts/review.md",
        "data/authors.yaml",
        "data/media.yaml",
        "data/redirects.yaml",
        "data/tags.yaml",
        "hugo.yaml",
        "layouts/shortcodes/two-braces.html",
        "masthead-export.json",
        f"static/media/{magazine}",
    ]


def test_a_post_has_its_fields_in_front(export, magazine, tmp_path):
    export()
    fields, body = parts_of(tmp_path / "out/content/posts/harvest-2026.md")
    assert list(fields.items()) == [
        ("title", "Harvest: 50 % more"),
        ("slug", "harvest-2026"),
        ("url", "/blog/post/harvest-2026/"),
        ("date", datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)),
        ("authors", ["wilma", "walt"]),
        ("tags", ["No", "Farming"]),
        ("summary", "All is in."),
        ("image", f"/media/{magazine}"),
        ("image_alt", "Wheat"),
        ("image_caption", 'A "field"'),
        ("aliases", ["/2014/03/12/100%25 harvest", "/blog/post/harvest"]),
        ("canonical_url", "https://other.example/x"),
    ]
    assert body == f"\nText with ![wheat](/media/{magazine}).\n\n---\n\nEnd\n"


def test_what_is_not_public_is_marked(export, magazine, tmp_path):
    export()
    draft, body = parts_of(tmp_path / "out/content/posts/draft.md")
    review, _ = parts_of(tmp_path / "out/content/posts/review.md")
    secret, _ = parts_of(tmp_path / "out/content/pages/secret.md")
    about, _ = parts_of(tmp_path / "out/content/pages/about.md")
    assert (draft["draft"], "status" in draft, draft["date"]) == (True, False, NEWEST)
    assert (draft["title"], body) == (
        " ".join(HOSTILE.split()),
        f"\n{HOSTILE.replace('{{<', '{{% two-braces %}}<')}\n",
    )
    assert (review["draft"], review["status"]) == (True, "in_review")
    assert (secret["draft"], "draft" in about) == (True, False)


def test_the_lists_describe_people_tags_redirects_and_pictures(export, magazine, tmp_path):
    export()
    lists = {
        path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in (tmp_path / "out/data").iterdir()
    }
    assert lists["authors"] == {
        "walt": {"name": "Walt", "aliases": ["/people/walt"]},
        "wilma": {"name": "Wilma Weiß", "bio": "Farms.\n\nWrites."},
    }
    assert lists["tags"] == [
        {"name": "Farming", "slug": "farming", "description": "Fields", "aliases": ["/category/farm"]},
        {"name": "No", "slug": "no"},
    ]
    assert lists["redirects"] == [{"from": "/elsewhere", "to": "https://example.org/there"}]
    assert lists["media"] == [{"path": f"/media/{magazine}", "name": "IMG 1.jpg", "alt": "Wheat"}]


def test_nothing_private_is_exported(export, magazine, tmp_path):
    export()
    everything = b"".join(content_of(tmp_path / "out").values())
    for secret in (b"@example.org", b"argon2", b"a comment", b"rhea", b"edith", b"binned"):
        assert secret not in everything


def test_the_same_publication_gives_the_same_bytes(export, magazine, tmp_path):
    export("one")
    export("two")
    assert content_of(tmp_path / "one") == content_of(tmp_path / "two")


def test_an_earlier_export_is_brought_up_to_date(app, export, magazine, tmp_path):
    export()
    own = tmp_path / "out/content/posts/my-own.md"
    own.write_text("Not from Masthead.", encoding="utf-8")
    with app.app_context():
        db.session.execute(update(Post).where(Post.slug == "draft").values(slug="other"))
        db.session.execute(update(User).where(User.username == "wilma").values(name="W. Weiß"))
        db.session.commit()
    outcome = export()
    assert outcome.exit_code == 0, outcome.output
    assert own.exists()
    own.unlink()
    export("fresh")
    assert content_of(tmp_path / "out") == content_of(tmp_path / "fresh")
    assert not (tmp_path / "out/content/posts/draft.md").exists()


def test_a_picture_goes_with_its_folder(app, export, magazine, tmp_path):
    export()
    with app.app_context():
        storage.current().delete(magazine)
    outcome = export()
    assert outcome.exit_code == 0
    assert f"The file of the picture /media/{magazine} is missing" in outcome.output
    assert not (tmp_path / "out/static").exists()


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"files": 3}', "\udcff"])
def test_a_folder_of_something_else_is_refused_in_one_sentence(export, app, tmp_path, content):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / ("masthead-export.json" if content else "novel.txt")).write_text(
        content, errors="surrogateescape"
    )
    outcome = export()
    assert outcome.exit_code == 1
    assert outcome.output.startswith("Error: ")
    assert "is not empty and holds no earlier export" in outcome.output
    assert len(list(folder.iterdir())) == 1


def test_a_file_is_refused(export, app, tmp_path):
    (tmp_path / "out").write_text("x")
    outcome = export()
    assert (outcome.exit_code, "is a file" in outcome.output) == (1, True)


def test_a_list_of_files_cannot_lead_out_of_the_folder(export, app, tmp_path):
    outside = tmp_path / "outside.txt"
    outside.write_text("stays")
    folder = tmp_path / "out"
    folder.mkdir()
    manifest = {"format": 1, "files": ["../outside.txt", str(outside), "content/../../outside.txt"]}
    (folder / "masthead-export.json").write_text(json.dumps(manifest))
    assert export().exit_code == 0
    assert outside.exists()


def test_an_export_that_was_broken_off_can_be_continued(export, magazine, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/masthead-export.json").write_text('{"format": 1, "files": []}')
    (tmp_path / "out/content").write_text("in the way of the folder")
    outcome = export()
    assert (outcome.exit_code, "cannot be written to" in outcome.output) == (1, True)
    (tmp_path / "out/content").unlink()
    assert export().exit_code == 0


def test_an_empty_publication_exports_too(export, app, tmp_path):
    outcome = export("new/folder")
    assert outcome.exit_code == 0, outcome.output
    assert "0 posts" in outcome.output


@pytest.mark.parametrize(
    ("body", "written"),
    [
        ("`{{%a%}` and {{< x >}}", "`{{% two-braces %}}%a%}` and {{% two-braces %}}< x >}}"),
        ("```\n{{{<b\n```", "```\n{{{% two-braces %}}<b\n```"),
        ("{{% two-braces %}}", "{{% two-braces %}}% two-braces %}}"),
        ("{% raw %} {{ site.url }}", "{% raw %} {{ site.url }}"),
    ],
)
def test_generators_run_no_part_of_a_text(export, cast, tmp_path, body, written):
    PostFactory(slug="tags", body=body, author=cast.walt)
    PageFactory(slug="page", body=body, by=cast.ada)
    PostFactory(slug="plain", body="Set {x}, 5 % of {#y}.", author=cast.walt)
    assert export().exit_code == 0
    for path in ("posts/tags", "pages/page"):
        fields, text = parts_of(tmp_path / f"out/content/{path}.md")
        assert text == f"\n{written}\n"
        # Jekyll asks the first, Eleventy the second.
        assert (fields["render_with_liquid"], fields["templateEngineOverride"]) == (False, "md")
    assert "render_with_liquid" not in parts_of(tmp_path / "out/content/posts/plain.md")[0]
    # Hugo puts this in place of the shortcode, and does not look at the result again.
    assert (tmp_path / "out/layouts/shortcodes/two-braces.html").read_text() == '{{"{{"}}'


@pytest.mark.parametrize("count", [3, 30])
def test_an_export_asks_a_constant_number_of_questions(export, cast, queries, count):
    PostFactory.create_batch(count, author=cast.walt, tags=["Farming"])
    # Old addresses (3), posts with bylines and tags (3) and their end, pages, people, tags, redirects, pictures,
    # and the INSERT into `audit_event` that remembers the export.
    with queries.exactly(13):
        assert export().exit_code == 0
