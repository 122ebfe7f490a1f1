"""The media library: files of all kinds, their variants, the places that use them, and uploads in parts."""

import json
import re
from typing import Any

import sqlalchemy as sa
from alembic import op

from masthead.db import types

revision = "0133"
down_revision = "0132"
branch_labels = None
depends_on = None

IDENTIFIER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UPLOAD = "media.upload"
ADDRESS = re.compile(r"/media/([a-z0-9][a-z0-9._/-]{0,98}[a-z0-9])")
TEXT, FALSE = sa.text("''"), sa.false()
COLUMNS = (
    ("unedited_key", sa.String(100), None),
    ("kind", sa.String(20), sa.text("'image'")),
    ("decorative", sa.Boolean(), FALSE),
    ("caption", sa.Text(), TEXT),
    ("credit", sa.Text(), TEXT),
    ("licence", sa.Text(), TEXT),
    ("focal_x", sa.Float(53), sa.text("0.5")),
    ("focal_y", sa.Float(53), sa.text("0.5")),
    ("rotation", sa.Integer(), sa.text("0")),
    ("crop_left", sa.Float(53), sa.text("0")),
    ("crop_top", sa.Float(53), sa.text("0")),
    ("crop_width", sa.Float(53), sa.text("1")),
    ("crop_height", sa.Float(53), sa.text("1")),
    ("placeholder", sa.Text(), TEXT),
    ("status", sa.String(20), sa.text("'processing'")),
    ("problem", sa.Text(), TEXT),
    ("is_shared", sa.Boolean(), sa.true()),
    ("is_replaced", sa.Boolean(), FALSE),
    ("version", sa.Integer(), sa.text("1")),
    ("trashed_at", types.UTCDateTime(timezone=True), None),
)
INDEXES = (
    ("ix_media_created_at_id", ("created_at", "id", "trashed_at", "is_shared", "owner_id", "kind")),
    ("ix_media_kind_created_at_id", ("kind", "created_at", "id")),
    ("ix_media_owner_id_created_at_id", ("owner_id", "created_at", "id", "size")),
    ("ix_media_trashed_at", ("trashed_at", "id")),
    ("ix_media_status_id", ("status", "id")),
    ("ix_media_key", ("key",)),
    ("ix_media_unedited_key", ("unedited_key",)),
)


def upgrade() -> None:
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.add_column(sa.Column("key", sa.String(100), nullable=True))
        for name, kind, default in COLUMNS:
            batch_op.add_column(sa.Column(name, kind, server_default=default, nullable=default is None))
        batch_op.alter_column("media_type", type_=sa.String(80), existing_type=sa.String(40), nullable=False)
    op.execute("UPDATE media SET key = path")
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.alter_column("key", existing_type=sa.String(100), nullable=False)
        batch_op.create_check_constraint(
            op.f("ck_media_focal_point"), "focal_x BETWEEN 0 AND 1 AND focal_y BETWEEN 0 AND 1"
        )
        batch_op.drop_index("ix_media_owner_id")
        for name, columns in INDEXES:
            batch_op.create_index(name, list(columns))
    _create_tables()
    _let_contributors_upload()
    _note_usage()
    # Drawings need no variants; a periodic task makes those of the other pictures.
    op.execute("UPDATE media SET status = 'ready' WHERE media_type = 'image/svg+xml'")


def _create_tables() -> None:
    op.create_table(
        "media_variant",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("media_id", IDENTIFIER, nullable=False),
        sa.Column("path", sa.String(100), nullable=False),
        sa.Column("media_type", sa.String(80), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("retired_at", types.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_media_variant_media_id_media"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_variant")),
        sa.UniqueConstraint("path", name=op.f("uq_media_variant_path")),
    )
    op.create_index("ix_media_variant_media_id", "media_variant", ["media_id"])
    op.create_index("ix_media_variant_retired_at", "media_variant", ["retired_at"])
    op.create_table(
        "media_usage",
        sa.Column("media_id", IDENTIFIER, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("object_id", IDENTIFIER, nullable=False),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_media_usage_media_id_media"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("media_id", "kind", "object_id", name=op.f("pk_media_usage")),
    )
    op.create_index("ix_media_usage_kind_object_id", "media_usage", ["kind", "object_id"])
    op.create_table(
        "media_upload",
        sa.Column("token", sa.String(40), nullable=False),
        sa.Column("owner_id", IDENTIFIER, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user.id"], name=op.f("fk_media_upload_owner_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_media_upload")),
    )
    op.create_index("ix_media_upload_owner_id", "media_upload", ["owner_id"])
    op.create_index("ix_media_upload_created_at", "media_upload", ["created_at"])


def _permissions() -> list[tuple[int, list[str]]]:
    found = op.get_bind().execute(sa.text("SELECT id, permissions FROM role WHERE name = 'contributor'"))
    return [(row[0], json.loads(row[1]) if isinstance(row[1], str) else row[1]) for row in found]


def _set_permissions(role_id: int, permissions: list[str]) -> None:
    role = sa.table("role", sa.column("id", IDENTIFIER), sa.column("permissions", sa.JSON()))
    op.get_bind().execute(sa.update(role).where(role.c.id == role_id).values(permissions=permissions))


def _let_contributors_upload() -> None:
    """Contributors bring pictures into their own drafts from now on."""
    for role_id, permissions in _permissions():
        if UPLOAD not in permissions:
            _set_permissions(role_id, [*permissions, UPLOAD])


def _note_usage() -> None:
    """Store which posts, pages and profiles show which files."""
    connection = op.get_bind()
    sources: tuple[tuple[str, str], ...] = (
        ("post", "SELECT id, html, lead_image FROM post WHERE html LIKE '%/media/%' OR lead_image LIKE '/media/%'"),
        ("page", "SELECT id, html FROM page WHERE html LIKE '%/media/%'"),
        ("profile", "SELECT id, avatar FROM \"user\" WHERE avatar LIKE '/media/%'"),
    )
    usage = sa.table("media_usage", *(sa.column(name) for name in ("media_id", "kind", "object_id")))
    ids: dict[str, int] = {path: number for path, number in connection.execute(sa.text("SELECT path, id FROM media"))}
    for kind, statement in sources if ids else ():
        rows: list[dict[str, Any]] = []
        for object_id, *texts in connection.execute(sa.text(statement)):
            paths = {path for text in texts for path in ADDRESS.findall(text or "")}
            rows += [{"media_id": ids[path], "kind": kind, "object_id": object_id} for path in paths if path in ids]
        for start in range(0, len(rows), 500):
            connection.execute(sa.insert(usage), rows[start : start + 500])


def downgrade() -> None:
    op.execute("DELETE FROM job WHERE name LIKE 'media.%'")
    for role_id, permissions in _permissions():
        _set_permissions(role_id, [name for name in permissions if name != UPLOAD])
    for name in ("media_upload", "media_usage", "media_variant"):
        op.drop_table(name)
    op.execute("DELETE FROM media WHERE kind <> 'image'")
    with op.batch_alter_table("media", schema=None) as batch_op:
        for name, _ in INDEXES:
            batch_op.drop_index(name)
        batch_op.create_index("ix_media_owner_id", ["owner_id"])
        batch_op.drop_constraint(op.f("ck_media_focal_point"), type_="check")
        batch_op.alter_column("media_type", type_=sa.String(40), existing_type=sa.String(80), nullable=False)
        for name, _, _ in reversed(COLUMNS):
            batch_op.drop_column(name)
        batch_op.drop_column("key")
