"""Stations say how long they pause; reception days have minutes; imports begun at a desk are runs with files."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def _json() -> sa.types.TypeEngine:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("stations", sa.Column("paused_on", sa.Date(), nullable=True))
    op.add_column("stations", sa.Column("paused_until", sa.Date(), nullable=True))
    op.create_table(
        "reception_minutes",
        sa.Column("reception_id", sa.String(length=26), nullable=False),
        sa.Column("deputy_ids", _json(), nullable=False),
        sa.Column("visitors", sa.Integer(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("issue_ids", _json(), nullable=False),
        sa.Column("written_by", sa.String(length=26), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reception_id"], ["reception_days.id"], name="fk_reception_minutes_reception_id_reception_days"
        ),
        sa.PrimaryKeyConstraint("reception_id", name="pk_reception_minutes"),
    )
    op.create_table(
        "import_runs",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("create_categories", sa.Boolean(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("counts", _json(), nullable=False),
        sa.Column("notices", sa.Text(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("bad_lines", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(length=300), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_by", sa.String(length=26), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["districts.id"], name="fk_import_runs_district_id_districts"),
        sa.PrimaryKeyConstraint("id", name="pk_import_runs"),
    )
    op.create_index("ix_import_runs_district_id", "import_runs", ["district_id"])
    op.create_index("ix_import_runs_state", "import_runs", ["state"])
    op.create_table(
        "import_files",
        sa.Column("run_id", sa.String(length=26), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["import_runs.id"], name="fk_import_files_run_id_import_runs"),
        sa.PrimaryKeyConstraint("run_id", "part", name="pk_import_files"),
    )


def downgrade() -> None:
    op.drop_table("import_files")
    op.drop_table("import_runs")
    op.drop_table("reception_minutes")
    op.drop_column("stations", "paused_until")
    op.drop_column("stations", "paused_on")
