from datetime import UTC, datetime

import pytest

from masthead.importing.items import ItemKind, PublicationStatus, SourceAuthor
from masthead.importing.markdown.dialects.jekyll import Jekyll
from tests.importing.conftest import changed, lost

CONFIG = """\
url: https://old.example
timezone: Europe/Berlin
collections:
  recipes: {output: true, permalink: "/kitchen/:name/"}
  hidden: {output: false}
defaults:
  - scope: {path: "", type: posts}
    values: {author: ada, tags: [default]}
  - scope: {path: "essays"}
    values: {author: bo}
exclude: [drafts-of-mine]
"""
POST = "---\ntitle: A post\n---\nText\n"


def test_a_post_keeps_what_its_front_matter_says(site):
    read = site(
        {
            "_config.yml": CONFIG,
            "_data/authors.yml": "ada:\n  name: Ada Lovelace\n  bio: Counts.\n  web: https://ada.example\n",
            "_posts/2014-03-12-first-post.md": (
                "---\nlayout: post\ntitle: 'First & <em>best</em>'\nauthors: [ada, Guest Writer]\n"
                "tags: engines numbers\ncategories: [Essays]\nexcerpt: Short.\nlast_modified_at: 2015-01-01\n"
                "image: {path: /i/a.png, alt: A cat}\nlang: en_GB\ncanonical_url: https://else.example/x\n"
                "redirect_from: [/old/, https://old.example/older.html]\nmood: happy\n---\nText\n"
            ),
        }
    )
    item = read["_posts/2014-03-12-first-post.md"]
    assert isinstance(read.dialect, Jekyll)
    assert (item.kind, item.title, item.slug) == (ItemKind.POST, "First & best", "first-post")
    assert item.date == datetime(2014, 3, 11, 23, tzinfo=UTC)
    assert item.updated == datetime(2014, 12, 31, 23, tzinfo=UTC)
    assert item.authors == (
        SourceAuthor("ada", "Ada Lovelace", "Counts.", "https://ada.example"),
        SourceAuthor("Guest Writer", "Guest Writer"),
    )
    assert item.tags == ("engines", "numbers", "Essays")
    assert item.summary == "Short."
    assert (item.lead.url, item.lead.alt) == ("/i/a.png", "A cat")
    assert (item.language, item.canonical) == ("en-GB", "https://else.example/x")
    assert item.old_paths == ("/essays/2014/03/12/first-post.html", "/old/", "/older.html")
    assert item.status is PublicationStatus.PUBLISHED
    assert lost(item) == {"mood": 1}


def test_a_line_break_in_a_file_name_does_not_hide_its_date(site):
    item = site({"_posts/2014-06-12-new\nline.md": POST})["_posts/2014-06-12-new\nline.md"]
    assert item.date == datetime(2014, 6, 12, tzinfo=UTC)
    assert item.slug == "new-line"


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("date", "/a/b/2014/03/02/the-Title.html"),
        ("pretty", "/a/b/2014/03/02/the-Title/"),
        ("ordinal", "/a/b/2014/061/the-Title.html"),
        ("weekdate", "/a/b/2014/W09/Sun/the-Title.html"),
        ("none", "/a/b/the-Title.html"),
        ("/:year/:i_month/:i_day/:slug", "/2014/3/2/the-title"),
        ("/blog/:short_year-:short_month/:title:output_ext", "/blog/14-Mar/the-Title.html"),
        ("/:categories/:title/", "/a/b/the-Title/"),
    ],
)
def test_permalink_patterns_give_the_old_address(site, pattern, path):
    read = site(
        {
            "_config.yml": f"permalink: {pattern}\n",
            "a/_posts/2014-3-2-the-Title.md": "---\ncategories: b\n---\nx",
        }
    )
    assert read["a/_posts/2014-3-2-the-Title.md"].old_paths[0] == path


def test_the_address_follows_the_date_of_the_front_matter_in_the_zone_of_the_site(site):
    read = site(
        {
            "_config.yml": "timezone: Asia/Tokyo\nbaseurl: /mag\nurl: https://x.example\n",
            "_posts/2014-03-12-a.md": "---\ndate: 2014-05-01 20:00 +0000\nslug: other\n---\n",
        }
    )
    assert read["_posts/2014-03-12-a.md"].old_paths == (
        "/mag/2014/05/02/other.html",
        "/2014/05/02/other.html",
    )


def test_a_permalink_of_its_own_gives_address_and_slug(site):
    read = site({"_config.yml": "", "_posts/2014-03-12-A.md": "---\npermalink: /deep/Down/here.html\n---\n"})
    item = read["_posts/2014-03-12-A.md"]
    assert (item.old_paths, item.slug) == (("/deep/Down/here.html",), "here")


def test_defaults_by_path_and_type_count_less_than_the_file(site):
    read = site(
        {
            "_config.yml": CONFIG,
            "_posts/2024-01-01-a.md": POST,
            "essays/_posts/2024-01-02-b.md": POST,
            "_posts/2024-01-03-c.md": "---\ntitle: C\nauthor: cy\ntags: []\n---\n",
        }
    )
    assert [author.name for author in read["_posts/2024-01-01-a.md"].authors] == ["ada"]
    assert [author.name for author in read["essays/_posts/2024-01-02-b.md"].authors] == ["bo"]
    assert read["essays/_posts/2024-01-02-b.md"].tags == ("default",)
    own = read["_posts/2024-01-03-c.md"]
    assert ([author.name for author in own.authors], own.tags) == (["cy"], ())


def test_drafts_unpublished_and_future_posts(site):
    files = {
        "_config.yml": "",
        "_drafts/idea.md": POST,
        "_posts/2024-01-01-off.md": "---\npublished: false\n---\nx",
        "_posts/2024-01-02-empty.md": "---\npublished:\n---\nx",
        "_posts/2030-01-02-soon.md": POST,
    }
    read = site(files)
    standings = {path: item.status for path, item in read.items.items()}
    assert standings == {
        "_drafts/idea.md": PublicationStatus.DRAFT,
        "_posts/2024-01-01-off.md": PublicationStatus.DRAFT,
        "_posts/2024-01-02-empty.md": PublicationStatus.PUBLISHED,
        "_posts/2030-01-02-soon.md": PublicationStatus.DRAFT,
    }
    assert "date in the future" in changed(read["_posts/2030-01-02-soon.md"])
    assert read["_drafts/idea.md"].date is None
    scheduled = site(files, publish_future=True)
    assert scheduled["_posts/2030-01-02-soon.md"].status is PublicationStatus.SCHEDULED


def test_pages_collections_and_what_stays_out(site):
    read = site(
        {
            "_config.yml": CONFIG + "permalink: pretty\n",
            "about.md": "---\ntitle: About us\n---\nWe.",
            "docs/install.md": "---\n---\n# Installing\n\nDo.",
            "index.md": "---\nlayout: home\n---\n{% for post in site.posts %}{{ post.title }}{% endfor %}",
            "_recipes/Soup.md": "---\ntitle: Soup\n---\nBoil.",
            "_hidden/x.md": POST,
            "_layouts/post.md": POST,
            "notes.md": "no front matter",
            "README.md": "---\n---\nHello",
            "_posts/undated.md": POST,
            "drafts-of-mine/x.md": POST,
            "node_modules/x/readme.md": POST,
            "old.textile": "h1. Old",
            "_posts/2024-01-01-page.html": "---\ntitle: HTML\n---\n<p>x</p>",
            "theme.html": "---\n---\n<html>",
        }
    )
    assert {path: (item.kind, item.slug, item.old_paths[0]) for path, item in read.items.items()} == {
        "about.md": (ItemKind.PAGE, "about", "/about/"),
        "docs/install.md": (ItemKind.PAGE, "docs-install", "/docs/install/"),
        "_recipes/Soup.md": (ItemKind.PAGE, "soup", "/kitchen/soup/"),
        "_posts/2024-01-01-page.html": (ItemKind.POST, "page", "/2024/01/01/page/"),
    }
    assert read["docs/install.md"].title == "Installing"
    assert read["docs/install.md"].body == "\nDo."
    assert read.left_out().keys() == {"index.md", "notes.md", "README.md", "_posts/undated.md", "old.textile"}
    assert "Textile" in read.left_out()["old.textile"]


def test_a_bare_folder_of_dated_posts_has_both_usual_addresses(site):
    read = site(
        {
            "2014-03-12-coming-soon.md": POST,
            "2024-12-5-late.md": "---\ndate: 2024-12-06\n---\n{% include x %}",
        }
    )
    assert isinstance(read.dialect, Jekyll)
    assert read["2014-03-12-coming-soon.md"].old_paths == (
        "/2014/03/12/coming-soon/",
        "/2014/03/12/coming-soon.html",
    )
    assert read["2024-12-5-late.md"].old_paths == (
        "/2024/12/06/late/",
        "/2024/12/06/late.html",
        "/2024/12/05/late/",
        "/2024/12/5/late/",
    )


def test_a_page_that_only_leads_elsewhere(site):
    read = site({"_config.yml": "", "gone.md": "---\nredirect_to: /new/place\n---\n"})
    item = read["gone.md"]
    assert (item.kind, item.redirect_to, item.old_paths) == (ItemKind.REDIRECT, "/new/place", ("/gone.html",))


def test_links_tags_and_highlighting_are_translated(site):
    body = """\
See [the first]({% post_url 2024-01-01-first %}#part), [by file]({% link _posts/2024-01-01-first.md %}),
[by path]({{ site.baseurl }}/2024/01/01/first.html?x=1), [whole](https://www.old.example/2024/01/01/first.html)
and [elsewhere](https://else.example/2024/01/01/first.html), [nowhere](/gone/) or [{{ page.title }}]({{ '/about.html' | relative_url }}).

{% highlight ruby linenos %}
puts "{{ not touched }}"
{% endhighlight %}

{% include video.html id="1" %}
{% comment %} only -- for us {% endcomment %}

`{% include in_code.html %}` and {% raw %}`{{ shown }}`{% endraw %}

```liquid
{% include in_a_fence.html %}
```

Paragraph
{: .lead}

[ref]: /2024/01/01/first.html "Title"

<a href="/2024/01/01/first.html">HTML</a>
"""
    read = site(
        {
            "_config.yml": "url: https://old.example\n",
            "_posts/2024-01-01-first.md": POST,
            "_posts/2024-01-02-second.md": f"---\ntitle: Second\n---\n{body}",
            "about.md": POST,
        }
    )
    translated = read.translated("_posts/2024-01-02-second.md")
    text = translated.body
    assert "[the first](/new/first#part), [by file](/new/first)" in text
    assert "[by path](/new/first?x=1), [whole](/new/first)" in text
    assert "[elsewhere](https://else.example/2024/01/01/first.html), [nowhere](/gone/)" in text
    assert "[Second](/new/about)" in text
    assert '```ruby\nputs "{{ not touched }}"\n```' in text
    assert '{% include video.html id="1" %}' in text
    assert "<!-- only - - for us -->" in text
    assert "`{{ shown }}`" in text
    assert "[ref]: /new/first" in text
    assert '<a href="/new/first">' in text
    assert translated.visible_tags == {"include": 1, "attribute list": 1}
    assert translated.links == 7
    assert lost(translated) == {"links": 1}


def test_a_link_to_a_post_that_is_not_there_stays_visible(site):
    read = site({"_config.yml": "", "_posts/2024-01-02-a.md": "---\n---\n[x]({% post_url 2000-01-01-no %})"})
    translated = read.translated("_posts/2024-01-02-a.md")
    assert translated.visible_tags == {"post_url": 1}
    assert "{% post_url 2000-01-01-no %}" in translated.body


def test_the_excerpt_mark_is_taken_out_and_remembered(site):
    read = site(
        {
            "_config.yml": "excerpt_separator: <!--cut-->\n",
            "_posts/2024-01-02-a.md": "---\n---\nIntro\n\n<!--more-->\n\nRest",
            "_posts/2024-01-03-b.md": "---\n---\nIntro <!--cut--> Rest",
            "_posts/2024-01-04-c.md": "---\n---\n`<!--more-->`",
        }
    )
    assert read.translated("_posts/2024-01-02-a.md").opening == "Intro\n\n"
    assert read.body("_posts/2024-01-02-a.md") == "Intro\n\n\nRest"
    assert read.translated("_posts/2024-01-03-b.md").opening == "Intro "
    assert read.body("_posts/2024-01-04-c.md") == "`<!--more-->`"


def test_elements_that_a_post_cannot_hold_are_named(site):
    body = (
        '<iframe src="https://video.example/1" title="A film"></iframe>\n\n<script>alert(1)</script>\n\n'
        '<div style="color: red">x</div>\n\n`<video>`\n'
    )
    read = site({"_config.yml": "", "_posts/2024-01-02-a.md": f"---\n---\n{body}"})
    translated = read.translated("_posts/2024-01-02-a.md")
    assert '<a href="https://video.example/1">A film</a>' in translated.body
    assert lost(translated) == {"<script>": 1, "style attributes": 1}
    assert changed(translated) == {"iframe": 1}


def test_pictures_and_files_that_are_not_in_the_folder_are_named(site):
    read = site(
        {
            "_config.yml": "",
            "img/here.png": b"png",
            "_posts/2024-01-02-a.md": "---\n---\n![a](/img/here.png) ![b](/img/gone.png) [c](/deck.pdf)\n\n<img src='/img/no.jpg'>",
        }
    )
    details = [note.detail for note in read.translated("_posts/2024-01-02-a.md").notes]
    assert details == [
        "img/here.png was refused: This is no picture in a format that is accepted. Save it as JPEG, PNG, WebP, GIF, AVIF, HEIC or SVG.",
        "/img/gone.png is not in the folder",
        "/deck.pdf is not in the folder",
        "/img/no.jpg is not in the folder",
    ]


def test_broken_settings_are_named_and_count_as_empty(site):
    read = site({"_config.yml": "a: [\n", "_data/authors.yml": "x: y: z\n", "_posts/2024-01-02-a.md": POST})
    assert [name for name, _ in read.dialect.problems] == ["_config.yml", "_data/authors.yml"]
    assert read["_posts/2024-01-02-a.md"].title == "A post"


def test_one_category_may_have_several_words(site):
    read = site(
        {
            "_config.yml": "",
            "_posts/2024-01-02-a.md": "---\ntitle: A\ncategory: My Cat\n---\nx",
            "_posts/2024-01-02-b.md": "---\ntitle: B\ncategory: one\ncategories: two three\n---\nx",
        }
    )
    assert read["_posts/2024-01-02-a.md"].old_paths == ("/my cat/2024/01/02/a.html",)
    assert read["_posts/2024-01-02-b.md"].old_paths == ("/two/three/one/2024/01/02/b.html",)


def test_a_text_may_have_a_separator_of_its_own(site):
    read = site(
        {
            "_config.yml": "",
            "_posts/2024-01-02-a.md": "---\nexcerpt_separator: ~~~~\n---\nLead\n\n~~~~\n\nRest",
        }
    )
    translated = read.translated("_posts/2024-01-02-a.md")
    assert (translated.opening, "~~~~" in translated.body) == ("Lead\n\n", False)
    assert lost(read["_posts/2024-01-02-a.md"]) == {}


def test_redirect_to_may_be_a_list(site):
    read = site({"_config.yml": "", "gone.md": "---\nredirect_to:\n  - /new/place\n---\n"})
    assert (read["gone.md"].kind, read["gone.md"].redirect_to) == (ItemKind.REDIRECT, "/new/place")
