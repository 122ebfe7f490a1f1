"""The details of a post beside its text, and requested changes of them. Omitted details stay."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from masthead import clock
from masthead.content.rendering import SUMMARY_CHARACTERS, TITLE_CHARACTERS, Picture
from masthead.errors import Invalid, Mistakes, NotAllowed
from masthead.people.models import User
from masthead.posts.history import WORDS
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post
from masthead.posts.permissions import can_credit, can_publish
from masthead.text.languages import LANGUAGE, LANGUAGE_CHARACTERS, TRANSLATION_KEY_CHARACTERS
from masthead.text.plain import is_storable
from masthead.unset import UNSET, Unset, chosen

#: Browsers and crawlers cut or refuse longer URLs.
ADDRESS_CHARACTERS: Final = 2_000
PICTURE_WORDS_CHARACTERS: Final = 1_000
REMARK_CHARACTERS: Final = 500
PICTURE_ADDRESS: Final = (
    "The address of a picture begins with /media/ for one of yours, or with https:// or http://."
)
#: Characters that would end the HTML attribute of a URL, or that parsers read differently.
_UNSAFE: Final = re.compile(r"[\s<>\"'\\]")


@dataclass(frozen=True, slots=True)
class Details:
    """Requested details of a post beside its text."""

    canonical_url: str | Unset | None = UNSET
    language: str | Unset | None = UNSET
    translation_key: str | Unset | None = UNSET
    comments_open: bool | Unset = UNSET
    #: None removes the date of a draft. A public post always has one.
    published_at: datetime | Unset | None = UNSET
    meta_title: str | Unset | None = UNSET
    meta_description: str | Unset | None = UNSET
    card_title: str | Unset | None = UNSET
    card_description: str | Unset | None = UNSET
    card_image: str | Unset | None = UNSET
    #: None removes the end, the address to redirect to, or the scheduled update.
    expires_at: datetime | Unset | None = UNSET
    expires_to: str | Unset | None = UNSET
    update_at: datetime | Unset | None = UNSET
    #: In order; an empty list credits the owner alone.
    bylines: Sequence[User] | Unset = UNSET
    #: The reason for the change, for the history.
    note: str = ""


NOTHING: Final = Details()


@dataclass(frozen=True, slots=True)
class LeadPictureUpdate:
    """The requested lead image. Without a URL there is none."""

    url: str | Unset | None = UNSET
    alt: str | Unset = UNSET
    caption: str | Unset = UNSET


KEPT: Final = LeadPictureUpdate()


def set_details(post: Post, details: Details, *, by: User) -> None:
    """Set the given details of a post that is being created or revised; raises `Invalid` and `NotAllowed`."""
    check_details(details, post)
    post.canonical_url = chosen(details.canonical_url, post.canonical_url) or None
    post.language = chosen(details.language, post.language) or None
    post.translation_key = chosen(details.translation_key, post.translation_key) or None
    for name in WORDS:
        setattr(post, name, chosen(getattr(details, name), getattr(post, name)) or "")
    post.card_image = chosen(details.card_image, post.card_image) or None
    _set_plans(post, details, by=by)
    if not isinstance(details.comments_open, Unset):
        post.comments_open = details.comments_open
    if not isinstance(details.published_at, Unset) and details.published_at != post.published_at:
        _set_date(post, details.published_at, by=by)


def check_details(details: Details, post: Post | None) -> None:
    """Raise `Invalid` for every detail that cannot be set; unchanged details are accepted."""
    mistakes = Mistakes()
    address = chosen(details.canonical_url, None) or None
    if address is not None and (post is None or address != post.canonical_url) and not _is_website(address):
        mistakes.add(
            Invalid(
                "Write the whole address of the page, like https://example.org/the-ferry.",
                field="canonical_url",
            )
        )
    tag = chosen(details.language, None) or None
    if tag is not None and (post is None or tag != post.language) and not _is_language(tag):
        mistakes.add(Invalid("Write the language as a code like en, de or pt-BR.", field="language"))
    key = chosen(details.translation_key, None) or None
    if key is not None and (post is None or key != post.translation_key) and not _is_key(key):
        sentence = f"Write a word or a few, at most {TRANSLATION_KEY_CHARACTERS} characters on one line."
        mistakes.add(Invalid(sentence, field="translation_key"))
    _check_card(details, post, mistakes)
    _check_plans(details, post, mistakes)
    with mistakes:
        checked_note(details.note)
    mistakes.settle()


def _check_card(details: Details, post: Post | None, mistakes: Mistakes) -> None:
    for name in WORDS:
        words = chosen(getattr(details, name), None) or ""
        limit = TITLE_CHARACTERS if name.endswith("_title") else SUMMARY_CHARACTERS
        if len(words) > limit or not is_storable(words):
            mistakes.add(Invalid(f"Write at most {limit} characters.", field=name))
    image = chosen(details.card_image, None) or None
    if image is not None and (post is None or image != post.card_image) and not _is_picture(image):
        mistakes.add(Invalid(PICTURE_ADDRESS, field="card_image"))


def _check_plans(details: Details, post: Post | None, mistakes: Mistakes) -> None:
    for name in ("expires_at", "update_at"):
        when = chosen(getattr(details, name), None)
        is_changed = post is None or when != getattr(post, name)
        if when is not None and is_changed and when <= clock.now():
            mistakes.add(Invalid("Choose a time in the future.", field=name))
    address = chosen(details.expires_to, None) or None
    if address is not None and (post is None or address != post.expires_to) and not _is_target(address):
        sentence = "Write a path of this site like /blog/, or a whole address like https://example.org/."
        mistakes.add(Invalid(sentence, field="expires_to"))


def _is_target(address: str) -> bool:
    is_path = address.startswith("/") and not address.startswith("//") and not _UNSAFE.search(address)
    is_short = len(address) <= ADDRESS_CHARACTERS and is_storable(address) and address.isprintable()
    return (is_path and is_short) or _is_website(address)


def _set_plans(post: Post, details: Details, *, by: User) -> None:
    """Set the end and the scheduled update, which need the right to publish."""
    plans = {
        name: chosen(getattr(details, name), getattr(post, name)) or None
        for name in ("expires_at", "expires_to", "update_at")
    }
    if any(value != getattr(post, name) for name, value in plans.items()) and not can_publish(by, post):
        raise NotAllowed("Only somebody who may publish this post can set when it ends or is updated.")
    for name, value in plans.items():
        setattr(post, name, value)


def _is_language(tag: str) -> bool:
    return len(tag) <= LANGUAGE_CHARACTERS and LANGUAGE.match(tag) is not None


def _is_key(key: str) -> bool:
    return (
        len(key) <= TRANSLATION_KEY_CHARACTERS
        and key.isprintable()
        and is_storable(key)
        and bool(key.strip())
    )


def _is_website(address: str) -> bool:
    try:
        parts = urlsplit(address)
        is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False
    return (
        is_whole
        and len(address) <= ADDRESS_CHARACTERS
        and is_storable(address)
        and address.isprintable()
        and not _UNSAFE.search(address)
    )


def _set_date(post: Post, when: datetime | None, *, by: User) -> None:
    """Set the published date; a public post with a future date becomes scheduled."""
    if not can_publish(by, post):
        raise NotAllowed("Only somebody who may publish this post can set its date.")
    if when is not None:
        post.published_at = when
    elif post.status is not Status.PUBLIC:
        post.published_at = None


def checked_note(note: str) -> str:
    """Return the note of a revision; raises `Invalid`."""
    if not is_storable(note) or len(note) > REMARK_CHARACTERS:
        raise Invalid(f"A note has at most {REMARK_CHARACTERS} characters.", field="note")
    return " ".join(note.split())


def credited(post: Post, wanted: Sequence[User], *, owner: User, by: User) -> list[User]:
    """Return the people to credit; raises `NotAllowed`."""
    people = list(wanted) or [owner]
    present = [row.user_id for row in post.byline_rows] or [post.author_id]
    after = [user.id for user in people]
    if after != present and not can_credit(by, present, after):
        raise NotAllowed(
            "Only an editor can change who is credited, or somebody who is credited and stays in the list."
        )
    return people


def lead_of(post: Post | None, wish: LeadPictureUpdate) -> Picture | Unset | None:
    """Return the requested lead image; UNSET if it is the present one. Raises `Invalid`."""
    present = Picture(post.lead_image, post.lead_alt, post.lead_caption) if post and post.lead_image else None
    url = chosen(wish.url, present.url if present else None)
    if not url:
        if chosen(wish.alt, "") or chosen(wish.caption, ""):
            raise Invalid("Without a picture there is nothing to describe.", field="lead_image")
        return UNSET if present is None else None
    # A description belongs to its image, and not to the next one.
    before = present if present is not None and present.url == url else Picture(url)
    wanted = Picture(url, chosen(wish.alt, before.alt), chosen(wish.caption, before.caption))
    if wanted == present:
        return UNSET
    _check_picture(wanted, present)
    return wanted


def _check_picture(wanted: Picture, present: Picture | None) -> None:
    mistakes = Mistakes()
    if (present is None or wanted.url != present.url) and not _is_picture(wanted.url):
        mistakes.add(Invalid(PICTURE_ADDRESS, field="lead_image"))
    for name, words in (("lead_alt", wanted.alt), ("lead_caption", wanted.caption)):
        if len(words) > PICTURE_WORDS_CHARACTERS or not is_storable(words):
            sentence = f"Write at most {PICTURE_WORDS_CHARACTERS} characters about the picture."
            mistakes.add(Invalid(sentence, field=name))
    mistakes.settle()


def _is_picture(url: str) -> bool:
    is_ours = url.startswith("/media/") and ".." not in url and not _UNSAFE.search(url) and url.isprintable()
    return (is_ours and len(url) <= ADDRESS_CHARACTERS and is_storable(url)) or _is_website(url)
