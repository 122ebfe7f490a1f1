from masthead.text import markdown


def test_paragraph_is_rendered() -> None:
    assert markdown.render("Hello *world*").html == "<p>Hello <em>world</em></p>\n"
