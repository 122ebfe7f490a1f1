"""Tables of login sessions and of one-time links."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from masthead.db import Base, Identifier
from masthead.people.models import EMAIL_CHARACTERS, RIGHTS_CHARACTERS


class LoginSession(Base):
    """A login session on one device. The cookie is invalid without this row."""

    __tablename__ = "login_session"
    __table_args__ = (Index("ix_login_session_user_id", "user_id"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    #: SHA-256 of the secret in the cookie, so that a copy of the database gives no access.
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    device: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime]
    #: The time when the password or a second factor was last given.
    authenticated_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    idle_until: Mapped[datetime]
    expires_at: Mapped[datetime]
    is_remembered: Mapped[bool]
    #: `Role.rights` when the secret was issued. If they have changed, the next request gets a new secret.
    rights: Mapped[str] = mapped_column(String(RIGHTS_CHARACTERS), server_default=text("''"))


class AccountToken(Base):
    """A one-time link, for example to confirm an address, set a password or accept an invitation."""

    __tablename__ = "account_token"
    __table_args__ = (
        Index("ix_account_token_user_id", "user_id"),
        Index("ix_account_token_inviter_id", "inviter_id"),
        Index("ix_account_token_expires_at", "expires_at"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    #: The account that the link changes; null for an invitation.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    #: The email address that the link confirms or invites.
    email: Mapped[str] = mapped_column(String(EMAIL_CHARACTERS), default="")
    role_id: Mapped[int | None] = mapped_column(ForeignKey("role.id", ondelete="CASCADE"))
    #: The inviter; null if the account is deleted or the CLI made the invitation.
    inviter_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    #: The inviter's user name, which outlives the account; '' for the CLI.
    inviter: Mapped[str] = mapped_column(String(60), default="", server_default=text("''"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
