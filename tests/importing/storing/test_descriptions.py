"""Descriptions of authors and topics: profiles, tags and old addresses."""

import pytest
from sqlalchemy import select

from masthead.db import db
from masthead.people.models import User
from masthead.tags.models import Tag

HUGO = {
    "hugo.toml": 'baseURL = "https://old.example/"\n[taxonomies]\ntag = "tags"\nauthor = "authors"\nsubject = "subjects"\n',
    "content/posts/a.md": (
        '---\ntitle: A\ndate: 2024-01-02\nauthors: ["Ada Lovelace"]\ntags: [Deep Sea]\nsubjects: [c++]\n---\n'
        "[The sea](/tags/deep-sea/) and [her](/people/ada/)\n"
    ),
    "content/authors/ada-lovelace/_index.md": (
        "---\ntitle: Ada Lovelace\nwebsite: https://ada.example/\navatar: a.png\naliases: [/people/ada/]\n---\nShe *counts*.\n"
    ),
    "content/tags/deep-sea/_index.md": (
        '---\ntitle: "The Deep Sea"\ndescription: "All that is below."\naliases: ["/ocean/", "sea"]\n---\n'
    ),
    "content/subjects/c++/_index.md": "---\ntitle: C++\n---\nA language.\n",
    # No post names it, so it becomes a page.
    "content/tags/lonely/_index.md": "---\ntitle: Lonely\n---\nNobody names me.\n",
    # A profile cannot hold pictures and headings.
    "content/tags/long/_index.md": "---\ntitle: Long\ndescription: Brief.\n---\n# Much\n\n![x](y.png)\n",
    "content/posts/b.md": "---\ntitle: B\ndate: 2024-01-03\nauthors: [ada-lovelace]\ntags: [long]\n---\nText.\n",
}
POST = "---\ntitle: A\ndate: 2024-01-02\nauthor: {}\ntags: [{}]\n---\nText.\n"
OTHERS = {
    "Jekyll": {
        "_config.yml": "url: https://old.example\ncollections:\n  authors: {output: true, permalink: '/team/:name/'}\n  tags: {}\n",
        "_posts/2024-01-02-a.md": POST.format("ada", "sea"),
        "_authors/ada.md": "---\nname: Ada Lovelace\nurl: https://ada.example\nphoto: a.png\n---\n[Counts](/n).\n",
        "_tags/sea.md": "---\nname: The Sea\nredirect_from: [/ocean/]\n---\nAll that is below.\n",
    },
    "Jekyll's data": {
        "_config.yml": "url: https://old.example\n",
        "_posts/2024-01-02-a.md": POST.format("ada", "sea"),
        "_data/authors.yml": "ada: {name: Ada Lovelace, bio: Counts., url: https://ada.example, aliases: [/team/ada/]}\n",
        "_data/tags.yml": "- {slug: sea, name: The Sea, description: All that is below., redirect_from: /ocean/}\n",
    },
    "Pelican": {
        "pelicanconf.py": (
            "PATH = 'content'\nAUTHORS = {'Ada Lovelace': {'blurb': 'Counts.', 'url': 'https://ada.example', 'aliases': ['/team/ada/']}}\n"
            "TAG_DESCRIPTIONS = {'The Sea': {'description': 'All that is below.', 'aliases': ['/ocean/']}}\n"
        ),
        "content/a.md": "Title: A\nDate: 2024-01-02\nAuthor: Ada Lovelace\nTags: The Sea\n\nText.\n",
    },
    "Zola": {
        "config.toml": 'base_url = "https://old.example"\ntaxonomies = [{name = "authors"}, {name = "tags"}]\n',
        "content/a.md": "+++\ntitle = 'A'\ndate = 2024-01-02\n[taxonomies]\nauthors = ['Ada Lovelace']\ntags = ['sea']\n+++\nText.\n",
        "content/authors/ada-lovelace.md": (
            "+++\ntitle = 'Ada Lovelace'\naliases = ['team/ada']\n[extra]\nx = 1\n+++\nCounts.\n"
        ),
        "content/tags/sea/_index.md": "+++\ntitle = 'The Sea'\ndescription = 'All that is below.'\naliases = ['ocean']\n+++\n",
    },
    "Eleventy": {
        ".eleventy.js": "module.exports = () => ({dir: {input: 'src'}});\n",
        "src/posts/a.md": POST.format("ada", "sea"),
        "src/_data/authors.json": '[{"key": "ada", "name": "Ada Lovelace", "bio": "Counts.", "website": "https://ada.example"}]',
        "src/tags/sea.md": "---\ntitle: The Sea\naliases: [/ocean/]\n---\nAll that is below.\n",
    },
}


@pytest.fixture
def profiles(app):
    """The descriptions of bylines and tags, by name."""

    def read():
        with app.app_context():
            people = db.session.execute(select(User.name, User.bio, User.website).where(User.is_byline))
            tags = db.session.execute(select(Tag.name, Tag.description))
            return {name: (bio, website) for name, bio, website in people}, dict(list(tags))

    return read


def test_texts_about_authors_and_terms_become_profiles_and_tags(bring, profiles, client):
    report = bring(HUGO)
    people, tags = profiles()
    assert people["Ada Lovelace"] == ("She counts.", "https://ada.example/")
    assert tags == {"The Deep Sea": "All that is below.", "C++": "A language.", "Long": "Brief."}
    tag, author = "/blog/tag/the-deep-sea", "/blog/author/ada-lovelace"
    for old in ("/tags/deep-sea/", "/ocean/", "/tags/sea", "/tags/sea/"):
        assert client.get(old).location == tag, old
    for old in ("/authors/ada-lovelace/", "/people/ada/"):
        assert client.get(old).location == author, old
    assert "All that is below." in client.get(tag).text
    assert report["described"] == {"authors": 2, "tags": 3}
    assert "Described by files of the old site: 2 authors and 3 tags" in report["output"]
    assert "links" not in report["lost"]
    by_source = {item["source"]: item for item in report["items"]}
    reason = by_source["content/authors/ada-lovelace/_index.md"]["reason"]
    assert reason == "It went to the page of the author Ada Lovelace (without avatar)."
    assert by_source["content/tags/lonely/_index.md"]["kind"] == "page"
    assert by_source["content/tags/long/_index.md"]["kind"] == "page"
    assert (
        sum(count for name, count in report["totals"].items() if name != "files") == report["totals"]["files"]
    )


@pytest.mark.parametrize("generator", OTHERS)
def test_every_generator_has_a_way_to_describe_them(generator, bring, profiles, client):
    report = bring(OTHERS[generator])
    people, tags = profiles()
    assert people["Ada Lovelace"][0] == "Counts."
    assert tags == {"The Sea": "All that is below."}
    assert client.get("/ocean/").location == "/blog/tag/the-sea"
    if generator != "Eleventy":
        assert client.get("/team/ada/").location.startswith("/blog/author/ada")
    assert report["described"] == {"authors": 1, "tags": 1}


def test_a_file_in_a_folder_of_its_own_is_counted_with_what_it_loses(bring):
    report = bring(OTHERS["Jekyll"])
    reasons = {item["source"]: item.get("reason") for item in report["items"]}
    assert reasons["_authors/ada.md"] == (
        "It went to the page of the author Ada Lovelace (without photo, the addresses of its links)."
    )
    assert reasons["_tags/sea.md"] == "It went to the page of the tag The Sea."
    assert (report["totals"]["files"], report["totals"]["skipped"]) == (3, 2)


def test_a_topic_without_a_usable_title_keeps_the_name_that_texts_give_it(bring, profiles, client):
    post = "---\ntitle: A\ndate: 2024-01-02\nauthor: Nina\ntags: [Sea, Wind, Rain]\n---\nText.\n"
    bring(
        {
            "hugo.toml": 'baseURL = "https://old.example/"\n',
            "content/posts/a.md": post,
            "content/tags/sea/_index.md": (
                f"---\ntitle: {'T' * 300}\ndescription: Below. {'w ' * 3000}\naliases: [/ocean/]\n---\n"
            ),
            "content/tags/wind/_index.md": "---\ntitle: [1, 2]\ndescription: <b>Moving</b> air.\naliases: {x: y}\n---\n",
            "data/tags.yaml": "rain: {description: Falls.}\n",
            "content/authors/nina/_index.md": "---\ntitle: Nina\nparams: {bio: Counts., website: 'https://nina.example'}\n---\n",
        }
    )
    people, tags = profiles()
    assert client.get("/ocean/").location == "/blog/tag/sea"
    assert len(tags["Sea"]) <= 2_000
    assert tags | {"Sea": tags["Sea"][:6]} == {"Sea": "Below.", "Wind": "Moving air.", "Rain": "Falls."}
    assert people["Nina"] == ("Counts.", "https://nina.example")


def test_a_second_import_changes_nothing_and_a_changed_file_changes_what_nobody_has_edited(
    bring, profiles, app
):
    bring(HUGO)
    before = profiles()
    report = bring(HUGO)
    assert (report["totals"]["imported"], report["totals"]["updated"], report["problems"]) == (0, 0, [])
    assert profiles() == before
    with app.app_context():
        tag = db.session.scalars(select(Tag).where(Tag.name == "C++")).one()
        tag.description = "Ours."
        db.session.commit()
    path = "content/authors/ada-lovelace/_index.md"
    sea = "content/tags/deep-sea/_index.md"
    bring(
        {
            path: HUGO[path].replace("She *counts*", "She thinks"),
            "content/subjects/c++/_index.md": "---\ntitle: C++\n---\nTheirs.\n",
            sea: HUGO[sea].replace("All that", "Everything"),
        }
    )
    people, tags = profiles()
    assert people["Ada Lovelace"] == ("She thinks.", "https://ada.example/")
    assert (tags["C++"], tags["The Deep Sea"]) == ("Ours.", "Everything is below.")
    bring({})
    assert profiles() == (people, tags)


def test_somebody_with_an_account_and_a_tag_with_words_keep_theirs(bring, profiles, app):
    with app.app_context():
        db.session.add(Tag(name="The Deep Sea", slug="deep", key="the deep sea", description="Ours."))
        db.session.commit()
    bring(HUGO)
    bring({})
    assert profiles()[1]["The Deep Sea"] == "Ours."
    with app.app_context():
        walt = db.session.scalars(select(User).where(User.username == "walt")).one()
        assert (walt.bio, walt.website) == ("", "")


def test_a_dry_run_counts_them_and_writes_nothing(bring, profiles):
    report = bring(HUGO, "--dry-run")
    assert report["described"] == {"authors": 2, "tags": 3}
    assert profiles()[1] == {}


def test_a_new_name_in_the_folder_is_the_bylines_unless_somebody_has_renamed_it(bring, profiles, app):
    files = OTHERS["Jekyll's data"]
    data = "_data/authors.yml"
    bring(files)
    bring({data: files[data].replace("Ada Lovelace", "Ada King")})
    assert set(profiles()[0]) == {"Ada King"}
    with app.app_context():
        db.session.scalars(select(User).where(User.name == "Ada King")).one().name = "Countess"
        db.session.commit()
    bring({data: files[data].replace("Ada Lovelace", "Ada Byron")})
    assert set(profiles()[0]) == {"Countess"}
