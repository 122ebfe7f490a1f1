"""How often each post was read on each day."""

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('daily_views',
    sa.Column('post_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('views', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_daily_views_post_id_post'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('post_id', 'day', name=op.f('pk_daily_views'))
    )
    with op.batch_alter_table('daily_views', schema=None) as batch_op:
        batch_op.create_index('ix_daily_views_day', ['day'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('daily_views', schema=None) as batch_op:
        batch_op.drop_index('ix_daily_views_day')

    op.drop_table('daily_views')
