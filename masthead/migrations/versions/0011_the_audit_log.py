"""The audit log."""

import sqlalchemy as sa
from alembic import op

from masthead.db import types


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

# Rows are never changed, not even by a mistake in our own code.
SQLITE_TRIGGER = """
CREATE TRIGGER audit_event_is_append_only BEFORE UPDATE ON audit_event
BEGIN SELECT RAISE(ABORT, 'The audit log is append-only.'); END
"""
POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'The audit log is append-only.'; END $$
"""
POSTGRESQL_TRIGGER = """
CREATE TRIGGER audit_event_is_append_only BEFORE UPDATE ON audit_event
FOR EACH ROW EXECUTE FUNCTION audit_event_refuse()
"""


def upgrade() -> None:
    op.create_table('audit_event',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', types.UTCDateTime(timezone=True), nullable=False),
    sa.Column('action', sa.String(length=60), nullable=False),
    sa.Column('actor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('actor_name', sa.String(length=120), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('address', sa.String(length=60), nullable=False),
    sa.Column('request_id', sa.String(length=64), nullable=False),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_event'))
    )
    with op.batch_alter_table('audit_event', schema=None) as batch_op:
        batch_op.create_index('ix_audit_event_action_id', ['action', 'id'], unique=False)
        batch_op.create_index('ix_audit_event_actor_id', ['actor_id'], unique=False)
        batch_op.create_index('ix_audit_event_at', ['at'], unique=False)

    if op.get_bind().dialect.name == 'sqlite':
        op.execute(SQLITE_TRIGGER)
    else:
        op.execute(POSTGRESQL_FUNCTION)
        op.execute(POSTGRESQL_TRIGGER)


def downgrade() -> None:
    with op.batch_alter_table('audit_event', schema=None) as batch_op:
        batch_op.drop_index('ix_audit_event_at')
        batch_op.drop_index('ix_audit_event_actor_id')
        batch_op.drop_index('ix_audit_event_action_id')

    op.drop_table('audit_event')
    if op.get_bind().dialect.name != 'sqlite':
        op.execute('DROP FUNCTION audit_event_refuse()')

