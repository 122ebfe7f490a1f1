"""Tables of login sessions and of one-time links."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from masthead.db import Base, Identifier
from masthead.people.models import EMAIL_CHARACTERS, RIGHTS_CHARACTERS


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
