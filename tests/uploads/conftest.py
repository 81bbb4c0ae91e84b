"""A town whose people send pictures, and the folder in which they end up."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from service.db import db
from service.uploads.models import Upload
from tests.api.conftest import Client, app, client, make_account, sign_in
from tests.journeys.conftest import other_town, town, world

__all__ = ["app", "client", "make_account", "other_town", "sign_in", "town", "world"]


@dataclass
class Shelf:
    """What lies in the store, as somebody sees it who has the disk and no key."""

    root: Path

    @property
    def names(self) -> set[str]:
        return {f"{path.parts[-3]}/{path.name}" for path in self.files}

    @property
    def files(self) -> list[Path]:
        return sorted(path for path in self.root.rglob("*") if path.is_file())

    def path(self, name: str) -> Path:
        kind, _, key = name.partition("/")
        return self.root / kind / key[:2] / key


@pytest.fixture
def shelf(upload_folder: Path, session: Session) -> Iterator[Shelf]:
    """Empty before and after."""
    _empty(upload_folder)
    yield Shelf(upload_folder)
    _empty(upload_folder)


def _empty(folder: Path) -> None:
    for child in folder.iterdir():
        shutil.rmtree(child)


def fetched(client: Client, url: str) -> Any:
    """A signed address opened as an ``<img>`` does: no token, nothing but the address."""
    return client.get(url)


def row(upload_id: str) -> Upload:
    """As it stands in the database now."""
    found = db.session.get_one(Upload, upload_id, populate_existing=True)
    db.session.commit()
    return found
