"""A run of an import may be a new term: what was asked besides the files, and what was found."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("import_runs", sa.Column("asked", json, nullable=True))
    op.add_column("import_runs", sa.Column("found", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("import_runs", "found")
    op.drop_column("import_runs", "asked")
