"""Every bad row of a roster is named by sheet, line and reason, and nothing is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.territory.models import Division, Grid
from tests.imports.roster_files import DEPUTY_HEAD, GRID_DEPUTY_HEAD, STATION_HEAD, Sheets, counted
from tests.world import World

BAD: dict[str, list[tuple[tuple[object, ...], str]]] = {
    "联络站": [
        (("没有的镇", "甲", "", "", "", "", ""), "没有名为“没有的镇”的镇街"),
        (("{town}", "乙", "小站", "", "", "", ""), "“类型”“小站”不认识，应为 代表之家、联络站、联系点、网上家站 之一"),
        (("{town}", "丙", "", "没有的村", "", "", ""), "没有名为“没有的村”的这个镇街的村社"),
        (("{town}", "丁", "", "", "没有的家", "", ""), "这个镇街没有名为“没有的家”的上级家站"),
        (("{town}", "戊", "代表之家", "", "己", "", ""), "上级家站的层级应高于本站"),
        (("{town}", "己", "", "", "", "", "512002999999999"), "没有网格 512002999999999"),
        (("{town}", "庚", "", "", "", "", "{other}001"), "不在这个镇街"),
        (("{town}", "己", "", "", "", "", ""), "与第 7 行重复"),
    ],
    "网格": [
        (("5.12E+14", "甲"), "科学计数法"),
        (("512002999999001", "甲"), "没有代码为 512002999999 的村社"),
        (("{village}000", "甲"), "网格序号应在 001 到 999 之间"),
        (("{village}301", ""), "没有填“名称”"),
        (("{closed}", "甲"), "已撤销"),
    ],
    "代表": [
        (("", "甲", "镇", "{street}", "", "", "", "", "", ""), "街道不设人民代表大会"),
        (("", "乙", "镇", "", "", "", "", "", "", ""), "街道不设人民代表大会"),
        (("", "丙", "村", "{town}", "", "", "", "", "", ""), "“级别”“村”不认识"),
        (("", "丁", "区", "", "", "", "2024-01-02", "2024-01-01", "", ""), "“任期止”早于“任期起”"),
        (("", "戊", "区", "", "", "", "", "", "12345678", ""), "“手机号”的写法不对"),
        (("", "己", "区", "", "", "", "", "", "", "没有的站"), "没有名为“没有的站”的联络站"),
        (("", "庚", "镇", "{town}", "", "", "", "", "", ""), ""),
        (("", "庚", "镇", "{town}", "", "", "", "", "", ""), "与第 8 行重复（同名、同镇街、同级别）"),
    ],
    "网格代表": [
        (("{village}999", "安一", "", "主责", "", ""), "没有网格"),
        (("{village}001", "没有人", "", "主责", "", ""), "没有名为“没有人”的代表"),
        (("{village}001", "安一", "X", "主责", "", ""), "没有编号为“X”的代表"),
        (("{village}002", "安一", "", "主责", "", ""), ""),
        (("{village}002", "岑三", "", "主责", "", ""), "与第 5 行冲突：一个网格同时只能有一位主责代表"),
        (("{village}002", "安一", "", "备用", "", ""), "与第 5 行冲突"),
        (("{village}001", "安一", "", "帮忙", "", ""), "“角色”“帮忙”不认识"),
        (("{village}001", "岑三", "", "备用", "2026-02-01", "2026-01-01"), "“止”早于“起”"),
        (("{village}001", "岑三", "", "备用", "2020-01-01", "2020-02-01"), ""),
    ],
    "承办单位": [
        (("甲", "没有的镇", "", ""), "没有名为“没有的镇”的镇街"),
        (("乙", "", "也许", ""), "“政府部门”“也许”不认识，应为 是、否 之一"),
        (("丙", "", "", ""), ""),
        (("丙", "", "", ""), "与第 4 行重复"),
    ],
}


@pytest.mark.parametrize("title", list(BAD))
def test_every_bad_row_of_a_sheet_is_named_and_nothing_is_written(
    session: Session, world: World, town: str, sheets: Sheets, roster: Callable[..., str], title: str
) -> None:
    closed = session.get(Grid, world.a.bare_grid)
    assert closed is not None
    if title == "网格":
        closed.valid_to = dt.date(2026, 1, 1)
    street = session.scalar(sa.select(Division.name).where(Division.code == world.a.other_township)) or ""
    places = {
        "town": town,
        "street": street,
        "village": world.a.village,
        "other": world.a.other_village,
        "closed": closed.code,
    }
    filled = [tuple(str(cell).format(**places) for cell in row) for row, _ in BAD[title]]
    before = counted(session)
    said = roster({title: [sheets[title][0], *filled]}, code=1)
    expected = {line: reason for line, (_, reason) in enumerate(BAD[title], start=2) if reason}
    for line, reason in expected.items():
        assert f"{title} 第 {line} 行：" in said
        assert reason in next(text for text in said.splitlines() if f"{title} 第 {line} 行：" in text)
    assert f"有 {len(expected)} 行不能导入，什么也没有写入" in said
    assert counted(session) == before
    assert "12345678" not in said


def test_a_bad_row_blames_no_good_one(world: World, town: str, roster: Callable[..., str]) -> None:
    """Nothing is written to the database once a row is bad; later sheets must still see what the file itself brings."""
    village = world.a.village
    said = roster(
        {
            "承办单位": [("名称", "镇街"), ("城建办", "没有的镇")],
            "网格": [("网格编码", "名称"), (f"{village}101", "一号")],
            "联络站": [STATION_HEAD, (town, "新站", "", "", "", "", f"{village}101")],
            "代表": [DEPUTY_HEAD, ("N-1", "阮甲", "镇", town, "", "", "", "", "", "新站")],
            "网格代表": [GRID_DEPUTY_HEAD, (f"{village}101", "阮甲", "N-1", "主责", "", "")],
        },
        code=1,
    )
    assert said.count("✘") == 1
    assert "有 1 行不能导入" in said
