"""The first schema, and the roles that every site starts with."""

import sqlalchemy as sa
from alembic import op

from masthead.db import types


revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


WRITING = ["comments.write", "posts.write"]
PUBLISHING = [*WRITING, "posts.publish", "media.upload"]
EDITING = [*PUBLISHING, "posts.edit_any", "tags.manage", "pages.manage", "comments.moderate"]
ADMINISTRATION = ["users.manage", "roles.manage", "settings.manage", "jobs.manage", "audit.read"]
ROLES = [
    ("reader", 10, ["comments.write"]),
    ("contributor", 20, WRITING),
    ("author", 30, PUBLISHING),
    ("moderator", 40, ["comments.write", "comments.moderate"]),
    ("editor", 50, EDITING),
    ("administrator", 100, [*EDITING, *ADMINISTRATION]),
]


def upgrade() -> None:
    op.create_table('page',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('slug', sa.String(length=200), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('toc', sa.JSON(), nullable=False),
    sa.Column('is_public', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', types.UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', types.UTCDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_page')),
    sa.UniqueConstraint('slug', name=op.f('uq_page_slug'))
    )
    op.create_table('redirect',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('path', sa.String(length=1000), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('target_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('target_url', sa.Text(), nullable=True),
    sa.Column('created_at', types.UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', types.UTCDateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(kind = 'url') = (target_id IS NULL)", name=op.f('ck_redirect_one_target')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_redirect')),
    sa.UniqueConstraint('path', name=op.f('uq_redirect_path'))
    )
    role = op.create_table('role',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('permissions', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role')),
    sa.UniqueConstraint('name', name=op.f('uq_role_name'))
    )
    op.create_table('setting',
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('value', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_setting'))
    )
    op.create_table('tag',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('key', sa.String(length=240), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('created_at', types.UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', types.UTCDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tag')),
    sa.UniqueConstraint('key', name=op.f('uq_tag_key')),
    sa.UniqueConstraint('slug', name=op.f('uq_tag_slug'))
    )
    op.create_table('page_slug',
    sa.Column('slug', sa.String(length=200), nullable=False),
    sa.Column('page_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['page_id'], ['page.id'], name=op.f('fk_page_slug_page_id_page'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('slug', name=op.f('pk_page_slug'))
    )
    with op.batch_alter_table('page_slug', schema=None) as batch_op:
        batch_op.create_index('ix_page_slug_page_id', ['page_id'], unique=False)

    op.create_table('user',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('username', sa.String(length=60), nullable=False),
    sa.Column('username_key', sa.String(length=120), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=True),
    sa.Column('email_key', sa.String(length=254), nullable=True),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('bio', sa.Text(), nullable=False),
    sa.Column('website', sa.Text(), nullable=False),
    sa.Column('avatar', sa.Text(), nullable=True),
    sa.Column('password_hash', sa.Text(), nullable=True),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('is_byline', sa.Boolean(), nullable=False),
    sa.Column('confirmed_at', types.UTCDateTime(timezone=True), nullable=True),
    sa.Column('session_version', sa.Integer(), nullable=False),
    sa.Column('role_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', types.UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', types.UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['role_id'], ['role.id'], name=op.f('fk_user_role_id_role'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user')),
    sa.UniqueConstraint('email_key', name=op.f('uq_user_email_key')),
    sa.UniqueConstraint('username_key', name=op.f('uq_user_username_key'))
    )
    with op.batch_alter_table('user', schema=None) as batch_op:
        batch_op.create_index('ix_user_role_id', ['role_id'], unique=False)

    op.create_table('post',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('slug', sa.String(length=200), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('excerpt', sa.Text(), nullable=False),
    sa.Column('toc', sa.JSON(), nullable=False),
    sa.Column('status', sa.Enum('draft', 'in_review', 'public', 'trashed', name='status', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('published_at', types.UTCDateTime(timezone=True), nullable=True),
    sa.Column('trashed_at', types.UTCDateTime(timezone=True), nullable=True),
    sa.Column('words', sa.Integer(), nullable=False),
    sa.Column('reading_minutes', sa.Integer(), nullable=False),
    sa.Column('views', sa.Integer(), nullable=False),
    sa.Column('comment_count', sa.Integer(), nullable=False),
    sa.Column('comments_open', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('lead_image', sa.Text(), nullable=True),
    sa.Column('lead_alt', sa.Text(), nullable=False),
    sa.Column('lead_caption', sa.Text(), nullable=False),
    sa.Column('canonical_url', sa.Text(), nullable=True),
    sa.Column('language', sa.String(length=35), nullable=True),
    sa.Column('created_at', types.UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', types.UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['user.id'], name=op.f('fk_post_author_id_user'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_post')),
    sa.UniqueConstraint('slug', name=op.f('uq_post_slug'))
    )
    with op.batch_alter_table('post', schema=None) as batch_op:
        batch_op.create_index('ix_post_author_id_updated_at', ['author_id', 'updated_at'], unique=False)
        batch_op.create_index('ix_post_status_published_at', ['status', 'published_at', 'id'], unique=False)

    op.create_table('comment',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('post_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('parent_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('depth', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('status', sa.Enum('pending', 'approved', 'spam', 'deleted', name='status', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('created_at', types.UTCDateTime(timezone=True), nullable=False),
    sa.Column('edited_at', types.UTCDateTime(timezone=True), nullable=True),
    sa.Column('decided_at', types.UTCDateTime(timezone=True), nullable=True),
    sa.Column('decided_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['user.id'], name=op.f('fk_comment_author_id_user'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user.id'], name=op.f('fk_comment_decided_by_id_user'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['parent_id'], ['comment.id'], name=op.f('fk_comment_parent_id_comment'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_comment_post_id_post'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_comment'))
    )
    with op.batch_alter_table('comment', schema=None) as batch_op:
        batch_op.create_index('ix_comment_author_id_status', ['author_id', 'status'], unique=False)
        batch_op.create_index(batch_op.f('ix_comment_parent_id'), ['parent_id'], unique=False)
        batch_op.create_index('ix_comment_post_id_created_at', ['post_id', 'created_at', 'id'], unique=False)
        batch_op.create_index('ix_comment_status_created_at', ['status', 'created_at', 'id'], unique=False)

    op.create_table('post_byline',
    sa.Column('post_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_post_byline_post_id_post'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_post_byline_user_id_user'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('post_id', 'user_id', name=op.f('pk_post_byline'))
    )
    with op.batch_alter_table('post_byline', schema=None) as batch_op:
        batch_op.create_index('ix_post_byline_user_id_post_id', ['user_id', 'post_id'], unique=False)

    op.create_table('post_slug',
    sa.Column('slug', sa.String(length=200), nullable=False),
    sa.Column('post_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_post_slug_post_id_post'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('slug', name=op.f('pk_post_slug'))
    )
    with op.batch_alter_table('post_slug', schema=None) as batch_op:
        batch_op.create_index('ix_post_slug_post_id', ['post_id'], unique=False)

    op.create_table('post_tag',
    sa.Column('post_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('tag_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_post_tag_post_id_post'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['tag_id'], ['tag.id'], name=op.f('fk_post_tag_tag_id_tag'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('post_id', 'tag_id', name=op.f('pk_post_tag'))
    )
    with op.batch_alter_table('post_tag', schema=None) as batch_op:
        batch_op.create_index('ix_post_tag_tag_id_post_id', ['tag_id', 'post_id'], unique=False)

    op.create_table('revision',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('post_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('slug', sa.String(length=200), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('tags', sa.JSON(), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('author_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('created_at', types.UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['user.id'], name=op.f('fk_revision_author_id_user'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_revision_post_id_post'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_revision')),
    sa.UniqueConstraint('post_id', 'number', name=op.f('uq_revision_post_id_number'))
    )
    with op.batch_alter_table('revision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_revision_author_id'), ['author_id'], unique=False)

    op.bulk_insert(
        role,
        [
            {"name": name, "title": name.capitalize(), "rank": rank, "permissions": permissions}
            for name, rank, permissions in ROLES
        ],
    )


def downgrade() -> None:
    with op.batch_alter_table('revision', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_revision_author_id'))

    op.drop_table('revision')
    with op.batch_alter_table('post_tag', schema=None) as batch_op:
        batch_op.drop_index('ix_post_tag_tag_id_post_id')

    op.drop_table('post_tag')
    with op.batch_alter_table('post_slug', schema=None) as batch_op:
        batch_op.drop_index('ix_post_slug_post_id')

    op.drop_table('post_slug')
    with op.batch_alter_table('post_byline', schema=None) as batch_op:
        batch_op.drop_index('ix_post_byline_user_id_post_id')

    op.drop_table('post_byline')
    with op.batch_alter_table('comment', schema=None) as batch_op:
        batch_op.drop_index('ix_comment_status_created_at')
        batch_op.drop_index('ix_comment_post_id_created_at')
        batch_op.drop_index(batch_op.f('ix_comment_parent_id'))
        batch_op.drop_index('ix_comment_author_id_status')

    op.drop_table('comment')
    with op.batch_alter_table('post', schema=None) as batch_op:
        batch_op.drop_index('ix_post_status_published_at')
        batch_op.drop_index('ix_post_author_id_updated_at')

    op.drop_table('post')
    with op.batch_alter_table('user', schema=None) as batch_op:
        batch_op.drop_index('ix_user_role_id')

    op.drop_table('user')
    with op.batch_alter_table('page_slug', schema=None) as batch_op:
        batch_op.drop_index('ix_page_slug_page_id')

    op.drop_table('page_slug')
    op.drop_table('tag')
    op.drop_table('setting')
    op.drop_table('role')
    op.drop_table('redirect')
    op.drop_table('page')
