"""Words written with a step are checked like messages; reviewers publish, and decide against it."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None

TO_PUBLISH = "consent_publish and published_at is null and kept_private_at is null and confined_to is null"


def upgrade() -> None:
    op.add_column("issue_messages", sa.Column("history_seq", sa.Integer(), nullable=True))
    op.add_column("issues", sa.Column("kept_private_at", sa.DateTime(timezone=True), nullable=True))
    where = sa.text(TO_PUBLISH)
    op.create_index(
        "ix_issues_to_publish",
        "issues",
        ["district_id", "created_at", "id"],
        postgresql_where=where,
        sqlite_where=where,
    )


def downgrade() -> None:
    op.drop_index("ix_issues_to_publish", "issues")
    op.drop_column("issues", "kept_private_at")
    op.drop_column("issue_messages", "history_seq")
