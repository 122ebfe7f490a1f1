import pytest

from masthead.importing.items import ItemKind, PublicationStatus
from masthead.importing.markdown.dialects.hugo import Hugo
from tests.importing.conftest import changed, lost

CONFIG = """\
baseURL = "https://old.example/"
defaultContentLanguage = "en"
timeZone = "Europe/Berlin"
[languages.en]
[languages.fr]
[languages.de]
contentDir = "content-de"
[permalinks]
news = "/:year/:month/:slug/"
"""
DATED = 'date = "2024-01-02"\n'


def toml(fields, body="Text\n"):
    return f"+++\n{fields}+++\n{body}"


def test_front_matter_in_three_notations(site):
    read = site(
        {
            "hugo.toml": CONFIG,
            "content/posts/t.md": toml(
                'title = "T"\ndate = 2024-01-02T03:04:05+01:00\ntags = ["a"]\nauthors = ["ada"]\n'
            ),
            "content/posts/j.md": '{\n"title": "J", "date": "2024-01-02", "draft": true,\n"categories": ["c"]\n}\nText',
            "content/posts/y.md": "---\ntitle: Y\ndate: 2024-01-02\nlastmod: 2024-02-03\nparams: {author: {name: Bo}}\n---\nText",
            "data/authors/ada.toml": 'name = "Ada Lovelace"\nbio = "Counts."\n',
        }
    )
    assert isinstance(read.dialect, Hugo)
    t, j, y = (read[f"content/posts/{name}.md"] for name in "tjy")
    assert (t.title, t.date.isoformat(), t.tags) == ("T", "2024-01-02T02:04:05+00:00", ("a",))
    assert t.authors[0].name == "Ada Lovelace"
    assert (j.status, j.tags) == (PublicationStatus.DRAFT, ("c",))
    assert y.updated.isoformat() == "2024-02-02T23:00:00+00:00"
    assert [author.name for author in y.authors] == ["Bo"]


def test_sections_bundles_and_what_they_hold(site):
    read = site(
        {
            "hugo.toml": CONFIG,
            "content/_index.md": "---\ntitle: Home\n---\n",
            "content/about.md": toml('title = "About"\n' + DATED),
            "content/posts/_index.md": "---\ntitle: Posts\n---\nAll our posts.",
            "content/posts/bundle/index.md": toml(
                'title = "Bundle"\n' + DATED, "![x](photo.jpg) [other](../single)"
            ),
            "content/posts/bundle/photo.jpg": b"jpeg",
            "content/posts/bundle/notes.md": toml('title = "Notes"\n'),
            "content/posts/single.md": toml('title = "Single"\n' + DATED),
            "content/docs/guide/start.md": toml('title = "Start"\n'),
            "content/docs/hidden.md": toml("headless = true\n"),
            "content/news/Big News.md": toml('title = "Great"\n' + DATED),
            "layouts/x.md": "x",
            "themes/t/content/a.md": "x",
            "README.md": "x",
        }
    )
    assert {path: (item.kind, item.slug, item.old_paths[0]) for path, item in read.items.items()} == {
        "content/about.md": (ItemKind.PAGE, "about", "/about/"),
        "content/posts/_index.md": (ItemKind.PAGE, "posts", "/posts/"),
        "content/posts/bundle/index.md": (ItemKind.POST, "bundle", "/posts/bundle/"),
        "content/posts/single.md": (ItemKind.POST, "single", "/posts/single/"),
        "content/docs/guide/start.md": (ItemKind.PAGE, "docs-guide-start", "/docs/guide/start/"),
        "content/news/Big News.md": (ItemKind.POST, "big-news", "/2024/01/great/"),
    }
    assert "content/posts/bundle/index.md" in read.left_out()["content/posts/bundle/notes.md"]
    assert read.left_out().keys() == {
        "README.md",
        "content/_index.md",
        "content/docs/hidden.md",
        "content/posts/bundle/notes.md",
    }
    assert read.body("content/posts/bundle/index.md") == "![x](/posts/bundle/photo.jpg) [other](/new/single)"


def test_languages_by_name_and_by_folder(site):
    read = site(
        {
            "hugo.toml": CONFIG,
            "content/posts/a.md": toml('title = "A"\n' + DATED),
            "content/posts/a.fr.md": toml('title = "A fr"\n' + DATED),
            "content/posts/v1.2.md": toml('title = "Version"\n' + DATED),
            "content-de/posts/a.md": toml('title = "A de"\n' + DATED),
        }
    )
    found = {item.title: (item.language, item.old_paths[0]) for item in read.items.values()}
    assert found == {
        "A": ("en", "/posts/a/"),
        "A fr": ("fr", "/fr/posts/a/"),
        "Version": ("en", "/posts/v1.2/"),
        "A de": ("de", "/de/posts/a/"),
    }


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ('url = "/deep/Down.html"\n', "/deep/Down.html"),
        ('slug = "short"\n', "/posts/short/"),
        ('url = "/:year/x/"\n', "/2024/x/"),
    ],
)
def test_url_and_slug_give_the_old_address(site, fields, path):
    read = site({"hugo.toml": CONFIG, "content/posts/a.md": toml(f'title = "A"\n{DATED}{fields}')})
    assert read["content/posts/a.md"].old_paths[0] == path


def test_aliases_are_meant_from_the_root_or_beside_the_text(site):
    fields = 'aliases = ["/old/", "former", "../up"]\n'
    read = site({"hugo.toml": CONFIG, "content/posts/a.md": toml(f'title = "A"\n{DATED}{fields}')})
    assert read["content/posts/a.md"].old_paths == ("/posts/a/", "/old/", "/posts/former", "/up")


def test_future_and_expired_texts_are_drafts(site):
    read = site(
        {
            "hugo.toml": CONFIG,
            "content/posts/soon.md": toml('title = "A"\ndate = 2024-01-01\npublishDate = 2030-01-01\n'),
            "content/posts/past.md": toml(f'title = "B"\n{DATED}expirydate = 2025-01-01\n'),
            "content/posts/ends.md": toml(f'title = "C"\n{DATED}expiryDate = 2035-01-01\n'),
        }
    )
    assert read["content/posts/soon.md"].status is PublicationStatus.DRAFT
    assert changed(read["content/posts/soon.md"]) == {"date in the future": 1}
    assert changed(read["content/posts/past.md"]) == {"expired": 1}
    assert (read["content/posts/ends.md"].status, lost(read["content/posts/ends.md"])) == (
        PublicationStatus.PUBLISHED,
        {"expiry": 1},
    )


def test_shortcodes(site):
    body = """\
Read [this]({{< ref "posts/b.md#top" >}}) or [that]({{% relref "b" %}}) about {{< param "title" >}}.

{{< highlight go "linenos=table" >}}
a := `{{ x }}`
{{< /highlight >}}

{{< figure src="/i.png" alt="An eye" caption="It \\"sees\\"" width="30" >}}

{{<youtube abc>}} and {{% note %}}text{{% /note %}}

`{{</* tweet 1 */>}}` or {{</* tweet 2 */>}}

    {{< indented >}}

[lost]({{< ref "nowhere" >}})
<!--more-->
"""
    read = site(
        {
            "hugo.toml": CONFIG,
            "content/posts/a.md": toml('title = "A text"\n' + DATED, body),
            "content/posts/b.md": toml('title = "B"\n' + DATED),
        }
    )
    translated = read.translated("content/posts/a.md")
    text = translated.body
    assert "Read [this](/new/b#top) or [that](/new/b) about A text." in text
    assert "```go\na := `{{ x }}`\n```" in text
    assert '![An eye](/i.png "It &quot;sees&quot;")' in text
    assert "{{&lt;youtube abc>}} and {{% note %}}text{{% /note %}}" in text
    assert "`{{< tweet 1 >}}` or {{&lt; tweet 2 >}}" in text
    assert "    {{< indented >}}" in text
    assert "<!--more-->" not in text
    assert translated.visible_tags == {"youtube": 1, "note": 1, "/note": 1, "ref": 1}
    assert lost(translated)["figure width"] == 1
    assert translated.opening.startswith("Read")


def test_settings_in_a_folder_of_parts(site):
    read = site(
        {
            "config/_default/config.yaml": "baseURL: https://old.example/sub/\nuglyURLs: true\n",
            "config/_default/permalinks.toml": '[page]\nnotes = "/n/:slugorfilename/"\n',
            "content/posts/a.md": toml('title = "A"\n' + DATED),
            "content/notes/b.md": toml('title = "B"\n' + DATED),
        }
    )
    assert read["content/posts/a.md"].old_paths == ("/sub/posts/a.html", "/posts/a.html")
    assert read["content/notes/b.md"].old_paths[0] == "/sub/n/b.html"


def test_a_folder_of_content_alone_is_known_by_its_shortcodes(site):
    read = site(
        {"posts/a.md": "---\ntitle: A\ndate: 2024-01-02\n---\n{{< x >}}", "_index.md": "---\ntitle: H\n---\n"}
    )
    assert isinstance(read.dialect, Hugo)
    assert read["posts/a.md"].old_paths == ("/posts/a/",)


def test_sections_pass_front_matter_down(site):
    read = site(
        {
            "hugo.toml": CONFIG,
            "content/posts/_index.md": "---\ncascade:\n  author: Ada\n  tags: [section]\n---\n",
            "content/posts/deep/_index.md": (
                "---\ncascade:\n- tags: [deep]\n- _target: {path: /posts/deep/h*}\n  draft: true\n---\n"
            ),
            "content/posts/a.md": toml('title = "A"\n' + DATED),
            "content/posts/deep/b.md": toml('title = "B"\nauthor = "Bo"\n' + DATED),
            "content/posts/deep/hidden.md": toml('title = "C"\n' + DATED),
        }
    )
    a, b, c = (read[f"content/posts/{name}.md"] for name in ("a", "deep/b", "deep/hidden"))
    assert (a.tags, a.authors[0].name) == (("section",), "Ada")
    assert (b.tags, b.authors[0].name, b.status) == (("deep",), "Bo", PublicationStatus.PUBLISHED)
    assert c.status is PublicationStatus.DRAFT


def test_a_section_whose_front_matter_is_broken_passes_nothing_down(site):
    read = site(
        {
            "hugo.toml": CONFIG,
            "content/posts/_index.md": "---\ncascade: [\n---\n",
            "content/posts/a.md": toml('title = "A"\n' + DATED),
        }
    )
    assert read["content/posts/a.md"].tags == ()
    assert read.failures().keys() == {"content/posts/_index.md"}
