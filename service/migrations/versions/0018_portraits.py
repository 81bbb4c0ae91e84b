"""A deputy's photo, shown and waiting; and the public rates, counted by a job."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

COLUMNS = ("portrait_id", "portrait_waiting_id")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("deputies", sa.Column(name, sa.String(length=26), nullable=True))
    op.create_table(
        "public_counts",
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("counters", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_id", name="pk_public_counts"),
    )


def downgrade() -> None:
    op.drop_table("public_counts")
    for name in COLUMNS:
        op.drop_column("deputies", name)
