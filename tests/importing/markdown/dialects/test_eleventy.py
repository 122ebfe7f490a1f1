from masthead.importing.items import ItemKind
from masthead.importing.markdown.dialects.eleventy import Eleventy
from tests.importing.conftest import changed

CONFIG = 'module.exports = function (c) { return { dir: { input: "src", output: "_site" } } };\n'


def test_folder_data_permalinks_and_list_tags(site):
    read = site(
        {
            ".eleventy.js": CONFIG,
            "src/_data/site.json": '{"url": "https://old.example"}',
            "src/_data/authors.json": '[{"key": "ada", "name": "Ada Lovelace"}]',
            "src/posts/posts.json": '{"tags": ["posts", "folder"], "permalink": "/{{ page.date | date: \'%Y/%m\' }}/{{ page.fileSlug }}/"}',
            "src/posts/2024-01-02-hello.md": "---\ntitle: Hello\nauthor: ada\n---\nx",
            "src/posts/own.md": "---\ntitle: Own\ndate: 2024-02-03\ntags: post\npermalink: '/{{ title | slugify }}.html'\n---\nx",
            "src/about.md": "---\ntitle: About\n---\nx",
            "src/posts/index.md": "---\nlayout: list\n---\n{% for p in collections.posts %}{% endfor %}",
            "README.md": "# A repository",
        }
    )
    assert isinstance(read.dialect, Eleventy)
    hello = read["src/posts/2024-01-02-hello.md"]
    assert (hello.kind, hello.tags, hello.authors[0].name) == (ItemKind.POST, ("folder",), "Ada Lovelace")
    assert hello.old_paths == ("/2024/01/hello/", "/2024/01/02/hello/")
    assert read["src/posts/own.md"].old_paths[0] == "/own.html"
    about = read["src/about.md"]
    assert (about.kind, about.old_paths) == (ItemKind.PAGE, ("/about/",))
    assert read.left_out().keys() == {"src/posts/index.md", "README.md"}


def test_a_bare_folder_with_the_url_filter_is_from_eleventy(site):
    body = """\
[a]({{ "/2024/01/02/other/#x" | url }}) and {{ "ada" | team_photo }}.

{% image "assets/a.png" "Two words" %}

<p>{% image "assets/b.png", "B" %}</p>

[{% image "assets/c.png" "C" %}](https://x.example)

{% image_with_class "a" "b" "c" %} {.float-left}

{# a note #}
"""
    read = site(
        {
            "2024-01-02-other.md": "---\ntitle: Other\n---\nx",
            "2024-01-03-this.md": f"---\ntitle: This\nimage: /i.png\n---\n{body}\n{{{{ image | url }}}}",
        }
    )
    assert isinstance(read.dialect, Eleventy)
    translated = read.translated("2024-01-03-this.md")
    assert "[a](/new/other#x)" in translated.body
    assert "\n![Two words](/assets/a.png)\n" in translated.body
    assert '<p><img src="/assets/b.png" alt="B"></p>' in translated.body
    assert "[![C](/assets/c.png)](https://x.example)" in translated.body
    assert "<!-- a note -->" in translated.body
    assert translated.body.endswith("\n/i.png")
    assert translated.visible_tags == {"team_photo": 1, "image_with_class": 1, "attribute list": 1}
    assert changed(translated) == {"image tag": 1, "template comment": 1}


def test_permalink_false_is_a_draft(site):
    read = site(
        {".eleventy.js": "", "posts/a.md": "---\ntitle: A\ndate: 2024-01-02\npermalink: false\n---\nx"}
    )
    item = read["posts/a.md"]
    assert (item.status.value, item.kind) == ("draft", ItemKind.POST)


def test_front_matter_in_json_is_read_and_a_program_is_named_as_one(site):
    read = site(
        {
            ".eleventy.js": "",
            "posts/a.md": '---json\n{"title": "A", "date": "2024-01-02", "tags": ["post", "News"]}\n---\nx',
            "posts/b.md": "---js\n{ title: `B`, date: new Date() }\n---\nx",
        }
    )
    assert (read["posts/a.md"].title, read["posts/a.md"].tags) == ("A", ("News",))
    assert read.failures() == {
        "posts/b.md": (
            1,
            "Its front matter (---js) is a program, which is never run. Write it as YAML or JSON.",
        )
    }
    assert read.left_out() == {}
