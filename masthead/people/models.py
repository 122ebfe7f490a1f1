"""Tables of users, roles and pending account deletions."""

import hashlib
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from flask_login import UserMixin
from sqlalchemy import (
    ForeignKey,
    Index,
    String,
    column,
    exists,
    false,
    or_,
    table,
    text,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship, validates

from masthead import pagecache, time_zones
from masthead.db import Base, Identifier, Timestamps
from masthead.mail import delivery
from masthead.people.cache_topics import AUTHOR, PEOPLE
from masthead.people.permissions import ADMINISTRATOR, BUILT_IN, Permission
from masthead.text import names
from masthead.text.names import lookalike_key, tidy_name

ROLE_NAME_CHARACTERS = 40
ROLE_TITLE_CHARACTERS = 80
USERNAME_CHARACTERS = (3, 30)
USERNAME_KEY_CHARACTERS = 120
NAME_CHARACTERS = 80
EMAIL_CHARACTERS = 254
BIO_CHARACTERS = 2_000
WEBSITE_CHARACTERS = 500
RIGHTS_CHARACTERS = 32


class Role(Base):
    """A named set of permissions. People may change accounts whose role has a lower rank."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    name: Mapped[str] = mapped_column(String(ROLE_NAME_CHARACTERS), unique=True)
    title: Mapped[str] = mapped_column(String(ROLE_TITLE_CHARACTERS))
    rank: Mapped[int]
    permissions: Mapped[list[str]]
    #: If true, people with this role must set up two-factor authentication before anything else.
    requires_second_factor: Mapped[bool] = mapped_column(default=False, server_default=false())

    @property
    def granted(self) -> frozenset[Permission]:
        """The permissions that this version knows; unknown values are ignored."""
        known = set(Permission)
        return frozenset(Permission(value) for value in self.permissions if value in known)

    @property
    def is_built_in(self) -> bool:
        """True for the roles that every site has."""
        return self.name in BUILT_IN

    @property
    def rights(self) -> str:
        """A hash of rank and permissions. Login sessions store it, and renew their secret when it changes."""
        state = [self.id, self.rank, sorted(self.permissions)]
        return hashlib.sha256(json.dumps(state).encode()).hexdigest()[:RIGHTS_CHARACTERS]

    @property
    def version(self) -> str:
        """A hash of all editable fields, for optimistic locking."""
        state = [self.title, self.rank, sorted(self.permissions), self.requires_second_factor]
        return hashlib.sha256(json.dumps(state).encode()).hexdigest()[:16]

    @validates("title")
    def _tidy(self, _attribute: str, title: str) -> str:
        return tidy_name(title)


class _Insert(Protocol):
    """The context that SQLAlchemy passes to a column default."""

    def get_current_parameters(self) -> dict[str, Any]: ...


def _lookalike(context: _Insert) -> str:
    return lookalike_key(context.get_current_parameters()["username"])


class User(Timestamps, UserMixin, Base):
    """A person with an account, or a byline that cannot sign in."""

    __tablename__ = "user"
    __table_args__ = (
        Index("ix_user_role_id", "role_id"),
        Index("ix_user_username_lookalike", "username_lookalike", unique=True),
        Index("ix_user_name_key", "name_key"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    username: Mapped[str] = mapped_column(String(60))
    #: `masthead.text.names.name_key` of the user name, equal for different spellings of a name.
    username_key: Mapped[str] = mapped_column(String(USERNAME_KEY_CHARACTERS), unique=True)
    #: `masthead.text.names.lookalike_key` of the user name; null for names older than the unique constraint.
    username_lookalike: Mapped[str | None] = mapped_column(
        String(USERNAME_KEY_CHARACTERS), default=_lookalike
    )
    email: Mapped[str | None] = mapped_column(String(EMAIL_CHARACTERS))
    email_key: Mapped[str | None] = mapped_column(String(EMAIL_CHARACTERS), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    #: `masthead.text.names.shown_key` of the name, to find other users with a similar name.
    name_key: Mapped[str | None] = mapped_column(String(names.SHOWN_KEY_CHARACTERS))
    bio: Mapped[str] = mapped_column(default="")
    website: Mapped[str] = mapped_column(default="")
    avatar: Mapped[str | None]
    password_hash: Mapped[str | None]
    #: The IANA name of the person's time zone; empty for the publication's.
    time_zone: Mapped[str] = mapped_column(
        String(time_zones.NAME_CHARACTERS), default="", server_default=text("''")
    )
    #: True once the person has chosen a zone, or that of the publication: no browser's zone replaces it.
    has_chosen_time_zone: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_active: Mapped[bool] = mapped_column(default=True)
    is_byline: Mapped[bool] = mapped_column(default=False)
    confirmed_at: Mapped[datetime | None]
    #: Unsubscribed kinds of email (`masthead.people.notifications.Notification`), separated by spaces.
    muted_emails: Mapped[str] = mapped_column(default="", server_default=text("''"))
    role_id: Mapped[int] = mapped_column(ForeignKey("role.id", ondelete="RESTRICT"))

    role: Mapped[Role] = relationship(lazy="raise", innerjoin=True)

    #: The secret of this request's login session. It is not a column.
    login_secret = ""

    if TYPE_CHECKING:
        #: True with an authenticator app or a passkey. `masthead.people.queries` loads it; it is defined below the class.
        has_second_factor: Mapped[bool]

    def can(self, permission: Permission) -> bool:
        """Return True if the role grants the permission, and the account meets the rules for using it.

        The rules about confirmed addresses and second factors are checked here, so they apply to pages, API and CLI.
        """
        is_granted = self.is_active and not self.is_byline and permission in self.role.granted
        return is_granted and not self.is_unconfirmed and not self.lacks_factor

    @property
    def is_unconfirmed(self) -> bool:
        """True if mail is on and the owner of the account has not confirmed the email address."""
        return self.confirmed_at is None and delivery.is_on()

    @property
    def lacks_factor(self) -> bool:
        """True if the role requires two-factor authentication that the account has not set up."""
        return self.role.requires_second_factor and not self.has_second_factor

    @property
    def display_name(self) -> str:
        """The name that readers see."""
        return self.name or self.username

    @property
    def initials(self) -> str:
        """One or two letters that stand in for a missing portrait."""
        return names.initials(self.display_name)

    @property
    def is_administrator(self) -> bool:
        """True for the built-in administrator role; the last active administrator cannot be removed."""
        return self.role.name == ADMINISTRATOR

    def get_id(self) -> str:
        """Return the secret of the login session, which Flask-Login stores in the cookie ("alternative token")."""
        return self.login_secret

    @validates("name")
    def _tidy(self, _attribute: str, name: str) -> str:
        self.name_key = names.shown_key(name)
        return tidy_name(name)

    @validates("website")
    def _tidy_website(self, _attribute: str, website: str) -> str:
        return tidy_name(website)


class AccountClosure(Base):
    """A pending deletion of an account, until it is carried out or cancelled."""

    __tablename__ = "account_closure"
    __table_args__ = (Index("ix_account_closure_due_at", "due_at"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    #: `masthead.account_deletion.content_policy.ContentPolicy` for the posts, and for the comments.
    posts: Mapped[str] = mapped_column(String(20))
    comments: Mapped[str] = mapped_column(String(20))
    #: New owner of the posts, if they go to somebody else.
    heir_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    #: False once an administrator has disabled the account: its owner can no longer cancel the deletion by signing in.
    is_revocable: Mapped[bool] = mapped_column(default=True)


# `masthead.mfa` imports this module, so its two tables are named here instead of imported.
_AUTHENTICATOR = table("authenticator", column("user_id"))
_PASSKEY = table("passkey", column("user_id"))
# Deferred, since lists of authors do not need it.
User.has_second_factor = column_property(
    or_(
        exists().select_from(_AUTHENTICATOR).where(_AUTHENTICATOR.c.user_id == User.id),
        exists().select_from(_PASSKEY).where(_PASSKEY.c.user_id == User.id),
    ),
    deferred=True,
)

pagecache.watch(
    User,
    # Who has no published post has a page as long as they may write.
    pagecache.rule(
        ["username", "username_key", "name", "bio", "website", "avatar", "is_active", "is_byline", "role_id"],
        lambda user: [AUTHOR(user.id)],
    ),
    pagecache.rule(["id", "username", "username_key"], lambda _: [PEOPLE]),
    row=AUTHOR,
    rows=PEOPLE,
    # Names appear on all kinds of pages.
    statements=[pagecache.EVERYTHING],
    deleted=[pagecache.EVERYTHING],
)
pagecache.watch(Role, pagecache.rule(["permissions"], lambda _: [AUTHOR.every]), statements=[AUTHOR.every])
