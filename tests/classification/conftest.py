"""A district with an invented register, and a way to train on it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from service.classification import serving, trainer
from service.classification.model import decode, encode
from service.classification.models import CategoryModel
from service.classification.trainer import Candidate, Lesson
from service.ids import new_id
from service.issues import learning
from service.register.models import RegisterEntry
from tests.api.conftest import Client, app, client, make_account, sign_in
from tests.classification.invented import register
from tests.conftest import FakeClock, FakeWeChat
from tests.journeys.conftest import world
from tests.journeys.invariants import town
from tests.world import Place, World

__all__ = ["Client", "FakeClock", "FakeWeChat", "app", "client", "make_account", "sign_in", "town", "world"]

Fill = Callable[[list[tuple[str, str]]], None]
Train = Callable[..., CategoryModel]


@pytest.fixture(scope="session")
def trained() -> dict[tuple[tuple[str, str], ...], Candidate]:
    """Trainings already done, by texts and titles: a new process for each test and database would only cost time."""
    return {}


@pytest.fixture
def place(
    world: World, monkeypatch: pytest.MonkeyPatch, trained: dict[tuple[tuple[str, str], ...], Candidate]
) -> Place:
    """District A of the world; the same rows are learnt once, and categories' ids put in afterwards."""
    titles = {key: title for title, key in world.a.categories.items()}
    really_train = trainer.train

    def remembered(lesson: Lesson) -> Candidate:
        rows = sorted((text, titles[key]) for text, key in lesson.rows)  # rows come in the order of their random ids
        if tuple(rows) not in trained:
            trained[tuple(rows)] = really_train(dataclasses.replace(lesson, rows=rows))
        known = trained[tuple(rows)]
        return dataclasses.replace(
            known,
            per_class={world.a.categories[title]: one for title, one in known.per_class.items()},
            weights=_with_ids(known.weights, world.a.categories),
            exam_weights=_with_ids(known.exam_weights, world.a.categories),
        )

    monkeypatch.setattr(trainer, "train", remembered)
    serving.forget()
    return world.a


def _with_ids(stored: str, ids: dict[str, str]) -> str:
    model = decode(stored)
    return encode(dataclasses.replace(model, categories=tuple(ids[title] for title in model.categories)))


def write_register(session: Session, place: Place, rows: list[tuple[str, str]], now: dt.datetime) -> None:
    for text, title in rows:
        session.add(
            RegisterEntry(
                district_id=place.district_id,
                category_id=place.categories[title],
                topic=None,
                text=text,
                digest=new_id(),
                imported_at=now,
            )
        )
    session.commit()


@pytest.fixture
def fill(session: Session, place: Place, now: dt.datetime) -> Fill:
    return lambda rows: write_register(session, place, rows, now)


@pytest.fixture
def train(session: Session, place: Place, clock: FakeClock) -> Train:
    """Prepare, train in a process of its own, keep; as the command and the worker do."""

    def run(**options: bool) -> CategoryModel:
        prepared = learning.prepare(session, place.district_id, now=clock())
        row = learning.keep(session, prepared, trainer.train(prepared.lesson), now=clock(), **options)
        session.commit()
        serving.forget()
        return row

    return run


@pytest.fixture(scope="session")
def learnt() -> tuple[Lesson, Candidate]:
    """One training for all tests that only look at what comes out; categories go by their titles here."""
    lesson = trainer.lesson(register(160))
    return lesson, trainer.train(lesson)
