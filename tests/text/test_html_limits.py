import pytest

from masthead.text import html_limits, sanitise

MANY = html_limits.FREE_TAGS + 500


def test_short_html_passes_as_it_is() -> None:
    html = '<p title="a > b"><script>x</script><!-- <b> --> a < b'

    assert html_limits.tame(html) == html


@pytest.mark.parametrize(
    "html",
    [
        "<p>a <b>b</b></p>\n" * MANY,
        '<p class="a" id=b title=\'c\' hidden>a<br>b<img src="/a.png" /></p>' * MANY,
        "<ul>" + "<li><p>a<li>b" * MANY + "</ul>",
        "<table>" + "<tr><td>a<td>b" * MANY + "</table>",
        "<!-- wp:paragraph --><p>a</p><!-- /wp:paragraph -->" * MANY,
        "<div><div><ul><li><b>a</b></ul></div></div>" * MANY,
        "</b>" * MANY,
    ],
)
def test_long_well_formed_html_passes_as_it_is(html: str) -> None:
    assert html_limits.tame(html) == html


@pytest.mark.parametrize(
    "html",
    [
        # Each tag is one more open element to look through
        "<div>" * MANY,
        "<b>" * MANY,
        # Formatting that is never closed comes back in every paragraph
        "<p>" + "".join(f"<b id=a{i}>" for i in range(MANY)) + "</p>" + "<p>x" * MANY,
        # End tags that a parser ignores close nothing
        "<b><table><td></b></td></table>" * MANY,
        "<div></b>" * MANY,
    ],
)
def test_long_html_that_nests_without_end_is_shown_as_its_source(html: str) -> None:
    assert "<" not in html_limits.tame(html)
    assert html_limits.tame(html).replace("&lt;", "<").replace("&gt;", ">") == html


@pytest.mark.parametrize(
    "hidden",
    [
        # Here an end tag could be hidden from one parser and seen by the other
        '<i title="></b>">',
        '<i " a=">',
        "<!-- </b> <b> -->",
        "<![CDATA[",
        "<script>",
        "<style>",
        "<b",
        "<",
        "< b>",
        "<!-->",
        "<" + "i" + " a" * (html_limits.ATTRIBUTES_PER_TAG + 1) + ">",
    ],
)
def test_tag_that_parsers_may_read_differently_is_text_in_long_html(hidden: str) -> None:
    tamed = html_limits.tame("<p>a</p>" * MANY + hidden)

    assert tamed.startswith("<p>a</p>" * MANY + "&lt;")


def test_long_text_without_tags_passes_as_it_is() -> None:
    html = "a" * (html_limits.FREE_CHARACTERS + 1)

    assert html_limits.tame(html) == html


@pytest.mark.parametrize(
    "html",
    [
        "<p>" + "".join(f"<b id=a{i}>" for i in range(20_000)) + "</p>" + "<p>x" * 100_000,
        "<div>" * 200_000,
        "<b " + " ".join(f"a{i}" for i in range(100_000)) + ">",
        "<p " + "".join(f'a{i}=">"' for i in range(100_000)) + ">",
        "<table>" * 100_000,
        "<a>" * 300_000,
    ],
)
def test_megabyte_of_hostile_html_is_cleaned_to_a_bounded_length(html: str) -> None:
    assert len(sanitise.clean(html)) <= 12 * len(html)
