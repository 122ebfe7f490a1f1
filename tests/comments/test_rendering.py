import pytest

from masthead.comments.rendering import BODY_CHARACTERS, render_comment
from masthead.errors import Invalid
from tests.factories import PostFactory
from tests.support.discussions import address, send

ALLOWED_SCHEMES = ("http:", "https:", "mailto:", "/", "#", "?")
#: Ways in which a text has become a script elsewhere: in HTML, in Markdown, in what lies between them.
ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "[x](javascript:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "![x](javascript:alert(1))",
    '![x](https://example.org/"onerror="alert(1))',
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    "```html\n<script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\nx\n```',
    "`<img src=x onerror=alert(1)>`",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "</textarea><script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "{{ 7 * 7 }}{% raw %}",
    '<form action=/auth/logout method=post><button id="comments">x',
    "<style>*{display:none}</style>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_comment_cannot_bring_a_script_into_the_page(cast, sign_in, client, set_policy, stored, attack):
    set_policy("everybody")
    post = PostFactory()
    response = send(sign_in(cast.rhea), post, body=attack)
    if response.status_code == 422:
        assert stored() == []
        return
    page = client.read(address(post))
    text = "//div[@class='comment-text']"
    assert page.all("//script[not(@type='application/ld+json')]") == []
    assert page.all(f"{text}//@*[starts-with(name(), 'on')] | {text}//@style | {text}//@id") == []
    assert page.all(f"{text}//*[self::img or self::iframe or self::svg or self::form or self::style]") == []
    for target in page.all(f"{text}//@href | {text}//@src"):
        assert target.lower().startswith(ALLOWED_SCHEMES), target


def test_what_was_refused_is_shown_again_as_text(cast, sign_in):
    attack = "</textarea><script>alert(1)</script>" + "x" * BODY_CHARACTERS
    response = send(sign_in(cast.rhea), PostFactory(), body=attack)
    assert response.status_code == 422
    assert "<script>alert" not in response.text


def test_links_of_comments_lend_no_reputation():
    html = render_comment("See https://example.org and [this](https://example.org).").html
    assert html.count('rel="nofollow ugc noopener"') == 2


def test_code_that_begins_the_text_stays_code():
    assert render_comment("\n    x = 1\n").html.startswith("<pre")


@pytest.mark.parametrize(
    "body", ["", " ", "\u200b", "\ud800", "\0", "x" * (BODY_CHARACTERS + 1), "x" * 5_000_000]
)
def test_what_cannot_be_a_comment_is_refused(body):
    with pytest.raises(Invalid) as refused:
        render_comment(body)
    assert refused.value.field == "body"


@pytest.mark.parametrize("body", ["\N{THUMBS UP SIGN}", "한", "׃", "$1", "![](https://example.org/x.png)"])
def test_anything_that_leaves_ink_is_a_comment(body):
    assert render_comment(body).body == body
