"""A roster workbook, how to bring it in, and everything it touches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.db import Base
from service.deputies.models import (
    CongressTerm,
    Deputy,
    DeputyGroup,
    GridAssignment,
    GroupMember,
    Leave,
    Mandate,
)
from service.stations.models import DutySlot, ReceptionDay, RosterEntry, Station, StationGrid
from service.territory.models import Constituency, Division, Grid
from service.units.models import HandlingUnit
from tests.imports.files import MakeFile, Rows, Run
from tests.world import World

TABLES = (
    Station,
    StationGrid,
    Grid,
    Deputy,
    Mandate,
    Constituency,
    CongressTerm,
    RosterEntry,
    GridAssignment,
    HandlingUnit,
    DeputyGroup,
    GroupMember,
    Leave,
    DutySlot,
    ReceptionDay,
)
Sheets = dict[str, Rows]
STATION_HEAD = ("镇街", "名称", "类型", "村社", "上级家站", "地址", "网格")
DEPUTY_HEAD = ("编号", "姓名", "级别", "镇街", "选区", "届次", "任期起", "任期止", "手机号", "驻站")
GRID_DEPUTY_HEAD = ("网格编码", "代表", "代表编号", "角色", "起", "止")


@pytest.fixture
def town(session: Session, world: World) -> str:
    return session.scalar(sa.select(Division.name).where(Division.code == world.a.township)) or ""


@pytest.fixture
def sheets(world: World, town: str) -> Sheets:
    village = world.a.village
    return {
        "说明": [("怎么填",)],
        "联络站": [
            STATION_HEAD,
            (town, "新代表之家", "代表之家", "", "", "镇政府", ""),
            (town, "新联络站", "联络站", village, "新代表之家", "村口", f"{village}101、{village}102"),
        ],
        "网格": [("网格编码", "名称"), (f"{village}101", "一号"), (int(f"{village}102"), "二号")],
        "代表": [
            DEPUTY_HEAD,
            ("", "阮甲", "镇", town, "第7选区", 19, "2022-01-01", "2026-12-31", "13900001111", "新联络站"),
            ("", "阮甲", "区", town, "第3选区", "第19届", "2022-01-01", "2026-12-31", "", ""),
            ("N-2", "祁乙", "市人大代表", "", "", "", dt.date(2022, 1, 1), "", "", "新联络站、新代表之家"),
        ],
        "网格代表": [
            GRID_DEPUTY_HEAD,
            (f"{village}101", "阮甲", "", "主责", "2026-01-01", ""),
            (f"{village}101", "祁乙", "N-2", "备用", "", "2026-12-31"),
        ],
        "承办单位": [("名称", "镇街", "政府部门", "电话"), ("城建办", town, "是", ""), ("水务公司", "", "否", "028-1")],
    }


@pytest.fixture
def roster(run: Run, world: World, xlsx_file: MakeFile) -> Callable[..., str]:
    """Import these sheets; what the command said."""

    def bring(sheets: Sheets, *words: object, code: int = 0) -> str:
        result = run("import-roster", xlsx_file(sheets), "--district", world.a.district_id, *words)
        assert result.exit_code == code, result.output
        return result.output

    return bring


def counted(session: Session, *tables: type[Base]) -> list[int]:
    return [session.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in tables or TABLES]


def everything(session: Session) -> list[tuple[object, ...]]:
    """Every row of every table the roster touches."""
    return [
        tuple(row)
        for model in TABLES
        for row in session.execute(sa.select(*model.__table__.columns).order_by(*model.__table__.primary_key))
    ]
