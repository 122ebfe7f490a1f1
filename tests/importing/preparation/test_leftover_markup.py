"""Leftover markup of other systems in texts of any dialect."""

import json

import pytest

from tests.importing.conftest import written
from tests.media.pictures import picture


@pytest.fixture
def run(cast, invoke, tmp_path):
    def run(files, *options):
        folder = written(tmp_path / "site", files)
        report = tmp_path / "report.json"
        result = invoke(
            "import", "markdown", str(folder), "--report", str(report), "--processes", "1", *options
        )
        assert result.returncode == 0, result.stdout + result.stderr
        return json.loads(report.read_text())

    return run


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (":::note\nMind the gap.\n:::", "::: fence"),
        ("Words { .lead } more", "attribute list"),
        ("[caption id=\"a1\"]Words[/caption]", "[shortcode]"),
        ("See [[Other page]].", "[[wiki link]]"),
        ("!!! note\n    Words", "!!! note"),
        ("Liquid {{ site.data.thing.name }} here", "{{ value }}"),
        ("Liquid {% include video.html id=3 %} here", "{% tag %}"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("header", ["Title: A\nDate: 2024-01-02\n\n"])
def test_marks_of_other_systems_are_counted_in_any_dialect(run, body, name, header):
    report = run({"pelicanconf.py": "", "content/a.md": header + body + "\n"})
    assert report["template_tags"].get(name), report["template_tags"]


def test_marks_in_code_are_nobodys_business(run):
    body = "```\n:::note\n{{ x }} [caption]\n```\n\nAnd `[[x]]` too.\n"
    assert (
        run({"pelicanconf.py": "", "content/a.md": "Title: A\nDate: 2024-01-02\n\n" + body})["template_tags"]
        == {}
    )


def test_pictures_of_other_sites_are_named(run):
    report = run(
        {
            "_config.yml": "",
            "_posts/2024-01-02-a.md": "---\ntitle: A\n---\n![x](https://cdn.example/x.png)\n",
        },
        "--no-fetch-images",
    )
    assert report["lost"] == {"pictures of other sites": 1}
    assert report["pictures_of_other_sites"] == ["https://cdn.example/x.png"]


def test_a_text_in_the_default_language_has_the_plain_address(run):
    report = run(
        {
            "hugo.toml": 'defaultContentLanguage = "en"\n[languages.de]\n[languages.en]\n[languages.fr]\n',
            **{
                f"content/posts/trip/index{ending}.md": "---\ntitle: T\ndate: 2024-01-02\n---\nx\n"
                for ending in ("", ".de", ".fr")
            },
        }
    )
    found = {item["source"].rpartition("/")[2]: item["address"] for item in report["items"]}
    assert found == {
        "index.md": "/blog/post/trip",
        "index.de.md": "/blog/post/trip-de",
        "index.fr.md": "/blog/post/trip-fr",
    }


def test_a_page_for_dead_addresses_stays_out(run):
    report = run(
        {
            ".eleventy.js": "",
            "404.md": "---\ntitle: Not here\n---\nLost?\n",
            "a.md": "---\ntitle: A\n---\nx\n",
        }
    )
    assert {item["source"]: item["outcome"] for item in report["items"]} == {
        "404.md": "skipped",
        "a.md": "imported",
    }


def test_links_to_sections_and_values_of_the_site_are_known(run, client):
    report = run(
        {
            "hugo.toml": '[params]\nphone = "555-0100"\n',
            "content/essays/a.md": "---\ntitle: A\ndate: 2024-01-02\n---\n"
            '[all]({{< ref "/essays/_index.md" >}}) call {{< param "phone" >}}\n',
            "static/a.png": picture(),
        }
    )
    assert report["template_tags"] == {}
    html = client.get(report["items"][0]["address"]).text
    assert 'href="/blog/"' in html
    assert "call 555-0100" in html
