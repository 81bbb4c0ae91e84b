"""The demo district loads fast, once, and leaves what the contract promises."""

from __future__ import annotations

import datetime as dt
import io
import json
import stat
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image
from sqlalchemy.orm import Session

from config.defaults import CATEGORIES
from devkit.demo.loading import load, notes, write_notes
from devkit.demo.names import invented_names
from devkit.demo.rows import demo_code
from devkit.wechat_sandbox.identities import openid_for
from service.accounts.models import GrantRow, Identity
from service.accounts.roles import SCOPE_FIELD, Role
from service.crypto import ring
from service.db import Base
from service.deputies import queries as deputies
from service.deputies.mandates import GridRole, GroupKind, Level
from service.deputies.models import Deputy, DeputyGroup, GroupMember, Mandate
from service.ids import scan_code_is_well_formed
from service.notifications.models import SubscriptionCredit
from service.parameters.models import Category
from service.stations import queries as stations
from service.stations.kinds import StationKind
from service.stations.models import ReceptionDay, RosterEntry, Station, StationGrid
from service.stations.scan import resolve
from service.territory.models import STREET, Division, Grid
from service.units.models import DISTRICT_LEVEL, HandlingUnit
from service.uploads.models import Upload
from service.uploads.storage import storage_at
from service.uploads.vault import Kind, Vault
from tests.conftest import MONDAY_MORNING
from tests.places.own_database import own_database

YANJIANG, SECOND = "512002", "510182"


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return Vault(storage_at(str(tmp_path_factory.mktemp("pictures"))))


@pytest.fixture(scope="module")
def database(database_url: str, core_app: object, vault: Vault) -> Iterator[sa.Engine]:
    """Of this file's own: loaded once for all who only look."""
    with own_database(database_url) as engine:
        with Session(engine) as session:
            load(session, now=MONDAY_MORNING, issues=False, vault=vault)
            session.commit()
        yield engine


@pytest.fixture
def demo(database: sa.Engine) -> Iterator[Session]:
    with Session(database) as session:
        yield session


def counted(session: Session, table: type[Base], *where: sa.ColumnElement[bool]) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(table).where(*where)) or 0


def test_it_loads_within_fifteen_seconds_and_only_once(session: Session, now: dt.datetime) -> None:
    began = time.monotonic()
    assert load(session, now=now, issues=False) > 20_000
    assert time.monotonic() - began < 15
    assert load(session, now=now) == 0
    assert load(session, now=now + dt.timedelta(days=1)) >= 140


def test_reception_days_lie_behind_and_ahead(demo: Session, now: dt.datetime) -> None:
    over = counted(demo, ReceptionDay, ReceptionDay.state == "closed", ReceptionDay.ends_at < now)
    ahead = counted(demo, ReceptionDay, ReceptionDay.state == "announced", ReceptionDay.starts_at > now)
    assert min(over, ahead) > 100
    assert over + ahead == counted(demo, ReceptionDay)


def test_it_has_the_real_places_and_the_known_numbers(demo: Session) -> None:
    here = Division.district_id == YANJIANG
    assert counted(demo, Division, here, Division.parent_code.is_(None)) == 22
    assert counted(demo, Division, here, Division.parent_code.is_not(None)) == 361
    assert counted(demo, Grid, Grid.district_id == YANJIANG) == 361
    kinds = demo.execute(
        sa.select(Station.kind, sa.func.count()).where(Station.district_id == YANJIANG).group_by(Station.kind)
    )
    assert dict(kinds.all()) == {StationKind.HOME.value: 22, StationKind.STATION.value: 118}
    levels = demo.execute(
        sa.select(Mandate.level, sa.func.count()).where(Mandate.district_id == YANJIANG).group_by(Mandate.level)
    )
    assert dict(levels.all()) == {"COUNTY": 300, "TOWN": 1500, "CITY": 18, "PROVINCE": 6, "NATIONAL": 2}
    groups = demo.execute(
        sa.select(DeputyGroup.kind, sa.func.count())
        .where(DeputyGroup.district_id == YANJIANG)
        .group_by(DeputyGroup.kind)
    )
    assert dict(groups.all()) == {GroupKind.TERRITORIAL.value: 11, GroupKind.PROFESSIONAL.value: 7}
    assert counted(demo, HandlingUnit, HandlingUnit.level == DISTRICT_LEVEL, ~HandlingUnit.is_government) == 6


def test_streets_have_no_town_deputies_and_branches_hang_on_their_home(demo: Session) -> None:
    street_mandates = (
        sa.select(sa.func.count())
        .select_from(Mandate)
        .join(Division, Division.code == Mandate.township_code)
        .where(Division.kind == STREET, Mandate.level == Level.TOWN.value)
    )
    assert demo.scalar(street_mandates) == 0
    home = sa.orm.aliased(Station)
    in_tree = (
        sa.select(sa.func.count())
        .select_from(Station)
        .join(home, home.id == Station.parent_id)
        .where(home.kind == StationKind.HOME.value, home.township_code == Station.township_code)
    )
    assert demo.scalar(in_tree) == 118 + 1
    names = demo.scalars(sa.select(Deputy.name)).all()
    assert len(names) == len(set(names))
    assert demo.scalars(sa.select(Deputy.phone_index).where(Deputy.phone_index.is_not(None))).all() == []


def test_some_deputies_have_a_drawn_photo_and_some_wait_for_their_station(demo: Session, vault: Vault) -> None:
    hung, waiting = (
        set(demo.scalars(sa.select(column).where(column.is_not(None))))
        for column in (Deputy.portrait_id, Deputy.portrait_waiting_id)
    )
    assert len(hung) > 10 and len(waiting) >= 2 and not hung & waiting
    ready = sa.select(Upload.id).where(Upload.state == "ready", Upload.owner_digest.is_not(None))
    assert set(demo.scalars(ready)) == hung | waiting
    pictures = [vault.get(kind, min(hung)) for kind in (Kind.PHOTO, Kind.THUMBNAIL)]
    assert [Image.open(io.BytesIO(one)).format for one in pictures] == ["JPEG", "JPEG"]


def test_every_grid_has_a_station_a_primary_and_a_backup(demo: Session, today: dt.date) -> None:
    grid_ids = demo.scalars(sa.select(Grid.id)).all()
    covered = demo.scalars(sa.select(StationGrid.grid_id)).all()
    assert sorted(covered) == sorted(grid_ids)
    for grid_id in grid_ids[::20]:
        assert [role for _, role in deputies.grid_deputies(demo, grid_id, on=today)] == [
            GridRole.PRIMARY,
            GridRole.BACKUP,
        ]
    sizes = sa.select(RosterEntry.station_id, sa.func.count()).group_by(RosterEntry.station_id)
    rosters = dict(demo.execute(sizes).all())
    assert len(rosters) == 142
    assert min(rosters.values()) >= 3


def test_every_station_has_duty_for_sixty_days_and_a_reception_day(
    demo: Session, now: dt.datetime, today: dt.date
) -> None:
    for station_id in demo.scalars(sa.select(Station.id)):
        for offset in (0, 30, 60):
            assert len(stations.on_duty(demo, station_id, on=today + dt.timedelta(days=offset))) == 1
        reception = stations.next_reception(demo, station_id, now=now)
        assert reception is not None
        assert reception.starts_at - now > dt.timedelta(days=3)
        assert reception.deputy_ids


def test_groups_keep_to_one_and_two_and_know_the_categories(demo: Session) -> None:
    per_deputy = (
        sa.select(GroupMember.deputy_id, DeputyGroup.kind, sa.func.count())
        .join(DeputyGroup, DeputyGroup.id == GroupMember.group_id)
        .group_by(GroupMember.deputy_id, DeputyGroup.kind)
    )
    rows = demo.execute(per_deputy).all()
    most = Counter({kind: max(n for _, k, n in rows if k == kind) for kind in GroupKind})
    assert most == {GroupKind.TERRITORIAL: 1, GroupKind.PROFESSIONAL: 2}
    assert sum(kind == GroupKind.TERRITORIAL for _, kind, _ in rows) == counted(demo, Deputy)
    known = set(demo.scalars(sa.select(Category.id).where(Category.district_id == YANJIANG)))
    fields = demo.scalars(sa.select(DeputyGroup.category_ids).where(DeputyGroup.district_id == YANJIANG)).all()
    assert {category for ids in fields for category in ids} <= known
    assert len(known) == len(CATEGORIES)


def test_its_notes_keep_the_contract(demo: Session, tmp_path: Path, today: dt.date) -> None:
    path = write_notes(tmp_path, notes("http://127.0.0.1:8000"))
    path = write_notes(tmp_path, notes("http://127.0.0.1:8000"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    content = json.loads(path.read_text("utf-8"))
    assert content.keys() == {"base_url", "scan_codes", "sign_ins", "desk"}
    sign_ins = content["sign_ins"]
    assert {entry["role"] for entry in sign_ins} == {role.value for role in Role}
    for entry in sign_ins:
        assert {"role", "id", "name", "body"} <= entry.keys()
        assert entry.keys() <= {"role", "id", "name", "station_id", "unit_id", "township_id", "body"}
        assert entry["body"]["provider"] == "wechat_miniprogram"
        assert entry["body"]["code"].startswith("demo-")
    codes = [entry["body"]["code"] for entry in sign_ins]
    assert len(codes) == len(set(codes))
    listed = {entry["id"] for entry in sign_ins if entry["role"] == "deputy"}
    for entry in content["scan_codes"]:
        assert entry.keys() == {"code", "station_id"}
        target = resolve(demo, entry["code"], today=today)
        assert target.station.id == entry["station_id"]
        assert set(stations.roster(demo, target.station.id, on=today)) <= listed
        here = {e["role"] for e in sign_ins if e.get("station_id") == target.station.id}
        assert here == {"deputy", "station_clerk", "station_head"}


def test_its_codes_sign_in_to_accounts_with_the_right_grant_and_credits(demo: Session) -> None:
    for entry in notes("http://x")["sign_ins"]:
        index = ring().blind_index(openid_for(entry["body"]["code"]), "identity.wechat_miniprogram")
        account_id = demo.scalars(sa.select(Identity.account_id).where(Identity.subject_index == index)).one()
        role = Role(entry["role"])
        grants = demo.scalars(sa.select(GrantRow).where(GrantRow.account_id == account_id)).all()
        if role is Role.RESIDENT:
            assert (grants, entry["id"]) == ([], account_id)
            continue
        (grant,) = grants
        columns = ("township_code", "station_id", "unit_id", "deputy_id")
        filled = {column for column in columns if getattr(grant, column) is not None}
        assert filled == ({SCOPE_FIELD[role]} if role in SCOPE_FIELD else set())
        assert entry["id"] == (grant.deputy_id if role is Role.DEPUTY else account_id)
        credits = sa.select(SubscriptionCredit.template_id, SubscriptionCredit.remaining).where(
            SubscriptionCredit.account_id == account_id
        )
        assert dict(demo.execute(credits).all()) == {"tmpl-issue-progress": 50, "tmpl-issue-task": 50}


def test_its_listed_stations_are_of_a_town_a_street_and_a_second_district(demo: Session, today: dt.date) -> None:
    found = [resolve(demo, entry["code"], today=today).station for entry in notes("http://x")["scan_codes"]]
    kinds = [demo.get_one(Division, station.township_code).kind for station in found]
    assert kinds == ["town", "town", "street", "street", "town"]
    assert [station.district_id for station in found] == [YANJIANG] * 4 + [SECOND]


def test_it_is_the_same_on_every_machine() -> None:
    assert notes("http://x") == notes("http://x")
    code = demo_code("station", "512002100001")
    assert scan_code_is_well_formed(code)
    assert code == demo_code("station", "512002100001") != demo_code("station", "512002100002")
    names = list(invented_names())
    assert len(names) == len(set(names)) > 1_900
