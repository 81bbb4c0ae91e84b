"""Pictures, and how many an issue has."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'received'")


def upgrade() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("owner_digest", sa.String(length=64), nullable=True),
        sa.Column("sweep_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issue_id", sa.String(length=26), nullable=True),
        sa.Column("message_id", sa.String(length=26), nullable=True),
        sa.Column("history_seq", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state in ('received', 'ready', 'refused', 'parked', 'lost')", name=op.f("ck_uploads_state")
        ),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name="fk_uploads_issue_id_issues"),
        sa.ForeignKeyConstraint(["message_id"], ["issue_messages.id"], name="fk_uploads_message_id_issue_messages"),
        sa.PrimaryKeyConstraint("id", name="pk_uploads"),
    )
    op.create_index("ix_uploads_issue", "uploads", ["issue_id", "position"])
    op.create_index("ix_uploads_owner", "uploads", ["owner_digest"])
    op.create_index("ix_uploads_sweep", "uploads", ["sweep_at"])
    op.create_index("ix_uploads_waiting", "uploads", ["next_at"], postgresql_where=WAITING, sqlite_where=WAITING)
    op.add_column("issues", sa.Column("photo_count", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("issues", "photo_count")
    op.drop_table("uploads")
