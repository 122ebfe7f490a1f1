import pytest

from masthead.importing.errors import Unreadable
from masthead.importing.items import ItemKind, PublicationStatus
from masthead.importing.markdown.dialects.pelican import Pelican
from masthead.importing.markdown.dialects.python_settings import constants

CONFIG = """\
SITEURL = 'https://old.example'
PATH = 'content'
TIMEZONE = 'Europe/Berlin'
DEFAULT_LANG = 'en'
ARTICLE_URL = 'posts/{date:%Y}/{date:%b}/{slug}/'
THEME = some_function()
open('/tmp/pelican-was-run', 'w')
"""


def test_header_lines_folders_and_addresses(site):
    read = site(
        {
            "pelicanconf.py": CONFIG,
            "content/science/first.md": (
                "Title: My first\nDate: 2024-01-02 10:20\nModified: 2024-02-03\nCategory: Physics\nTags: a, b; c\n"
                "Authors: Ada Lovelace; Bo\nSummary: In short\nStatus: published\n\nSee [x]({filename}../other.md#y), "
                "[img]({static}/images/i.png), [t]({tag}a), [home]({index}), [abs]({filename}/other.md).\n"
            ),
            "content/other.md": "Title: Other\nDate: 2024-01-03\nSlug: elsewhere\nStatus: draft\nAuthor: Ada, Countess\n\nx",
            "content/pages/about.md": "Title: About\nSave_as: about/index.html\n\nx",
            "content/plain.md": "no headers at all",
            "content/old.rst": "Old\n===\n",
        }
    )
    assert isinstance(read.dialect, Pelican)
    first = read["content/science/first.md"]
    assert first.date.isoformat() == "2024-01-02T09:20:00+00:00"
    assert (first.slug, first.tags) == ("first", ("a", "b", "c", "Physics"))
    assert [author.name for author in first.authors] == ["Ada Lovelace", "Bo"]
    assert (first.summary, first.status) == ("In short", PublicationStatus.PUBLISHED)
    assert first.old_paths == ("/posts/2024/Jan/my-first/",)
    other = read["content/other.md"]
    assert (other.status, other.old_paths, [author.name for author in other.authors]) == (
        PublicationStatus.DRAFT,
        ("/posts/2024/Jan/elsewhere/",),
        ["Ada, Countess"],
    )
    about = read["content/pages/about.md"]
    assert (about.kind, about.slug, about.old_paths) == (ItemKind.PAGE, "about", ("/about/index.html",))
    assert read.left_out().keys() == {"content/plain.md", "content/old.rst"}
    assert read.body("content/science/first.md") == (
        "See [x](/new/elsewhere#y), [img](/images/i.png), [t](/tag/a), [home](/), [abs](/new/elsewhere).\n"
    )


def test_settings_are_read_and_never_run(tmp_path):
    marker = tmp_path / "run"
    program = f"A = 'x'\nB = [1, ('y',)]\nC = open({str(marker)!r}, 'w')\nD, E = 1, 2\nF = {{'k': None}}\n"
    assert constants(program) == {"A": "x", "B": [1, ["y"]], "F": {"k": None}}
    assert not marker.exists()


@pytest.mark.parametrize("program", ["A = ", "x" * 10 + "(" * 5_000, "A = '\x00'"])
def test_settings_that_are_no_program_are_named(program):
    with pytest.raises(Unreadable, match="not Python"):
        constants(program)


def test_a_folder_of_content_alone_is_known_by_its_header_lines(site):
    read = site({"a.md": "Title: A\nDate: 2024-01-02\n\nText"})
    assert isinstance(read.dialect, Pelican)
    assert read["a.md"].old_paths == ("/a.html",)
