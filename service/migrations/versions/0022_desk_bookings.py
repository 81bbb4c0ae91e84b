"""A place at a reception day for somebody without an account; looks at bookings are listed by time."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TO_CALL = sa.text("call_since IS NOT NULL AND called_at IS NULL")
UNCHECKED = sa.text("topic_state = 'pending'")
LOOKS = "id, booking_id, account_id, role, reason, at"


def upgrade() -> None:
    _keep_looks()
    op.drop_index("ix_reception_bookings_unchecked", "reception_bookings")
    with op.batch_alter_table("reception_bookings") as table:
        table.alter_column("account_id", existing_type=sa.String(length=26), nullable=True)
        table.add_column(sa.Column("number", sa.Integer(), nullable=True))
        table.add_column(sa.Column("entered_by", sa.String(length=26), nullable=True))
        table.add_column(sa.Column("moved_from", sa.String(length=26), nullable=True))
        table.add_column(sa.Column("call_since", MOMENT, nullable=True))
        table.add_column(sa.Column("called_at", MOMENT, nullable=True))
        table.create_foreign_key(
            "fk_reception_bookings_moved_from_reception_days", "reception_days", ["moved_from"], ["id"]
        )
        table.create_unique_constraint("uq_reception_bookings_number", ["reception_id", "number"])
    _index("ix_reception_bookings_unchecked", "topic_next_at", UNCHECKED)
    _index("ix_reception_bookings_to_call", "call_since", TO_CALL)
    _put_looks_back()
    op.create_index("ix_booking_reveals_at", "booking_reveals", ["at", "id"])


def downgrade() -> None:
    """Whoever has no account has no place there."""
    op.drop_index("ix_booking_reveals_at", "booking_reveals")
    op.execute("DELETE FROM reception_bookings WHERE account_id IS NULL")
    _keep_looks()
    op.drop_index("ix_reception_bookings_to_call", "reception_bookings")
    op.drop_index("ix_reception_bookings_unchecked", "reception_bookings")
    with op.batch_alter_table("reception_bookings") as table:
        table.drop_constraint("uq_reception_bookings_number", type_="unique")
        table.drop_constraint("fk_reception_bookings_moved_from_reception_days", type_="foreignkey")
        for column in ("called_at", "call_since", "moved_from", "entered_by", "number"):
            table.drop_column(column)
        table.alter_column("account_id", existing_type=sa.String(length=26), nullable=False)
    _index("ix_reception_bookings_unchecked", "topic_next_at", UNCHECKED)
    _put_looks_back()


def _index(name: str, column: str, where: sa.TextClause) -> None:
    op.create_index(name, "reception_bookings", [column], postgresql_where=where, sqlite_where=where)


def _keep_looks() -> None:
    """SQLite changes a column by making the table anew; dropping the old one takes along what hangs on it."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TEMPORARY TABLE looks AS SELECT {LOOKS} FROM booking_reveals")


def _put_looks_back() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DELETE FROM booking_reveals")
        op.execute(f"INSERT INTO booking_reveals ({LOOKS}) SELECT {LOOKS} FROM looks")
        op.execute("DROP TABLE looks")
