"""Whether the resident says that the matter is solved (解决率, rulebook §12), beside how content they are."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

TABLES = ("issue_ratings", "issue_facts")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("solved", sa.String(length=6), nullable=True))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "solved")
