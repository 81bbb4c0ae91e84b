"""The historical register."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "register_entries",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("station_id", sa.String(length=26), nullable=True),
        sa.Column("category_id", sa.String(length=26), nullable=False),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["categories.id"], name="fk_register_entries_category_id_categories"),
        sa.ForeignKeyConstraint(["district_id"], ["districts.id"], name="fk_register_entries_district_id_districts"),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name="fk_register_entries_station_id_stations"),
        sa.PrimaryKeyConstraint("id", name="pk_register_entries"),
        sa.UniqueConstraint("district_id", "digest", name="uq_register_entries_digest"),
    )
    op.create_index("ix_register_entries_category_id", "register_entries", ["category_id"])


def downgrade() -> None:
    op.drop_table("register_entries")
