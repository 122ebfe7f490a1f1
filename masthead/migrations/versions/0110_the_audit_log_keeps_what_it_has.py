"""The audit log keeps what it has: rows go when their time is over, and in no other way."""

from alembic import op

revision = "0110"
down_revision = "0101"
branch_labels = None
depends_on = None

# The schedule deletes after 400 days (`masthead.audit.queries.KEPT_DAYS`). A day less allows for two clocks.
KEPT_DAYS = 399

SQLITE = (
    f"""
    CREATE TRIGGER audit_event_keeps_rows BEFORE DELETE ON audit_event
    WHEN OLD.at > strftime('%Y-%m-%d %H:%M:%f', 'now', '-{KEPT_DAYS} days')
    BEGIN SELECT RAISE(ABORT, 'The audit log is append-only.'); END
    """,
    # INSERT OR REPLACE deletes without asking the trigger above.
    """
    CREATE TRIGGER audit_event_replaces_no_row BEFORE INSERT ON audit_event
    WHEN EXISTS (SELECT 1 FROM audit_event WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'The audit log is append-only.'); END
    """,
)
POSTGRESQL = (
    f"""
    CREATE FUNCTION audit_event_keep_row() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
        IF OLD.at > now() - interval '{KEPT_DAYS} days' THEN
            RAISE EXCEPTION 'The audit log is append-only.';
        END IF;
        RETURN OLD;
    END $$
    """,
    """
    CREATE TRIGGER audit_event_keeps_rows BEFORE DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_event_keep_row()
    """,
    # `masthead restore` empties the tables that the migrations have just made; there is nothing to keep in this one.
    """
    CREATE FUNCTION audit_event_keep_table() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
        IF EXISTS (SELECT FROM audit_event) THEN
            RAISE EXCEPTION 'The audit log is append-only.';
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER audit_event_keeps_table BEFORE TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_event_keep_table()
    """,
)


def upgrade() -> None:
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER audit_event_replaces_no_row")
        op.execute("DROP TRIGGER audit_event_keeps_rows")
        return
    op.execute("DROP TRIGGER audit_event_keeps_table ON audit_event")
    op.execute("DROP TRIGGER audit_event_keeps_rows ON audit_event")
    op.execute("DROP FUNCTION audit_event_keep_table()")
    op.execute("DROP FUNCTION audit_event_keep_row()")
