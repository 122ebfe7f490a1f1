import pytest

from tests.factories import PostFactory

PATH = "/admin/settings"


@pytest.fixture
def ada(sign_in, cast):
    return sign_in(cast.ada)


def test_saved_settings_show_on_every_page(ada, client):
    response = ada.fill_in(
        PATH,
        title="The Lantern",
        tagline="Light on small things",
        accent="#005F73",
        language="pt-BR",
        footer="Printed nowhere",
        navigation="About | /about\nElsewhere | https://example.org/x?y=1",
    )
    assert (response.status_code, response.location) == (303, PATH)
    page = client.read("/")
    assert page.all("//html/@lang") == ["pt-BR"]
    assert "The Lantern" in page.title
    assert "Light on small things" in page.text("//footer")
    assert "Printed nowhere" in page.text("//footer")
    assert {"/about", "https://example.org/x?y=1"} <= set(page.links)
    assert "#005f73" in client.get("/theme.css").text
    assert "About | /about\nElsewhere | https://example.org/x?y=1" in ada.get(PATH).text


def test_posts_per_page_takes_effect(ada, client, cast):
    PostFactory.create_batch(3, author=cast.walt)
    ada.fill_in(PATH, posts_per_page=2)
    assert "/blog/?page=2" in client.read("/blog/").links


def test_rules_for_crawlers_stand_in_robots_txt(ada, client):
    ada.fill_in(PATH, ai_crawlers="disallow", robots="User-agent: Badbot\r\nDisallow: /private")
    text = client.get("/robots.txt").text
    assert "User-agent: GPTBot\n" in text
    assert "\n\nUser-agent: Badbot\nDisallow: /private\n\n" in text
    assert ada.read(PATH).value_of("robots") == "User-agent: Badbot\nDisallow: /private"


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("title", "   ", "Give the publication a title."),
        ("title", "x" * 81, "at most 80 characters"),
        ("accent", "red", "Write the colour like"),
        # A stylesheet is made of it.
        ("accent", "#123456}body{", "Write the colour like"),
        ("language", "english please", "Write the language as a code"),
        ("posts_per_page", "0", "A page shows 1 to 100 posts."),
        ("posts_per_page", "many", "Not a valid integer value."),
        ("navigation", "About", "Line 1: Write a label, a vertical bar and a URL"),
        ("navigation", "Fine | /\nBad | javascript:alert(1)", "Line 2: An address is a path of this site"),
        # Browsers read a backslash as a slash, and two slashes as another site.
        ("navigation", "Bad | /\\evil.example", "Line 1: An address"),
        ("navigation", "Bad | //evil.example", "Line 1: An address"),
        ("navigation", "Bad | https://", "Line 1: An address"),
        ("navigation", "x" * 41 + " | /", "Line 1: A label has at most 40 characters."),
        ("navigation", "Home | /\n" * 21, "at most 20 links"),
        ("footer", "nul \0 byte", "cannot be stored"),
    ],
)
def test_mistakes_are_shown_beside_the_field_and_change_nothing(ada, client, field, typed, sentence):
    before = client.get("/").text
    response = ada.fill_in(PATH, tagline="kept while I try", **{field: typed})
    assert response.status_code == 422
    assert sentence in response.text
    assert "kept while I try" in response.text
    assert client.get("/").text == before


def test_an_unknown_comment_policy_is_refused(ada):
    assert ada.fill_in(PATH, comment_policy="nobody").status_code == 422


def test_settings_are_closed_to_editors(sign_in, cast):
    edith = sign_in(cast.edith)
    assert edith.get(PATH).status_code == 403
    assert edith.post(PATH, data={"title": "Mine"}).status_code == 403


def test_two_who_save_the_first_settings_at_once_both_succeed(sign_in, cast, in_parallel):
    forms = [sign_in(cast.ada), sign_in(cast.ada)]
    saved = []
    raised = in_parallel(
        *(lambda visitor=visitor: saved.append(visitor.fill_in(PATH, title="Ours")) for visitor in forms)
    )
    assert not raised
    assert [response.status_code for response in saved] == [303, 303]


def test_pages_of_a_publication_in_hebrew_run_from_right_to_left(cast, sign_in, client):
    assert client.read("/").all("/html/@dir") == []
    sign_in(cast.ada).fill_in("/admin/settings", language="he")
    assert client.read("/").all("/html/@dir") == ["rtl"]
