"""Versions of the category model; suggestion, likeness and heat of an issue."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "category_models",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("accuracy", sa.Double(), nullable=False),
        sa.Column("macro_f1", sa.Double(), nullable=False),
        sa.Column("metrics", JSON, nullable=False),
        sa.Column("trained_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("weights", sa.Text(), nullable=False),
        sa.Column("exam_weights", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["districts.id"], name="fk_category_models_district_id_districts"),
        sa.PrimaryKeyConstraint("id", name="pk_category_models"),
        sa.UniqueConstraint("district_id", "version", name="uq_category_models_version"),
    )
    op.create_index(
        "uq_category_models_active",
        "category_models",
        ["district_id"],
        unique=True,
        postgresql_where=sa.text("state = 'active'"),
        sqlite_where=sa.text("state = 'active'"),
    )
    with op.batch_alter_table("issues") as issues:
        issues.add_column(sa.Column("category_suggestion", JSON, nullable=True))
        issues.add_column(sa.Column("category_confirmed_at", sa.DateTime(timezone=True), nullable=True))
        issues.add_column(sa.Column("alike_to_id", sa.String(length=26), nullable=True))
        issues.add_column(sa.Column("alike", JSON, nullable=True))
        issues.add_column(sa.Column("matter_changed_at", sa.DateTime(timezone=True), nullable=True))
        issues.add_column(sa.Column("hot_at", sa.DateTime(timezone=True), nullable=True))
        issues.create_foreign_key("fk_issues_alike_to_id_issues", "issues", ["alike_to_id"], ["id"])
        issues.create_index(
            "ix_issues_alike_to",
            ["alike_to_id"],
            postgresql_where=sa.text("alike_to_id is not null"),
            sqlite_where=sa.text("alike_to_id is not null"),
        )
        issues.create_index(
            "ix_issues_matter_changed",
            ["matter_changed_at"],
            postgresql_where=sa.text("matter_changed_at is not null"),
            sqlite_where=sa.text("matter_changed_at is not null"),
        )


def downgrade() -> None:
    with op.batch_alter_table("issues") as issues:
        issues.drop_index("ix_issues_matter_changed")
        issues.drop_index("ix_issues_alike_to")
        issues.drop_constraint("fk_issues_alike_to_id_issues", type_="foreignkey")
        for name in (
            "hot_at",
            "matter_changed_at",
            "alike",
            "alike_to_id",
            "category_confirmed_at",
            "category_suggestion",
        ):
            issues.drop_column(name)
    op.drop_table("category_models")
