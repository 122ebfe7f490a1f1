"""Jobs."""

import sqlalchemy as sa
from alembic import op

from masthead.db import types


revision = '0010'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('job',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('args', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('unique_key', sa.String(length=200), nullable=True),
    sa.Column('created_at', types.UTCDateTime(timezone=True), nullable=False),
    sa.Column('run_at', types.UTCDateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('lease_owner', sa.String(length=100), nullable=True),
    sa.Column('lease_until', types.UTCDateTime(timezone=True), nullable=True),
    sa.Column('finished_at', types.UTCDateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.Text(), nullable=False),
    sa.CheckConstraint("state in ('queued', 'running', 'done', 'dead', 'cancelled')", name=op.f('ck_job_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job'))
    )
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.create_index('ix_job_state_run_at', ['state', 'run_at'], unique=False)
        batch_op.create_index('uq_job_waiting_key', ['unique_key'], unique=True, sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'"))

    op.create_table('job_tick',
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('slot', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_job_tick'))
    )


def downgrade() -> None:
    op.drop_table('job_tick')
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.drop_index('uq_job_waiting_key', sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'"))
        batch_op.drop_index('ix_job_state_run_at')

    op.drop_table('job')
