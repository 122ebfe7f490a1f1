"""The log of changes, from which processes learn which kept pages are out of date."""

import sqlalchemy as sa
from alembic import op

from masthead.db import types


revision = '0060'
down_revision = '0050'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('change',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('mark', sa.String(length=16), nullable=False),
    sa.Column('topics', sa.Text(), nullable=False),
    sa.Column('xid', sa.BigInteger(), nullable=True),
    sa.Column('at', types.UTCDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('change', schema=None) as batch_op:
        batch_op.create_index('ix_change_at', ['at'], unique=False)
        batch_op.create_index('ix_change_xid', ['xid'], unique=False)


def downgrade() -> None:
    op.drop_table('change')
