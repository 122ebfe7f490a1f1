"""Who was given a role counts as confirmed: until now nothing asked whether an address was."""

from alembic import op

revision = "0126"
down_revision = "0125"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Readers may have registered by themselves with anybody's address; the shell or an administrator made the others.
    op.execute(
        """
        UPDATE "user" SET confirmed_at = created_at
        WHERE confirmed_at IS NULL AND NOT is_byline
        AND role_id NOT IN (SELECT id FROM role WHERE name = 'reader')
        """
    )


def downgrade() -> None:
    """Keep the times: what was read of them before is true of these accounts as well."""
