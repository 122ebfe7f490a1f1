"""Accounts and roles."""

import hashlib
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from flask_login import UserMixin
from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    exists,
    false,
    or_,
    text,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship, validates

from masthead import pagecache, time_zones
from masthead.db import Base, Identifier, Timestamps
from masthead.mail import delivery
from masthead.people.permissions import ADMINISTRATOR, BUILT_IN, Permission
from masthead.text import names
from masthead.text.names import lookalike_key, tidy_name

ROLE_NAME_CHARACTERS = 40
ROLE_TITLE_CHARACTERS = 80
TOKEN_NAME_CHARACTERS = 60
USERNAME_CHARACTERS = (3, 30)
USERNAME_KEY_CHARACTERS = 120
NAME_CHARACTERS = 80
EMAIL_CHARACTERS = 254
BIO_CHARACTERS = 2_000
WEBSITE_CHARACTERS = 500
PASSKEY_NAME_CHARACTERS = 60
RIGHTS_CHARACTERS = 32


class Role(Base):
    """A named set of permissions; the rank says whose accounts its holders may change."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    name: Mapped[str] = mapped_column(String(ROLE_NAME_CHARACTERS), unique=True)
    title: Mapped[str] = mapped_column(String(ROLE_TITLE_CHARACTERS))
    rank: Mapped[int]
    permissions: Mapped[list[str]]
    #: Whoever has the role and no second factor sees nothing until they have set one up.
    requires_second_factor: Mapped[bool] = mapped_column(default=False, server_default=false())

    @property
    def granted(self) -> frozenset[Permission]:
        """The permissions; one that this version no longer knows grants nothing."""
        known = set(Permission)
        return frozenset(Permission(value) for value in self.permissions if value in known)

    @property
    def is_built_in(self) -> bool:
        """Whether every site has this role."""
        return self.name in BUILT_IN

    @property
    def rights(self) -> str:
        """A mark that is another one as soon as the role allows anything else; each login remembers it."""
        state = [self.id, self.rank, sorted(self.permissions)]
        return hashlib.sha256(json.dumps(state).encode()).hexdigest()[:RIGHTS_CHARACTERS]

    @property
    def version(self) -> str:
        """A mark that is another one after each change, so that nobody overwrites what they have not seen."""
        state = [self.title, self.rank, sorted(self.permissions), self.requires_second_factor]
        return hashlib.sha256(json.dumps(state).encode()).hexdigest()[:16]

    @validates("title")
    def _tidy(self, _attribute: str, title: str) -> str:
        return tidy_name(title)


class _Insert(Protocol):
    """What SQLAlchemy tells a default of the row that it belongs to."""

    def get_current_parameters(self) -> dict[str, Any]: ...


def _lookalike(context: _Insert) -> str:
    return lookalike_key(context.get_current_parameters()["username"])


class User(Timestamps, UserMixin, Base):
    """A person: with an account, or only a byline that cannot sign in."""

    __tablename__ = "user"
    __table_args__ = (
        Index("ix_user_role_id", "role_id"),
        Index("ix_user_username_lookalike", "username_lookalike", unique=True),
        Index("ix_user_name_key", "name_key"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    username: Mapped[str] = mapped_column(String(60))
    #: `masthead.text.names.name_key` of the user name: two that look alike have the same.
    username_key: Mapped[str] = mapped_column(String(USERNAME_KEY_CHARACTERS), unique=True)
    #: The same for names that the eye takes for each other; null for one that was there before it had to be unique.
    username_lookalike: Mapped[str | None] = mapped_column(
        String(USERNAME_KEY_CHARACTERS), default=_lookalike
    )
    email: Mapped[str | None] = mapped_column(String(EMAIL_CHARACTERS))
    email_key: Mapped[str | None] = mapped_column(String(EMAIL_CHARACTERS), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    #: `masthead.text.names.shown_key` of the name, by which others who want it are found.
    name_key: Mapped[str | None] = mapped_column(String(names.SHOWN_KEY_CHARACTERS))
    bio: Mapped[str] = mapped_column(default="")
    website: Mapped[str] = mapped_column(default="")
    avatar: Mapped[str | None]
    password_hash: Mapped[str | None]
    #: The IANA name of the zone in which the person works; empty for the publication's.
    time_zone: Mapped[str] = mapped_column(
        String(time_zones.NAME_CHARACTERS), default="", server_default=text("''")
    )
    is_active: Mapped[bool] = mapped_column(default=True)
    is_byline: Mapped[bool] = mapped_column(default=False)
    confirmed_at: Mapped[datetime | None]
    #: `masthead.people.notifications.Notification`: the kinds of email that the person does not want, parted by spaces.
    muted_emails: Mapped[str] = mapped_column(default="", server_default=text("''"))
    role_id: Mapped[int] = mapped_column(ForeignKey("role.id", ondelete="RESTRICT"))

    role: Mapped[Role] = relationship(lazy="raise", innerjoin=True)

    #: Not stored: the secret of the login session that this request belongs to.
    login_secret = ""

    if TYPE_CHECKING:
        #: Computed with the row where `masthead.people.queries` reads it; see the end of this module.
        has_second_factor: Mapped[bool]

    def can(self, permission: Permission) -> bool:
        """Whether the role grants the permission, and the account is far enough to use it.

        The rules about confirmed addresses and second factors stand here, so that they hold at every door.
        """
        is_granted = self.is_active and not self.is_byline and permission in self.role.granted
        return is_granted and not self.is_unconfirmed and not self.lacks_factor

    @property
    def is_unconfirmed(self) -> bool:
        """True if mail is on and nobody has proved yet that the address belongs to the owner of the account."""
        return self.confirmed_at is None and delivery.is_on()

    @property
    def lacks_factor(self) -> bool:
        """True if the role requires two-factor authentication that the account has not set up."""
        return self.role.requires_second_factor and not self.has_second_factor

    @property
    def display_name(self) -> str:
        """What readers see."""
        return self.name or self.username

    @property
    def initials(self) -> str:
        """One or two letters to draw where there is no portrait."""
        return names.initials(self.display_name)

    @property
    def is_administrator(self) -> bool:
        """Whether this is one of the accounts of which the last is protected."""
        return self.role.name == ADMINISTRATOR

    def get_id(self) -> str:
        """The identity in the session cookie (Flask-Login's "alternative token"): the login, not the account."""
        return self.login_secret

    @validates("name")
    def _tidy(self, _attribute: str, name: str) -> str:
        self.name_key = names.shown_key(name)
        return tidy_name(name)

    @validates("website")
    def _tidy_website(self, _attribute: str, website: str) -> str:
        return tidy_name(website)


class LoginSession(Base):
    """One device on which somebody is signed in. Its row is the login: without it the cookie is worth nothing."""

    __tablename__ = "login_session"
    __table_args__ = (Index("ix_login_session_user_id", "user_id"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    #: SHA-256 of the secret in the cookie, so that a copy of the database signs nobody in.
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    device: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime]
    #: When the password or a factor was last given.
    authenticated_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    idle_until: Mapped[datetime]
    expires_at: Mapped[datetime]
    is_remembered: Mapped[bool]
    #: `Role.rights` when the secret was made. Where they are others today, the next request gets a new secret.
    rights: Mapped[str] = mapped_column(String(RIGHTS_CHARACTERS), server_default=text("''"))


class AccountToken(Base):
    """A link that does one thing once: confirm an address, set a password, accept an invitation."""

    __tablename__ = "account_token"
    __table_args__ = (
        Index("ix_account_token_user_id", "user_id"),
        Index("ix_account_token_inviter_id", "inviter_id"),
        Index("ix_account_token_expires_at", "expires_at"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    #: Whose account it changes; nobody's yet for an invitation.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    #: The address that is confirmed or invited.
    email: Mapped[str] = mapped_column(String(EMAIL_CHARACTERS), default="")
    role_id: Mapped[int | None] = mapped_column(ForeignKey("role.id", ondelete="CASCADE"))
    #: Who vouches for an invitation; nobody, if the account is gone or the shell made it.
    inviter_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    #: Their user name, which stays; '' for the shell.
    inviter: Mapped[str] = mapped_column(String(60), default="", server_default=text("''"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class AccountClosure(Base):
    """Somebody's wish to have their account deleted, until it is carried out or taken back."""

    __tablename__ = "account_closure"
    __table_args__ = (Index("ix_account_closure_due_at", "due_at"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    #: `masthead.account_deletion.actions.Fate`: what becomes of the posts, and of the comments.
    posts: Mapped[str] = mapped_column(String(20))
    comments: Mapped[str] = mapped_column(String(20))
    #: Who gets the posts, if somebody does.
    heir_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    #: False once an administrator has disabled the account: its owner cannot let themself in again then.
    is_revocable: Mapped[bool] = mapped_column(default=True)


class Authenticator(Base):
    """The app that shows somebody's codes (TOTP, RFC 6238)."""

    __tablename__ = "authenticator"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    #: The shared secret, encrypted with a key that is not in the database.
    sealed_secret: Mapped[str]
    #: The step of time whose code was used last; only a code of a later one counts.
    last_step: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]


class RecoveryCode(Base):
    """A code that replaces the second factor once. Its row goes when it is used."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    code_hash: Mapped[str] = mapped_column(String(64))


class Passkey(Base):
    """A key that somebody's device keeps (WebAuthn): a second factor, or a way to sign in without a password."""

    __tablename__ = "passkey"
    __table_args__ = (Index("ix_passkey_user_id", "user_id"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    #: As browsers write it, in base64url; at most 1,023 bytes (WebAuthn level 3, section 4).
    credential_id: Mapped[str] = mapped_column(String(1364), unique=True)
    #: The account's name for authenticators, which says nothing of the person; the same for all their keys.
    user_handle: Mapped[str] = mapped_column(String(86))
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    #: Counted by the device at each use; 0 for those that do not count.
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(PASSKEY_NAME_CHARACTERS))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]

    @validates("name")
    def _tidy(self, _attribute: str, name: str) -> str:
        return tidy_name(name)


class UsedChallenge(Base):
    """A challenge that a passkey has answered, so that nobody can send the same answer again."""

    __tablename__ = "used_challenge"
    __table_args__ = (Index("ix_used_challenge_used_at", "used_at"),)

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[datetime]


class ApiToken(Base):
    """A personal token: it allows a program a part of what its owner may."""

    __tablename__ = "api_token"
    __table_args__ = (Index("ix_api_token_user_id", "user_id"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(TOKEN_NAME_CHARACTERS))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]

    @validates("name")
    def _tidy(self, _attribute: str, name: str) -> str:
        return tidy_name(name)


class RefreshFamily(Base):
    """One sign-in of an API client. Its row is the sign-in: without it none of its tokens is worth anything."""

    __tablename__ = "refresh_family"
    __table_args__ = (Index("ix_refresh_family_user_id", "user_id"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class RefreshToken(Base):
    """A token that was given out to renew a sign-in; it works once."""

    __tablename__ = "refresh_token"
    __table_args__ = (Index("ix_refresh_token_family_id", "family_id"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    family_id: Mapped[int] = mapped_column(ForeignKey("refresh_family.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


# It stands here, since it needs tables that follow `User`. Deferred: lists of authors do not ask for it.
User.has_second_factor = column_property(
    or_(exists().where(Authenticator.user_id == User.id), exists().where(Passkey.user_id == User.id)),
    deferred=True,
)

pagecache.watch(
    User,
    row="author",
    rows="people",
    columns=["username", "username_key", "name", "bio", "website", "avatar"],
)
