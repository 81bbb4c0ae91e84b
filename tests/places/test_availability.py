"""Who may get something new: leave, suspension and an ended mandate take effect at once (rulebook §9.5, §11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.roles import Actor, Role
from service.deputies import queries
from service.deputies.actions import change_mandate, give_mandate
from service.deputies.mandates import GridRole, Level, MandateState
from service.deputies.models import Mandate
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.events import Event
from service.outbox.models import OutboxRow
from tests.world import World, put_on_leave

Acting = Callable[[str], Actor]
DAY = dt.timedelta(days=1)


def mandate_of(session: Session, deputy_id: str, level: Level) -> Mandate:
    wanted = sa.select(Mandate).where(Mandate.deputy_id == deputy_id, Mandate.level == level.value)
    return session.scalars(wanted).one()


def events(session: Session) -> list[tuple[str, dict[str, str]]]:
    rows = session.scalars(sa.select(OutboxRow).order_by(OutboxRow.id))
    return [(row.event, dict(row.payload)) for row in rows]


def test_everybody_with_an_active_mandate_is_available(session: Session, world: World, today: dt.date) -> None:
    assert queries.available(session, world.a.deputies, on=today) == set(world.a.deputies)
    assert queries.available(session, [], on=today) == frozenset()
    assert queries.available(session, ["nobody"], on=today) == frozenset()


def test_leave_covers_its_days_and_no_other(session: Session, world: World, today: dt.date) -> None:
    primary = world.a.primary
    put_on_leave(session, world.a, primary, on=today, days=2, substitute_id=world.a.spare)
    seen = [primary in queries.available(session, [primary], on=today + DAY * offset) for offset in (-1, 0, 1, 2)]
    assert seen == [True, False, False, True]
    assert queries.substitutes(session, [primary, world.a.spare], on=today) == {primary: world.a.spare}
    assert queries.substitutes(session, [primary], on=today + DAY * 2) == {}


@pytest.mark.parametrize("state", [MandateState.SUSPENDED, MandateState.TERMINATED])
def test_a_suspended_or_terminated_deputy_leaves_routing_at_once(
    session: Session, world: World, now: dt.datetime, today: dt.date, acting: Acting, state: MandateState
) -> None:
    place = world.a
    mandate = mandate_of(session, place.backup, Level.TOWN)
    change_mandate(session, mandate.id, state, reason="代表法", actor=acting(place.accounts[Role.DISTRICT]), now=now)
    assert queries.available(session, [place.backup], on=today) == frozenset()
    assert queries.cards(session, [place.backup], on=today)[place.backup].titles == ()
    assert queries.names(session, place.district_id, [place.backup]) == {place.backup: "柏二"}
    held = [GridRole.PRIMARY] if state is MandateState.TERMINATED else [GridRole.PRIMARY, GridRole.BACKUP]
    assert [role for _, role in queries.grid_deputies(session, place.grid, on=today)] == held
    assert events(session) == [(Event.DEPUTY_AVAILABILITY_CHANGED.value, {"deputy_id": place.backup})]


def test_with_a_second_mandate_the_deputy_stays_available(
    session: Session, world: World, now: dt.datetime, today: dt.date, acting: Acting
) -> None:
    place = world.a
    office = acting(place.accounts[Role.DISTRICT])
    town = mandate_of(session, place.primary, Level.TOWN)
    change_mandate(session, town.id, MandateState.TERMINATED, reason="迁出本镇", actor=office, now=now)
    assert queries.available(session, [place.primary], on=today) == {place.primary}
    assert queries.levels_of(session, place.primary, on=today) == {Level.COUNTY}
    assert (place.primary, GridRole.PRIMARY) in queries.grid_deputies(session, place.grid, on=today)


def test_a_suspended_deputy_comes_back(
    session: Session, world: World, now: dt.datetime, today: dt.date, acting: Acting
) -> None:
    office = acting(world.a.accounts[Role.DISTRICT])
    mandate = mandate_of(session, world.a.spare, Level.TOWN)
    change_mandate(session, mandate.id, MandateState.SUSPENDED, reason="代表法第六十一条", actor=office, now=now)
    change_mandate(session, mandate.id, MandateState.ACTIVE, reason="恢复执行职务", actor=office, now=now)
    assert queries.available(session, [world.a.spare], on=today) == {world.a.spare}


def test_a_mandate_moves_only_along_the_table_by_the_district_office_with_a_reason(
    session: Session, world: World, now: dt.datetime, acting: Acting
) -> None:
    office = acting(world.a.accounts[Role.DISTRICT])
    mandate = mandate_of(session, world.a.spare, Level.TOWN)
    for state in (MandateState.ACTIVE, MandateState.ELECTED, MandateState.ARCHIVED):
        with pytest.raises(Conflict):
            change_mandate(session, mandate.id, state, reason="依据", actor=office, now=now)
    with pytest.raises(Invalid):
        change_mandate(session, mandate.id, MandateState.SUSPENDED, reason=" ", actor=office, now=now)
    township = acting(world.a.accounts[Role.TOWNSHIP])
    with pytest.raises(Forbidden):
        change_mandate(session, mandate.id, MandateState.SUSPENDED, reason="依据", actor=township, now=now)
    elsewhere = acting(world.b.accounts[Role.DISTRICT])
    with pytest.raises(NotFound):
        change_mandate(session, mandate.id, MandateState.SUSPENDED, reason="依据", actor=elsewhere, now=now)
    assert events(session) == []


def test_a_mandate_holds_from_its_first_day_until_the_day_before_its_end(
    session: Session, world: World, today: dt.date
) -> None:
    mandate = mandate_of(session, world.a.spare, Level.TOWN)
    mandate.valid_from, mandate.valid_to = today, today + DAY * 2
    seen = [bool(queries.available(session, [world.a.spare], on=today + DAY * offset)) for offset in (-1, 0, 1, 2)]
    assert seen == [False, True, True, False]


def test_somebody_only_elected_does_not_serve_yet(session: Session, world: World, today: dt.date) -> None:
    mandate_of(session, world.a.spare, Level.TOWN).state = MandateState.ELECTED.value
    assert queries.available(session, [world.a.spare], on=today) == frozenset()


def test_a_street_has_no_town_deputies_and_a_level_is_held_once(session: Session, world: World, today: dt.date) -> None:
    place = world.a

    def give(deputy_id: str, level: Level, township: str | None) -> Mandate:
        return give_mandate(
            session,
            district_id=place.district_id,
            deputy_id=deputy_id,
            level=level,
            township_code=township,
            valid_from=today,
        )

    for township in (None, place.other_township):
        with pytest.raises(Invalid):
            give(place.other_primary, Level.TOWN, township)
    with pytest.raises(Conflict):
        give(place.spare, Level.TOWN, place.township)
    with pytest.raises(NotFound):
        give(world.b.spare, Level.COUNTY, None)
    give(place.spare, Level.CITY, None)
    assert queries.levels_of(session, place.spare, on=today) == {Level.TOWN, Level.CITY}


def test_two_mandates_make_one_card_with_two_titles_and_no_private_fact(
    session: Session,
    world: World,
    today: dt.date,
    statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    place = world.a
    with statements() as sent:
        cards = queries.cards(session, place.deputies, on=today)
    assert len(sent) == 3
    card = cards[place.primary]
    assert (card.titles, card.levels) == (("区人大代表", "镇人大代表"), (Level.COUNTY, Level.TOWN))
    assert (card.name, card.constituency, card.groups) == ("安一", "雁江区第1选区", ("第一代表小组",))
    assert cards[place.group_member].groups == ("第一代表小组", "城建交通专业小组")
    assert "13900000000" not in repr(cards)
    assert "工作单位" not in repr(cards)


def test_escalation_goes_to_the_nearest_level_of_the_own_district(
    session: Session, world: World, today: dt.date
) -> None:
    place = world.a
    above_town = queries.higher_deputies(session, place.district_id, above=Level.TOWN, on=today)
    assert [level for _, level in above_town] == [Level.COUNTY] * 4 + [Level.CITY, Level.PROVINCE]
    above_county = queries.higher_deputies(session, place.district_id, above=Level.COUNTY, on=today)
    assert above_county == [(place.city_deputy, Level.CITY), (place.province_deputy, Level.PROVINCE)]
    put_on_leave(session, place, place.city_deputy, on=today)
    assert queries.higher_deputies(session, place.district_id, above=Level.COUNTY, on=today) == [
        (place.province_deputy, Level.PROVINCE)
    ]
    assert queries.higher_deputies(session, place.district_id, above=Level.NATIONAL, on=today) == []


def test_a_search_finds_available_deputies_of_the_district(session: Session, world: World, today: dt.date) -> None:
    place = world.a
    assert queries.search(session, place.district_id, on=today, q="安") == [place.primary]
    in_town = queries.search(session, place.district_id, on=today, township_code=place.township)
    assert set(in_town) == {place.primary, place.backup, place.duty_deputy, place.group_member, place.spare}
    put_on_leave(session, place, place.primary, on=today)
    assert queries.search(session, place.district_id, on=today, q="安") == []
