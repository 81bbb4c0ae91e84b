"""Messages: the ledger of consents, channels, delivery reports."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

UNDONE = sa.text("push_state in ('pending', 'sending')")
WITH_MSGID = sa.text("msgid is not null")
COPIED = "migrated"


def upgrade() -> None:
    with op.batch_alter_table("notifications") as table:
        table.drop_index("ix_notifications_due")
        table.add_column(sa.Column("priority", sa.SmallInteger(), nullable=False, server_default="2"))
        table.add_column(sa.Column("channel", sa.String(length=12), nullable=True))
        table.add_column(sa.Column("template_id", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("msgid", sa.String(length=40), nullable=True))
        table.add_column(sa.Column("tried", sa.String(length=40), nullable=False, server_default=""))
        table.add_column(sa.Column("carried_by", sa.String(length=26), nullable=True))
    with op.batch_alter_table("notifications") as table:
        table.alter_column("priority", server_default=None)
        table.alter_column("tried", server_default=None)
    op.execute("update notifications set priority = 1 where kind in ('task', 'task_alert')")
    op.execute(
        "update notifications set channel = 'subscription', template_id = case when kind like 'task%' "
        "then 'tmpl-issue-task' else 'tmpl-issue-progress' end "
        "where consent_taken and push_state in ('pending', 'sending')"
    )
    op.create_index(
        "ix_notifications_due",
        "notifications",
        ["priority", "next_at", "id"],
        postgresql_where=UNDONE,
        sqlite_where=UNDONE,
    )
    op.create_index(
        "ix_notifications_msgid", "notifications", ["msgid"], postgresql_where=WITH_MSGID, sqlite_where=WITH_MSGID
    )
    _create_ledger()
    _copy_balances()
    with op.batch_alter_table("subscription_credits") as table:
        table.drop_column("updated_at")
    op.create_table(
        "channel_pauses",
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("channel", name="pk_channel_pauses"),
    )
    op.create_table(
        "text_counts",
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "day", name="pk_text_counts"),
    )


def downgrade() -> None:
    op.drop_table("text_counts")
    op.drop_table("channel_pauses")
    with op.batch_alter_table("subscription_credits") as table:
        table.add_column(
            sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default="2000-01-01 00:00:00")
        )
    op.drop_table("consent_entries")
    op.drop_index("ix_notifications_msgid", "notifications")
    op.drop_index("ix_notifications_due", "notifications")
    with op.batch_alter_table("notifications") as table:
        for name in ("carried_by", "tried", "msgid", "template_id", "channel", "priority"):
            table.drop_column(name)
    op.create_index("ix_notifications_due", "notifications", ["next_at"], postgresql_where=UNDONE, sqlite_where=UNDONE)


def _create_ledger() -> None:
    op.create_table(
        "consent_entries",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("template_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("notification_id", sa.String(length=26), nullable=True),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_consent_entries_account_id_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_consent_entries"),
    )
    op.create_index("ix_consent_entries_account", "consent_entries", ["account_id", "template_id", "on_day"])


def _copy_balances() -> None:
    """What each account had agreed to stands in the ledger as one line, of the day of its last change.

    A push under way had its consent taken from the balance before, so the balance is all that is left.
    """
    credits = sa.table(
        "subscription_credits",
        sa.column("account_id"),
        sa.column("template_id"),
        sa.column("remaining"),
        sa.column("updated_at", sa.DateTime(timezone=True)),
    )
    entries = sa.table(
        "consent_entries",
        *(sa.column(name) for name in ("id", "account_id", "template_id", "state", "change", "source")),
        sa.column("on_day", sa.Date()),
    )
    connection = op.get_bind()
    for account_id, template_id, remaining, updated_at in connection.execute(sa.select(credits)).all():
        connection.execute(
            sa.insert(entries).values(
                id=secrets.token_hex(16),
                account_id=account_id,
                template_id=template_id,
                state="granted",
                change=remaining,
                source=COPIED,
                on_day=updated_at.date(),
            )
        )
