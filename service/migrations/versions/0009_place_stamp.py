"""A mark that changes with every write to what a scanned code's answer is made of."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = (
    "campaigns",
    "constituencies",
    "deputies",
    "deputy_groups",
    "duty_slots",
    "grid_assignments",
    "grids",
    "group_members",
    "leaves",
    "mandates",
    "reception_days",
    "roster_entries",
    "scan_codes",
    "station_grids",
    "stations",
)

FUNCTION = """
CREATE OR REPLACE FUNCTION note_place_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO place_stamp (id, stamp, written_by) VALUES (1, gen_random_uuid()::text, txid_current())
    ON CONFLICT (id) DO UPDATE SET stamp = excluded.stamp, written_by = excluded.written_by
    WHERE place_stamp.written_by <> excluded.written_by;
    RETURN NULL;
END $$
"""
NEW_MARK = """
INSERT INTO place_stamp (id, stamp, written_by) VALUES (1, hex(randomblob(16)), 0)
ON CONFLICT (id) DO UPDATE SET stamp = excluded.stamp
"""
VERBS = ("INSERT", "UPDATE", "DELETE")


def upgrade() -> None:
    op.create_table(
        "place_stamp",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stamp", sa.String(40), nullable=False),
        sa.Column("written_by", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_stamp")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            for verb in VERBS:
                name = f"place_stamp_{table}_{verb}"
                op.execute(f"CREATE TRIGGER {name} AFTER {verb} ON {table} BEGIN {NEW_MARK.strip()}; END")
        op.execute("INSERT INTO place_stamp (id, stamp, written_by) VALUES (1, hex(randomblob(16)), 0)")
        return
    op.execute(FUNCTION)
    for table in TABLES:
        op.execute(
            f"CREATE CONSTRAINT TRIGGER place_stamp_{table} AFTER INSERT OR UPDATE OR DELETE ON {table}"
            " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_place_change()"
        )
    op.execute("INSERT INTO place_stamp (id, stamp, written_by) VALUES (1, gen_random_uuid()::text, 0)")


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in TABLES:
        for verb in VERBS if sqlite else ("",):
            op.execute(f"DROP TRIGGER place_stamp_{table}" + (f"_{verb}" if sqlite else f" ON {table}"))
    if not sqlite:
        op.execute("DROP FUNCTION note_place_change()")
    op.drop_table("place_stamp")
