"""What supervision counts, one row per issue; and every line of history keeps the deadline that ran when it was written."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("issue_history", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "issue_facts",
        sa.Column("issue_id", sa.String(length=26), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("township_code", sa.String(length=12), nullable=False),
        sa.Column("station_id", sa.String(length=26), nullable=False),
        sa.Column("division_code", sa.String(length=12), nullable=True),
        sa.Column("category_id", sa.String(length=26), nullable=True),
        sa.Column("unit_id", sa.String(length=26), nullable=True),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("confined_to", sa.String(length=10), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("acceptance_due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acceptance_kept", sa.Boolean(), nullable=True),
        sa.Column("reply_due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reply_kept", sa.Boolean(), nullable=True),
        sa.Column("finish_due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finish_kept", sa.Boolean(), nullable=True),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.Column("result", sa.String(length=14), nullable=True),
        sa.Column("attitude", sa.String(length=14), nullable=True),
        sa.Column("returns", sa.Integer(), nullable=False),
        sa.Column("extensions", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("issue_id", name="pk_issue_facts"),
    )
    op.create_index("ix_issue_facts_submitted", "issue_facts", ["district_id", "on_date"])
    op.create_index("ix_issue_facts_finished", "issue_facts", ["district_id", "finished_on"])
    op.create_index("ix_issue_facts_due", "issue_facts", ["district_id", "finish_due"])
    op.create_table(
        "facts_read",
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_id", name="pk_facts_read"),
    )
    op.create_table(
        "monthly_reports",
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("figures", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "month", name="pk_monthly_reports"),
    )


def downgrade() -> None:
    op.drop_table("monthly_reports")
    op.drop_table("facts_read")
    op.drop_table("issue_facts")
    op.drop_column("issue_history", "due_at")
