"""From when until when categories and standard texts are offered is a parameter; what was switched off becomes such a line."""

import datetime as dt

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

CHINA = dt.timezone(dt.timedelta(hours=8))
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
CATEGORIES = sa.table("categories", sa.column("id"), sa.column("district_id"), sa.column("retired_on", sa.Date()))
TEXTS = sa.table("standard_texts", sa.column("id"), sa.column("district_id"), sa.column("retired_at", MOMENT))
PARAMETERS = sa.table(
    "parameters",
    sa.column("id"),
    sa.column("district_id"),
    sa.column("key"),
    sa.column("value", JSON),
    sa.column("valid_from", MOMENT),
    sa.column("withdrawn_at", MOMENT),
)
CATEGORY, TEXT = "category.use.", "text.use."


def upgrade() -> None:
    """A line has the id of what it is about: there is one of each, and ids of lines made later are others."""
    connection = op.get_bind()
    _end(connection, CATEGORY, CATEGORIES, CATEGORIES.c.retired_on)
    _end(connection, TEXT, TEXTS, TEXTS.c.retired_at)
    op.drop_column("categories", "retired_on")
    op.drop_column("standard_texts", "retired_at")


def _end(connection: sa.Connection, prefix: str, table: sa.TableClause, column: sa.ColumnClause) -> None:
    rows = connection.execute(sa.select(table.c.id, table.c.district_id, column).where(column.is_not(None))).all()
    lines = [
        {"id": key, "district_id": district, "key": prefix + key, "value": "off", "valid_from": _utc(when)}
        for key, district, when in rows
    ]
    if lines:
        connection.execute(PARAMETERS.insert(), lines)


def _utc(when: dt.date) -> dt.datetime:
    """A day is its first minute in China; SQLite keeps moments in UTC without saying so."""
    if not isinstance(when, dt.datetime):
        when = dt.datetime.combine(when, dt.time(), CHINA)
    utc = when.replace(tzinfo=dt.UTC) if when.tzinfo is None else when.astimezone(dt.UTC)
    return utc.replace(tzinfo=None) if op.get_bind().dialect.name == "sqlite" else utc


def downgrade() -> None:
    """What is not offered now is switched off; beginnings and ends ahead are lost."""
    op.add_column("standard_texts", sa.Column("retired_at", MOMENT, nullable=True))
    op.add_column("categories", sa.Column("retired_on", sa.Date(), nullable=True))
    connection, now = op.get_bind(), dt.datetime.now(dt.UTC)
    c = PARAMETERS.c
    for prefix, table, values in (
        (CATEGORY, CATEGORIES, {"retired_on": now.astimezone(CHINA).date()}),
        (TEXT, TEXTS, {"retired_at": _utc(now)}),
    ):
        held = sa.select(c.key, c.value).where(
            c.key.startswith(prefix), c.withdrawn_at.is_(None), c.valid_from <= _utc(now)
        )
        last = dict(connection.execute(held.order_by(c.valid_from)).all())
        off = [key.removeprefix(prefix) for key, value in last.items() if value == "off"]
        connection.execute(sa.update(table).where(table.c.id.in_(off)).values(values))
    connection.execute(sa.delete(PARAMETERS).where(c.key.startswith(CATEGORY) | c.key.startswith(TEXT)))
