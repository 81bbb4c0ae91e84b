"""The topic of a booking is checked; who looked behind the mask of a booking is written down."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

UNCHECKED = "topic_state = 'pending'"


def upgrade() -> None:
    op.add_column("reception_bookings", sa.Column("topic_state", sa.String(length=10), nullable=True))
    op.add_column("reception_bookings", sa.Column("topic_doubt", sa.String(length=80), nullable=True))
    op.add_column("reception_bookings", sa.Column("topic_next_at", sa.DateTime(timezone=True), nullable=True))
    where = sa.text(UNCHECKED)
    op.create_index(
        "ix_reception_bookings_unchecked",
        "reception_bookings",
        ["topic_next_at"],
        postgresql_where=where,
        sqlite_where=where,
    )
    op.create_table(
        "booking_reveals",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("booking_id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["reception_bookings.id"],
            name="fk_booking_reveals_booking_id_reception_bookings",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_booking_reveals"),
    )
    op.create_index("ix_booking_reveals_booking_id", "booking_reveals", ["booking_id"])


def downgrade() -> None:
    op.drop_table("booking_reveals")
    op.drop_index("ix_reception_bookings_unchecked", "reception_bookings")
    for column in ("topic_next_at", "topic_doubt", "topic_state"):
        op.drop_column("reception_bookings", column)
