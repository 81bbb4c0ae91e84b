"""``db``: the tables, brought up to date. The commands are Flask-Migrate's own."""

from __future__ import annotations

from flask_migrate.cli import db

__all__ = ["db"]
