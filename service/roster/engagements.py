"""Groups, leave, duty and reception days from their sheets, by the service's own actions: they know the rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import sqlalchemy as sa

from service.accounts.roles import Actor, Grant, Role
from service.deputies.actions import create_group, join_group, take_leave
from service.deputies.mandates import GroupKind
from service.deputies.models import Deputy, DeputyGroup, GroupMember, Leave
from service.errors import DomainError
from service.parameters import queries as parameters
from service.roster.people import People
from service.roster.shapes import DUTIES, GROUPS, LEAVES, RECEPTIONS
from service.roster.underway import Underway, update
from service.sheets.shapes import Record, Shape
from service.stations import lookup, receptions
from service.stations.actions import put_on_duty
from service.stations.kinds import ReceptionState
from service.stations.lookup import Named
from service.stations.models import DutySlot, ReceptionDay


class EngagementSheets:
    """``stations``: those that are open, under their names. Everything before these sheets has been written."""

    def __init__(self, way: Underway, stations: Mapping[str, Sequence[Named]], people: People) -> None:
        self.way, self.session, self.stations, self.people = way, way.session, stations, people
        self.district_id = way.district.id
        wanted = sa.select(DeputyGroup).where(DeputyGroup.district_id == self.district_id)
        self.groups = {row.name: row for row in self.session.scalars(wanted)}

    def take(self) -> None:
        """After bad rows in the sheets before, only the writing of these is checked: whom they name may be missing."""
        is_sound = not self.way.report.problems
        rows: tuple[tuple[Shape, Callable[[Record], bool | None]], ...] = (
            (GROUPS, self._group),
            (LEAVES, self._leave),
            (DUTIES, self._duty),
            (RECEPTIONS, self._reception),
        )
        for shape, take in rows:
            for record in self.way.read(shape):
                if is_sound:
                    self._one(shape, take, record)
            if not is_sound and shape.name in self.way.tables:
                self.way.report.notices.append(f"{shape.title}：请先改正前面的表，再核对这张表里的人和站")

    def _one(self, shape: Shape, take: Callable[[Record], bool | None], record: Record) -> None:
        try:
            self.way.tell(shape, take(record))
        except ValueError as error:
            self.way.blame(shape, record.line, str(error))
        except DomainError as error:
            self.way.blame(shape, record.line, error.detail.rstrip("。"))

    def _group(self, record: Record) -> bool | None:
        group = self.groups.get(record["group"])
        changed = None if group is None else self._regroup(group, record)
        if group is None:
            group = self.groups[record["group"]] = self._new_group(record)
        person = self._person(record, "deputy", "number")
        self.way.once(GROUPS, (group.id, person.id if person else None), record.line)
        if person is None:
            return changed
        if group.kind == GroupKind.TERRITORIAL:
            self.way.once(GROUPS, (GroupKind.TERRITORIAL, person.id), record.line)
        member = self.session.get(GroupMember, (group.id, person.id))
        if member is not None:
            return update(member, {"is_convenor": record.get("convenor")}) or changed
        join_group(self.session, group.id, person.id, is_convenor=record.get("convenor", False))
        return None

    def _new_group(self, record: Record) -> DeputyGroup:
        if "kind" not in record.values:
            raise ValueError("新的小组请填写“性质”")
        return create_group(
            self.session,
            district_id=self.district_id,
            kind=record["kind"],
            name=record["group"],
            category_ids=self._categories(record) or (),
        )

    def _regroup(self, group: DeputyGroup, record: Record) -> bool:
        if record.get("kind", group.kind) != group.kind:
            raise ValueError(f"“{group.name}”的性质已经确定，不能改")
        return update(group, {"category_ids": self._categories(record)})

    def _categories(self, record: Record) -> list[str] | None:
        titles = record.get("categories")
        return titles and [self._category(title) for title in titles]

    def _category(self, title: str) -> str:
        return parameters.category_id(self.session, self.district_id, title, at=self.way.now)

    def _leave(self, record: Record) -> bool | None:
        person, substitute = self._known(record), self._person(record, "substitute", "substitute_number")
        self.way.once(LEAVES, (person.id, record["from"], record["to"]), record.line)
        same = sa.select(Leave).where(
            Leave.deputy_id == person.id,
            Leave.from_on == record["from"],
            Leave.to_on == record["to"],
            Leave.cancelled_at.is_(None),
        )
        row = self.session.scalar(same)
        if row is not None:
            if substitute is not None and row.substitute_id != substitute.id:
                raise ValueError("这次请假登记的是另一位接替代表，请先在服务里取消原来的")
            return False
        take_leave(
            self.session,
            district_id=self.district_id,
            deputy_id=person.id,
            from_on=record["from"],
            to_on=record["to"],
            actor=Actor(None, (Grant(Role.DISTRICT, self.district_id),)),
            now=self.way.now,
            substitute_id=substitute.id if substitute else None,
            reason=record.get("reason"),
        )
        return None

    def _duty(self, record: Record) -> bool | None:
        person, station_id, on = self._known(record), self._station(record), record["on"]
        self.way.once(DUTIES, (station_id, person.id, on), record.line)
        if on < self.way.today:
            raise ValueError("这一天已经过去")
        same = sa.exists().where(
            DutySlot.station_id == station_id, DutySlot.deputy_id == person.id, DutySlot.on_date == on
        )
        if self.session.scalar(sa.select(same)):
            return False
        put_on_duty(self.session, self.district_id, station_id, person.id, on=on)
        return None

    def _reception(self, record: Record) -> bool | None:
        station_id = self._station(record)
        self.way.once(RECEPTIONS, (station_id, record["starts"]), record.line)
        chosen = [self._written(word).id for word in record["deputies"]]
        same = sa.select(ReceptionDay).where(
            ReceptionDay.station_id == station_id,
            ReceptionDay.starts_at == record["starts"],
            ReceptionDay.state != ReceptionState.CANCELLED.value,
        )
        row = self.session.scalar(same)
        values = {"ends_at": record["ends"], **{name: record.get(name) for name in ("place", "theme", "capacity")}}
        if row is not None:
            if set(row.deputy_ids) != set(chosen) or _differs(row, values):
                raise ValueError("这个时间的接待已经登记，内容不同；请先在服务里改期或者取消")
            return False
        receptions.plan(
            self.session,
            district_id=self.district_id,
            station_id=station_id,
            starts_at=record["starts"],
            deputy_ids=chosen,
            now=self.way.now,
            **values,
        )
        return None

    def _station(self, record: Record) -> str:
        return lookup.find(self.stations, record["station"], near=record.get("township"))

    def _known(self, record: Record) -> Deputy:
        return self.people.named(record["deputy"], record.get("number"), "")

    def _person(self, record: Record, name: str, number: str) -> Deputy | None:
        if name not in record.values and number not in record.values:
            return None
        return self.people.named(record.get(name, ""), record.get(number), "")

    def _written(self, word: str) -> Deputy:
        """By 编号, else by name."""
        return self.people.by_number.get(word) or self.people.named(word, None, "")


def _differs(row: ReceptionDay, values: Mapping[str, object]) -> bool:
    return any(value is not None and getattr(row, name) != value for name, value in values.items())
