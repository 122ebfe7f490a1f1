"""The part of each table in an archive. Whatever is left out has its reason here; a test compares this with the models."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Column

from masthead.comments.models import Comment
from masthead.db import Base
from masthead.embeds.models import Embed
from masthead.media.models import ExternalPicture, Media
from masthead.pages.models import Page
from masthead.people.models import AccountClosure, Role, User
from masthead.posts.models import DailyViews, Post, ReviewNote, Revision
from masthead.posts.previews.models import PreviewNote
from masthead.presets.models import PostTemplate, Snippet
from masthead.redirects.models import Redirect
from masthead.tags.models import Tag

_RENDERED = "rendered from the body"
_COUNTED = "counted from other rows"
_NUMBERED = "a number of one database"
_KEY = "derived from the name"
_VARIANTS = "made from the file by a background task"


@dataclass(frozen=True, slots=True)
class ArchivedTable:
    """A table in the archive. All columns are fields of its records but those named here."""

    model: type[Base]
    #: The files of the archive that have its rows.
    member: str
    #: Columns that hold an id; the record names the row instead, in a field of the given name.
    references: Mapping[str, str] = field(default_factory=dict)
    #: Columns that are left out, with the reason.
    derived: Mapping[str, str] = field(default_factory=dict)
    #: Fields made of rows of other tables: lists of names.
    lists: tuple[str, ...] = ()

    @property
    def columns(self) -> list[Column[Any]]:
        """The columns that are fields under their own names."""
        apart = self.references.keys() | self.derived.keys()
        table = self.model.metadata.tables[self.model.__tablename__]
        return [column for column in table.columns if column.name not in apart]

    @property
    def fields(self) -> frozenset[str]:
        """The names of all fields of a record."""
        return frozenset({column.name for column in self.columns} | {*self.references.values(), *self.lists})


ROLES: Final = ArchivedTable(Role, "roles.json", derived={"id": _NUMBERED})
ACCOUNTS: Final = ArchivedTable(
    User,
    "accounts.jsonl",
    references={"role_id": "role"},
    derived={
        "id": _NUMBERED,
        "username_key": _KEY,
        "username_lookalike": _KEY,
        "email_key": "derived from the email address",
        "name_key": _KEY,
    },
    lists=("closure",),
)
CLOSURES: Final = ArchivedTable(
    AccountClosure,
    "accounts.jsonl",
    references={"heir_id": "heir"},
    derived={"user_id": "the account of the record"},
)
TAGS: Final = ArchivedTable(Tag, "tags.json", derived={"id": _NUMBERED, "key": _KEY})
POSTS: Final = ArchivedTable(
    Post,
    "posts/",
    references={"author_id": "author"},
    derived={
        "id": _NUMBERED,
        "html": _RENDERED,
        "toc": _RENDERED,
        "excerpt": _RENDERED,
        "words": _RENDERED,
        "reading_minutes": _RENDERED,
        "comment_count": _COUNTED,
    },
    lists=("bylines", "tags", "former_slugs", "heading_ids"),
)
PAGES: Final = ArchivedTable(
    Page,
    "pages/",
    derived={"id": _NUMBERED, "html": _RENDERED, "toc": _RENDERED},
    lists=("former_slugs", "heading_ids"),
)
REVISIONS: Final = ArchivedTable(
    Revision,
    "revisions.jsonl",
    references={"post_id": "post", "author_id": "author"},
    derived={"id": _NUMBERED},
    lists=("bylines",),
)
COMMENTS: Final = ArchivedTable(
    Comment,
    "comments.jsonl",
    references={
        "post_id": "post",
        "parent_id": "parent",
        "reply_to_id": "reply_to",
        "author_id": "author",
        "decided_by_id": "decided_by",
    },
    derived={"id": _NUMBERED, "html": _RENDERED, "depth": "follows from the parents"},
    lists=("number",),
)
REVIEW_NOTES: Final = ArchivedTable(
    ReviewNote, "notes.jsonl", references={"post_id": "post", "author_id": "author"}, derived={"id": _NUMBERED}, lists=("kind",)
)  # fmt: skip
PREVIEW_NOTES: Final = ArchivedTable(
    PreviewNote, "notes.jsonl", references={"post_id": "post"}, derived={"id": _NUMBERED}, lists=("kind",)
)
STATISTICS: Final = ArchivedTable(DailyViews, "statistics.jsonl", references={"post_id": "post"})
REDIRECTS: Final = ArchivedTable(
    Redirect, "redirects.jsonl", references={"target_id": "target"}, derived={"id": _NUMBERED}
)
MEDIA: Final = ArchivedTable(
    Media,
    "media.jsonl",
    references={"owner_id": "owner"},
    derived={"id": _NUMBERED, "placeholder": _VARIANTS, "status": _VARIANTS, "problem": _VARIANTS},
)
POST_TEMPLATES: Final = ArchivedTable(
    PostTemplate, "presets.jsonl", derived={"id": _NUMBERED, "key": _KEY}, lists=("kind",)
)
SNIPPETS: Final = ArchivedTable(
    Snippet, "presets.jsonl", derived={"id": _NUMBERED, "key": _KEY}, lists=("kind",)
)
EXTERNAL_PICTURES: Final = ArchivedTable(
    ExternalPicture,
    "external_pictures.jsonl",
    references={"media_id": "media"},
    derived={
        "id": _NUMBERED,
        "address_hash": "derived from the address",
        "problem": "only copies are archived, and they have none",
    },
)
EMBEDS: Final = ArchivedTable(
    Embed,
    "embeds.jsonl",
    derived={
        "id": _NUMBERED,
        "address_hash": "derived from the address",
        "problem": "only cards are archived, and they have none",
    },
)
TABLES: Final = (
    ROLES, ACCOUNTS, CLOSURES, TAGS, POSTS, PAGES, REVISIONS, COMMENTS, REVIEW_NOTES, PREVIEW_NOTES, STATISTICS, REDIRECTS, MEDIA,
    EXTERNAL_PICTURES, POST_TEMPLATES, SNIPPETS, EMBEDS,
)  # fmt: skip
#: Tables whose rows are lists in the records of others, or one object.
WITHIN: Final = {
    "post_byline": "`bylines` of a post",
    "post_tag": "`tags` of a post",
    "post_slug": "`former_slugs` of a post",
    "page_slug": "`former_slugs` of a page",
    "revision_byline": "`bylines` of a revision",
    "setting": "settings.json",
}
_CREDENTIAL = "only this installation can use it; people sign in anew"
_PRIVATE = "what a writer has typed and not saved; save it before you move"
_WORK = "work of this installation"
#: Tables that an archive does not have, with the reason.
LEFT_OUT: Final = {
    "account_token": _CREDENTIAL,
    "api_token": _CREDENTIAL,
    "authenticator": _CREDENTIAL,
    "idempotency_key": _WORK,
    "login_session": _CREDENTIAL,
    "passkey": _CREDENTIAL,
    "recovery_code": _CREDENTIAL,
    "refresh_token": _CREDENTIAL,
    "refresh_family": _CREDENTIAL,
    "used_challenge": _CREDENTIAL,
    "preview_link": _CREDENTIAL,
    "working_copy": _PRIVATE,
    "working_copy_change": _PRIVATE,
    "kept_text": _PRIVATE,
    "editing_lease": _WORK,
    "audit_event": "the log of what was done in this installation; a backup has it",
    "bulk_change": _WORK,
    "bulk_item": _WORK,
    "change": _WORK,
    "clock_mark": _WORK,
    "job": _WORK,
    "job_tick": _WORK,
    "moderator_notice": _WORK,
    "imported_author": "the names of an older source; only its own second import needs them",
    "imported_comment": "the names of an older source; only its own second import needs them",
    "imported_item": "the names of an older source; only its own second import needs them",
    "media_upload": "an upload that is not finished",
    "media_usage": "found in the texts",
    "media_variant": _VARIANTS,
    "search_document": "made from the texts",
    "requested_export": "files on the disk of this installation",
    "uploaded_export": "files on the disk of this installation",
}
