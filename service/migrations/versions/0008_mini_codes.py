"""Mini-program codes, fetched from WeChat."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mini_codes",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("version", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reading", sa.String(length=20), nullable=True),
        sa.Column("picture", sa.LargeBinary(), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["code"], ["scan_codes.code"], name="fk_mini_codes_code_scan_codes"),
        sa.PrimaryKeyConstraint("code", name="pk_mini_codes"),
    )
    op.create_index("ix_mini_codes_state", "mini_codes", ["state"])


def downgrade() -> None:
    op.drop_table("mini_codes")
