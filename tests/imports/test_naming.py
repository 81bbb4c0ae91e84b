"""Staff are registered by what their station, unit or deputy is called."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.models import Invitation
from service.deputies.models import Deputy
from service.stations.models import Station
from service.territory.models import Division
from service.units.models import HandlingUnit
from tests.imports.files import Run
from tests.world import World


def create(run: Run, world: World, role: str, option: str, written: str) -> str:
    person = ("--name", "李四", "--phone", "13800138000", "--district", world.a.district_id)
    return run("create-staff", "--role", role, *person, option, written).output


def invitations(session: Session) -> list[Invitation]:
    """Of the person the command was about; names are encrypted, so they are compared here."""
    return [row for row in session.scalars(sa.select(Invitation)) if row.person_name == "李四"]


@pytest.mark.parametrize("kind", ["station", "unit", "deputy", "numbered"])
def test_a_name_or_number_does_for_an_id(session: Session, world: World, run: Run, kind: str) -> None:
    place = world.a
    model, row_id, role = {
        "station": (Station, place.station, "station_head"),
        "unit": (HandlingUnit, place.township_unit, "unit_clerk"),
        "deputy": (Deputy, place.spare, "deputy"),
        "numbered": (Deputy, place.backup, "deputy"),
    }[kind]
    row = session.get(model, row_id)
    assert isinstance(row, Station | HandlingUnit | Deputy)
    written = row.name
    if kind == "numbered":
        assert isinstance(row, Deputy)
        row.roster_number = written = "N-77"
    option = "--deputy" if kind == "numbered" else f"--{kind}"
    assert "邀请码" in create(run, world, role, option, written)
    (invited,) = invitations(session)
    assert row_id in (invited.station_id, invited.unit_id, invited.deputy_id)


@pytest.mark.parametrize("digits", [9, 12, 0])
def test_a_township_may_be_named_as_its_files_name_it(session: Session, world: World, run: Run, digits: int) -> None:
    code = world.a.township
    town = session.get(Division, code)
    assert town is not None
    assert "邀请码" in create(run, world, "township", "--township", code[:digits] or town.name)
    assert [row.township_code for row in invitations(session)] == [code]


def test_a_name_that_two_have_is_not_guessed(session: Session, world: World, run: Run) -> None:
    two = [session.get(Station, station_id) for station_id in (world.a.station, world.a.other_station)]
    for row in two:
        assert row is not None
        row.name = "同名站"
    assert "请写成“镇街/名称”" in create(run, world, "station_head", "--station", "同名站")
    deputies = [session.get(Deputy, deputy_id) for deputy_id in (world.a.spare, world.a.backup)]
    for person in deputies:
        assert person is not None
        person.name = "同名人"
    assert "请改用编号" in create(run, world, "deputy", "--deputy", "同名人")
    assert invitations(session) == []


@pytest.mark.parametrize(
    ("role", "option"),
    [("station_head", "--station"), ("unit_clerk", "--unit"), ("deputy", "--deputy"), ("township", "--township")],
)
def test_a_name_nobody_has_invites_nobody(session: Session, world: World, run: Run, role: str, option: str) -> None:
    """What is told of a place by mistake would be an invitation that opens nothing."""
    session.commit()
    assert "没有" in create(run, world, role, option, "512002999000")
    assert invitations(session) == []
