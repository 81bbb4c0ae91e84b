"""Internal notes of an issue; black boxes over its pictures, each edition kept; pictures name the edition that is shown."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "issue_notes",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("issue_id", sa.String(length=26), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_account_id", sa.String(length=26), nullable=False),
        sa.Column("author_label", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name="fk_issue_notes_issue_id_issues"),
        sa.PrimaryKeyConstraint("id", name="pk_issue_notes"),
    )
    op.create_index("ix_issue_notes_issue", "issue_notes", ["issue_id", "at"])
    op.create_table(
        "upload_covers",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("upload_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("boxes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name="fk_upload_covers_upload_id_uploads"),
        sa.PrimaryKeyConstraint("id", name="pk_upload_covers"),
        sa.UniqueConstraint("upload_id", "number", name="uq_upload_covers_number"),
    )
    op.add_column("uploads", sa.Column("cover_id", sa.String(length=26), nullable=True))


def downgrade() -> None:
    op.drop_column("uploads", "cover_id")
    op.drop_table("upload_covers")
    op.drop_index("ix_issue_notes_issue", "issue_notes")
    op.drop_table("issue_notes")
