"""Which grid a deputy answers for, and which groups a deputy belongs to."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.deputies import queries
from service.deputies.mandates import GridRole, GroupKind
from service.deputies.models import Deputy, DeputyGroup, GridAssignment, GroupMember
from service.errors import Conflict, Invalid, NotFound
from service.ids import new_id
from service.parameters.models import Category
from service.territory.models import Grid

MOST_GROUPS = {GroupKind.TERRITORIAL: 1, GroupKind.PROFESSIONAL: 2}


def assign_grid(session: Session, grid_id: str, deputy_id: str, role: GridRole, *, on: dt.date) -> GridAssignment:
    """From ``on`` the deputy answers for the grid; a new PRIMARY ends the old one the same day (rulebook §6).

    A deputy has one part per grid: taking the other one ends the first. Repeating an assignment gives it back.

    :raises NotFound: when there is no such grid.
    :raises Invalid: when the deputy is of another district, not available that day, or the grid is gone.
    """
    grid = session.scalar(sa.select(Grid).where(Grid.id == grid_id).with_for_update())
    if grid is None:
        raise NotFound("没有找到这个网格。")
    if grid.valid_to is not None and grid.valid_to <= on:
        raise Invalid("这个网格已经撤销。", fields={"grid_id": "请选择现有的网格。"})
    person = queries.deputy(session, grid.district_id, deputy_id)
    if person.id not in queries.available(session, [person.id], on=on):
        raise Invalid("这位代表目前不在岗，不能联系网格。", fields={"deputy_id": "请选择另一位代表。"})
    current = _current(session, grid_id)
    same = [row for row in current if (row.deputy_id, row.role) == (deputy_id, role.value)]
    if same:
        return same[0]
    _end_replaced(current, deputy_id, role, on)
    session.flush()
    row = GridAssignment(
        id=new_id(),
        district_id=grid.district_id,
        grid_id=grid.id,
        deputy_id=person.id,
        role=role.value,
        valid_from=on,
    )
    session.add(row)
    session.flush()
    return row


def leave_grid(session: Session, district_id: str, assignment_id: str, *, on: dt.date) -> GridAssignment:
    """From ``on`` the deputy no longer answers for the grid; without a 主责 its matters go to whoever is on duty, or the head.

    :raises NotFound: when there is none in the district, or it has ended.
    """
    wanted = sa.select(GridAssignment).where(GridAssignment.id == assignment_id, GridAssignment.valid_to.is_(None))
    row = session.scalar(wanted.where(GridAssignment.district_id == district_id).with_for_update())
    if row is None:
        raise NotFound("这位代表已经不联系这个网格了。")
    row.valid_to = max(on, row.valid_from)
    session.flush()
    return row


def _current(session: Session, grid_id: str) -> Sequence[GridAssignment]:
    wanted = sa.select(GridAssignment).where(GridAssignment.grid_id == grid_id, GridAssignment.valid_to.is_(None))
    return session.scalars(wanted).all()


def _end_replaced(current: Sequence[GridAssignment], deputy_id: str, role: GridRole, on: dt.date) -> None:
    for row in current:
        if row.deputy_id == deputy_id or (role is GridRole.PRIMARY and row.role == GridRole.PRIMARY.value):
            row.valid_to = max(on, row.valid_from)


def create_group(
    session: Session, *, district_id: str, kind: GroupKind, name: str, category_ids: Sequence[str] = ()
) -> DeputyGroup:
    """A group; a professional one lists the categories of the district it knows about.

    :raises Invalid: without a name, or with categories on a territorial group or of another district.
    """
    if not name.strip():
        raise Invalid("请填写小组名称。", fields={"name": "请填写小组名称。"})
    if category_ids and kind is GroupKind.TERRITORIAL:
        raise Invalid("区块小组不按类别划分。", fields={"category_ids": "只有专业小组可以选择类别。"})
    wanted = sa.select(sa.func.count()).where(Category.district_id == district_id, Category.id.in_(category_ids))
    if session.scalar(wanted) != len(set(category_ids)):
        raise Invalid("有的类别不属于本区。", fields={"category_ids": "请重新选择类别。"})
    row = DeputyGroup(
        id=new_id(),
        district_id=district_id,
        kind=kind.value,
        name=name.strip(),
        category_ids=list(dict.fromkeys(category_ids)),
    )
    session.add(row)
    session.flush()
    return row


def join_group(session: Session, group_id: str, deputy_id: str, *, is_convenor: bool = False) -> GroupMember:
    """Exactly one territorial and at most two professional groups each (rulebook §1 row 18).

    Joining another territorial group leaves the first one, so that there is always exactly one.

    :raises NotFound: when there is no such group, or the deputy is of another district.
    :raises Conflict: on a third professional group.
    """
    group = session.get(DeputyGroup, group_id)
    if group is None:
        raise NotFound("没有找到这个代表小组。")
    person = queries.deputy(session, group.district_id, deputy_id)
    session.execute(sa.select(Deputy.id).where(Deputy.id == person.id).with_for_update())
    memberships = _memberships(session, person.id)
    for member, _ in memberships:
        if member.group_id == group_id:
            member.is_convenor = is_convenor
            session.flush()
            return member
    _make_room(session, memberships, GroupKind(group.kind))
    row = GroupMember(group_id=group.id, deputy_id=person.id, is_convenor=is_convenor)
    session.add(row)
    session.flush()
    return row


def leave_group(session: Session, group_id: str, deputy_id: str) -> None:
    """Of a professional group. The territorial one is left by joining another, so that there is always exactly one.

    :raises NotFound: when the deputy is not in it.  :raises Conflict: for a territorial group.
    """
    wanted = sa.select(GroupMember, DeputyGroup.kind).join(DeputyGroup, DeputyGroup.id == GroupMember.group_id)
    found = session.execute(wanted.where(GroupMember.group_id == group_id, GroupMember.deputy_id == deputy_id)).first()
    if found is None:
        raise NotFound("这位代表已经不在这个小组了。")
    if found[1] == GroupKind.TERRITORIAL:
        raise Conflict("每位代表都要有一个区块小组。换组请直接加入另一个。")
    session.delete(found[0])
    session.flush()


def _memberships(session: Session, deputy_id: str) -> Sequence[tuple[GroupMember, GroupKind]]:
    wanted = (
        sa.select(GroupMember, DeputyGroup.kind)
        .join(DeputyGroup, DeputyGroup.id == GroupMember.group_id)
        .where(GroupMember.deputy_id == deputy_id)
    )
    return [(member, GroupKind(kind)) for member, kind in session.execute(wanted)]


def _make_room(session: Session, memberships: Sequence[tuple[GroupMember, GroupKind]], kind: GroupKind) -> None:
    held = Counter(member_kind for _, member_kind in memberships)
    if held[kind] < MOST_GROUPS[kind]:
        return
    if kind is GroupKind.PROFESSIONAL:
        raise Conflict("每位代表最多参加两个专业小组。")
    for member, member_kind in memberships:
        if member_kind is GroupKind.TERRITORIAL:
            session.delete(member)
    session.flush()
