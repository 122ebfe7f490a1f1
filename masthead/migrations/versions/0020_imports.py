"""What was imported from where."""

import sqlalchemy as sa
from alembic import op

from masthead.db import types


revision = '0020'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('imported_author',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_imported_author_user_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_imported_author')),
    sa.UniqueConstraint('key', name=op.f('uq_imported_author_key'))
    )
    with op.batch_alter_table('imported_author', schema=None) as batch_op:
        batch_op.create_index('ix_imported_author_user_id', ['user_id'], unique=False)

    op.create_table('imported_item',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.Column('path', sa.Text(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('post_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('page_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('wanted_slug', sa.String(length=200), nullable=False),
    sa.Column('slug', sa.String(length=200), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('imported_at', types.UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['page_id'], ['page.id'], name=op.f('fk_imported_item_page_id_page'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_imported_item_post_id_post'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_imported_item')),
    sa.UniqueConstraint('key', name=op.f('uq_imported_item_key'))
    )
    with op.batch_alter_table('imported_item', schema=None) as batch_op:
        batch_op.create_index('ix_imported_item_page_id', ['page_id'], unique=False)
        batch_op.create_index('ix_imported_item_post_id', ['post_id'], unique=False)
        batch_op.create_index('ix_imported_item_source', ['source'], unique=False)


def downgrade() -> None:
    op.drop_table('imported_item')
    op.drop_table('imported_author')
