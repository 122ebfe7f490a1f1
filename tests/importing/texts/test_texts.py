"""The commands `masthead import ghost`, `substack` and `medium`."""

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from masthead.comments.models import Comment
from masthead.importing.errors import SourceNotFound, Unreadable
from masthead.importing.ghost import lexical, mobiledoc
from masthead.importing.ghost.cards import CardWriter
from masthead.importing.ghost.source import open_ghost
from masthead.importing.html import blocks
from masthead.importing.items import NoteCollector
from masthead.importing.source import SourceOptions
from masthead.importing.texts.archive import ExportArchive
from masthead.posts.models import Post
from masthead.tags.models import Tag
from tests.media.pictures import picture

OPTIONS = SourceOptions(datetime(2026, 11, 21, tzinfo=UTC))


@pytest.fixture
def move(invoke, cast, tmp_path):
    """Import an export with a command; the report with `by_title` and `counts`."""

    def run(kind: str, export: Path, *options: str):
        report = tmp_path / "report.json"
        result = invoke("import", kind, str(export), "--report", str(report), "--processes", "1", *options)
        assert result.returncode == 0, result.stdout + result.stderr
        found = json.loads(report.read_text())
        totals = found["totals"]
        assert totals["files"] == sum(count for name, count in totals.items() if name != "files")
        found["counts"] = {name: count for name, count in totals.items() if count and name != "files"}
        found["by_title"] = {one["title"]: one for one in found["items"] if "title" in one}
        found["output"] = result.stdout
        return found

    return run


def markdown(parts) -> str:
    """The body of these parts."""
    written = (part.text if part.is_markdown else blocks.markdown_of(part.text) for part in parts)
    return "\n\n".join(text for text in written if text)


CARDS = {
    "markdown": ({"markdown": "*m*"}, "*m*"),
    "html": ({"html": "<p>h</p>"}, "h"),
    "image": ({"src": "/i.jpg", "alt": "A", "caption": "C", "cardWidth": "wide"}, '![A](/i.jpg "C"){.wide}'),
    "gallery": ({"images": [{"src": "/1.jpg"}, {"src": "/2.jpg"}]}, "![](/1.jpg)\n![](/2.jpg)"),
    "hr": ({}, "---"),
    "code": ({"code": "a < b", "language": "py"}, "```py\na < b\n```"),
    "bookmark": ({"url": "https://b.example/", "metadata": {"title": "T", "description": "D"}}, "> [T](https://b.example/)\n>\n> D"),
    "embed": ({"url": "https://v.example/1", "html": "<iframe></iframe>"}, "<https://v.example/1>"),
    "callout": ({"calloutEmoji": "💡", "calloutText": "<b>Think</b>"}, "> 💡 **Think**"),
    "toggle": ({"heading": "More", "content": "<p>x</p>"}, "<details>\n<summary>More</summary>\n\nx\n\n</details>"),
    "audio": ({"src": "/a.mp3", "title": "Song"}, "![Song](/a.mp3)"),
    "video": ({"src": "/v.mp4"}, "![v.mp4](/v.mp4)"),
    "file": ({"src": "/f.pdf", "fileTitle": "Plan"}, "[Plan](/f.pdf)"),
    "product": ({"productTitle": "Pen", "productDescription": "<p>Blue.</p>", "productUrl": "https://s.example/", "productButton": "Buy"}, "#### Pen\n\nBlue.\n\n[Buy](https://s.example/)"),
    "button": ({"buttonUrl": "https://s.example/", "buttonText": "Go"}, "[Go](https://s.example/)"),
    "header": ({"header": "Big", "subheader": "small"}, "## Big\n\nsmall"),
    "signup": ({"header": "Join", "subheader": "us"}, "## Join\n\nus"),
    "call-to-action": ({"textValue": "<p>Act</p>", "buttonText": "Now", "buttonUrl": "https://s.example/"}, "Act\n\n[Now](https://s.example/)"),
    "email": ({"html": "<p>only in letters</p>"}, ""),
    "paywall": ({}, ""),
    "acme": ({"x": 1}, '`[acme {"x": 1}]`'),
}  # fmt: skip


def test_every_card_of_both_editors_keeps_its_meaning():
    for name, (payload, expected) in CARDS.items():
        document = {"cards": [[name, payload]], "sections": [[1, "p", [[0, [], 0, "a"]]], [10, 0]]}
        root = {
            "root": {
                "children": [
                    {"type": "paragraph", "children": [{"type": "text", "text": "a"}]},
                    {"type": name, **payload},
                ]
            }
        }
        for read, source in ((mobiledoc.parts, document), (lexical.parts, root)):
            cards = CardWriter(NoteCollector())
            assert markdown(read(json.dumps(source), cards)) == f"a\n\n{expected}".strip(), name
            assert bool(cards.visible) is (name == "acme")
            assert bool(cards.notes.notes) is (name in {"email", "paywall", "signup", "call-to-action"})


def test_marks_lists_and_atoms_of_both_editors_are_read():
    document = {
        "markups": [["strong"], ["a", ["href", "https://a.example/"]]],
        "atoms": [["soft-return", "", {}]],
        "sections": [
            [1, "h2", [[0, [], 0, "T"]]],
            [1, "p", [[0, [0], 0, "b "], [0, [1], 2, "link"], [1, [], 0, 0], [0, [], 0, "end"]]],
            [3, "ol", [[[0, [], 0, "one"]], [[0, [], 0, "two"]]]],
        ],
    }
    assert (
        markdown(mobiledoc.parts(json.dumps(document), CardWriter(NoteCollector())))
        == "## T\n\n**b [link](https://a.example/)**\\\nend\n\n1. one\n2. two"
    )
    text = {"type": "extended-text", "text": "x", "format": 3}
    inner = {"type": "list", "listType": "bullet", "children": [{"type": "listitem", "children": [text]}]}
    root = {"root": {"children": [
        {"type": "extended-heading", "tag": "h3", "children": [text]},
        {"type": "list", "listType": "number", "start": 4, "children": [{"type": "listitem", "children": [text, {"type": "linebreak"}, text]}, {"type": "listitem", "children": [inner]}]},
    ]}}  # fmt: skip
    assert (
        markdown(lexical.parts(json.dumps(root), CardWriter(NoteCollector())))
        == "### ***x***\n\n4. ***x***\\\n   ***x***\n\n   - ***x***"
    )
    for broken in ("{}", "[]", '{"sections":[[99]]}', '{"sections":[[10,5]]}', "no"):
        with pytest.raises((Unreadable, ValueError)):
            mobiledoc.parts(broken, CardWriter(NoteCollector()))


def ghost_zip(path: Path) -> Path:
    """A ZIP of Ghost with pictures, redirects and routes."""
    post = {"id": "p1", "title": "The Ferry", "slug": "ferry", "status": "published", "published_at": "2023-01-14 04:28:17", "type": "post",
            "lexical": json.dumps({"root": {"children": [{"type": "image", "src": "__GHOST_URL__/content/images/size/w600/2023/river.png", "alt": "R"},
                {"type": "paragraph", "children": [{"type": "link", "url": "__GHOST_URL__/about/", "children": [{"type": "text", "text": "us"}]}]}]}}),
            "feature_image": "__GHOST_URL__/content/images/2023/river.png", "canonical_url": "https://first.example/x", "codeinjection_head": "<script>"}  # fmt: skip
    data = {
        "posts": [
            post,
            {"id": "p2", "title": "About", "slug": "about", "type": "page", "status": "published", "html": "<p>We.</p>"},
            {"id": "p3", "title": "Paid", "slug": "paid", "status": "published", "visibility": "paid", "html": "<p>x</p>", "published_at": 1_400_000_000_000},
            {"id": 4, "title": "Sent", "slug": "sent", "status": "sent", "html": "<p>x</p>"},
            {"id": "p5", "title": "Missed", "slug": "missed", "status": "scheduled", "published_at": "2020-01-01T00:00:00Z", "markdown": "*old*"},
            {"id": "p6", "title": "Broken", "slug": "broken", "status": "draft", "mobiledoc": "{", "html": "<p>From <b>HTML</b></p>"},
        ],
        "users": [{"id": "1", "name": "Grace", "slug": "grace", "bio": "Writes."}, {"id": "2", "name": "Ada L", "slug": "ada-l"}],
        "posts_authors": [{"post_id": "p1", "author_id": "1", "sort_order": 1}, {"post_id": "p1", "author_id": "2", "sort_order": 0}],
        "tags": [{"id": "t1", "name": "News", "slug": "news", "description": "All news."}, {"id": "t2", "name": "#hidden", "slug": "hash-hidden"}],
        "posts_tags": [{"post_id": "p1", "tag_id": "t2", "sort_order": 0}, {"post_id": "p1", "tag_id": "t1", "sort_order": 1}],
        "posts_meta": [{"post_id": "p1", "meta_title": "Meta", "meta_description": "About it", "og_image": "__GHOST_URL__/content/images/2023/river.png",
                        "og_title": "Card", "twitter_title": "Bird", "twitter_description": "Said"}],
        "settings": [{"key": "title", "value": "Old"}, {"key": "codeinjection_foot", "value": "<script>"}, {"key": "navigation", "value": '[{"label":"Us","url":"/about/"}]'}],
        "newsletters": [{"id": "n", "name": "Weekly"}],
        "members": [{"id": "m1", "name": "Rhea"}],
        "comments": [{"id": "c2", "post_id": "p1", "member_id": "m1", "parent_id": "c1", "html": "<p>Yes</p>", "status": "published", "created_at": "2023-01-16"},
                     {"id": "c1", "post_id": "p1", "member_id": "m1", "html": "<p>Good</p>", "status": "published", "created_at": "2023-01-15"},
                     {"id": "c3", "post_id": "p1", "member_id": "m1", "html": "<p>Gone</p>", "status": "deleted", "created_at": "2023-01-15"}],
    }  # fmt: skip
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(
            "old.ghost.2023.json", json.dumps({"db": [{"meta": {"version": "5.1.0"}, "data": data}]})
        )
        file.writestr("content/images/2023/river.png", picture())
        file.writestr(
            "content/settings/routes.yaml", "collections:\n  /blog/:\n    permalink: /blog/{year}/{slug}/\n"
        )
        file.writestr(
            "content/data/redirects.yaml", "301:\n  /gone: /blog/2023/ferry/\n  /^\\/x(.*)$: /y$1\n"
        )
        link = zipfile.ZipInfo("content/images/evil.png")
        link.external_attr = 0o120777 << 16
        file.writestr(link, "/etc/passwd")
    return path


def test_a_ghost_site_comes_over_whole_and_a_second_import_changes_nothing(move, tmp_path, client, stored):
    export = ghost_zip(tmp_path / "ghost.zip")
    found = move("ghost", export)
    assert found["counts"] == {"imported": 7}
    statuses = {slug: status.value for slug, status in stored(select(Post.slug, Post.status))}
    assert statuses == {
        "ferry": "public",
        "paid": "draft",
        "sent": "draft",
        "missed": "draft",
        "broken": "draft",
    }
    assert {name for (name,) in stored(select(Tag.name))} == {"News"}
    page = client.read("/blog/post/ferry")
    assert {image.get("src").startswith("/media/") for image in page.all("//main//img")} == {True}
    assert "/about" in page.links
    assert page.text("//main").index("Ada L") < page.text("//main").index("Grace")
    for old, new in {
        "/blog/2023/ferry/": "/blog/post/ferry",
        "/ferry/": "/blog/post/ferry",
        "/gone": "/blog/post/ferry",
        "/tag/news/": "/blog/tag/news",
    }.items():
        assert client.get(old).location == new, old
    assert stored(select(Comment.depth).order_by(Comment.depth)) == [(0,), (1,)]
    assert stored(select(Post.body).where(Post.slug == "broken")) == [("From **HTML**",)]
    for words in ("Weekly", "Members have no place", "code injection", "is a pattern"):
        assert words in found["output"], words
    assert {"title for social networks", "code injection", "internal tags"} <= set(found["lost"])
    assert "meta title" not in found["lost"]
    columns = (
        Post.meta_title,
        Post.meta_description,
        Post.card_title,
        Post.card_description,
        Post.canonical_url,
    )
    (words,) = stored(select(*columns).where(Post.slug == "ferry"))
    assert words == ("Meta", "About it", "Card", "Said", "https://first.example/x")
    ((image, lead),) = stored(select(Post.card_image, Post.lead_image).where(Post.slug == "ferry"))
    assert image == lead is not None
    assert move("ghost", export)["counts"] == {"unchanged": 7}


@pytest.mark.databases("sqlite")
def test_substack_and_medium_come_over(move, tmp_path, client, stored):
    substack = tmp_path / "substack.zip"
    with zipfile.ZipFile(substack, "w") as file:
        file.writestr(
            "posts.csv",
            "post_id,post_date,is_published,type,audience,title,subtitle,podcast_url\n"
            "1.open,2020-01-02T00:00:00Z,TRUE,newsletter,everyone,Open &amp; free,Sub,\n2.paid,2020-01-02T00:00:00Z,TRUE,newsletter,only_paid,Paid,,\n3.about,2020-01-02T00:00:00Z,TRUE,page,everyone,About,,\n4.lost,,TRUE,newsletter,everyone,No file,,\n",
        )
        file.writestr(
            "posts/1.open.html",
            '<p>Words<a class="footnote-anchor" href="#footnote-1">1</a>.</p><div class="subscription-widget-wrap"><p>Subscribe</p></div>'
            '<div class="youtube-wrap" data-attrs="{&quot;videoId&quot;:&quot;abc&quot;}"></div><div class="footnote"><a class="footnote-number">1</a><div class="footnote-content"><p>Note.</p></div></div>',
        )
        file.writestr("posts/2.paid.html", "<p>x</p>")
        file.writestr("posts/3.about.html", "<p>x</p>")
        file.writestr("email_list.old.csv", "email,active\na@b.example,true\n")
    found = move("substack", substack, "--byline", "Grace")
    assert found["counts"] == {"imported": 4}
    assert "Subscribers have no place here yet: 1" in found["output"]
    assert stored(select(Post.title, Post.body, Post.status).where(Post.slug == "open"))[0][:2] == (
        "Open & free", "Words[^1].\n\n<https://www.youtube.com/watch?v=abc>\n\n[^1]: Note.",
    )  # fmt: skip
    assert client.get("/p/open").location == "/blog/post/open"
    assert found["by_title"]["Paid"]["status"] == "draft"
    medium = tmp_path / "medium.zip"
    story = '<article><header><h1 class="p-name">{title}</h1></header><section class="p-summary">Sub</section><section class="e-content">{body}</section><footer>{footer}</footer></article>'
    dated = '<a class="p-author" href="https://medium.com/@joe">Joe</a><time class="dt-published" datetime="2018-08-11T11:23:34Z"></time><a class="p-canonical" href="https://medium.com/@joe/a-story-efefef121212"></a><a class="p-tag">Things</a>'
    body = '<section><hr><div class="section-inner"><h3 class="graf graf--title">A story</h3><h4 class="graf graf--subtitle">Sub</h4><p id="x1">Words</p></div></section><section><hr><p>More</p></section>'
    with zipfile.ZipFile(medium, "w") as file:
        file.writestr(
            "medium-export/posts/2018-08-11_A-story-efefef121212.html",
            story.format(title="A story", body=body, footer=dated),
        )
        file.writestr(
            "medium-export/posts/draft_Idea.html",
            story.format(title="Idea", body="<h3>x</h3><p>y</p>", footer=""),
        )
        file.writestr(
            "medium-export/posts/r.html",
            story.format(title="Thanks for this…", body="<p>Thanks for this, very good.</p>", footer=dated),
        )
        file.writestr("medium-export/posts/bad.html", "<p>none</p>")
    found = move("medium", medium)
    assert found["counts"] == {"imported": 2, "skipped": 1, "failed": 1}
    assert stored(select(Post.body).where(Post.slug == "a-story")) == [("Words\n\n---\n\nMore",)]
    assert client.get("/@joe/a-story-efefef121212").location == "/blog/post/a-story"
    assert found["by_title"]["Idea"]["status"] == "draft"
    assert move("medium", medium)["counts"] == {"unchanged": 2, "skipped": 1, "failed": 1}


def test_bad_exports_are_refused_in_a_sentence(tmp_path):
    for content, words in (
        ("{", "line 1"),
        ("[]", "not an export"),
        ('{"data":{}}', "no table of posts"),
        ("[" * 100_000, "nested"),
    ):
        file = tmp_path / "ghost.json"
        file.write_text(content)
        with pytest.raises(SourceNotFound, match=words):
            open_ghost(file, OPTIONS)
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.json", b" " * 50_000_000)
        file.writestr("../../b.json", '{"posts":[]}')
    archive = ExportArchive(bomb)
    assert list(archive.names()) == ["a.json"]
    with pytest.raises(Unreadable, match="times its size"):
        archive.read("a.json")
    with pytest.raises(SourceNotFound):
        ExportArchive(tmp_path / "none.zip")
