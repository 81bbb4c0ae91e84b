"""Files as operators bring them, and the commands they type."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from service.calendar.workdays import local_date
from service.db import db
from tests.api.conftest import app
from tests.imports.files import MakeFile, Rows, Run
from tests.imports.roster_files import roster, sheets, town
from tests.places.conftest import statements
from tests.world import World, build_world

__all__ = ["app", "roster", "sheets", "statements", "town"]


@pytest.fixture
def world(session: Session) -> World:
    built = build_world(session)
    session.commit()
    return built


@pytest.fixture
def today(now: dt.datetime) -> dt.date:
    return local_date(now)


@pytest.fixture
def run(app: Flask, session: Session) -> Run:
    """A command as typed: its words one by one, or paths. The test's own session is committed first and sees the result."""

    def invoke(*words: object) -> Result:
        db.session.commit()
        result = app.test_cli_runner().invoke(args=[str(word) for word in words])
        db.session.expire_all()
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        return result

    return invoke


@pytest.fixture
def csv_file(tmp_path: Path) -> MakeFile:
    """A CSV file of these rows, in that encoding."""

    def make(rows: Rows, name: str = "file.csv", encoding: str = "utf-8") -> Path:
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        path = tmp_path / name
        path.write_bytes(text.getvalue().encode(encoding))
        return path

    return make


@pytest.fixture
def xlsx_file(tmp_path: Path) -> MakeFile:
    """A workbook: sheet title → rows; or one sheet of rows."""

    def make(sheets: dict[str, Rows] | Rows, name: str = "file.xlsx") -> Path:
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for title, rows in (sheets if isinstance(sheets, dict) else {"Sheet1": sheets}).items():
            page = book.create_sheet(title)
            for row in rows:
                page.append(list(row))
        path = tmp_path / name
        book.save(path)
        return path

    return make
