"""Campaigns, why a code was revoked, and scans per day."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("station_id", sa.String(length=26), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["districts.id"], name="fk_campaigns_district_id_districts"),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name="fk_campaigns_station_id_stations"),
        sa.PrimaryKeyConstraint("id", name="pk_campaigns"),
    )
    op.create_index("ix_campaigns_station_id", "campaigns", ["station_id"])
    with op.batch_alter_table("scan_codes") as batch_op:
        batch_op.add_column(sa.Column("campaign_id", sa.String(length=26), nullable=True))
        batch_op.add_column(sa.Column("revoke_reason", sa.String(length=200), nullable=True))
        batch_op.create_foreign_key("fk_scan_codes_campaign_id_campaigns", "campaigns", ["campaign_id"], ["id"])
    op.create_table(
        "scan_counts",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("batch", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["scan_codes.code"], name="fk_scan_counts_code_scan_codes"),
        sa.PrimaryKeyConstraint("code", "on_date", name="pk_scan_counts"),
    )


def downgrade() -> None:
    op.drop_table("scan_counts")
    with op.batch_alter_table("scan_codes") as batch_op:
        batch_op.drop_constraint("fk_scan_codes_campaign_id_campaigns", type_="foreignkey")
        batch_op.drop_column("revoke_reason")
        batch_op.drop_column("campaign_id")
    op.drop_table("campaigns")
