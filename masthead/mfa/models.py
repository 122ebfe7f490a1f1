"""Tables of second factors: authenticator apps, recovery codes and passkeys."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

from masthead.db import Base, Identifier
from masthead.text.names import tidy_name

PASSKEY_NAME_CHARACTERS = 60


class Authenticator(Base):
    """An authenticator app (TOTP, RFC 6238)."""

    __tablename__ = "authenticator"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    #: The shared secret, encrypted with a key that is not in the database.
    sealed_secret: Mapped[str]
    #: The time step of the last used code. Only codes of later steps are valid.
    last_step: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]


class RecoveryCode(Base):
    """A code that replaces the second factor once. Using it deletes its row."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    code_hash: Mapped[str] = mapped_column(String(64))


class Passkey(Base):
    """A passkey (WebAuthn): a second factor, or a way to sign in without a password."""

    __tablename__ = "passkey"
    __table_args__ = (Index("ix_passkey_user_id", "user_id"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    #: In base64url, as browsers send it; at most 1,023 bytes (WebAuthn level 3, section 4).
    credential_id: Mapped[str] = mapped_column(String(1364), unique=True)
    #: A random user handle, the same for all passkeys of an account.
    user_handle: Mapped[str] = mapped_column(String(86))
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    #: The signature counter of the device; 0 for devices without one.
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(PASSKEY_NAME_CHARACTERS))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]

    @validates("name")
    def _tidy(self, _attribute: str, name: str) -> str:
        return tidy_name(name)


class UsedChallenge(Base):
    """A used WebAuthn challenge, which prevents replays of its answer."""

    __tablename__ = "used_challenge"
    __table_args__ = (Index("ix_used_challenge_used_at", "used_at"),)

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[datetime]
