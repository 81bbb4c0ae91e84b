"""Words a resident writes with a step are checked like messages: which step they belong to."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("issue_messages", sa.Column("history_seq", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("issue_messages", "history_seq")
