"""Fields of plug-ins for search engines."""

import pytest

from masthead.importing.card import fitting_card
from masthead.importing.items import ItemKind, NoteCollector
from masthead.importing.wordpress.seo import card_fields


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("%%title%% %%page%% %%sep%% %%sitename%%", None),
        ("%title% %page% %sep% %sitename%", None),
        ("#post_title #separator_sa #site_title", None),
        ("%%sitename%% %%sep%% Buy %%title%% now", "Buy The Ferry now"),
        ("%%primary_category%%%%sep%%All about 100% wool", "All about 100% wool"),
        ("%title% %sep% %category% %sep% A %sep% B", "The Ferry - A - B"),
        ("Issue #7 &amp; #post_excerpt", "Issue #7 & In short."),
        ("<b>Bold</b>\n words", "Bold words"),
        ("x" * 400, "x" * 299 + "…"),
    ],
)
def test_titles_lose_their_variables(written, kept):
    notes = NoteCollector()
    fields = card_fields({"rank_math_title": written}, title="The Ferry", summary="In short.", notes=notes)
    card = fitting_card(fields, kind=ItemKind.POST, title="The Ferry", notes=notes)
    assert dict(card.words).get("meta_title") == kept
    unknown = "category" in written
    assert bool(notes.notes) is (unknown or len(written) > 300)


def test_the_first_of_two_titles_counts_and_the_other_is_told():
    meta = {
        "_yoast_wpseo_opengraph-title": "One",
        "_yoast_wpseo_twitter-title": "Two",
        "_twitter_title": "One",
    }
    notes = NoteCollector()
    fields = card_fields(meta, title="T", summary="", notes=notes)
    card = fitting_card(fields, kind=ItemKind.POST, title="T", notes=notes)
    assert dict(card.words) == {"card_title": "One"}
    assert [(note.what, "Two" in note.detail) for note in notes.notes] == [
        ("title for social networks", True)
    ]
