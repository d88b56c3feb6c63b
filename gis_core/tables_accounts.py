"""Tables of accounts: who may do what where, how they sign in, and the log of what was changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from gis_core.tables import Base, one_of

ROLES = ("viewer", "grid_worker", "community_desk", "department", "leader", "planner", "administrator")


class Account(Base):
    """Somebody who signs in. `name` never changes; without a password only a link or OIDC opens the door."""

    __tablename__ = "account"
    __table_args__ = (CheckConstraint("name ~ '^[^[:space:]/]{1,64}$'", name="name_form"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str] = mapped_column(server_default="")
    password_hash: Mapped[str | None]
    oidc_subject: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    disabled_at: Mapped[datetime | None]


class AccountGrant(Base):
    """A role of an account: in an admin area and all below it, in one community, or everywhere where both are null."""

    __tablename__ = "account_grant"
    __table_args__ = (
        CheckConstraint(one_of("role", ROLES), name="role"),
        CheckConstraint("area_code IS NULL OR community_id IS NULL", name="one_place"),
        UniqueConstraint(
            "account_id", "role", "area_code", "community_id", postgresql_nulls_not_distinct=True
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    role: Mapped[str]
    area_code: Mapped[str | None] = mapped_column(ForeignKey("admin_area.code"))
    community_id: Mapped[int | None] = mapped_column(ForeignKey("community.id"), index=True)


class LoginSession(Base):
    """A signed-in browser. Only the hash of its cookie is kept."""

    __tablename__ = "login_session"
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]


class ApiToken(Base):
    """A bearer token of a program that acts for an account."""

    __tablename__ = "api_token"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class LoginLink(Base):
    """A link that signs in once."""

    __tablename__ = "login_link"
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class LoginAttempt(Base):
    """A failed sign-in, counted to slow down guessing; `key` is an account's name or an address."""

    __tablename__ = "login_attempt"
    __table_args__ = (Index("ix_login_attempt_key_at", "key", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    at: Mapped[datetime]


class AuditEntry(Base):
    """Who changed what, when. A trigger refuses to change or delete rows."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_community_id_id", "community_id", "id"),
        Index("ix_audit_entry_action_id", "action", "id"),
        Index(
            "ix_audit_entry_notice_key",
            text("(details ->> 'key')"),
            postgresql_where=text("action = 'notice.send'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str] = mapped_column(server_default="")
    community_id: Mapped[int | None] = mapped_column(ForeignKey("community.id"))
    details: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
