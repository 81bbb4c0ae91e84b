"""The first tables: people, places, issues, outbox, ledger, notifications."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("phone_index", sa.String(length=64), nullable=True),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
    )
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_accounts_phone_index"), ["phone_index"], unique=False)

    op.create_table(
        "answered_requests",
        sa.Column("key_digest", sa.String(length=64), nullable=False),
        sa.Column("body_digest", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key_digest", name=op.f("pk_answered_requests")),
    )
    with op.batch_alter_table("answered_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answered_requests_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "districts",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("short_code", sa.String(length=8), nullable=False),
        sa.Column("city_code", sa.String(length=12), nullable=False),
        sa.Column("province_code", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_districts")),
        sa.UniqueConstraint("short_code", name=op.f("uq_districts_short_code")),
    )
    op.create_table(
        "holiday_years",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column(
            "days",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_holiday_years")),
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("code_digest", sa.String(length=64), nullable=False),
        sa.Column("phone_index", sa.String(length=64), nullable=False),
        sa.Column("person_name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("township_code", sa.String(length=12), nullable=True),
        sa.Column("station_id", sa.String(length=26), nullable=True),
        sa.Column("unit_id", sa.String(length=26), nullable=True),
        sa.Column("deputy_id", sa.String(length=26), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failed_attempts", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.String(length=26), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_invitations_code_digest")),
    )
    op.create_table(
        "issue_views",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("issue_id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_views")),
        sa.UniqueConstraint("issue_id", "account_id", "on_date", name="uq_issue_views_day"),
    )
    with op.batch_alter_table("issue_views", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issue_views_account_id"), ["account_id"], unique=False)

    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("chain", sa.String(length=26), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "commitments",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "salts",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=True,
        ),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint("chain", "seq", name="uq_ledger_entries_chain_seq"),
        sa.UniqueConstraint("hash", name=op.f("uq_ledger_entries_hash")),
    )
    with op.batch_alter_table("ledger_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_entries_district_id"), ["district_id"], unique=False)

    op.create_table(
        "ledger_links",
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry_hash", sa.String(length=64), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "seq", name=op.f("pk_ledger_links")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_ledger_links_entry_id")),
        sa.UniqueConstraint("hash", name=op.f("uq_ledger_links_hash")),
    )
    op.create_table(
        "number_counters",
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "year", name=op.f("pk_number_counters")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=True),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column(
            "payload",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint("state in ('pending', 'done', 'parked')", name=op.f("ck_outbox_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_due",
            ["next_at", "id"],
            unique=False,
            postgresql_where=sa.text("state = 'pending'"),
            sqlite_where=sa.text("state = 'pending'"),
        )

    op.create_table(
        "account_sessions",
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("provider", sa.String(length=30), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_account_sessions_account_id_accounts")),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_account_sessions")),
        sa.UniqueConstraint("id", name=op.f("uq_account_sessions_id")),
    )
    with op.batch_alter_table("account_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_sessions_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_account_sessions_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "categories",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("parent_id", sa.String(length=26), nullable=True),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "keywords",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["district_id"], ["districts.id"], name=op.f("fk_categories_district_id_districts")),
        sa.ForeignKeyConstraint(["parent_id"], ["categories.id"], name=op.f("fk_categories_parent_id_categories")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_categories")),
        sa.UniqueConstraint("district_id", "title", name="uq_categories_title"),
    )
    with op.batch_alter_table("categories", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_categories_district_id"), ["district_id"], unique=False)

    op.create_table(
        "congress_terms",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("area_code", sa.String(length=12), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id"], ["districts.id"], name=op.f("fk_congress_terms_district_id_districts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_congress_terms")),
    )
    with op.batch_alter_table("congress_terms", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_congress_terms_district_id"), ["district_id"], unique=False)

    op.create_table(
        "constituencies",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("township_code", sa.String(length=12), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_id"], ["districts.id"], name=op.f("fk_constituencies_district_id_districts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_constituencies")),
    )
    with op.batch_alter_table("constituencies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_constituencies_district_id"), ["district_id"], unique=False)

    op.create_table(
        "deputies",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("introduction", sa.Text(), nullable=True),
        sa.Column("employer", sa.String(length=80), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("phone_index", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["district_id"], ["districts.id"], name=op.f("fk_deputies_district_id_districts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deputies")),
    )
    with op.batch_alter_table("deputies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deputies_district_id"), ["district_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deputies_phone_index"), ["phone_index"], unique=False)

    op.create_table(
        "deputy_groups",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column(
            "category_ids",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["district_id"], ["districts.id"], name=op.f("fk_deputy_groups_district_id_districts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deputy_groups")),
    )
    with op.batch_alter_table("deputy_groups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deputy_groups_district_id"), ["district_id"], unique=False)

    op.create_table(
        "divisions",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("parent_code", sa.String(length=12), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column(
            "superseded_by",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["district_id"], ["districts.id"], name=op.f("fk_divisions_district_id_districts")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_divisions")),
    )
    with op.batch_alter_table("divisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_divisions_district_id"), ["district_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_divisions_parent_code"), ["parent_code"], unique=False)

    op.create_table(
        "grants",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("township_code", sa.String(length=12), nullable=True),
        sa.Column("station_id", sa.String(length=26), nullable=True),
        sa.Column("unit_id", sa.String(length=26), nullable=True),
        sa.Column("deputy_id", sa.String(length=26), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_grants_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
    )
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grants_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_grants_deputy_id"), ["deputy_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_grants_district_id"), ["district_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_grants_station_id"), ["station_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_grants_township_code"), ["township_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_grants_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "handling_units",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("township_code", sa.String(length=12), nullable=True),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("is_government", sa.Boolean(), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_id"], ["districts.id"], name=op.f("fk_handling_units_district_id_districts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handling_units")),
    )
    with op.batch_alter_table("handling_units", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handling_units_district_id"), ["district_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handling_units_township_code"), ["township_code"], unique=False)

    op.create_table(
        "identities",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("provider", sa.String(length=30), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_index", sa.String(length=64), nullable=False),
        sa.Column("unionid", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_identities_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identities")),
        sa.UniqueConstraint("provider", "subject_index", name="uq_identities_subject"),
    )
    with op.batch_alter_table("identities", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_identities_account_id"), ["account_id"], unique=False)

    op.create_table(
        "notifications",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=True),
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("dedupe_key", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("body", sa.String(length=300), nullable=False),
        sa.Column("issue_id", sa.String(length=26), nullable=True),
        sa.Column("reference", sa.String(length=24), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("push_state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=200), nullable=True),
        sa.Column("pushed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consent_taken", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_notifications_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("account_id", "dedupe_key", name="uq_notifications_dedupe"),
    )
    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.create_index(
            "ix_notifications_due",
            ["next_at"],
            unique=False,
            postgresql_where=sa.text("push_state in ('pending', 'sending')"),
            sqlite_where=sa.text("push_state in ('pending', 'sending')"),
        )
        batch_op.create_index("ix_notifications_inbox", ["account_id", "created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notifications_issue_id"), ["issue_id"], unique=False)

    op.create_table(
        "parameters",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column(
            "value",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("policy_ref", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(["district_id"], ["districts.id"], name=op.f("fk_parameters_district_id_districts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parameters")),
        sa.UniqueConstraint("district_id", "key", "valid_from", name="uq_parameters_from"),
    )
    with op.batch_alter_table("parameters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parameters_district_id"), ["district_id"], unique=False)

    op.create_table(
        "policy_consents",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("document", sa.String(length=30), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_policy_consents_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_consents")),
    )
    with op.batch_alter_table("policy_consents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_policy_consents_account_id"), ["account_id"], unique=False)

    op.create_table(
        "service_feedback",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_id"], ["districts.id"], name=op.f("fk_service_feedback_district_id_districts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_feedback")),
    )
    with op.batch_alter_table("service_feedback", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_service_feedback_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_feedback_district_id"), ["district_id"], unique=False)

    op.create_table(
        "standard_texts",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("action", sa.String(length=24), nullable=True),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_id"], ["districts.id"], name=op.f("fk_standard_texts_district_id_districts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard_texts")),
    )
    with op.batch_alter_table("standard_texts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_standard_texts_district_id"), ["district_id"], unique=False)

    op.create_table(
        "stations",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("township_code", sa.String(length=12), nullable=False),
        sa.Column("division_code", sa.String(length=12), nullable=True),
        sa.Column("parent_id", sa.String(length=26), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("theme", sa.String(length=10), nullable=False),
        sa.Column("host_type", sa.String(length=20), nullable=False),
        sa.Column("grade", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("superseded_by", sa.String(length=26), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=160), nullable=True),
        sa.Column("phone", sa.String(length=30), nullable=True),
        sa.Column("hours", sa.String(length=120), nullable=True),
        sa.Column("notice", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["district_id"], ["districts.id"], name=op.f("fk_stations_district_id_districts")),
        sa.ForeignKeyConstraint(["parent_id"], ["stations.id"], name=op.f("fk_stations_parent_id_stations")),
        sa.ForeignKeyConstraint(["superseded_by"], ["stations.id"], name=op.f("fk_stations_superseded_by_stations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stations")),
    )
    with op.batch_alter_table("stations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stations_district_id"), ["district_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stations_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_stations_township_code"), ["township_code"], unique=False)

    op.create_table(
        "subscription_credits",
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("template_id", sa.String(length=64), nullable=False),
        sa.Column("remaining", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_subscription_credits_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("account_id", "template_id", name=op.f("pk_subscription_credits")),
    )
    op.create_table(
        "duty_slots",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("station_id", sa.String(length=26), nullable=False),
        sa.Column("deputy_id", sa.String(length=26), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["deputy_id"], ["deputies.id"], name=op.f("fk_duty_slots_deputy_id_deputies")),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_duty_slots_station_id_stations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_slots")),
        sa.UniqueConstraint("station_id", "on_date", "deputy_id", name="uq_duty_slots_day"),
    )
    with op.batch_alter_table("duty_slots", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duty_slots_deputy_id"), ["deputy_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_duty_slots_station_id"), ["station_id"], unique=False)

    op.create_table(
        "grids",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("division_code", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=15), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["district_id"], ["districts.id"], name=op.f("fk_grids_district_id_districts")),
        sa.ForeignKeyConstraint(["division_code"], ["divisions.code"], name=op.f("fk_grids_division_code_divisions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grids")),
        sa.UniqueConstraint("code", name=op.f("uq_grids_code")),
    )
    with op.batch_alter_table("grids", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grids_district_id"), ["district_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_grids_division_code"), ["division_code"], unique=False)

    op.create_table(
        "group_members",
        sa.Column("group_id", sa.String(length=26), nullable=False),
        sa.Column("deputy_id", sa.String(length=26), nullable=False),
        sa.Column("is_convenor", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["deputy_id"], ["deputies.id"], name=op.f("fk_group_members_deputy_id_deputies")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["deputy_groups.id"], name=op.f("fk_group_members_group_id_deputy_groups")
        ),
        sa.PrimaryKeyConstraint("group_id", "deputy_id", name=op.f("pk_group_members")),
    )
    with op.batch_alter_table("group_members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_group_members_deputy_id"), ["deputy_id"], unique=False)

    op.create_table(
        "leaves",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("deputy_id", sa.String(length=26), nullable=False),
        sa.Column("substitute_id", sa.String(length=26), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["deputy_id"], ["deputies.id"], name=op.f("fk_leaves_deputy_id_deputies")),
        sa.ForeignKeyConstraint(["district_id"], ["districts.id"], name=op.f("fk_leaves_district_id_districts")),
        sa.ForeignKeyConstraint(["substitute_id"], ["deputies.id"], name=op.f("fk_leaves_substitute_id_deputies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaves")),
    )
    with op.batch_alter_table("leaves", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_leaves_deputy_id"), ["deputy_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_leaves_district_id"), ["district_id"], unique=False)

    op.create_table(
        "mandates",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("deputy_id", sa.String(length=26), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("term_id", sa.String(length=26), nullable=True),
        sa.Column("constituency_id", sa.String(length=26), nullable=True),
        sa.Column("township_code", sa.String(length=12), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["constituency_id"], ["constituencies.id"], name=op.f("fk_mandates_constituency_id_constituencies")
        ),
        sa.ForeignKeyConstraint(["deputy_id"], ["deputies.id"], name=op.f("fk_mandates_deputy_id_deputies")),
        sa.ForeignKeyConstraint(["district_id"], ["districts.id"], name=op.f("fk_mandates_district_id_districts")),
        sa.ForeignKeyConstraint(["term_id"], ["congress_terms.id"], name=op.f("fk_mandates_term_id_congress_terms")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandates")),
    )
    with op.batch_alter_table("mandates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mandates_deputy_id"), ["deputy_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mandates_district_id"), ["district_id"], unique=False)

    op.create_table(
        "reception_days",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("station_id", sa.String(length=26), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=160), nullable=False),
        sa.Column("theme", sa.String(length=120), nullable=True),
        sa.Column(
            "deputy_ids",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.String(length=200), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id"], ["districts.id"], name=op.f("fk_reception_days_district_id_districts")
        ),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_reception_days_station_id_stations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reception_days")),
    )
    with op.batch_alter_table("reception_days", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reception_days_district_id"), ["district_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reception_days_starts_at"), ["starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_reception_days_station_id"), ["station_id"], unique=False)

    op.create_table(
        "roster_entries",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("station_id", sa.String(length=26), nullable=False),
        sa.Column("deputy_id", sa.String(length=26), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["deputy_id"], ["deputies.id"], name=op.f("fk_roster_entries_deputy_id_deputies")),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_roster_entries_station_id_stations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_entries")),
    )
    with op.batch_alter_table("roster_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roster_entries_deputy_id"), ["deputy_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_roster_entries_station_id"), ["station_id"], unique=False)

    op.create_table(
        "grid_assignments",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("grid_id", sa.String(length=26), nullable=False),
        sa.Column("deputy_id", sa.String(length=26), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["deputy_id"], ["deputies.id"], name=op.f("fk_grid_assignments_deputy_id_deputies")),
        sa.ForeignKeyConstraint(
            ["district_id"], ["districts.id"], name=op.f("fk_grid_assignments_district_id_districts")
        ),
        sa.ForeignKeyConstraint(["grid_id"], ["grids.id"], name=op.f("fk_grid_assignments_grid_id_grids")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid_assignments")),
    )
    with op.batch_alter_table("grid_assignments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grid_assignments_deputy_id"), ["deputy_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_grid_assignments_district_id"), ["district_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_grid_assignments_grid_id"), ["grid_id"], unique=False)
        batch_op.create_index(
            "uq_grid_assignments_primary",
            ["grid_id"],
            unique=True,
            postgresql_where=sa.text("role = 'PRIMARY' and valid_to is null"),
            sqlite_where=sa.text("role = 'PRIMARY' and valid_to is null"),
        )

    op.create_table(
        "issues",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("receipt_digest", sa.String(length=64), nullable=False),
        sa.Column("rating_digest", sa.String(length=64), nullable=True),
        sa.Column("rating_code_failures", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.String(length=26), nullable=False),
        sa.Column("township_code", sa.String(length=12), nullable=False),
        sa.Column("division_code", sa.String(length=12), nullable=True),
        sa.Column("grid_id", sa.String(length=26), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("category_id", sa.String(length=26), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("redacted", sa.Text(), nullable=False),
        sa.Column("public_text", sa.Text(), nullable=True),
        sa.Column("about_type", sa.String(length=10), nullable=True),
        sa.Column("about_id", sa.String(length=26), nullable=True),
        sa.Column("confined_to", sa.String(length=10), nullable=True),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("anonymity", sa.String(length=14), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=True),
        sa.Column("entered_by", sa.String(length=26), nullable=True),
        sa.Column("contact_name", sa.Text(), nullable=True),
        sa.Column("contact_phone", sa.Text(), nullable=True),
        sa.Column("consent_pass_on", sa.Boolean(), nullable=False),
        sa.Column("consent_publish", sa.Boolean(), nullable=False),
        sa.Column("consent_contact", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("state_left", sa.String(length=20), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("reason_code", sa.String(length=20), nullable=True),
        sa.Column("under_supervision", sa.Boolean(), nullable=False),
        sa.Column("deputy_id", sa.String(length=26), nullable=True),
        sa.Column("contact_deputy_id", sa.String(length=26), nullable=True),
        sa.Column("chosen_deputy_id", sa.String(length=26), nullable=True),
        sa.Column(
            "recused",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("route_reason", sa.String(length=20), nullable=True),
        sa.Column("unit_id", sa.String(length=26), nullable=True),
        sa.Column("difficulty", sa.String(length=10), nullable=True),
        sa.Column("extended", sa.Boolean(), nullable=False),
        sa.Column("signed_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("responsible_role", sa.String(length=20), nullable=True),
        sa.Column("responsible_id", sa.String(length=26), nullable=True),
        sa.Column("duty_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("timer_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminder_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminder_stage", sa.Integer(), nullable=False),
        sa.Column("last_urged_on", sa.Date(), nullable=True),
        sa.Column("content_edits", sa.Integer(), nullable=False),
        sa.Column("decline_appeals", sa.Integer(), nullable=False),
        sa.Column("closed_appeals", sa.Integer(), nullable=False),
        sa.Column("emergency_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("emergency_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("emergency_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("emergency_raised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_into_id", sa.String(length=26), nullable=True),
        sa.Column("follower_count", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_issues_account_id_accounts")),
        sa.ForeignKeyConstraint(["category_id"], ["categories.id"], name=op.f("fk_issues_category_id_categories")),
        sa.ForeignKeyConstraint(
            ["chosen_deputy_id"], ["deputies.id"], name=op.f("fk_issues_chosen_deputy_id_deputies")
        ),
        sa.ForeignKeyConstraint(
            ["contact_deputy_id"], ["deputies.id"], name=op.f("fk_issues_contact_deputy_id_deputies")
        ),
        sa.ForeignKeyConstraint(["deputy_id"], ["deputies.id"], name=op.f("fk_issues_deputy_id_deputies")),
        sa.ForeignKeyConstraint(["district_id"], ["districts.id"], name=op.f("fk_issues_district_id_districts")),
        sa.ForeignKeyConstraint(["grid_id"], ["grids.id"], name=op.f("fk_issues_grid_id_grids")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["issues.id"], name=op.f("fk_issues_merged_into_id_issues")),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_issues_station_id_stations")),
        sa.ForeignKeyConstraint(["unit_id"], ["handling_units.id"], name=op.f("fk_issues_unit_id_handling_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issues")),
        sa.UniqueConstraint("number", name=op.f("uq_issues_number")),
        sa.UniqueConstraint("receipt_digest", name=op.f("uq_issues_receipt_digest")),
    )
    with op.batch_alter_table("issues", schema=None) as batch_op:
        batch_op.create_index("ix_issues_account", ["account_id", "created_at", "id"], unique=False)
        batch_op.create_index("ix_issues_deputy", ["deputy_id", "state"], unique=False)
        batch_op.create_index("ix_issues_district", ["district_id", "created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_issues_merged_into_id"), ["merged_into_id"], unique=False)
        batch_op.create_index("ix_issues_reminder", ["reminder_at"], unique=False)
        batch_op.create_index("ix_issues_responsible", ["responsible_role", "responsible_id", "due_at"], unique=False)
        batch_op.create_index("ix_issues_station", ["station_id", "created_at", "id"], unique=False)
        batch_op.create_index("ix_issues_timer", ["timer_at"], unique=False)
        batch_op.create_index("ix_issues_township", ["township_code", "created_at", "id"], unique=False)

    op.create_table(
        "reception_bookings",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("reception_id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_reception_bookings_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["reception_id"], ["reception_days.id"], name=op.f("fk_reception_bookings_reception_id_reception_days")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reception_bookings")),
        sa.UniqueConstraint("reception_id", "account_id", name="uq_reception_bookings_account"),
    )
    with op.batch_alter_table("reception_bookings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reception_bookings_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reception_bookings_reception_id"), ["reception_id"], unique=False)

    op.create_table(
        "scan_codes",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("station_id", sa.String(length=26), nullable=False),
        sa.Column("target_type", sa.String(length=10), nullable=False),
        sa.Column("deputy_id", sa.String(length=26), nullable=True),
        sa.Column("grid_id", sa.String(length=26), nullable=True),
        sa.Column("placement", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["deputy_id"], ["deputies.id"], name=op.f("fk_scan_codes_deputy_id_deputies")),
        sa.ForeignKeyConstraint(["district_id"], ["districts.id"], name=op.f("fk_scan_codes_district_id_districts")),
        sa.ForeignKeyConstraint(["grid_id"], ["grids.id"], name=op.f("fk_scan_codes_grid_id_grids")),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_scan_codes_station_id_stations")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_scan_codes")),
    )
    with op.batch_alter_table("scan_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scan_codes_district_id"), ["district_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_scan_codes_station_id"), ["station_id"], unique=False)

    op.create_table(
        "station_grids",
        sa.Column("station_id", sa.String(length=26), nullable=False),
        sa.Column("grid_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["grid_id"], ["grids.id"], name=op.f("fk_station_grids_grid_id_grids")),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_station_grids_station_id_stations")),
        sa.PrimaryKeyConstraint("station_id", "grid_id", name=op.f("pk_station_grids")),
    )
    with op.batch_alter_table("station_grids", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_station_grids_grid_id"), ["grid_id"], unique=False)

    op.create_table(
        "identity_reveals",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("issue_id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name=op.f("fk_identity_reveals_issue_id_issues")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_reveals")),
    )
    with op.batch_alter_table("identity_reveals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_identity_reveals_issue_id"), ["issue_id"], unique=False)

    op.create_table(
        "issue_assignments",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("issue_id", sa.String(length=26), nullable=False),
        sa.Column("unit_id", sa.String(length=26), nullable=False),
        sa.Column("role", sa.String(length=6), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("assigned_by_role", sa.String(length=20), nullable=False),
        sa.Column("assigned_by_id", sa.String(length=26), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("result_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name=op.f("fk_issue_assignments_issue_id_issues")),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["handling_units.id"], name=op.f("fk_issue_assignments_unit_id_handling_units")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_assignments")),
    )
    with op.batch_alter_table("issue_assignments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issue_assignments_issue_id"), ["issue_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_issue_assignments_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "issue_decisions",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("issue_id", sa.String(length=26), nullable=False),
        sa.Column("action", sa.String(length=24), nullable=False),
        sa.Column("decider_role", sa.String(length=20), nullable=False),
        sa.Column("decider_id", sa.String(length=26), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", sa.Text(), nullable=True),
        sa.Column("resume_role", sa.String(length=20), nullable=True),
        sa.Column("resume_id", sa.String(length=26), nullable=True),
        sa.Column("resume_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resume_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name=op.f("fk_issue_decisions_issue_id_issues")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_decisions")),
    )
    with op.batch_alter_table("issue_decisions", schema=None) as batch_op:
        batch_op.create_index(
            "uq_issue_decisions_open",
            ["issue_id"],
            unique=True,
            postgresql_where=sa.text("outcome is null"),
            sqlite_where=sa.text("outcome is null"),
        )

    op.create_table(
        "issue_followers",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("issue_id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rating", sa.String(length=14), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_issue_followers_account_id_accounts")),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name=op.f("fk_issue_followers_issue_id_issues")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_followers")),
        sa.UniqueConstraint("issue_id", "account_id", name="uq_issue_followers_account"),
    )
    with op.batch_alter_table("issue_followers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issue_followers_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_issue_followers_issue_id"), ["issue_id"], unique=False)

    op.create_table(
        "issue_history",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("issue_id", sa.String(length=26), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=24), nullable=False),
        sa.Column("actor_role", sa.String(length=20), nullable=False),
        sa.Column("actor_account_id", sa.String(length=26), nullable=True),
        sa.Column("actor_label", sa.String(length=80), nullable=False),
        sa.Column("from_state", sa.String(length=20), nullable=True),
        sa.Column("to_state", sa.String(length=20), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(length=6), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("data", sa.Text(), nullable=True),
        sa.Column("entry_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name=op.f("fk_issue_history_issue_id_issues")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_history")),
        sa.UniqueConstraint("issue_id", "seq", name="uq_issue_history_seq"),
    )
    op.create_table(
        "issue_messages",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("issue_id", sa.String(length=26), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_role", sa.String(length=20), nullable=False),
        sa.Column("author_account_id", sa.String(length=26), nullable=True),
        sa.Column("author_label", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name=op.f("fk_issue_messages_issue_id_issues")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_messages")),
    )
    with op.batch_alter_table("issue_messages", schema=None) as batch_op:
        batch_op.create_index("ix_issue_messages_issue", ["issue_id", "at", "id"], unique=False)

    op.create_table(
        "issue_ratings",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("issue_id", sa.String(length=26), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(length=14), nullable=False),
        sa.Column("attitude", sa.String(length=14), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edits", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name=op.f("fk_issue_ratings_issue_id_issues")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_ratings")),
        sa.UniqueConstraint("issue_id", "round", name="uq_issue_ratings_round"),
    )


def downgrade() -> None:
    op.drop_table("issue_ratings")
    with op.batch_alter_table("issue_messages", schema=None) as batch_op:
        batch_op.drop_index("ix_issue_messages_issue")

    op.drop_table("issue_messages")
    op.drop_table("issue_history")
    with op.batch_alter_table("issue_followers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_issue_followers_issue_id"))
        batch_op.drop_index(batch_op.f("ix_issue_followers_account_id"))

    op.drop_table("issue_followers")
    with op.batch_alter_table("issue_decisions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_issue_decisions_open",
            postgresql_where=sa.text("outcome is null"),
            sqlite_where=sa.text("outcome is null"),
        )

    op.drop_table("issue_decisions")
    with op.batch_alter_table("issue_assignments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_issue_assignments_unit_id"))
        batch_op.drop_index(batch_op.f("ix_issue_assignments_issue_id"))

    op.drop_table("issue_assignments")
    with op.batch_alter_table("identity_reveals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_identity_reveals_issue_id"))

    op.drop_table("identity_reveals")
    with op.batch_alter_table("station_grids", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_station_grids_grid_id"))

    op.drop_table("station_grids")
    with op.batch_alter_table("scan_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scan_codes_station_id"))
        batch_op.drop_index(batch_op.f("ix_scan_codes_district_id"))

    op.drop_table("scan_codes")
    with op.batch_alter_table("reception_bookings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reception_bookings_reception_id"))
        batch_op.drop_index(batch_op.f("ix_reception_bookings_account_id"))

    op.drop_table("reception_bookings")
    with op.batch_alter_table("issues", schema=None) as batch_op:
        batch_op.drop_index("ix_issues_township")
        batch_op.drop_index("ix_issues_timer")
        batch_op.drop_index("ix_issues_station")
        batch_op.drop_index("ix_issues_responsible")
        batch_op.drop_index("ix_issues_reminder")
        batch_op.drop_index(batch_op.f("ix_issues_merged_into_id"))
        batch_op.drop_index("ix_issues_district")
        batch_op.drop_index("ix_issues_deputy")
        batch_op.drop_index("ix_issues_account")

    op.drop_table("issues")
    with op.batch_alter_table("grid_assignments", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_grid_assignments_primary",
            postgresql_where=sa.text("role = 'PRIMARY' and valid_to is null"),
            sqlite_where=sa.text("role = 'PRIMARY' and valid_to is null"),
        )
        batch_op.drop_index(batch_op.f("ix_grid_assignments_grid_id"))
        batch_op.drop_index(batch_op.f("ix_grid_assignments_district_id"))
        batch_op.drop_index(batch_op.f("ix_grid_assignments_deputy_id"))

    op.drop_table("grid_assignments")
    with op.batch_alter_table("roster_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_roster_entries_station_id"))
        batch_op.drop_index(batch_op.f("ix_roster_entries_deputy_id"))

    op.drop_table("roster_entries")
    with op.batch_alter_table("reception_days", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reception_days_station_id"))
        batch_op.drop_index(batch_op.f("ix_reception_days_starts_at"))
        batch_op.drop_index(batch_op.f("ix_reception_days_district_id"))

    op.drop_table("reception_days")
    with op.batch_alter_table("mandates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mandates_district_id"))
        batch_op.drop_index(batch_op.f("ix_mandates_deputy_id"))

    op.drop_table("mandates")
    with op.batch_alter_table("leaves", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_leaves_district_id"))
        batch_op.drop_index(batch_op.f("ix_leaves_deputy_id"))

    op.drop_table("leaves")
    with op.batch_alter_table("group_members", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_group_members_deputy_id"))

    op.drop_table("group_members")
    with op.batch_alter_table("grids", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grids_division_code"))
        batch_op.drop_index(batch_op.f("ix_grids_district_id"))

    op.drop_table("grids")
    with op.batch_alter_table("duty_slots", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_duty_slots_station_id"))
        batch_op.drop_index(batch_op.f("ix_duty_slots_deputy_id"))

    op.drop_table("duty_slots")
    op.drop_table("subscription_credits")
    with op.batch_alter_table("stations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stations_township_code"))
        batch_op.drop_index(batch_op.f("ix_stations_name"))
        batch_op.drop_index(batch_op.f("ix_stations_district_id"))

    op.drop_table("stations")
    with op.batch_alter_table("standard_texts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_standard_texts_district_id"))

    op.drop_table("standard_texts")
    with op.batch_alter_table("service_feedback", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_feedback_district_id"))
        batch_op.drop_index(batch_op.f("ix_service_feedback_account_id"))

    op.drop_table("service_feedback")
    with op.batch_alter_table("policy_consents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_policy_consents_account_id"))

    op.drop_table("policy_consents")
    with op.batch_alter_table("parameters", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_parameters_district_id"))

    op.drop_table("parameters")
    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notifications_issue_id"))
        batch_op.drop_index("ix_notifications_inbox")
        batch_op.drop_index(
            "ix_notifications_due",
            postgresql_where=sa.text("push_state in ('pending', 'sending')"),
            sqlite_where=sa.text("push_state in ('pending', 'sending')"),
        )

    op.drop_table("notifications")
    with op.batch_alter_table("identities", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_identities_account_id"))

    op.drop_table("identities")
    with op.batch_alter_table("handling_units", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handling_units_township_code"))
        batch_op.drop_index(batch_op.f("ix_handling_units_district_id"))

    op.drop_table("handling_units")
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grants_unit_id"))
        batch_op.drop_index(batch_op.f("ix_grants_township_code"))
        batch_op.drop_index(batch_op.f("ix_grants_station_id"))
        batch_op.drop_index(batch_op.f("ix_grants_district_id"))
        batch_op.drop_index(batch_op.f("ix_grants_deputy_id"))
        batch_op.drop_index(batch_op.f("ix_grants_account_id"))

    op.drop_table("grants")
    with op.batch_alter_table("divisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_divisions_parent_code"))
        batch_op.drop_index(batch_op.f("ix_divisions_district_id"))

    op.drop_table("divisions")
    with op.batch_alter_table("deputy_groups", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deputy_groups_district_id"))

    op.drop_table("deputy_groups")
    with op.batch_alter_table("deputies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deputies_phone_index"))
        batch_op.drop_index(batch_op.f("ix_deputies_district_id"))

    op.drop_table("deputies")
    with op.batch_alter_table("constituencies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_constituencies_district_id"))

    op.drop_table("constituencies")
    with op.batch_alter_table("congress_terms", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_congress_terms_district_id"))

    op.drop_table("congress_terms")
    with op.batch_alter_table("categories", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_categories_district_id"))

    op.drop_table("categories")
    with op.batch_alter_table("account_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_sessions_expires_at"))
        batch_op.drop_index(batch_op.f("ix_account_sessions_account_id"))

    op.drop_table("account_sessions")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbox_due", postgresql_where=sa.text("state = 'pending'"), sqlite_where=sa.text("state = 'pending'")
        )

    op.drop_table("outbox")
    op.drop_table("number_counters")
    op.drop_table("ledger_links")
    with op.batch_alter_table("ledger_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_entries_district_id"))

    op.drop_table("ledger_entries")
    with op.batch_alter_table("issue_views", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_issue_views_account_id"))

    op.drop_table("issue_views")
    op.drop_table("invitations")
    op.drop_table("holiday_years")
    op.drop_table("districts")
    with op.batch_alter_table("answered_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answered_requests_expires_at"))

    op.drop_table("answered_requests")
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_accounts_phone_index"))

    op.drop_table("accounts")
