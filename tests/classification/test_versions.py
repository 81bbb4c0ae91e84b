"""Versions of a model: used only when better, refused with the reason, gone back to by a person, never in the way."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from service.accounts.roles import Role
from service.classification import queries, serving, trainer
from service.classification.models import CategoryModel
from service.issues import learning
from tests.classification.conftest import Fill, Train
from tests.classification.invented import register
from tests.conftest import FakeClock
from tests.journeys.invariants import Loud
from tests.journeys.town import Town
from tests.world import Place, World
from workers import retraining

RUBBISH = "老街的垃圾桶满了好几天，臭味很大，没有人清运"
FOREIGN = "鼗鼗磬磬"
NIGHT = dt.timedelta(hours=17)  # after nine in the morning of Monday: two at night


@pytest.fixture
def suggested(town: Town) -> Callable[[str], dict | None]:
    guest = town.guest()
    body = {"station_code": town.place.scan_code}
    return lambda text: guest.post("/issues/preview", {**body, "content": text})["category"]


def test_the_first_model_is_used_and_says_what_it_was_measured_on(fill: Fill, train: Train) -> None:
    fill(register(120))
    row = train()
    assert (row.version, row.state, row.rows) == (1, "active", 120)
    assert set(row.metrics["per_class"]) == {"道路交通", "环境卫生/垃圾", "教育", "医疗医保"}
    assert row.metrics["exam"]["rows"] < 60 and "高于总是猜最多的类别" in row.reason


def test_the_preview_asks_the_model_and_nothing_of_the_training_is_loaded(
    fill: Fill, train: Train, suggested: Callable[[str], dict | None], place: Place
) -> None:
    fill([(text.replace("清运", FOREIGN), title) for text, title in register(120)])
    assert suggested(FOREIGN * 3) is None, "no keyword, no model"
    train()
    found = suggested(FOREIGN * 3)
    assert found is not None and found["id"] == place.categories["环境卫生/垃圾"]
    assert 0.3 <= found["confidence"] <= 1
    others = {one["id"] for one in found["others"]}
    assert len(others) == 3 and others < set(place.categories.values()) - {found["id"]}, "one tap corrects it"


def test_no_better_model_is_refused_with_the_reason_and_the_old_one_stays(fill: Fill, train: Train) -> None:
    fill(register(120))
    train()
    fill(register(80, seed=3, wrong=0.9))
    row = train()
    assert (row.version, row.state) == (2, "refused")
    assert "不高于第 1 版" in row.reason


def test_a_better_model_takes_over_and_the_old_one_is_kept(session: Session, fill: Fill, train: Train) -> None:
    fill(register(60, seed=2, wrong=0.8))
    assert train(always=True).state == "active"
    fill(register(240, seed=4))
    assert (train().version, train(always=True).version) == (2, 3)
    states = session.execute(sa.select(CategoryModel.version, CategoryModel.state).order_by(CategoryModel.version))
    assert [tuple(row) for row in states] == [(1, "kept"), (2, "kept"), (3, "active")]


def test_unchanged_rows_are_not_learnt_again(session: Session, fill: Fill, train: Train, place: Place) -> None:
    fill(register(60))
    train()
    prepared = learning.prepare(session, place.district_id, now=dt.datetime(2026, 3, 9, tzinfo=dt.UTC))
    assert prepared.unchanged is not None and prepared.unchanged.version == 1
    assert prepared.unchanged.looked_at.day == 9


def test_another_district_has_a_model_of_its_own(session: Session, fill: Fill, train: Train, world: World) -> None:
    fill(register(60))
    train()
    assert queries.active_version(session, world.a.district_id) == 1
    assert queries.active_version(session, world.b.district_id) is None
    assert list(learning.confirmed(session, world.b.district_id)) == []


@pytest.mark.parametrize("stored", ["", "不是模型", "eJwrAAAAIQAh"])
def test_a_broken_model_is_never_in_the_way_and_said_once(
    session: Session,
    fill: Fill,
    train: Train,
    suggested: Callable[[str], dict | None],
    monkeypatch: pytest.MonkeyPatch,
    clock: FakeClock,
    stored: str,
) -> None:
    log = Loud()
    monkeypatch.setattr(serving, "log", log)
    fill(register(60))
    row = train()
    row.weights = stored
    session.commit()
    for _ in range(3):
        found = suggested(RUBBISH)
        assert found is not None and found["title"] == "环境卫生/垃圾", "the keywords still speak"
        clock.advance(minutes=1)
    assert len(log.faults) == 1 and "category_model_unreadable" in log.faults[0]


def test_weights_nobody_can_decrypt_are_never_in_the_way(
    session: Session, fill: Fill, train: Train, suggested: Callable[[str], dict | None]
) -> None:
    fill(register(60))
    train()
    session.execute(sa.text("update category_models set weights = 'k9.AAAA'"))
    session.commit()
    found = suggested(RUBBISH)
    assert found is not None and found["title"] == "环境卫生/垃圾"


def test_a_process_takes_a_new_version_up_within_half_a_minute(
    session: Session, fill: Fill, train: Train, place: Place, clock: FakeClock
) -> None:
    fill(register(60))
    assert serving.current(session, place.district_id, now=clock()).version is None
    prepared = learning.prepare(session, place.district_id, now=clock())
    learning.keep(session, prepared, trainer.train(prepared.lesson), now=clock())
    session.commit()
    assert serving.current(session, place.district_id, now=clock.advance(seconds=29)).version is None
    assert serving.current(session, place.district_id, now=clock.advance(seconds=2)).version == 1


def test_the_command_prints_what_the_contract_says(app: Flask, session: Session, fill: Fill, world: World) -> None:
    fill(register(120))
    run = app.test_cli_runner().invoke
    many = run(args=["train-categories", "--json"])
    assert many.exit_code == 1 and "--district" in many.output
    named = ["train-categories", "--district", world.a.district_id]
    tried = json.loads(run(args=[*named, "--json", "--dry-run"]).stdout)
    assert tried["model_version"] is None and session.scalar(sa.select(sa.func.count(CategoryModel.id))) == 0
    session.commit()
    told = json.loads(run(args=[*named, "--json"]).stdout)
    assert {"rows": 120, "classes": 4, "model_version": 1}.items() <= told.items()
    assert 0 <= told["macro_f1"] <= 1 and 0 <= told["accuracy"] <= 1 and told["macro_f1"] == tried["macro_f1"]
    again = json.loads(run(args=[*named, "--json"]).stdout)
    assert {key: again[key] for key in ("rows", "macro_f1", "model_version")} == {
        key: told[key] for key in ("rows", "macro_f1", "model_version")
    }
    assert run(args=[*named, "--activate", "always"]).output.count("第 2 版已启用") == 1
    assert "使用中" in run(args=[*named, "--list"]).output
    assert run(args=[*named, "--rollback", "1"]).exit_code == 0
    session.expire_all()
    assert queries.active_version(session, world.a.district_id) == 1
    session.commit()
    assert run(args=[*named, "--rollback", "7"]).exit_code == 1


def test_too_little_to_learn_is_said_in_a_sentence(app: Flask, session: Session, world: World) -> None:
    session.commit()
    told = app.test_cli_runner().invoke(args=["train-categories", "--district", world.a.district_id])
    assert told.exit_code == 1 and "import-register" in told.output


def test_a_week_later_at_night_it_is_learnt_again(
    session: Session, fill: Fill, train: Train, place: Place, clock: FakeClock
) -> None:
    fill(register(60))
    train()
    fill(register(40, seed=8))
    clock.advance(days=8)
    retraining.run_due()
    assert len(queries.versions(session, place.district_id)) == 1, "not by day"
    session.commit()
    clock.now += NIGHT
    retraining.run_due()
    session.expire_all()
    newest, first = queries.versions(session, place.district_id)
    assert newest.rows == 100 and {newest.state, first.state} <= {"active", "kept", "refused"}
    session.commit()
    retraining.run_due()
    assert len(queries.versions(session, place.district_id)) == 2, "once a week"
    session.rollback()


def test_what_staff_correct_is_learnt(session: Session, town: Town, fill: Fill, place: Place) -> None:
    fill(register(60))
    issue = town.submits(town.guest(), content="幼儿园旁边的路灯坏了，接孩子看不见", category="教育")
    clerk = town.role(Role.STATION_CLERK)
    assert list(learning.confirmed(session, place.district_id)) == []
    session.commit()
    options = clerk.get(f"/issues/{issue['id']}/options/category")["items"]
    wanted = next(one["id"] for one in options if one["title"] == "道路交通")
    after = clerk.does(issue["id"], "set_category", category_id=wanted, reason="说的是路灯")
    assert after["category"]["title"] == "道路交通" and after["state"] == "pending_accept"
    assert after["due_at"] == issue["due_at"] or after["due_at"], "no edit resets the clock"
    clerk.does(issue["id"], "set_category", 422, category_id="unknown")
    session.expire_all()
    rows = list(learning.confirmed(session, place.district_id))
    assert rows == [("幼儿园旁边的路灯坏了，接孩子看不见", place.categories["道路交通"])]
    prepared = learning.prepare(session, place.district_id, now=dt.datetime(2026, 3, 9, tzinfo=dt.UTC))
    assert len(prepared.lesson.rows) == 61
    session.commit()


def test_a_corrected_complaint_is_never_learnt(session: Session, town: Town, place: Place) -> None:
    about = {"type": "deputy", "id": place.primary}
    issue = town.submits(town.role(Role.RESIDENT), anonymity="station_only", about=about)
    district = town.role(Role.DISTRICT)
    district.does(issue["id"], "set_category", category_id=place.categories["教育"])
    assert list(learning.confirmed(session, place.district_id)) == []
    session.commit()


def test_a_sure_suggestion_fills_an_empty_category_before_routing_and_staff_see_why(
    town: Town, fill: Fill, train: Train, place: Place
) -> None:
    fill(register(240))
    train()
    issue = town.submits(town.guest(), content="垃圾桶没有清运，臭味，污水", category=None)
    seen = town.role(Role.STATION_CLERK).sees(issue["id"])
    given = seen["category_suggestion"]
    assert seen["category"]["id"] == given["id"] == place.categories["环境卫生/垃圾"]
    assert given["applied"] and given["model_version"] == 1 and given["confidence"] >= 0.85
    assert given["why"] and all(word in "垃圾桶没有清运臭味污水" for word in given["why"])
    holder = town.holder(issue["receipt_code"])
    assert holder.sees()["category_suggestion"] is None, "the machine's guess is for those who sort"


def test_what_the_resident_chose_stays_and_staff_see_another_suggestion(town: Town, fill: Fill, train: Train) -> None:
    fill(register(240))
    train()
    issue = town.submits(town.guest(), content="垃圾桶没有清运，臭味，污水", category="教育")
    seen = town.role(Role.STATION_HEAD).sees(issue["id"])
    assert seen["category"]["title"] == "教育"
    assert seen["category_suggestion"]["title"] == "环境卫生/垃圾" and not seen["category_suggestion"]["applied"]


def test_keywords_alone_suggest_and_fill_nothing_in(town: Town) -> None:
    issue = town.submits(town.guest(), content="垃圾没有清运，保洁也不来", category=None)
    seen = town.role(Role.STATION_HEAD).sees(issue["id"])
    assert seen["category"] is None
    assert seen["category_suggestion"]["model_version"] is None
    assert set(seen["category_suggestion"]["why"]) == {"垃圾", "清运", "保洁"}
