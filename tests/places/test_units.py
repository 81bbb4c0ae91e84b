"""Handling units are found within their district and township."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from service.errors import Conflict, Invalid, NotFound
from service.units import queries
from service.units.actions import close_unit, create_unit
from service.units.models import DISTRICT_LEVEL, TOWNSHIP_LEVEL
from tests.world import World


def test_a_search_stays_in_the_district_and_the_township_asked_for(session: Session, world: World) -> None:
    place = world.a
    everything = {row.id for row in queries.search(session, place.district_id)}
    assert everything == {
        place.township_unit,
        place.other_township_unit,
        place.district_unit,
        place.company_unit,
    }
    own = queries.search(session, place.district_id, township_code=place.township)
    assert [row.id for row in own] == [place.township_unit]
    district = queries.search(session, place.district_id, level=DISTRICT_LEVEL)
    assert {row.id for row in district} == {place.district_unit, place.company_unit}
    assert [row.id for row in queries.search(session, place.district_id, q="供电")] == [place.company_unit]
    assert queries.search(session, place.district_id, q="%") == []
    assert len(queries.search(session, place.district_id, limit=2)) == 2


def test_a_unit_of_the_other_district_is_not_found(session: Session, world: World) -> None:
    with pytest.raises(NotFound):
        queries.unit(session, world.a.district_id, world.b.district_unit)
    assert queries.names(session, world.a.district_id, [world.b.district_unit]) == {}


def test_a_closed_unit_is_no_longer_offered_but_still_named(session: Session, world: World, today: dt.date) -> None:
    place = world.a
    close_unit(session, place.district_id, place.district_unit, on=today)
    assert place.district_unit not in {row.id for row in queries.search(session, place.district_id)}
    assert queries.unit(session, place.district_id, place.district_unit).closed_on == today
    with pytest.raises(Conflict):
        close_unit(session, place.district_id, place.district_unit, on=today)


def test_a_new_unit_belongs_to_a_township_or_the_district(session: Session, world: World) -> None:
    place = world.a
    local = create_unit(session, district_id=place.district_id, name=" 应急办 ", township_code=place.township)
    assert (local.level, local.name) == (TOWNSHIP_LEVEL, "应急办")
    assert create_unit(session, district_id=place.district_id, name="应急办").level == DISTRICT_LEVEL
    with pytest.raises(Conflict):
        create_unit(session, district_id=place.district_id, name="应急办")
    with pytest.raises(Invalid):
        create_unit(session, district_id=place.district_id, name="村务", township_code=place.village)
    with pytest.raises(NotFound):
        create_unit(session, district_id=place.district_id, name="别处", township_code=world.b.township)
