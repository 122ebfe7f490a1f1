"""The meaning of front matter in all dialects, and the notes about unused fields."""

from datetime import UTC, datetime

import pytest

from masthead.importing.items import ItemKind, ScannedItem
from masthead.importing.urls.slug_planning import plan_slugs
from tests.importing.conftest import changed, lost

PATH = "_posts/2024-01-02-a.md"


@pytest.fixture
def read(site):
    """Build an item from front matter: `read("title: x\\n")`."""

    def make(fields, body="Text.", **files):
        return site({"_config.yml": "", PATH: f"---\n{fields}---\n{body}\n"} | files)[PATH]

    return make


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ("excerpt: One.\ndescription: Two.\n", "description"),  # a post has one summary
        ("canonical_url: ftp://x.example/\n", "canonical address"),
        ("canonical_url: 'http://[x'\n", "canonical address"),
        ("lang: a language\n", "language"),
        ("last_modified_at: soon\n", "date of the last change"),
        ("expires: never\n", "expiry"),
        ("expires: 2099-01-01\n", "expiry"),
        ("mood: sunny\n", "mood"),  # nobody knows it
    ],
)
def test_what_cannot_be_kept_is_lost_and_said(read, fields, what):
    assert lost(read(fields)) == {what: 1}


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ("excerpt: '**One**.'\n", "summary"),  # without its markup
        (f"tags: [{'x' * 100}]\n", "long tag"),
        ("title: A\ntitle: B\n", "repeated front matter"),
        ("expires: 2020-01-01\n", "expired"),
        ("date: 2099-01-01\n", "date in the future"),
    ],
)
def test_what_is_expressed_in_another_way_is_said(read, fields, what):
    assert what in changed(read(f"{fields}title: T\n" if "title" not in fields else fields))


@pytest.mark.parametrize(
    ("fields", "paths"),
    [
        ("redirect_from: [/one, [/two], '', 3]\n", {"/one", "/3"}),
        ("aliases: [https://old.example/x/y?z, 'http://[x']\n", {"/x/y"}),
        ("aliases: ['../[up']\n", {"/2024/01/[up"}),
    ],
)
def test_former_addresses_are_taken_in_many_forms(read, fields, paths):
    assert set(read(fields).old_paths) - {"/2024/01/02/a.html"} == paths


def test_comments_can_be_closed(read):
    assert [read(fields).comments_open for fields in ("comments: false\n", "comments: true\n", "")] == [
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("fields", "lead"),
    [
        ("image: true\n", None),
        ("image: {path: true}\n", None),
        ("image: word\n", None),
        ("image: word\nheader: {image: /h.png, alt: H, caption: C}\n", ("/h.png", "H", "C")),
        ("images: [a.png, b.png]\ncaption: '[C](/x)'\n", ("a.png", "", "C")),
    ],
)
def test_the_picture_above_a_text_is_the_first_that_is_one(read, fields, lead):
    found = read(fields).lead
    assert (found and (found.written, found.alt, found.caption)) == lead


@pytest.mark.parametrize(
    ("files", "fields", "names"),
    [
        ({"_data/authors.yml": "nina: Nina Simple\n"}, "author: nina\n", ["Nina Simple"]),
        ({"_data/authors.yml": "staff:\n  nina: {name: Nina}\n"}, "author: nina\n", ["Nina"]),
        ({"_data/authors/nina.yml": "name: Nina File\n"}, "author: nina\n", ["Nina File"]),
        ({"_authors/nina.md": "---\nname: Nina Page\nshort_name: nn\n---\n"}, "author: nn\n", ["Nina Page"]),
        ({"_authors/nina.md": "---\nname: [\n---\n"}, "author: nina\n", ["nina"]),
        ({"_config.yml": "authors: {nina: {name: Nina Set}}\n"}, "author: nina\n", ["Nina Set"]),
        ({}, "author: {name: Ann Lee, url: 'javascript:x'}\n", ["Ann Lee"]),
        ({}, "authors: {ann: {name: Ann}, ben: {}}\n", ["Ann", "ben"]),
        ({}, "author: '[Ann](https://a.example) <ann@a.example>'\n", ["Ann"]),
        ({}, "authors: Ann; Ben\n", ["Ann", "Ben"]),
    ],
)
def test_people_are_found_however_they_are_described(site, files, fields, names):
    read = site({"_config.yml": ""} | {PATH: f"---\n{fields}---\nx\n"} | files)
    assert [author.name for author in read[PATH].authors] == names


def test_settings_that_mean_nothing_are_problems(site):
    read = site({"_config.yml": "timezone: Nowhere/At_All\nurl: 'http://[x'\n", PATH: "---\n---\nx\n"})
    assert [name for name, _ in read.dialect.problems] == ["_config.yml"]
    assert (read.dialect.base_path, read.dialect.old_hosts) == ("", frozenset())
    assert read[PATH].date == datetime(2024, 1, 2, tzinfo=UTC)


def test_an_address_that_is_taken_gets_its_language_or_a_number():
    entries = [
        ScannedItem(f"{number}.md", f"{number}.md", ItemKind.POST, "walk", language)
        for number, language in enumerate((None, "fr", "fr", None))
    ]
    here = {"walk", *(f"walk-{number}" for number in range(2, 60))}
    taken = lambda kind, slugs: here & set(slugs)  # noqa: E731 (as short as what it stands for)
    assert plan_slugs(entries, {}, taken) == {
        "0.md": "walk-60",
        "1.md": "walk-fr",
        "2.md": "walk-61",
        "3.md": "walk-62",
    }
