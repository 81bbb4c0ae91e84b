"""Since when a text waits for a reviewer, with an index of those alone: their page no longer looks through the history."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

HELD = sa.text("held_at is not null")


def upgrade() -> None:
    op.add_column("issues", sa.Column("held_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "update issues set held_at = (select max(line.at) from issue_history line"
        " where line.issue_id = issues.id and line.action = 'hold_for_review')"
        " where state = 'content_review'"
    )
    op.create_index(
        "ix_issues_held", "issues", ["district_id", "due_at", "id"], postgresql_where=HELD, sqlite_where=HELD
    )


def downgrade() -> None:
    op.drop_index("ix_issues_held", table_name="issues")
    op.drop_column("issues", "held_at")
