"""Lists, search and counts at size."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

OPEN = "state not in ('archived', 'closed', 'content_rejected', 'declined', 'withdrawn')"
PUBLISHED = "published_at is not null"
COUNTED = ["state", "confined_to", "emergency_at", "emergency_confirmed_at"]

WHOLE = {
    "ix_issues_station_state": ["station_id", "state", "created_at", "id"],
    "ix_issues_township_state": ["township_code", "state", "created_at", "id"],
    "ix_issues_district_state": ["district_id", "state", "created_at", "id"],
    "ix_issues_category": ["category_id", "created_at", "id"],
    "ix_issues_division": ["division_code", "created_at", "id"],
}
PARTIAL = {
    "ix_issues_unit": (["unit_id", "created_at", "id"], "unit_id is not null", []),
    "ix_issues_urgent": (
        ["district_id", "created_at", "id"],
        "emergency_at is not null and emergency_confirmed_at is null",
        [],
    ),
    "ix_issues_channel": (["district_id", "channel", "created_at", "id"], "channel <> 'SCAN'", []),
    "ix_issues_followed": (["district_id", "follower_count", "id"], "follower_count > 0", []),
    "ix_issues_station_open": (["station_id", "due_at", "id"], OPEN, COUNTED),
    "ix_issues_township_open": (["township_code", "due_at", "id"], OPEN, COUNTED),
    "ix_issues_district_open": (["district_id", "due_at", "id"], OPEN, COUNTED),
    "ix_issues_contact_deputy": (["contact_deputy_id", "state"], "contact_deputy_id is not null", []),
    "ix_issues_published": (["published_at", "id"], PUBLISHED, []),
    "ix_issues_published_district": (["district_id", "published_at", "id"], PUBLISHED, []),
    "ix_issues_published_station": (["station_id", "published_at", "id"], PUBLISHED, []),
}
RESPONSIBLE = ["responsible_role", "responsible_id", "due_at"]


def upgrade() -> None:
    for name, columns in WHOLE.items():
        op.create_index(name, "issues", columns)
    for name, (columns, where, include) in PARTIAL.items():
        _partial(name, "issues", columns, where, include)
    op.drop_index("ix_issues_responsible", "issues")
    _partial("ix_issues_responsible", "issues", RESPONSIBLE, "responsible_role is not null", [])
    _partial("ix_issue_assignments_open", "issue_assignments", ["unit_id", "issue_id"], "ended_at is null", [])
    _create_search()
    _create_tallies()
    _create_views()


def downgrade() -> None:
    for table in ("saved_views", "issue_tallies", "issue_search"):
        op.drop_table(table)
    op.drop_index("ix_issue_assignments_open", "issue_assignments")
    for name in (*WHOLE, *PARTIAL, "ix_issues_responsible"):
        op.drop_index(name, "issues")
    op.create_index("ix_issues_responsible", "issues", RESPONSIBLE)


def _partial(name: str, table: str, columns: list[str], where: str, include: list[str]) -> None:
    condition = sa.text(where)
    op.create_index(
        name, table, columns, postgresql_where=condition, sqlite_where=condition, postgresql_include=include
    )


def _create_search() -> None:
    op.create_table(
        "issue_search",
        sa.Column("issue_id", sa.String(length=26), nullable=False),
        sa.Column(
            "grams",
            sa.JSON(none_as_null=True).with_variant(postgresql.ARRAY(sa.Integer()), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issues.id"], name="fk_issue_search_issue_id_issues", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("issue_id", name="pk_issue_search"),
    )
    op.create_index(
        "ix_issue_search_grams",
        "issue_search",
        ["grams"],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
        sqlite_where=sa.text("grams is null"),
    )


def _create_tallies() -> None:
    op.create_table(
        "issue_tallies",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("township_code", sa.String(length=12), nullable=False),
        sa.Column("station_id", sa.String(length=26), nullable=False),
        sa.Column("confined_to", sa.String(length=10), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("recent", sa.Boolean(), nullable=False),
        sa.Column("issues", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_issue_tallies"),
    )
    for name, column in (("district", "district_id"), ("station", "station_id"), ("township", "township_code")):
        op.create_index(f"ix_issue_tallies_{name}", "issue_tallies", [column, "state"])


def _create_views() -> None:
    op.create_table(
        "saved_views",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("box", sa.String(length=10), nullable=False),
        sa.Column("sort", sa.String(length=10), nullable=False),
        sa.Column("filters", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_saved_views_account_id_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_saved_views"),
        sa.UniqueConstraint("account_id", "name", name="uq_saved_views_name"),
    )
