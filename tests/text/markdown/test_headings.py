import pytest

from masthead.text import sanitise
from masthead.text.markdown import renderer
from tests.text.parsed import parse


def ids(source: str) -> list[str]:
    return [heading.id for heading in renderer.render(source).toc]


@pytest.mark.parametrize(
    ("heading", "identity"),
    [
        # Where GitHub, Goldmark (as Hugo sets it) and kramdown (as Jekyll sets it) give the same id.
        ("Same", "same"),
        ("Über uns", "über-uns"),
        ("What's 2.0", "whats-20"),
        ("C'est l'été", "cest-lété"),
        ("Hello & goodbye", "hello--goodbye"),
        ("A - B", "a---b"),
        ("snake_case and kebab-case", "snake_case-and-kebab-case"),
        ("`code` and *emphasis*", "code-and-emphasis"),
        ("2.0 is here", "20-is-here"),
        ("What is C++?", "what-is-c"),
        ("(Optional) step", "optional-step"),
        ("Wörter: groß & klein", "wörter-groß--klein"),
        ("Привет, мир", "привет-мир"),
        ("日本語の見出し、テスト", "日本語の見出しテスト"),
        ("서울에서", "서울에서"),
        ("हिन्दी में", "हिन्दी-में"),
        ("ΑΘΗΝΑ", "αθηνα"),
        ("100% sure", "100-sure"),
        ("a / b", "a--b"),
        ("…and so on", "and-so-on"),
        ("Don’t “quote” me", "dont-quote-me"),
        ("  spaced   out  ", "spaced-out"),
        ("Bold **word**", "bold-word"),
        ("[A link](https://example.com/x)", "a-link"),
    ],
)
def test_heading_has_the_id_that_the_generators_give(heading: str, identity: str) -> None:
    assert ids(f"## {heading}") == [identity]


def test_repeated_headings_are_numbered_from_one() -> None:
    assert ids("## Same\n## Same\n## Same") == ["same", "same-1", "same-2"]
    assert ids("## Same 1\n## Same\n## Same") == ["same-1", "same", "same-2"]


@pytest.mark.parametrize(
    ("source", "identity", "text"),
    [
        ("## Title {#my-id}", "my-id", "Title"),
        ("## Title {#Über.1:b}", "Über.1:b", "Title"),
        ("## Title {#my-id} ##", "my-id", "Title"),
        ("## Title { #my-id }", "my-id", "Title"),
        ('## Title {#my-id .wide data-x="a b"}', "my-id", "Title"),
        ("## Title {.wide #my-id}", "my-id", "Title"),
        ("## Title {: #my-id}", "my-id", "Title"),
        ("## Title {:#my-id .x}", "my-id", "Title"),
        ("Title {#my-id}\n=====", "my-id", "Title"),
        ("## Title\n{: #my-id}", "my-id", "Title"),
        # A class is no text either
        ("## Title {.wide}", "title", "Title"),
        ("## *Title* {#my-id}", "my-id", "Title"),
        # These are text
        ("## Title `{#my-id}`", "title-my-id", "Title {#my-id}"),
        ("## Title {my-id}", "title-my-id", "Title {my-id}"),
        ("## Title {#my-id} more", "title-my-id-more", "Title {#my-id} more"),
        # An empty paragraph between them, so the line belongs to no heading
        ("## Title\n\n{: #my-id}", "title", "Title"),
    ],
)
def test_explicit_id_is_kept_and_not_shown(source: str, identity: str, text: str) -> None:
    (heading,) = renderer.render(source).toc

    assert (heading.id, heading.text) == (identity, text)
    assert parse(renderer.render(source).html).values("id") == [identity]


def test_explicit_id_goes_before_an_automatic_one() -> None:
    assert ids("## Intro\n## Other {#intro}\n## Third {#intro}") == ["intro-1", "intro", "third"]


def test_named_anchor_of_old_html_is_a_place() -> None:
    rendered = renderer.render(
        '<a name="old"></a>\n\n<p><a class="x" name=\'two\'>y</a></p>\n\n[a](#old) [b](#two)'
    )

    assert parse(rendered.html).values("id") == ["old", "two"]
    assert rendered.dead_fragments == ()


@pytest.mark.parametrize(
    "identity", ["main_content", "comments_title", "comment-12", "comment_body-hint", "csrf_token"]
)
def test_heading_takes_no_id_of_the_page(identity: str) -> None:
    assert sanitise.is_reserved(identity)
    assert ids(f"## {identity}") == [f"{identity}-1"]
    assert ids(f"## Title {{#{identity}}}") == ["title"]


def test_link_that_leads_nowhere_is_told() -> None:
    rendered = renderer.render(
        "## Here\n\n[a](#here) [b](#There) [b](#There) [c](#top) [d](#comment-3) [^1]\n\n[^1]: x"
    )

    assert rendered.dead_fragments == ("There",)


def test_many_headings_alike_take_linear_time() -> None:
    assert ids("# a\n" * 5_000)[-1] == "a-4999"
