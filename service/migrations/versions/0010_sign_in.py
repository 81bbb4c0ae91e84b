"""Sign-in: one account per person, desk sessions, tickets, passwords, confirmed bindings, and the trail of them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_access_events()
    _create_sign_in_failures()
    _create_binding_requests()
    _create_desk_credentials()
    _create_desk_recovery_codes()
    _create_desk_setups()
    _create_desk_tickets()
    _extend_accounts()


def downgrade() -> None:
    op.drop_index("uq_accounts_union_index", table_name="accounts")
    op.drop_column("accounts", "union_index")
    op.drop_column("account_sessions", "idle_until")
    op.drop_table("desk_tickets")
    op.drop_table("desk_setups")
    op.drop_table("desk_recovery_codes")
    op.drop_table("desk_credentials")
    op.drop_table("binding_requests")
    op.drop_table("sign_in_failures")
    op.drop_table("access_events")


def _create_access_events() -> None:
    op.create_table(
        "access_events",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=True),
        sa.Column("account_id", sa.String(length=26), nullable=True),
        sa.Column("actor_id", sa.String(length=26), nullable=True),
        sa.Column("data", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_access_events"),
    )
    op.create_index("ix_access_events_account", "access_events", ["account_id", "at"])
    op.create_index("ix_access_events_at", "access_events", ["at"])


def _create_sign_in_failures() -> None:
    op.create_table(
        "sign_in_failures",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_sign_in_failures"),
    )
    op.create_index("ix_sign_in_failures_last_at", "sign_in_failures", ["last_at"])


def _create_binding_requests() -> None:
    op.create_table(
        "binding_requests",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("invitation_id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("district_id", sa.String(length=12), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_binding_requests_account_id_accounts"),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name="fk_binding_requests_invitation_id_invitations"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_binding_requests"),
    )
    op.create_index("ix_binding_requests_account_id", "binding_requests", ["account_id"])
    op.create_index("ix_binding_requests_district_id", "binding_requests", ["district_id"])
    op.create_index(
        "uq_binding_requests_open",
        "binding_requests",
        ["invitation_id"],
        unique=True,
        postgresql_where=sa.text("outcome is null"),
        sqlite_where=sa.text("outcome is null"),
    )


def _create_desk_credentials() -> None:
    op.create_table(
        "desk_credentials",
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("login_index", sa.String(length=64), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("totp_secret", sa.Text(), nullable=False),
        sa.Column("totp_last_step", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_desk_credentials_account_id_accounts"),
        sa.PrimaryKeyConstraint("account_id", name="pk_desk_credentials"),
        sa.UniqueConstraint("login_index", name="uq_desk_credentials_login_index"),
    )


def _create_desk_recovery_codes() -> None:
    op.create_table(
        "desk_recovery_codes",
        sa.Column("code_digest", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_desk_recovery_codes_account_id_accounts"),
        sa.PrimaryKeyConstraint("code_digest", name="pk_desk_recovery_codes"),
    )
    op.create_index("ix_desk_recovery_codes_account_id", "desk_recovery_codes", ["account_id"])


def _create_desk_setups() -> None:
    op.create_table(
        "desk_setups",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("code_digest", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failed_attempts", sa.Integer(), nullable=False),
        sa.Column("login", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("totp_secret", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_desk_setups_account_id_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_desk_setups"),
        sa.UniqueConstraint("code_digest", name="uq_desk_setups_code_digest"),
    )
    op.create_index("ix_desk_setups_account_id", "desk_setups", ["account_id"])


def _create_desk_tickets() -> None:
    op.create_table(
        "desk_tickets",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("code_digest", sa.String(length=64), nullable=False),
        sa.Column("secret_digest", sa.String(length=64), nullable=False),
        sa.Column("check_number", sa.String(length=2), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_desk_tickets_account_id_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_desk_tickets"),
        sa.UniqueConstraint("code_digest", name="uq_desk_tickets_code_digest"),
    )
    op.create_index("ix_desk_tickets_account_id", "desk_tickets", ["account_id"])
    op.create_index("ix_desk_tickets_expires_at", "desk_tickets", ["expires_at"])


def _extend_accounts() -> None:
    op.add_column("account_sessions", sa.Column("idle_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("accounts", sa.Column("union_index", sa.String(length=64), nullable=True))
    op.create_index("uq_accounts_union_index", "accounts", ["union_index"], unique=True)
