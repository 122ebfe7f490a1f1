"""Links between imported texts: from Hugo's templates, and to headings that do not exist."""

import json

import pytest

from tests.importing.conftest import written

POST = "---\ntitle: {}\ndate: 2024-01-02\ntags: [sea]\n---\n{}\n"
HUGO = {
    "hugo.toml": (
        'baseURL = "https://old.example/"\ndefaultContentLanguage = "en"\n[params]\nphone = "12 34"\n[params.social]\n'
        'Mail = "a@b.example"\n[languages.en]\n[languages.fr.params]\nphone = "+33"\n'
    ),
    "content/posts/one.md": POST.format("One", "# Here\n"),
    "content/posts/bundle/index.md": POST.format("Bundle", "Words.\n"),
    "content/posts/deep/_index.md": "---\ntitle: Deep\n---\n",
    "content/posts/deep/two.md": POST.format("Two", "Words.\n"),
    "content/docs/_index.md": "---\ntitle: Docs\n---\nA page about documents.\n",
}
PATH = "content/posts/a.md"


@pytest.mark.parametrize(
    ("tag", "url"),
    [
        ('ref "one.md"', "/new/one"),
        ('ref "/posts/one"', "/new/one"),
        ('ref "Posts/One.md"', "/new/one"),
        ('relref "one.md#here"', "/new/one#here"),
        ('relref path="/posts/one.md" lang="en"', "/new/one"),
        ('ref "bundle"', "/new/bundle"),
        ('ref "/posts/bundle/index.md"', "/new/bundle"),
        ('ref "bundle/"', "/new/bundle"),
        ('ref "#below"', "#below"),
        # Sections, terms and lists of terms have list pages here.
        ('ref "/posts"', "/blog/"),
        ('ref "/posts/_index.md"', "/blog/"),
        ('ref "posts/deep"', "/blog/"),
        ('ref "/posts/deep/_index.md"', "/blog/"),
        ('ref "/"', "/"),
        ('ref "/_index.md"', "/"),
        ('ref "/tags/sea"', "/tags/sea"),
        ('ref "tags"', "/blog/"),
        # A section with a text of its own is a page.
        ('ref "/docs"', "/new/docs"),
    ],
)
def test_hugos_references_lead_to_texts_and_lists(tag, url, site):
    read = site({**HUGO, PATH: POST.format("A", f"[x]({{{{< {tag} >}}}})")})
    assert (read.body(PATH).strip(), dict(read.translated(PATH).visible_tags)) == (f"[x]({url})", {})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("phone", "12 34"),
        ('"phone"', "12 34"),
        ("Phone", "12 34"),
        ("social.mail", "a@b.example"),
        ("own", "mine"),
        ("inner", "below"),
        ("map.key", "nested"),
    ],
)
def test_hugos_parameters_are_those_of_the_text_and_the_site(name, value, site):
    front = "---\ntitle: A\ndate: 2024-01-02\nown: mine\nparams: {inner: below}\nmap: {key: nested}\n---\n"
    read = site(
        {
            **HUGO,
            PATH: front + f"{{{{< param {name} >}}}}",
            "content/posts/a.fr.md": front + "{{% param phone %}}",
        }
    )
    assert read.body(PATH) == value
    assert read.body("content/posts/a.fr.md") == "+33"


def test_a_parameter_that_is_nowhere_stays_visible(site):
    read = site({**HUGO, PATH: POST.format("A", "{{% param nope %}} {{% ref nope %}}")})
    assert dict(read.translated(PATH).visible_tags) == {"param": 1, "ref": 1}


def test_a_link_to_a_heading_that_another_text_does_not_have_is_reported(invoke, cast, tmp_path):
    head = "---\nlayout: post\ntitle: {}\n---\n"
    files = {
        "_config.yml": "url: https://old.example\npermalink: date\n",
        "_posts/2024-01-02-a.md": head.format("A")
        + "[1](/2024/01/02/b.html#there) [2](/2024/01/02/b.html#nope) [3](/2024/01/02/b.html#%C3%BCber-uns)\n"
        + "[4]({% post_url 2024-01-02-b %}#gone) [5](/2024/01/02/b.html) [6](/2024/01/02/b.html#my-id)\n"
        + "[7](/2024/01/02/b.html#comments) [8](https://else.example/x#y) [9](#down)\n",
        "_posts/2024-01-02-b.md": head.format("B")
        + "# There\n\n# Über uns\n\n## Mine {#my-id}\n\n[back](/2024/01/02/a.html#none)\n",
    }
    folder = written(tmp_path / "site", files)
    report = tmp_path / "report.json"
    result = invoke(
        "import", "markdown", str(folder), "--report", str(report), "--processes", "1", "--dry-run"
    )
    assert result.returncode == 0, result.stdout + result.stderr
    items = {item["source"]: item for item in json.loads(report.read_text())["items"]}
    lost = {
        name: [note["why"] for note in item["lost"] if note["what"] == "links"]
        for name, item in items.items()
    }
    assert lost == {
        "_posts/2024-01-02-a.md": [
            "#down leads to no place in this text",
            "/blog/post/b#nope leads to no place in _posts/2024-01-02-b.md",
            "/blog/post/b#gone leads to no place in _posts/2024-01-02-b.md",
        ],
        "_posts/2024-01-02-b.md": ["/blog/post/a#none leads to no place in _posts/2024-01-02-a.md"],
    }
