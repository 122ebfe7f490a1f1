import pytest

from masthead.text.markdown import renderer


@pytest.mark.parametrize(
    ("source", "html"),
    [
        (
            '<div markdown="1">\n# Hi\n*x*\n</div>\nafter',
            '<div>\n<h1 id="hi">Hi</h1>\n<p><em>x</em></p>\n</div>\n<p>after</p>',
        ),
        ('<div class="note" markdown=1>*x*</div>', "<div>\n<p><em>x</em></p>\n</div>"),
        ('<details markdown="block">\n- a\n</details>', "<details>\n<ul>\n<li>a</li>\n</ul>\n</details>"),
        (
            '<div markdown="1">\n<div>\n*raw*\n</div>\n*set*\n</div>',
            "<div>\n<div>\n*raw*\n</div>\n*set*\n</div>",
        ),
        # Nobody asked
        ("<div>\n*x*\n</div>", "<div>\n*x*\n</div>"),
        ('<div markdown="0">\n*x*\n</div>', "<div>\n*x*\n</div>"),
    ],
)
def test_html_that_asks_for_markdown_gets_it(source: str, html: str) -> None:
    assert renderer.render(source).html.strip() == html


def test_code_that_shows_such_html_stays_code() -> None:
    html = renderer.render('~~~\n<div markdown="1">\n*x*\n</div>\n~~~').html

    assert '<code>&lt;div markdown="1"&gt;\n*x*\n&lt;/div&gt;\n</code>' in html
