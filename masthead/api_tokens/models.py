"""Tables of personal tokens and of the sign-ins of API clients."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, validates

from masthead.db import Base, Identifier
from masthead.text.names import tidy_name

TOKEN_NAME_CHARACTERS = 60


class ApiToken(Base):
    """A personal token, which grants a program a part of its owner's permissions."""

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
    """One sign-in of an API client. Its tokens are invalid without this row."""

    __tablename__ = "refresh_family"
    __table_args__ = (Index("ix_refresh_family_user_id", "user_id"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class RefreshToken(Base):
    """An issued refresh token, which works once."""

    __tablename__ = "refresh_token"
    __table_args__ = (Index("ix_refresh_token_family_id", "family_id"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    family_id: Mapped[int] = mapped_column(ForeignKey("refresh_family.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
