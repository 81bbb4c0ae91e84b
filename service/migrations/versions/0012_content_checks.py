"""Content checks by WeChat, pushes taken from it, followers of the official account, pictures withheld."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MESSAGE = sa.text("message_id is not null")
PENDING = sa.text("state = 'pending'")
OPEN = sa.text("state in ('pending', 'asked')")
PICTURE = sa.text("upload_id is not null and trace_id is not null")
STATES = "state in ('pending', 'asked', 'passed', 'review', 'risky', 'unanswered', 'failed', 'moot')"


def upgrade() -> None:
    op.create_table(
        "content_checks",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("issue_id", sa.String(length=26), nullable=False),
        sa.Column("message_id", sa.String(length=26), nullable=True),
        sa.Column("upload_id", sa.String(length=26), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("trace_id", sa.String(length=64), nullable=True),
        sa.Column("label", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("askings", sa.Integer(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=120), nullable=True),
        sa.CheckConstraint(STATES, name=op.f("ck_content_checks_state")),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name="fk_content_checks_issue_id_issues"),
        sa.ForeignKeyConstraint(
            ["message_id"], ["issue_messages.id"], name="fk_content_checks_message_id_issue_messages"
        ),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name="fk_content_checks_upload_id_uploads"),
        sa.PrimaryKeyConstraint("id", name="pk_content_checks"),
    )
    _index("ix_content_checks_issue", ["issue_id", "edition"])
    _index("ix_content_checks_message", ["message_id"], MESSAGE)
    _index("ix_content_checks_pending", ["next_at"], PENDING)
    _index("ix_content_checks_due", ["due_at"], OPEN)
    _index("uq_content_checks_trace", ["trace_id"], PICTURE, unique=True)
    op.add_column("uploads", sa.Column("withheld_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "wechat_pushes",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("envelope", sa.String(length=64), nullable=False),
        sa.Column("event", sa.String(length=60), nullable=False),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_wechat_pushes"),
        sa.UniqueConstraint("key", name="uq_wechat_pushes_key"),
    )
    op.create_index("ix_wechat_pushes_envelope", "wechat_pushes", ["envelope"])
    op.create_index("ix_wechat_pushes_received_at", "wechat_pushes", ["received_at"])
    op.create_table(
        "official_followers",
        sa.Column("subject_index", sa.String(length=64), nullable=False),
        sa.Column("following", sa.Boolean(), nullable=False),
        sa.Column("event_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject_index", name="pk_official_followers"),
    )


def _index(name: str, columns: list[str], where: sa.TextClause | None = None, *, unique: bool = False) -> None:
    op.create_index(name, "content_checks", columns, unique=unique, postgresql_where=where, sqlite_where=where)


def downgrade() -> None:
    op.drop_table("official_followers")
    op.drop_table("wechat_pushes")
    op.drop_column("uploads", "withheld_at")
    op.drop_table("content_checks")
