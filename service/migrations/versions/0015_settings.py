"""Who set a parameter, why and on which document; policy documents (制度); walks through the ledger; looks by time."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NOT_WITHDRAWN = sa.text("withdrawn_at is null")


def upgrade() -> None:
    op.create_table(
        "policy_documents",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=True),
        sa.Column("issuer", sa.String(length=80), nullable=False),
        sa.Column("adopted_on", sa.Date(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("edition", sa.String(length=40), nullable=True),
        sa.Column("audience", sa.String(length=12), nullable=False),
        sa.Column("supersedes_id", sa.String(length=26), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(["district_id"], ["districts.id"], name="fk_policy_documents_district_id_districts"),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["policy_documents.id"], name="fk_policy_documents_supersedes_id_policy_documents"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_policy_documents"),
        sa.UniqueConstraint("supersedes_id", name="uq_policy_documents_supersedes_id"),
    )
    op.create_index("ix_policy_documents_district_id", "policy_documents", ["district_id"])
    with op.batch_alter_table("parameters") as batch:
        batch.drop_constraint("uq_parameters_from", type_="unique")
        batch.add_column(sa.Column("policy_id", sa.String(length=26), nullable=True))
        batch.add_column(sa.Column("reason", sa.String(length=200), nullable=True))
        batch.add_column(sa.Column("set_by", sa.String(length=26), nullable=True))
        batch.add_column(sa.Column("set_as", sa.String(length=20), nullable=True))
        batch.add_column(sa.Column("set_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("withdrawn_by", sa.String(length=26), nullable=True))
        batch.create_foreign_key("fk_parameters_policy_id_policy_documents", "policy_documents", ["policy_id"], ["id"])
    op.create_index("ix_parameters_policy_id", "parameters", ["policy_id"])
    op.create_index(
        "uq_parameters_from",
        "parameters",
        ["district_id", "key", "valid_from"],
        unique=True,
        postgresql_where=NOT_WITHDRAWN,
        sqlite_where=NOT_WITHDRAWN,
    )
    op.create_table(
        "ledger_checks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("unlinked", sa.BigInteger(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_checks"),
    )
    op.create_index("ix_identity_reveals_at", "identity_reveals", ["at", "id"])


def downgrade() -> None:
    op.drop_index("ix_identity_reveals_at", table_name="identity_reveals")
    op.drop_table("ledger_checks")
    op.execute("delete from parameters where withdrawn_at is not null")
    op.drop_index("uq_parameters_from", table_name="parameters")
    op.drop_index("ix_parameters_policy_id", table_name="parameters")
    with op.batch_alter_table("parameters") as batch:
        batch.drop_constraint("fk_parameters_policy_id_policy_documents", type_="foreignkey")
        for column in ("withdrawn_by", "withdrawn_at", "set_at", "set_as", "set_by", "reason", "policy_id"):
            batch.drop_column(column)
        batch.create_unique_constraint("uq_parameters_from", ["district_id", "key", "valid_from"])
    op.drop_table("policy_documents")
