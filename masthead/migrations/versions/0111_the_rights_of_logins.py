"""Each login remembers the rights with which its id was made."""

import sqlalchemy as sa
from alembic import op

revision = "0111"
down_revision = "0110"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Whoever is signed in gets a new id with the next request.
    op.add_column("login_session", sa.Column("rights", sa.String(length=32), server_default=sa.text("''"), nullable=False))


def downgrade() -> None:
    op.drop_column("login_session", "rights")
