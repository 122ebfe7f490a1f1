"""Searching as readers do, on both databases with the same outcome."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from masthead import clock
from masthead.content.rendering import render_text
from masthead.db import db
from masthead.jobs.runner import Runner
from masthead.people import queries as people
from masthead.posts import actions, queries
from masthead.posts.lifecycle import Status
from tests.factories import BylineFactory, DraftFactory, PostFactory
from tests.support.visitors import document


@pytest.fixture
def find(client):
    """The titles that a search finds, in their order."""

    def titles(typed, **more):
        answer = client.get("/search", query_string={"q": typed, **more})
        return document(answer).texts("//ol[@class='results']//h2")

    return titles


@pytest.fixture
def library(cast):
    """Posts that differ in what they say where."""
    PostFactory(
        author=cast.walt, title="Bread", body="Flour, water and salt, kneaded by hand.", tags=["Kitchen"]
    )
    PostFactory(author=cast.walt, title="Walls", body="A dry stone wall needs no mortar. Bread for lunch.")
    PostFactory(
        author=cast.edith,
        title="Stones that dry",
        body="They were running in the rain.",
        tags=["Out of doors"],
    )
    PostFactory(
        author=cast.edith,
        title="Café",
        body="A naïve visitor orders a crème brûlée.",
        summary="Coffee above all",
    )


def test_what_is_in_the_title_comes_first(find, library):
    assert find("bread") == ["Bread", "Walls"]


@pytest.mark.parametrize("typed", ["coffee", "coffees", "COFFEE"])
def test_the_standfirst_is_searched(find, library, typed):
    assert find(typed) == ["Café"]


def test_words_are_found_in_their_other_forms(find, library):
    assert find("run") == ["Stones that dry"]
    assert find("walling") == ["Walls"]


@pytest.mark.parametrize("typed", ["cafe", "café", "CAFÉ", "creme brulee", "cafe\u0301"])
def test_accents_do_not_matter(find, library, typed):
    assert find(typed) == ["Café"]


def test_every_word_must_be_there(find, library):
    assert set(find("dry stone")) == {"Walls", "Stones that dry"}
    assert find("dry coffee") == []


def test_a_phrase_keeps_its_order(find, library):
    assert find('"dry stone"') == ["Walls"]


def test_a_word_with_a_minus_must_not_be_there(find, library):
    assert find("bread -mortar") == ["Bread"]
    assert find('stone -"dry stone"') == ["Stones that dry"]


def test_authors_tags_and_times_narrow_the_search(find, library, cast):
    assert find("author:edith dry") == ["Stones that dry"]
    assert find("author:EDITH") == ["Stones that dry", "Café"]
    assert find("tag:kitchen") == ["Bread"]
    assert find('tag:"Out of doors" rain') == ["Stones that dry"]
    assert find("bread before:2026-03-01") == ["Walls"]
    assert find("bread after:2026-02-28") == ["Bread"]
    assert find("author:nobody bread") == []


def test_a_byline_is_an_author(find, cast):
    PostFactory(author=cast.walt, title="Shared work", bylines=[cast.walt, BylineFactory(username="nora")])
    assert find("author:nora") == ["Shared work"]


def test_what_was_found_is_marked_and_nothing_else_is_markup(client, cast):
    PostFactory(
        author=cast.walt, title="<b>Bold</b> rivers", body="Rivers `<script>alert(1)</script>` & more."
    )
    page = client.read("/search?q=river")
    assert page.texts("//ol[@class='results']//mark") == ["rivers", "Rivers"]
    assert page.text("//ol[@class='results']//h2") == "<b>Bold</b> rivers"
    assert page.all("//ol[@class='results']//script | //ol[@class='results']//b") == []


def test_only_what_readers_may_see_is_found(find, app, cast, sign_in, client):
    DraftFactory(author=cast.walt, title="Secret rivers")
    PostFactory(author=cast.walt, title="Trashed rivers", status=Status.TRASHED)
    PostFactory(author=cast.walt, title="Later rivers", published_at=clock.now() + timedelta(days=1))
    assert find("rivers") == []
    sign_in(client, cast.ada)
    assert find("rivers") == []


def test_the_index_follows_every_change_in_its_transaction(find, app, cast):
    post = PostFactory(author=cast.walt, title="Rivers", body="Otters swim.")
    assert find("otters") == ["Rivers"]
    with app.app_context():
        found = queries.get(post.id)
        actions.revise(found, render_text(title="Lakes", body="Pikes swim."), by=cast.walt, at=clock.now())
        db.session.flush()
        db.session.rollback()
    assert find("otters") == ["Rivers"]
    with app.app_context():
        found = queries.get(post.id)
        actions.revise(found, render_text(title="Lakes", body="Pikes swim."), by=cast.walt, at=clock.now())
        db.session.commit()
    assert find("otters") == []
    assert find("pikes") == ["Lakes"]
    with app.app_context():
        db.session.delete(queries.get(post.id))
        db.session.commit()
    assert find("pikes") == []


def test_an_empty_search_says_what_to_do(client):
    assert client.read("/search").texts("//h2") == []
    assert client.read("/search?q=%22%22+-x").text("//h2") == "Enter a search term"
    assert client.read("/search?q=unheard").text("//h2") == "No results"
    assert "is not a date" in client.read("/search?q=x+before:yesterday").text("//main")


@pytest.mark.parametrize(
    "typed",
    [
        '"',
        "a\x00b",
        "-",
        "--- OR AND NOT NEAR(a b)",
        "title: {x} : ^y* col:z (",
        "':*&|!<->",
        "' OR 1=1 --",
        "x" * 100_000,
        "a " * 50_000,
        '"' * 5_000,
        "before:9999-12-31 after:0001-01-01 x",
        "tag:%00 author:\u202e x",
        "\u0e01\u4e2d\U0001f600",
        "author: tag: x",
    ],
)
def test_any_input_is_safe_and_soon_answered(client, library, typed):
    began = time.monotonic()
    assert client.get("/search", query_string={"q": typed}).status_code in {200, 400, 414}
    # Far above what it takes, far below what would be a problem.
    assert time.monotonic() - began < 10


def test_a_very_long_text_is_searched_at_its_beginning(find, cast):
    words = " ".join(f"word{number}" for number in range(60_000))
    PostFactory(author=cast.walt, title="Long", body=f"otter {words} beaver")
    assert find("otter") == ["Long"]
    assert find("beaver") == []


@pytest.mark.parametrize("word", ["0f" * 2_000, "é" * 2_000, "\ufdfa" * 200, "日" * 2_000])
def test_a_word_without_an_end_is_searched_at_its_beginning(find, client, cast, sign_in, word):
    """PostgreSQL refuses words of more than 2,046 bytes, which one sign of a phrase can fold to, too."""
    sign_in(client, cast.walt)
    text = {"title": word[:200], "summary": word[:300], "body": f"Harvest {word}"}
    assert client.fill_in("/blog/create", button="publish", **text).status_code == 303
    assert len(find("harvest")) == 1
    assert len(find(word[:900])) == 1


@pytest.mark.parametrize("posts", [3, 30])
def test_a_search_costs_the_same_with_more_posts(client, queries, posts):
    PostFactory.create_batch(posts, body="Rivers run.")
    # Settings; what is weighed, titles apart; posts; bylines and tags; texts for passages.
    with queries.exactly(6):
        assert client.get("/search?q=rivers").status_code == 200


def test_results_come_in_pages(client, find, cast):
    PostFactory.create_batch(25, author=cast.walt, body="Rivers run.")
    seen = [*find("rivers"), *find("rivers", page=2), *find("rivers", page=3)]
    assert len(seen) == len(set(seen)) == 25
    assert client.get("/search?q=rivers&page=9").status_code == 404


def test_too_many_searches_have_to_wait(make_app, new_client):
    visitor = new_client(make_app(RATELIMIT_ENABLED=True, RATELIMIT_SEARCH="2 per minute"))
    assert [visitor.get("/search?q=x").status_code for _ in range(3)] == [200, 200, 429]
    assert visitor.get("/search").status_code == 200


def test_a_moment_is_kept(find, cast):
    PostFactory(author=cast.walt, title="Rivers", published_at=datetime(2025, 6, 1, tzinfo=UTC))
    assert find("rivers before:2025-06-02 after:2025-05") == ["Rivers"]
    assert find("rivers before:2025-06-01") == []


@pytest.mark.parametrize(
    "typed", ["har", "harv", "harve", "harves", "harvest", "harvesti", "harvestin", "harvesting"]
)
def test_posts_are_found_while_somebody_types(find, cast, typed):
    PostFactory(author=cast.walt, title="Plain", body="We were harvesting all day.")
    assert find(typed) == ["Plain"]
    assert find(f"were {typed}") == ["Plain"]


def test_a_finished_or_quoted_word_is_no_beginning(find, cast):
    PostFactory(author=cast.walt, title="Plain", body="A wallaby hops.")
    assert find("walla") == ["Plain"]
    assert find('"walla"') == []
    assert find("walla hops") == []
    assert find("hops -walla") == ["Plain"]


def test_the_title_goes_before_many_mentions(find, cast):
    PostFactory(author=cast.walt, title="On water", body="Ferry. " * 200, summary="Ferry, ferry")
    PostFactory(author=cast.walt, title="A ferry", body="Once.")
    assert find("ferry") == ["A ferry", "On water"]


def test_names_of_authors_are_found(find, app, cast):
    nora = BylineFactory(username="nora-f", name="Nora Fjørd")
    PostFactory(author=cast.walt, title="Shared", body="Otters.", bylines=[cast.walt, nora])
    PostFactory(author=cast.edith, title="Alone", body="Otters.")
    assert find("nora") == find("Fjord") == find("nora otters") == find("nora-f") == ["Shared"]
    with app.app_context():
        post = queries.get(1)
        actions.credit(post, [people.get(cast.walt.id)])
        db.session.commit()
    assert find("nora") == []


def test_a_new_name_is_found_after_the_job(find, app, cast):
    PostFactory(author=cast.walt, title="Shared", body="Otters.")
    with app.app_context():
        people.get(cast.walt.id).name = "Waltraud Meier"
        db.session.commit()
    assert Runner(app).run_due() >= 1
    assert find("Waltraud") == ["Shared"]


def test_near_words_are_offered_when_nothing_is_found(client, cast):
    PostFactory(author=cast.walt, title="The lighthouse", body="A keeper polishes the lenses.")
    DraftFactory(author=cast.walt, title="Secretary")
    for typed, meant in [
        ("lighthuose", "lighthouse"),
        ("the lihgthouse", "the lighthouse"),
        ("keper", "keeper"),
        ("polishess lighthouse", "polishes lighthouse"),
    ]:
        page = client.read(f"/search?q={typed}")
        assert meant in page.texts("//p[@class='near-words']//a"), typed
        assert client.get("/api/v1/search", query_string={"q": typed}).get_json()["near"][0] == meant
    assert client.read("/search?q=secretery").all("//p[@class='near-words']") == []
    assert client.read("/search?q=lighthouse").all("//p[@class='near-words']") == []


def test_a_passage_holds_what_was_found(client, cast):
    PostFactory(
        author=cast.walt,
        title="Long",
        body="Before that. " * 300 + "An otter swims in COVID-19 times. " + "After. " * 300,
    )
    page = client.read("/search?q=covid-19+otter")
    assert page.texts("//p[@class='passage']//mark") == ["otter", "COVID-19"]
    assert len(page.text("//p[@class='passage']")) < 260
