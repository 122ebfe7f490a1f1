from masthead.importing.items import ItemKind
from masthead.importing.markdown.dialects.zola import Zola

CONFIG = 'base_url = "https://old.example/z"\ndefault_language = "en"\n[languages.fr]\n'


def test_places_taxonomies_and_addresses(site):
    read = site(
        {
            "config.toml": CONFIG,
            "content/_index.md": "+++\ntitle = 'Home'\n+++\n",
            "content/blog/2024-01-02-First Post.md": (
                "+++\ntitle = 'First'\nauthors = ['Ada']\naliases = ['old/first']\n[taxonomies]\ntags = ['a', 'b']\n"
                "categories = ['c']\nauthors = ['Ada']\n[extra]\nimage = 'x.png'\n+++\nHi<!-- more -->there"
            ),
            "content/blog/deep/index.md": "+++\ntitle = 'Deep'\ndate = 2024-01-03\nslug = 'Sunk'\n+++\n[f](@/blog/2024-01-02-First Post.md#x)",
            "content/blog/deep/pic.png": b"",
            "content/blog/own.fr.md": "+++\ntitle = 'Own'\ndate = 2024-01-03\npath = 'my/place'\n+++\n",
            "content/about.md": "+++\ntitle = 'About'\n+++\nx",
            "content/hidden.md": "+++\nrender = false\n+++\nx",
            "content/notes/_index.md": "+++\ntitle = 'Notes'\n+++\nWhat we note.",
        }
    )
    assert isinstance(read.dialect, Zola)
    first = read["content/blog/2024-01-02-First Post.md"]
    assert (first.kind, first.slug, first.tags, first.authors[0].name) == (
        ItemKind.POST,
        "first-post",
        ("a", "b", "c"),
        "Ada",
    )
    assert first.old_paths == ("/z/blog/first-post/", "/blog/first-post/", "/z/old/first", "/old/first")
    assert first.language == "en"
    assert read["content/blog/deep/index.md"].old_paths[1] == "/blog/sunk/"
    assert read["content/blog/own.fr.md"].old_paths[1] == "/fr/my/place/"
    assert read["content/blog/own.fr.md"].language == "fr"
    assert read["content/about.md"].kind is ItemKind.PAGE
    assert read["content/notes/_index.md"].old_paths[1] == "/notes/"
    assert read.left_out().keys() == {"content/_index.md", "content/hidden.md"}
    assert read.translated("content/blog/2024-01-02-First Post.md").opening == "Hi"
    assert read.body("content/blog/deep/index.md") == "[f](@/blog/2024-01-02-First Post.md#x)"


def test_internal_links_and_shortcodes(site):
    body = "[f](@/blog/first.md#x) [g](@/blog/none.md)\n\n{{ youtube(id='x') }} {% quote() %}a{% end %} {{/* shown() */}}\n"
    read = site(
        {
            "config.toml": CONFIG,
            "content/blog/first.md": "+++\ntitle = 'F'\ndate = 2024-01-03\n+++\n",
            "content/blog/second.md": f"+++\ntitle = 'S'\ndate = 2024-01-03\n+++\n{body}",
        }
    )
    translated = read.translated("content/blog/second.md")
    assert "[f](/new/first#x) [g](@/blog/none.md)" in translated.body
    assert "{{ shown() }}" in translated.body
    assert translated.visible_tags == {"youtube": 1, "quote": 1, "end": 1}


def test_a_folder_of_content_alone_is_known_by_its_front_matter(site):
    read = site({"a.md": "+++\ntitle = 'A'\n[extra]\nx = 1\n+++\n"})
    assert isinstance(read.dialect, Zola)
