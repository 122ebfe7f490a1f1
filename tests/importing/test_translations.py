"""Translations of a Hugo site stay linked: by file name, or by `translationKey`."""

import json

import pytest
from sqlalchemy import select

from masthead.db import db
from masthead.posts.models import Post
from tests.importing.conftest import written

TWO = 'defaultContentLanguage = "en"\n[languages.en]\nweight = 1\n[languages.fr]\nweight = 2\n'
IN_FOLDERS = (
    'defaultContentLanguage = "en"\n[languages.en]\ncontentDir = "content/en"\n'
    '[languages.fr]\ncontentDir = "content/fr"\n'
)


def text(title, key=""):
    named = f'translationKey = "{key}"\n' if key else ""
    return f'+++\ntitle = "{title}"\ndate = 2024-01-02\n{named}+++\nWords.\n'


@pytest.mark.parametrize(
    ("settings", "files", "group"),
    [
        (
            TWO,
            {
                "content/posts/trip/index.md": text("A"),
                "content/posts/trip/index.fr.md": text("B"),
                "content/posts/alone.md": text("C"),
            },
            {"A", "B"},
        ),
        (
            TWO,
            {
                "content/posts/a.md": text("A"),
                "content/posts/a.fr.md": text("B"),
                "content/notes/a.md": text("C"),
            },
            {"A", "B"},
        ),
        (IN_FOLDERS, {"content/en/posts/a.md": text("A"), "content/fr/posts/a.md": text("B")}, {"A", "B"}),
        (
            TWO,
            {
                "content/posts/x.md": text("A", "k"),
                "content/posts/y.fr.md": text("B", "k"),
                "content/posts/y.md": text("C"),
            },
            {"A", "B"},
        ),
        ("", {"content/posts/a.md": text("A"), "content/posts/b.md": text("B")}, None),
    ],
)
def test_translations_lead_to_each_other(app, client, cast, tmp_path, settings, files, group):
    folder = written(tmp_path / "site", {"hugo.toml": f'title = "S"\n{settings}', **files})
    report = tmp_path / "report.json"

    def bring():
        arguments = ["import", "markdown", str(folder), "--processes", "1", "--report", str(report)]
        result = app.test_cli_runner().invoke(args=arguments)
        assert result.exit_code == 0, result.output
        return result.output

    bring()
    with app.app_context():
        slugs = dict(map(tuple, db.session.execute(select(Post.title, Post.slug))))
    shown = {}
    for title, slug in slugs.items():
        page = client.read(f"/blog/post/{slug}")
        if others := page.texts("//nav[@class='translations']//a"):
            shown[title] = {title, *others}
            languages = {link.get("hreflang") for link in page.all("//link[@hreflang]")}
            assert languages == {"en", "fr", "x-default"}
    assert shown == dict.fromkeys(group or (), group)
    assert "0 changes" in " ".join(bring().split())
    assert json.loads(report.read_text())


def test_an_export_writes_the_key(app, cast, tmp_path):
    from tests.factories import PostFactory

    PostFactory(slug="ferry", translation_key="ferry & bridge", language="fr")
    PostFactory(slug="plain")
    result = app.test_cli_runner().invoke(args=["export", "markdown", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    assert "translationKey: ferry & bridge\n" in _written(tmp_path / "out", "ferry")
    assert "translationKey" not in _written(tmp_path / "out", "plain")


def _written(folder, slug):
    return next(folder.rglob(f"{slug}.md")).read_text()
