import json
from pathlib import Path

import pytest

from masthead.db import db
from masthead.posts.models import Post, Revision

pytestmark = pytest.mark.databases("sqlite")

JEKYLL = {
    "_config.yml": "title: River\nurl: https://river.example\ntimezone: Europe/Berlin\npermalink: /:categories/:year/:month/:day/:title.html\n",
    "_data/authors.yml": "walt:\n  name: Walter Bylines\n  bio: Writes about rivers.\n",
    "_posts/2014-03-12-coming-soon.md": (
        "---\ntitle: Coming soon\nauthors: [walt, nina]\ntags: rivers winter\ncategories: news\nexcerpt: It begins.\n"
        "redirect_from:\n  - /soon/\nimage: /img/a.png\nunknown_field: 1\n---\n"
        "See [the next]({% post_url 2014-03-13-second %}) and {{ site.baseurl }}/about.\n\n{% include gallery.html %}\n\n"
        "{% highlight python %}\nprint(1)\n{% endhighlight %}\n\n{% raw %}{{ kept }}{% endraw %}\n\nA line.\n{: .lead}\n\n"
        "```\n{{ inside code }}\n```\n"
    ),
    "_posts/2014-03-13-second.markdown": "---\ntitle: 'Second'\ndate: 2014-03-13 23:30:00 +0200\nauthor: Nina\npublished: false\n---\nBack to [first](/news/2014/03/12/coming-soon.html).\n",
    "_posts/2099-01-01-future.md": "---\ntitle: Future\n---\nLater.\n",
    "_drafts/idea.md": "---\ntitle: Idea\n---\nNot yet.\n",
    "about.md": "---\ntitle: About\npermalink: /about/\n---\nWe write.\n",
}
HUGO = {
    "hugo.toml": 'baseURL = "https://hugo.example/"\ntitle = "H"\n[permalinks]\nposts = "/:year/:slug/"\n',
    "content/posts/toml.md": '+++\ntitle = "Toml post"\ndate = 2020-05-06T07:08:09Z\ntags = ["a", "b"]\naliases = ["/old-toml/"]\nslug = "toml-slug"\n+++\n{{< highlight go >}}\nfunc main() {}\n{{< /highlight >}}\n\n{{< youtube abc >}}\n\n[rel]({{< ref "yaml.md" >}})\n\n<!--more-->\nMore.\n',
    "content/posts/yaml.md": "---\ntitle: Yaml post\ndate: 2020-05-07\ndraft: true\nauthors:\n  - Rhea Reader\n---\nText.\n",
    "content/posts/json.md": '{"title": "Json post", "date": "2020-05-08", "categories": ["News"], "summary": "Short."}\nText.\n',
    "content/posts/bundle/index.md": '---\ntitle: Bundle\ndate: 2020-05-09\nexpirydate: 2099-01-01\n---\n{{< figure src="a.png" caption="Cap" >}}\n',
    "content/posts/lingua.fr.md": "---\ntitle: Français\ndate: 2020-05-10\n---\nBonjour.\n",
    "content/about/_index.md": "---\ntitle: About us\n---\nWe.\n",
}
ZOLA = {
    "config.toml": 'base_url = "https://zola.example"\ntitle = "Z"\n[markdown]\nhighlight_code = true\n',
    "content/blog/_index.md": '+++\ntitle = "Blog"\n+++\n',
    "content/blog/2021-02-03-first.md": '+++\ntitle = "First"\naliases = ["old/first"]\n[taxonomies]\ntags = ["one"]\n[extra]\nauthor = "Zoe"\n+++\nSee [second](@/blog/second.md).\n',
    "content/blog/second.md": '+++\ntitle = "Second"\ndate = 2021-02-04\npath = "elsewhere/second"\n+++\nText.\n',
}
PELICAN = {
    "pelicanconf.py": "SITEURL = 'https://pelican.example'\nTIMEZONE = 'UTC'\n",
    "content/one.md": "Title: One\nDate: 2019-01-02 03:04\nTags: x, y\nAuthors: Ann, Ben\nSlug: one-slug\nSummary: S\n\nSee [two]({filename}two.md).\n",
    "content/two.md": "Title: Two\nDate: 2019-01-03\nStatus: draft\n\nText.\n",
}
PLAIN = {"2018-01-02-plain.md": "# A plain text\n\nWith words.\n", "sub/other.md": "Only words, no title.\n"}


@pytest.fixture
def folder(tmp_path):
    """Write a folder of files."""

    def write(files: dict[str, str | bytes]) -> Path:
        root = tmp_path / "site"
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return root

    return write


def adds_up(report) -> bool:
    totals = report["totals"]
    return totals["files"] == sum(count for name, count in totals.items() if name != "files")


@pytest.mark.parametrize(
    ("files", "dialect"),
    [(JEKYLL, "Jekyll"), (HUGO, "Hugo"), (ZOLA, "Zola"), (PELICAN, "Pelican")],
    ids=["jekyll", "hugo", "zola", "pelican"],
)
def test_each_dialect_is_recognised_comes_in_and_changes_nothing_the_second_time(
    bring, folder, app, files, dialect
):
    root = folder(files)
    first = bring(root)
    assert first["dialect"] == dialect
    assert adds_up(first)
    assert first["totals"]["failed"] == 0
    assert first["totals"]["imported"] >= 2
    with app.app_context():
        revisions = db.session.query(Revision).count()
    second = bring(root)
    assert second["totals"]["imported"] == second["totals"]["updated"] == 0
    with app.app_context():
        assert db.session.query(Revision).count() == revisions


def test_jekyll_keeps_addresses_bylines_and_visible_template_tags(bring, folder, client):
    bring(folder(JEKYLL))
    for old in ("/news/2014/03/12/coming-soon.html", "/soon/"):
        response = client.get(old)
        assert (response.status_code, response.location) == (301, "/blog/post/coming-soon")
    page = client.read("/blog/post/coming-soon")
    assert "Walter Bylines" in page.text("//main")
    assert "{% include gallery.html %}" in page.text("//main")
    assert "{{ kept }}" in page.text("//main")
    assert "{{ inside code }}" in page.text("//main")
    assert "Writes about rivers." in client.read(
        "/blog/author/walter-bylines"
        if client.get("/blog/author/walter-bylines").status_code == 200
        else "/blog/author/walt-2"
    ).text("//main")


def test_drafts_unpublished_and_future_texts_stay_hidden(bring, folder, client, app):
    report = bring(folder(JEKYLL))
    with app.app_context():
        states = {post.title: post.state.value for post in db.session.query(Post)}
    assert states == {"Coming soon": "published", "Second": "draft", "Future": "draft", "Idea": "draft"}
    assert adds_up(report)


def test_future_texts_are_scheduled_when_asked(bring, folder, app):
    bring(folder(JEKYLL), "--publish-future")
    with app.app_context():
        assert db.session.query(Post).filter_by(title="Future").one().state == "scheduled"


def test_a_dry_run_writes_nothing(bring, folder, app):
    report = bring(folder(JEKYLL), "--dry-run")
    assert report["totals"]["files"] >= 5
    with app.app_context():
        assert db.session.query(Post).count() == 0


def test_a_changed_file_is_updated_and_one_edited_here_is_kept(bring, folder, sign_in, cast, app, client):
    root = folder(JEKYLL)
    bring(root)
    source = root / "_posts/2014-03-12-coming-soon.md"
    source.write_text(source.read_text().replace("See [the next]", "Changed: see [the next]"))
    assert bring(root)["totals"]["updated"] == 1
    assert "Changed: see" in client.get("/blog/post/coming-soon").text
    with app.app_context():
        post_id = db.session.query(Post.id).filter_by(slug="coming-soon").scalar()
    sign_in(cast.edith).fill_in(f"/blog/edit/{post_id}", button="save", body="Edited here.")
    source.write_text(source.read_text().replace("Changed: see", "Changed again: see"))
    assert bring(root)["totals"]["kept"] == 1
    assert "Edited here." in client.get("/blog/post/coming-soon").text


def test_plain_folders_come_in_without_front_matter(bring, folder, app):
    report = bring(folder(PLAIN))
    assert adds_up(report)
    with app.app_context():
        assert "A plain text" in {post.title for post in db.session.query(Post)}


BAD = {
    "_posts/2014-01-01-good.md": "---\ntitle: Good\n---\nFine.\n",
    "_posts/2014-01-02-not-yaml.md": "---\ntitle: [unclosed\n---\nText.\n",
    "_posts/2014-01-03-unclosed.md": "---\ntitle: Open\nText without an end.\n",
    "_posts/2014-01-04-latin.md": b"---\ntitle: Caf\xe9\n---\nText.\n",
    "_posts/2014-01-05-tag.md": "---\ntitle: !!python/object/apply:os.system ['true']\n---\nText.\n",
    "_posts/2014-01-06-bomb.md": "---\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ntitle: Bomb\n---\nText.\n",
    "_posts/2014-01-07-tags.md": "---\ntitle: Tags\ntags: ["
    + ", ".join(f"t{n}" for n in range(10_000))
    + "]\n---\nText.\n",
    "_posts/2014-01-08-new\nline.md": "---\ntitle: Newline\n---\nText.\n",
    "_posts/2014-01-09-alias.md": "---\ntitle: Alias\nredirect_from: [/2014/01/09/alias.html, /2014/01/09/alias/]\n---\nText.\n",
    "_posts/2014-01-10-nul.md": "---\ntitle: Nul\n---\nA \0 B\n",
    "_posts/2014-01-11-large.md": b"---\ntitle: Large\n---\n" + b"x" * 50_000_000,
}


def test_what_is_broken_is_named_and_the_rest_goes_in(bring, folder, tmp_path, client):
    root = folder(BAD)
    outside = tmp_path / "secret.md"
    outside.write_text("---\ntitle: Secret\n---\nNever read this.\n")
    (root / "_posts/2014-01-12-link.md").symlink_to(outside)
    report = bring(root)
    assert adds_up(report)
    assert client.get("/blog/post/good").status_code == 200
    told = json.dumps(report)
    for name in ("not-yaml", "unclosed", "latin", "tag", "bomb", "large"):
        assert name in told
    assert "Never read this." not in told
    assert client.get("/blog/post/secret").status_code == 404
    failed = {item["source"]: item for item in report["items"] if item["outcome"] == "failed"}
    assert any("not-yaml" in source for source in failed)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("/no/such/folder",), "no"),
        ((".", "--author", "nobody"), "nobody"),
        ((".", "--timezone", "Mars/Olympus"), "Mars/Olympus"),
        ((".", "--old-url", "::"), "https://old.example"),
        ((".", "--old-url", "river.example"), "https://old.example"),
    ],
)
def test_a_mistake_ends_in_one_sentence(invoke, cast, folder, arguments, sentence, monkeypatch):
    monkeypatch.chdir(folder(PLAIN))
    result = invoke("import", "markdown", *arguments)
    assert result.returncode != 0
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr
