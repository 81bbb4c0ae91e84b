"""Numbers of deputies on the district's own lists, and who exported their phones."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deputies", sa.Column("roster_number", sa.String(length=40), nullable=True))
    op.create_index("uq_deputies_roster_number", "deputies", ["district_id", "roster_number"], unique=True)
    op.create_table(
        "phone_exports",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("operator", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("exported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["districts.id"], name="fk_phone_exports_district_id_districts"),
        sa.PrimaryKeyConstraint("id", name="pk_phone_exports"),
    )
    op.create_index("ix_phone_exports_district_id", "phone_exports", ["district_id"])


def downgrade() -> None:
    op.drop_table("phone_exports")
    op.drop_index("uq_deputies_roster_number", "deputies")
    op.drop_column("deputies", "roster_number")
