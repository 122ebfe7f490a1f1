"""The plan of an import, and the options and settings that decide kinds, dates and authors."""

import json

import pytest

from tests.importing.conftest import written

ZOLA = 'base_url = "https://old.example"\n'
TEXT = "Words.\n"


def toml(**fields):
    return (
        "+++\n"
        + "".join(f"{name} = {json.dumps(value)}\n" for name, value in fields.items())
        + "+++\n"
        + TEXT
    )


@pytest.fixture
def run(cast, invoke, tmp_path):
    def run(files, *options):
        folder = written(tmp_path / "site", files)
        report = tmp_path / "report.json"
        result = invoke(
            "import", "markdown", str(folder), "--report", str(report), "--processes", "1", *options
        )
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout, json.loads(report.read_text())

    return run


def by_source(report):
    return {item["source"]: item for item in report["items"]}


def test_the_plan_counts_posts_and_pages_of_each_folder_before_anything_is_written(run, client):
    stdout, report = run(
        {
            "config.toml": ZOLA,
            "content/blog/a.md": toml(title="A", date="2024-01-02"),
            "content/blog/b.md": toml(title="B", date="2024-01-03"),
            "content/docs/c.md": toml(title="C"),
        },
        "--dry-run",
    )
    assert "content/blog: 2 posts, 0 pages" in stdout
    assert "content/docs: 0 posts, 1 page\n" in stdout
    assert stdout.index("content/blog: 2 posts") < stdout.index("would be imported")
    assert report["plan"]["folders"][0] == {"folder": "content/blog", "posts": 2, "pages": 0}
    assert client.get("/page/c").status_code == 404


def test_a_date_in_the_address_makes_a_post(run):
    _, report = run(
        {
            "config.toml": ZOLA,
            "content/blog/a.md": toml(title="A", path="2019/03/04/a"),
            "content/notes/2018/05/b.md": toml(title="B"),
            "content/docs/v2019.3/c.md": toml(title="C"),
        }
    )
    items = by_source(report)
    assert items["content/blog/a.md"]["kind"] == items["content/notes/2018/05/b.md"]["kind"] == "post"
    assert "date" in items["content/blog/a.md"]["kept"]
    assert items["content/docs/v2019.3/c.md"]["kind"] == "page"


def test_globs_say_what_is_a_post_and_what_is_a_page(run):
    _, report = run(
        {
            "config.toml": ZOLA,
            "content/essays/deep/a.md": toml(title="A"),
            "content/guides/b.md": toml(title="B", date="2024-01-02"),
        },
        "--posts",
        "content/essays/**/*.md",
        "--pages",
        "content/guides/*",
    )
    kinds = {source: item["kind"] for source, item in by_source(report).items()}
    assert kinds == {"content/essays/deep/a.md": "post", "content/guides/b.md": "page"}


def test_an_import_without_a_post_warns_loudly(run):
    stdout, _ = run({"config.toml": ZOLA, "content/a.md": toml(title="A")}, "--dry-run")
    assert "NOTHING BECOMES A POST" in stdout


def test_the_rule_of_addresses_is_told_with_samples(run):
    stdout, _ = run(
        {
            "_config.yml": "permalink: /:year/:title.html\n",
            "_posts/2024-01-02-a.md": "---\ntitle: A\n---\nx\n",
        }
    )
    assert "Old addresses are made by Jekyll's permalink “/:year/:title.html”:" in stdout
    assert "_posts/2024-01-02-a.md was /2024/a.html" in stdout


@pytest.mark.parametrize(
    ("files", "named"),
    [
        # A token that Jekyll does not have, or that a plug-in adds.
        ({"_config.yml": "permalink: /:wing/:title/\n", "_posts/2024-01-02-a.md": "---\ntitle: A\n---\nx\n"}, ":wing"),
        ({"_config.yml": "plugins: [jekyll-polyglot]\n", "_posts/2024-01-02-a.md": "---\ntitle: A\n---\nx\n"}, "jekyll-polyglot"),
        # Values that only a program computes.
        ({"pelicanconf.py": "import os\nARTICLE_URL = os.environ['X']\n", "content/a.md": "Title: A\nDate: 2024-01-02\n\nx\n"}, "ARTICLE_URL"),
        ({"pelicanconf.py": "FILENAME_METADATA = '(?P<slug>(a+)+)'\n", "content/a.md": "Title: A\nDate: 2024-01-02\n\nx\n"}, "FILENAME_METADATA"),
        ({"hugo.toml": '[[module.imports]]\npath = "example.org/texts"\n', "content/posts/a.md": toml(title="A", date="2024-01-02")}, "module.imports: example.org/texts"),
        ({".eleventy.js": "c.addGlobalData('permalink', x)\n", "posts/a.md": "---\ntitle: A\ndate: 2024-01-02\n---\nx\n"}, "addGlobalData"),
    ],
)  # fmt: skip
def test_settings_that_are_not_read_are_named(run, files, named):
    stdout, report = run(files, "--dry-run")
    assert "Settings that matter here and were not read:" in stdout
    assert any(named in setting for setting in report["plan"]["settings_not_read"])


def test_a_draft_does_not_take_the_address_of_a_public_text(run, client):
    run(
        {
            "_config.yml": "permalink: /:title/\n",
            "_drafts/a.md": "---\ntitle: Old draft\npermalink: /moved/\n---\nx\n",
            "_posts/2024-01-02-b.md": "---\ntitle: Public\nredirect_from: /moved/\n---\nx\n",
        }
    )
    response = client.get("/moved/")
    assert (response.status_code, response.location) == (301, "/blog/post/b")


@pytest.mark.parametrize(
    "files",
    [
        {"_config.yml": "author: {name: Ann Site}\n", "_posts/2024-01-02-a.md": "---\ntitle: A\n---\nx\n"},
        {"pelicanconf.py": "AUTHOR = 'Ann Site'\n", "content/a.md": "Title: A\nDate: 2024-01-02\n\nx\n"},
        {
            "hugo.toml": '[params.author]\nname = "Ann Site"\n',
            "content/posts/a.md": toml(title="A", date="2024-01-02"),
        },
        {"config.toml": ZOLA + 'author = "Ann Site"\n', "content/a.md": toml(title="A", date="2024-01-02")},
    ],
)
def test_the_author_of_the_site_is_credited(run, client, files):
    _, report = run(files)
    page = client.read(report["items"][0]["address"])
    assert "Ann Site" in page.text()
    assert "Ada" not in page.text("//article")


def test_a_byline_of_choice_is_credited_instead_of_the_administrator(run, client):
    files = {"_config.yml": "", "_posts/2024-01-02-a.md": "---\ntitle: A\n---\nx\n"}
    _, report = run(files, "--byline", "The Editors")
    article = client.read(report["items"][0]["address"]).text("//article")
    assert "The Editors" in article
    assert "Ada" not in article


def test_long_names_are_cut_at_a_word_and_lose_their_marks(run, client):
    name = "**Ann** <em>Beth</em> " + "of the Department of Very Long Names and Titles " * 3
    _, report = run(
        {"_config.yml": "", "_posts/2024-01-02-a.md": f'---\ntitle: A\nauthor: "{name}"\n---\nx\n'}
    )
    text = client.read(report["items"][0]["address"]).text("//article")
    assert "Ann Beth of the Department" in text
    assert "<em>" not in text
    assert "**" not in text


def test_nothing_imported_is_not_called_everything_is_here(run):
    stdout, _ = run({"_config.yml": "", "about.md": "No front matter.\n"})
    assert "everything is here already" not in stdout
    assert "0 changes: no file of the folder is a text that can be imported." in stdout
