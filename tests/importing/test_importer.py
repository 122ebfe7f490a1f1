import os

import pytest
from sqlalchemy import func, select, update

from masthead.db import db
from masthead.importing.models import ImportedItem
from masthead.pages.models import Page
from masthead.people.models import User
from masthead.posts.models import Post, PostSlug, Revision
from masthead.redirects.models import Redirect
from tests.factories import PostFactory
from tests.importing.conftest import outcomes, written

SITE = {
    "_config.yml": "url: https://old.example\ntimezone: Europe/Berlin\n",
    "_data/authors.yml": "walt:\n  name: Walter Bylines\n  bio: Writes about rivers.\n",
    "_posts/2014-03-12-coming-soon.md": (
        "---\ntitle: Coming soon\nauthors: [walt, nina, Grace Hopper]\ntags: rivers winter\nexcerpt: It begins.\n"
        "redirect_from: /soon/\nlang: de\ncanonical_url: https://first.example/x\n---\n"
        "See [the next](/2014/03/13/second.html#part) and [about]({% link about.md %}).\n"
    ),
    "_posts/2014-03-13-second.md": "---\ntitle: Second\nauthor: nina\nlast_modified_at: 2015-05-06\n---\nText.\n",
    "_drafts/idea.md": "---\ntitle: Idea\n---\nNot yet.\n",
    "about.md": "---\ntitle: About\n---\nWe.\n",
    "moved.md": "---\nredirect_to: /2014/03/13/second.html\n---\n",
    "away.md": "---\nredirect_to: https://else.example/there\n---\n",
}


def test_posts_pages_and_old_addresses_answer(bring, client):
    report = bring(SITE)
    assert outcomes(report) == {"imported": 6}
    post = client.read("/blog/post/coming-soon")
    assert post.text("//h1") == "Coming soon"
    assert [client.get(path).location for path in ("/2014/03/12/coming-soon.html", "/soon", "/soon/")] == [
        "/blog/post/coming-soon"
    ] * 3
    assert client.get("/moved.html").location == "/blog/post/second"
    assert client.get("/away.html").location == "https://else.example/there"
    # The report lists addresses that redirect to other sites.
    leaving = [note["what"] for note in report["by_source"]["away.md"]["changed"]]
    assert "addresses that lead to another site" in leaving
    assert client.get("/tags/rivers/").location == "/blog/tag/rivers"
    assert client.get("/about.html").status_code == 301
    assert client.get("/blog/post/idea").status_code == 404
    body = client.get("/blog/post/coming-soon").text
    assert 'href="/blog/post/second#part"' in body
    assert 'href="/about"' in body


def test_posts_keep_their_dates_language_and_authors_in_order(bring, stored):
    bring(SITE)
    rows = stored(
        select(Post.title, Post.published_at, Post.updated_at, Post.language, Post.canonical_url).order_by(
            Post.id
        )
    )
    assert [(title, at and at.isoformat(), changed.isoformat(), language, url) for title, at, changed, language, url in rows[1:]] == [
        ("Coming soon", "2014-03-11T23:00:00+00:00", "2014-03-11T23:00:00+00:00", "de", "https://first.example/x"),
        ("Second", "2014-03-12T23:00:00+00:00", "2015-05-05T22:00:00+00:00", None, None),
    ]  # fmt: skip
    assert rows[0][:2] == ("Idea", None)
    bylines = stored(
        select(User.username, User.name, User.email, User.password_hash, User.is_byline)
        .where(User.is_byline)
        .order_by(User.id)
    )
    assert bylines == [
        # Walt has an account here; the byline does not get his user name or his page.
        ("walt-2", "Walter Bylines", None, None, True),
        ("nina", "nina", None, None, True),
        ("grace-hopper", "Grace Hopper", None, None, True),
    ]


def test_bylines_stand_in_their_order_on_the_page(bring, client):
    bring(SITE)
    text = client.read("/blog/post/coming-soon").text("//main")
    assert text.index("Walter Bylines") < text.index("nina") < text.index("Grace Hopper")
    assert "Writes about rivers." in client.read("/blog/author/walt-2").text("//main")
    assert client.get("/author/nina/").location == "/blog/author/nina"


def counts(stored):
    tables = (Post, Page, PostSlug, Revision, Redirect, User, ImportedItem)
    return [stored(select(func.count()).select_from(table))[0][0] for table in tables]


def test_a_second_import_changes_nothing(bring, stored):
    bring(SITE)
    before, versions = counts(stored), stored(select(Post.id, Post.version, Post.updated_at))
    report = bring({})
    assert outcomes(report) == {"unchanged": 6}
    assert "0 changes" in report["output"]
    assert counts(stored) == before
    assert stored(select(Post.id, Post.version, Post.updated_at)) == versions


def test_a_second_import_from_another_place_changes_nothing(bring, stored, tmp_path):
    bring(SITE)
    before = counts(stored)
    (tmp_path / "site").rename(tmp_path / "moved")
    (tmp_path / "site").symlink_to(tmp_path / "moved")
    assert outcomes(bring({})) == {"unchanged": 6}
    assert counts(stored) == before


def test_a_changed_file_updates_its_post_with_a_revision(bring, stored, client):
    bring(SITE)
    second = "---\ntitle: Second thoughts\ntags: new\nauthor: walt\ndate: 2014-03-13 10:00\nredirect_from: /was/\n---\nOther text.\n"
    report = bring({"_posts/2014-03-13-second.md": second})
    assert outcomes(report) == {"unchanged": 5, "updated": 1}
    page = client.read("/blog/post/second")
    assert page.text("//h1") == "Second thoughts"
    assert "Walter Bylines" in page.text("//main")
    assert (
        client.get("/was").location == client.get("/2014/03/13/second.html").location == "/blog/post/second"
    )
    [(number, note)] = stored(
        select(Revision.number, Revision.note).where(Revision.title == "Second thoughts")
    )
    assert (number, note) == (2, "Imported again from _posts/2014-03-13-second.md")


def test_a_text_that_is_withdrawn_there_is_withdrawn_here(bring, client):
    bring(SITE)
    bring({"_posts/2014-03-13-second.md": "---\ntitle: Second\npublished: false\n---\nText.\n"})
    assert client.get("/blog/post/second").status_code == 404
    bring({"_posts/2014-03-13-second.md": "---\ntitle: Second\n---\nText.\n"})
    assert client.get("/blog/post/second").status_code == 200


def test_work_done_here_is_kept(bring, sign_in, cast, client, stored):
    bring(SITE)
    [(edited,)] = stored(select(Post.id).where(Post.title == "Second"))
    [(trashed,)] = stored(select(Post.id).where(Post.title == "Coming soon"))
    editor = sign_in(cast.edith)
    editor.fill_in(f"/blog/edit/{edited}", button="save", title="Mine now", slug="mine", body="My words.")
    editor.press(f"/blog/delete/{trashed}", action="")
    assert outcomes(bring({})) == {"unchanged": 6}
    changed = {path: text.replace("Text", "Theirs").replace("See", "Look at") for path, text in SITE.items()}
    report = bring(changed)
    assert outcomes(report) == {"unchanged": 4, "kept": 2}
    assert client.read("/blog/post/mine").text("//h1") == "Mine now"
    assert client.get("/2014/03/13/second.html").location == "/blog/post/mine"
    assert client.get("/blog/post/coming-soon").status_code == 404
    assert "_posts/2014-03-13-second.md" in report["output"]


def test_what_was_purged_here_does_not_come_back(bring, stored, app):
    bring(SITE)
    with app.app_context():
        db.session.execute(
            update(ImportedItem).where(ImportedItem.path.contains("second")).values(post_id=None)
        )
        db.session.commit()
    before = counts(stored)
    assert outcomes(bring({"_posts/2014-03-13-second.md": "---\ntitle: Again\n---\n"})) == {
        "unchanged": 5,
        "kept": 1,
    }
    assert counts(stored) == before


def test_links_to_a_text_that_comes_later_are_mended_then(bring, client):
    bring({"_config.yml": "", "_posts/2024-01-01-a.md": "---\ntitle: A\n---\n[b](/2024/01/02/b.html)"})
    assert 'href="/2024/01/02/b.html"' in client.get("/blog/post/a").text
    report = bring({"_posts/2024-01-02-b.md": "---\ntitle: B\n---\n"})
    assert outcomes(report) == {"imported": 1, "updated": 1}
    assert 'href="/blog/post/b"' in client.get("/blog/post/a").text


def test_addresses_that_are_taken_get_a_number_and_links_follow(bring, cast, client):
    PostFactory(title="A", slug="a", author=cast.walt)
    report = bring(
        {
            "_config.yml": "",
            "x/_posts/2024-01-01-a.md": "---\ntitle: X\n---\n[y]({% link y/_posts/2024-01-01-a.md %})",
            "y/_posts/2024-01-01-a.md": "---\ntitle: Y\n---\n",
        }
    )
    assert [item["address"] for item in report["items"]] == ["/blog/post/a-2", "/blog/post/a-3"]
    assert client.read("/blog/post/a").text("//h1") == "A"
    assert 'href="/blog/post/a-3"' in client.get("/blog/post/a-2").text
    assert report["changed"] == {"address": 2}


def test_cyclic_and_shared_aliases_lead_in_one_hop(bring, client):
    report = bring(
        {
            "hugo.toml": "",
            "content/posts/a.md": "---\ntitle: A\ndate: 2024-01-01\naliases: [/posts/b/, /shared/, /posts/a/, /]\n---\n",
            "content/posts/b.md": "---\ntitle: B\ndate: 2024-01-01\naliases: [/posts/a/, /shared/]\n---\n",
        }
    )
    assert client.get("/posts/a/").location == "/blog/post/a"
    assert client.get("/posts/b/").location == "/blog/post/b"
    assert client.get("/shared").location == "/blog/post/a"
    assert report["lost"] == {"old addresses": 3}


def test_one_bad_item_does_not_keep_its_batch_out(bring, client, app, monkeypatch):
    from masthead.importing import importer

    planned = importer._plan_slugs

    def planned_too_early(found, known):
        slugs = planned(found, known)
        # Meanwhile somebody writes a post at the address that the import has planned.
        PostFactory(title="Faster", slug="second")
        return slugs

    monkeypatch.setattr(importer, "_plan_slugs", planned_too_early)
    report = bring(SITE)
    assert outcomes(report) == {"imported": 5, "failed": 1}
    assert "address meanwhile" in report["by_source"]["_posts/2014-03-13-second.md"]["reason"]
    assert client.read("/blog/post/coming-soon").text("//h1") == "Coming soon"
    monkeypatch.undo()
    assert outcomes(bring({}))["imported"] == 1
    assert client.read("/blog/post/second-2").text("//h1") == "Second"


def test_a_dry_run_reports_all_and_writes_nothing(bring, stored):
    before = counts(stored)
    report = bring(SITE, "--dry-run")
    assert outcomes(report) == {"imported": 6}
    assert report["by_source"]["_posts/2014-03-12-coming-soon.md"]["links_rewritten"] == 2
    assert counts(stored) == before
    assert "nothing was written" in report["output"]


def test_the_author_option_names_who_owns_and_is_credited(bring, cast, client, sign_in, stored):
    bring({"2024-01-01-a.md": "# A\n\nText"}, "--author", "walt")
    assert stored(select(Post.author_id)) == [(cast.walt.id,)]
    assert "Walt" in client.read("/blog/post/a").text("//main")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--author", "rhea"), "may not publish"),
        (("--author", "nobody"), "no account called 'nobody'"),
        (("--timezone", "Mars/Olympus"), "Europe/Berlin"),
        (("--report", "no/such/folder/r.json"), "cannot be written"),
    ],
)
def test_a_wrong_option_ends_in_one_sentence_and_writes_nothing(
    invoke, cast, tmp_path, stored, options, words
):
    written(tmp_path / "site", SITE)
    result = invoke("import", "markdown", str(tmp_path / "site"), *options)
    assert result.returncode == 1
    assert words in result.stderr
    assert result.stderr.count("\n") == 1
    assert stored(select(Post.id)) == []


@pytest.mark.parametrize(("name", "words"), [("nowhere", "There is no folder"), ("file", "is a file")])
def test_a_wrong_folder_ends_in_one_sentence(invoke, cast, tmp_path, name, words):
    (tmp_path / "file").touch()
    result = invoke("import", "markdown", str(tmp_path / name))
    assert (result.returncode, words in result.stderr) == (1, True)


def test_without_an_account_it_says_how_to_make_one(invoke, tmp_path):
    result = invoke("import", "markdown", str(tmp_path))
    assert result.returncode == 1
    assert "masthead user create" in result.stderr


def test_an_empty_folder_is_no_mistake(bring):
    assert outcomes(bring({"style.css": ""})) == {}


def test_broken_files_are_named_and_strict_says_so(bring, invoke, tmp_path):
    report = bring(
        {"_posts/2024-01-01-a.md": "---\ntitle: [\n---\n", "_posts/2024-01-02-b.md": "---\ntitle: B\n---\n"}
    )
    assert outcomes(report) == {"imported": 1, "failed": 1}
    assert "_posts/2024-01-01-a.md, line 3: This is not YAML" in report["output"]
    strict = invoke("import", "markdown", str(tmp_path / "site"), "--strict")
    assert strict.returncode == 3


def test_names_with_line_ends_and_bytes_are_shown_escaped(bring, tmp_path):
    written(tmp_path / "site", {os.fsdecode(b"2024-01-01-\xff.md"): "# A", "2024-01-02-two\nlines.md": "# B"})
    report = bring({})
    assert sorted(report["by_source"]) == ["2024-01-01-\\xff.md", "2024-01-02-two\\nlines.md"]
    assert outcomes(bring({})) == {"unchanged": 2}
