"""Lists that cost the same however much there is: since when a text waits for a reviewer, and better statistics for search."""

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
    if op.get_bind().dialect.name == "postgresql":
        op.execute("alter table issue_search alter column grams set statistics 1000")
        op.execute("analyze issue_search")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("alter table issue_search alter column grams set statistics -1")
    op.drop_index("ix_issues_held", table_name="issues")
    op.drop_column("issues", "held_at")
