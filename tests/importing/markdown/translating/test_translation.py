import pytest
from hypothesis import given
from hypothesis import strategies as st

from masthead.importing.markdown.translating.liquid import EleventyTemplates, LiquidTemplates
from masthead.importing.markdown.translating.shortcodes import HugoShortcodes, ZolaShortcodes
from masthead.importing.markdown.translating.template_tags import TagContext
from masthead.importing.reading.code_spans import find_code, find_code_and_invisible


def covered(text, spans=find_code):
    found = spans(text)
    return [text[start:end] for start, end in zip(found.starts, found.ends, strict=True)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a `b` c ``d ` e`` f", ["`b`", "``d ` e``"]),
        ("a ` b\n\nc ` d", []),
        ("```\nx\n```\nafter", ["```\nx\n```\n"]),
        ("~~~ruby\n```\n~~~\n", ["~~~ruby\n```\n~~~\n"]),
        ("````\n```\n````\n", ["````\n```\n````\n"]),
        ("- item\n\n  ```\n  x\n  ```\n", ["  ```\n  x\n  ```\n"]),
        ("> ```\n> x\n> ```\nout", ["> ```\n> x\n> ```\n"]),
        ("```\nnever closed", ["```\nnever closed"]),
        ("a\n\n    code\n\nb", ["    code\n"]),
        ("a\n    no code\n", []),
        ("- item\n\n    more of it\n", []),
        ("<pre>\n`x`\n</pre> y", ["<pre>\n`x`\n</pre"]),
        ("<code>a</code>", ["<code>a</code"]),
        ("<!-- a --> b", []),
    ],
)
def test_where_code_is(text, code):
    assert covered(text) == code


def test_comments_and_scripts_are_unseen():
    assert covered("<!-- a --> b <script>x</script>", find_code_and_invisible) == [
        "<!-- a -->",
        "<script>x</script",
    ]


LANGUAGES = [LiquidTemplates, EleventyTemplates, HugoShortcodes, ZolaShortcodes]


def language(kind):
    return kind(TagContext({"title": "T"}, {"here": "/new/here"}.get))


@pytest.mark.parametrize("kind", LANGUAGES)
@given(text=st.text(st.sampled_from("{}%<>/* `~\n\t'\"|.#:ab_()-!&"), max_size=80))
def test_no_text_breaks_a_translation(kind, text):
    assert isinstance(language(kind).translate(text), str)


@pytest.mark.parametrize("kind", LANGUAGES)
@pytest.mark.parametrize(
    "piece",
    [
        "{{",
        "{%",
        "{{<",
        "{% raw %}",
        "`",
        "``` ",
        "<pre>",
        "<",
        "{:",
        "{{</*",
        "{#",
        "[](",
        "![",
        "{{ x | url",
        "\n\n    x",
    ],
)
@pytest.mark.timeout(30)
def test_a_translation_that_should_take_a_moment_does_not_take_for_ever(kind, piece):
    language(kind).translate(piece * 20_000)


@pytest.mark.parametrize(
    ("kind", "text", "translated"),
    [
        (LiquidTemplates, "{{ 'a|b' | relative_url }}", "a|b"),
        (LiquidTemplates, "{{- site.baseurl -}}/x", "/x"),
        (LiquidTemplates, "{{ page.title | upcase }}", "{{ page.title | upcase }}"),
        (LiquidTemplates, "{{ title }}", "{{ title }}"),
        (EleventyTemplates, "{{ title }}", "T"),
        (LiquidTemplates, "{% raw %}{% if %}{% endraw %} {% if %}", "{% if %} {% if %}"),
        (LiquidTemplates, "{% raw %} without end", "{% raw %} without end"),
        (LiquidTemplates, "{% highlight js %} without end", "{% highlight js %} without end"),
        (LiquidTemplates, "- {% highlight js %}\nx\n{% endhighlight %}", "- \n\n```js\nx\n```"),
        (LiquidTemplates, "{% highlight md %}\n```\nx\n```\n{% endhighlight %}", "````md\n```\nx\n```\n````"),
        (LiquidTemplates, "{% link here %}", "/new/here"),
        (LiquidTemplates, "{% include a.html x=\"<b>\" %}", "{% include a.html x=\"&lt;b>\" %}"),
        (HugoShortcodes, "{{ not.a.shortcode }}", "{{ not.a.shortcode }}"),
        (HugoShortcodes, "{{< figure src=\"/a b.png\" link=\"/x\" >}}", "[![](</a b.png>)](/x)"),
        (HugoShortcodes, "<p>{{< figure src=\"/a.png\" alt=\"x & y\" link=\"/x\" >}}</p>", '<p><a href="/x"><img src="/a.png" alt="x &amp; y"></a></p>'),
        (HugoShortcodes, "{{< ref here >}}", "/new/here"),
    ],
)  # fmt: skip
def test_tags_with_a_meaning_and_without(kind, text, translated):
    assert language(kind).translate(text) == translated
