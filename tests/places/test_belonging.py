"""One PRIMARY per grid, one territorial and at most two professional groups per deputy."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.crypto import ring
from service.deputies import queries
from service.deputies.actions import assign_grid, create_deputy, create_group, join_group
from service.deputies.mandates import GridRole, GroupKind
from service.deputies.models import Deputy, GridAssignment, GroupMember
from service.errors import Conflict, Invalid, NotFound
from service.parameters.models import Category
from tests.world import SINCE, World, put_on_leave

DAY = dt.timedelta(days=1)


def test_a_new_primary_ends_the_old_one_the_same_day(session: Session, world: World, today: dt.date) -> None:
    place = world.a
    assign_grid(session, place.grid, place.spare, GridRole.PRIMARY, on=today)
    assert queries.grid_deputies(session, place.grid, on=today) == [
        (place.spare, GridRole.PRIMARY),
        (place.backup, GridRole.BACKUP),
    ]
    assert queries.grid_deputies(session, place.grid, on=today - DAY)[0] == (place.primary, GridRole.PRIMARY)


def test_the_database_itself_refuses_a_second_primary(session: Session, world: World) -> None:
    place = world.a
    session.commit()
    session.add(
        GridAssignment(
            district_id=place.district_id,
            grid_id=place.grid,
            deputy_id=place.spare,
            role=GridRole.PRIMARY.value,
            valid_from=SINCE,
        )
    )
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_a_backup_who_becomes_primary_is_no_longer_backup(session: Session, world: World, today: dt.date) -> None:
    place = world.a
    assign_grid(session, place.grid, place.backup, GridRole.PRIMARY, on=today)
    assert queries.grid_deputies(session, place.grid, on=today) == [(place.backup, GridRole.PRIMARY)]


def test_repeating_an_assignment_changes_nothing(session: Session, world: World, today: dt.date) -> None:
    place = world.a
    row = assign_grid(session, place.grid, place.primary, GridRole.PRIMARY, on=today)
    assert row.valid_from == SINCE
    assert len(queries.grid_deputies(session, place.grid, on=today)) == 2


def test_a_grid_is_given_only_to_an_available_deputy_of_its_district(
    session: Session, world: World, today: dt.date
) -> None:
    place = world.a
    put_on_leave(session, place, place.spare, on=today)
    with pytest.raises(Invalid):
        assign_grid(session, place.grid, place.spare, GridRole.PRIMARY, on=today)
    with pytest.raises(NotFound):
        assign_grid(session, place.grid, world.b.spare, GridRole.PRIMARY, on=today)
    with pytest.raises(NotFound):
        assign_grid(session, "nowhere", place.spare, GridRole.PRIMARY, on=today)


def test_a_deputy_is_in_one_territorial_and_at_most_two_professional_groups(session: Session, world: World) -> None:
    place = world.a
    other = create_group(session, district_id=place.district_id, kind=GroupKind.TERRITORIAL, name="第二代表小组")
    join_group(session, other.id, place.spare)
    groups = session.scalars(sa.select(GroupMember.group_id).where(GroupMember.deputy_id == place.spare)).all()
    assert groups == [other.id]
    education = [place.categories["教育"]]
    fields = [
        create_group(
            session,
            district_id=place.district_id,
            kind=GroupKind.PROFESSIONAL,
            name=f"专业小组{number}",
            category_ids=education,
        )
        for number in range(3)
    ]
    for group in fields[:2]:
        join_group(session, group.id, place.spare)
    assert join_group(session, fields[0].id, place.spare, is_convenor=True).is_convenor
    with pytest.raises(Conflict):
        join_group(session, fields[2].id, place.spare)
    with pytest.raises(NotFound):
        join_group(session, fields[2].id, world.b.spare)


def test_a_group_knows_only_categories_of_its_district(session: Session, world: World) -> None:
    for kind, categories in (
        (GroupKind.PROFESSIONAL, [world.b.categories["教育"]]),
        (GroupKind.TERRITORIAL, [world.a.categories["教育"]]),
    ):
        with pytest.raises(Invalid):
            create_group(session, district_id=world.a.district_id, kind=kind, name="小组", category_ids=categories)


def test_a_professional_group_is_found_for_its_category_and_those_below(session: Session, world: World) -> None:
    place = world.a
    road = place.categories["道路交通"]
    below = Category(id="road-lamps", district_id=place.district_id, parent_id=road, title="路灯")
    session.add(below)
    session.flush()
    for category_id in (road, below.id):
        assert queries.in_groups_for(session, category_id, place.deputies) == {place.group_member}
    assert queries.in_groups_for(session, place.categories["教育"], place.deputies) == frozenset()
    assert queries.in_groups_for(session, None, place.deputies) == frozenset()
    assert queries.in_groups_for(session, road, [place.primary]) == frozenset()


def test_a_deputys_phone_is_stored_sealed_and_found_by_its_index(session: Session, world: World) -> None:
    person = create_deputy(session, district_id=world.a.district_id, name="新代表", phone="13812345678")
    stored = session.scalar(sa.text("select phone from deputies where id = :id").bindparams(id=person.id))
    assert stored
    assert "13812345678" not in stored
    found = sa.select(Deputy.id).where(Deputy.phone_index == ring().blind_index("13812345678", "phone"))
    assert session.scalars(found).all() == [person.id]
    with pytest.raises(Invalid):
        create_deputy(session, district_id=world.a.district_id, name=" ")
