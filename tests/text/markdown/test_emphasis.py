import pytest

from masthead.text.markdown import renderer


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("**注意：**不要", "<strong>注意：</strong>不要"),
        ("这是**“引号”**的例子", "这是<strong>“引号”</strong>的例子"),
        ("これは**「重要」**です", "これは<strong>「重要」</strong>です"),
        ("*（注）*本文", "<em>（注）</em>本文"),
        ("한국어**(강조)**입니다", "한국어<strong>(강조)</strong>입니다"),
        ("[**链接。**](/a)后面", '<a href="/a"><strong>链接。</strong></a>后面'),
        # As CommonMark has it everywhere else
        ("a * b * c", "a * b * c"),
        ("snake_case_word", "snake_case_word"),
        ('a*"b"*c', "a*&quot;b&quot;*c"),
        ("*a*b", "<em>a</em>b"),
        ("~~a~~", "<s>a</s>"),
        ("a " + "*" * 60, "a " + "*" * 60),
    ],
)
def test_emphasis_is_found_beside_wide_characters(source: str, html: str) -> None:
    assert renderer.render(source).html == f"<p>{html}</p>\n".replace("&quot;", '"')


@pytest.mark.parametrize(
    "end", ["。谢谢", "，而且", "、次", "；", "：看", "！", "？好", "）后", "」と", "》中", "　全角"]
)
def test_address_ends_before_wide_punctuation(end: str) -> None:
    html = renderer.render(f"见https://example.com/a。 看 https://example.com/a{end}").html

    assert f'<a href="https://example.com/a">https://example.com/a</a>{end}' in html


def test_address_may_hold_wide_letters() -> None:
    assert (
        'href="https://zh.example.org/wiki/%E4%B8%AD%E6%96%87"'
        in renderer.render("https://zh.example.org/wiki/中文").html
    )


@pytest.mark.parametrize(
    "address", ["tel:+4930123", "sms:+4930123", "mailto:a@b.c", "xmpp:a@b.c", "geo:1,2", "sip:a@b.c"]
)
def test_link_that_opens_another_program_keeps_its_address(address: str) -> None:
    assert f'href="{address}"' in renderer.render(f"[x]({address})").html


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "blob:x"]
)
def test_link_that_could_run_something_loses_its_address(address: str) -> None:
    assert "href" not in renderer.render(f'<a href="{address}">x</a>').html
