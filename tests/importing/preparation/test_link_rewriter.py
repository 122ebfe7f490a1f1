import pytest

from masthead.importing.preparation import link_rewriter


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<a class="x" href="{{ page.url }}">', ["{{ page.url }}"]),
        ('<img src="/a/{%\n x %}.png" alt="">', ["/a/{% x %}.png"]),
        ('<a href="%7B%7B x %7D%7D">', ["%7B%7B x %7D%7D"]),
        ('<a href="&lt;a href=">', ["<a href="]),  # a quotation mark too few
        ('<pre>&lt;a href="{{ x }}"></pre>', []),  # code
        ('<a href="/plain">{{ x }}</a>', []),
    ],
)
def test_addresses_that_cannot_be_any_are_found(html, found):
    assert list(link_rewriter.invalid_addresses(html)) == found


def test_the_page_about_is_named_when_it_was_not_imported(site):
    read = site(
        {"_config.yml": "", "_posts/2024-01-02-a.md": "---\n---\n[us](/about/) [home](/) [all](/blog/)\n"}
    )
    assert [note.detail for note in read.translated("_posts/2024-01-02-a.md").notes] == [
        "/about/ leads to nothing that was imported"
    ]


def test_a_link_to_a_draft_is_rewritten_and_named(site):
    read = site(
        {
            "_config.yml": "",
            "_posts/2024-01-02-a.md": "---\n---\n[soon]({% post_url 2024-01-03-b %})\n",
            "_posts/2024-01-03-b.md": "---\npublished: false\n---\nNot yet.\n",
        }
    )
    notes = read.translated("_posts/2024-01-02-a.md").notes
    assert [note.detail for note in notes if note.what == "links"] == [
        "/new/b leads to a text that readers cannot see yet"
    ]
