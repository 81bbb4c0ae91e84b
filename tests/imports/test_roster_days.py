"""Groups, leave, duty and reception days come in with the roster, by the rules the service itself keeps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.deputies.models import Deputy, DeputyGroup, GroupMember, Leave
from service.outbox.models import OutboxRow
from service.roster.imports import by_sheet, import_roster
from service.sheets.reading import open_tables
from service.stations.models import DutySlot, ReceptionDay
from tests.conftest import FakeClock
from tests.imports.files import MakeFile, Run
from tests.imports.roster_files import Sheets, counted, everything
from tests.world import World

NEW = (DeputyGroup, GroupMember, Leave, DutySlot, ReceptionDay)
GROUP_HEAD = ("小组", "性质", "熟悉类别", "代表", "代表编号", "召集人")
LEAVE_HEAD = ("代表", "代表编号", "起", "止", "接替代表", "接替编号", "原因")
DUTY_HEAD = ("日期", "联络站", "代表", "代表编号")
RECEPTION_HEAD = ("联络站", "开始", "结束", "地点", "接待代表", "人数上限")


@pytest.fixture
def full(sheets: Sheets, world: World) -> Sheets:
    """The new people and stations of ``sheets``, and what they do: the clock stands at Monday, 2026-03-02."""
    category = next(iter(world.a.categories))
    return sheets | {
        "代表小组": [
            GROUP_HEAD,
            ("新区块小组", "区块", "", "阮甲", "", "是"),
            ("新专业小组", "专业", category, "祁乙", "N-2", ""),
            ("还没有人的小组", "专业", "", "", "", ""),
        ],
        "请假": [LEAVE_HEAD, ("阮甲", "", "2026-04-01", "2026-04-07", "祁乙", "N-2", "外出学习")],
        "值班": [DUTY_HEAD, ("2026-03-10", "新联络站", "阮甲", ""), ("2026-03-10", "新联络站", "祁乙", "N-2")],
        "接待日": [RECEPTION_HEAD, ("新联络站", "2026-03-12 09:00", "2026-03-12 11:00", "村口", "N-2、阮甲", 20)],
    }


def test_all_nine_sheets_of_one_workbook_are_taken_and_again_change_nothing(
    session: Session, world: World, full: Sheets, roster: Callable[..., str]
) -> None:
    before = counted(session, *NEW)
    said = roster(full)
    for words in ("代表小组新增 3", "请假新增 1", "值班新增 2", "接待日新增 1"):
        assert words in said
    assert [now - then for now, then in zip(counted(session, *NEW), before, strict=True)] == [3, 2, 1, 2, 1]
    leave = session.scalars(sa.select(Leave).where(Leave.from_on == dt.date(2026, 4, 1))).one()
    names = dict(session.execute(sa.select(Deputy.id, Deputy.name)).all())
    assert (names[leave.deputy_id], names[leave.substitute_id or ""], leave.reason) == ("阮甲", "祁乙", "外出学习")
    told = session.scalars(sa.select(OutboxRow).where(OutboxRow.event == "deputy_availability_changed"))
    assert leave.deputy_id in {row.payload["deputy_id"] for row in told}, "open issues move when the leave begins"
    day = session.scalars(sa.select(ReceptionDay).where(ReceptionDay.capacity == 20)).one()
    assert day.starts_at == dt.datetime(2026, 3, 12, 1, 0, tzinfo=dt.UTC), "nine o'clock in China"
    assert (day.state, {names[one] for one in day.deputy_ids}) == ("planned", {"阮甲", "祁乙"})
    stored = everything(session)
    again = roster(full)
    assert "新增" not in again and "更新" not in again
    assert everything(session) == stored


def test_a_dry_run_tells_and_writes_nothing(session: Session, full: Sheets, roster: Callable[..., str]) -> None:
    before = everything(session)
    assert "值班新增 2" in roster(full, "--dry-run")
    assert everything(session) == before


def test_what_goes_out_comes_in_unchanged_and_reasons_of_leave_stay(
    session: Session, world: World, full: Sheets, roster: Callable[..., str], run: Run, tmp_path: Path
) -> None:
    roster(full)
    before, out = everything(session), tmp_path / "out.xlsx"
    district = ("--district", world.a.district_id)
    assert run("export-roster", out, *district).exit_code == 0
    leaves = tmp_path / "leaves.csv"
    run("export-roster", "--leaves", leaves, *district)
    text = leaves.read_text("utf-8-sig")
    assert "2026-04-01,2026-04-07,祁乙,N-2" in text
    assert "外出学习" not in text
    said = run("import-roster", out, *district).output
    assert "新增" not in said and "更新" not in said
    assert everything(session) == before


BAD = [
    ("代表小组", ("无性质的小组", "", "", "阮甲", "", ""), "新的小组请填写“性质”"),
    ("代表小组", ("某小组", "区块", "没有的类别", "", "", ""), "没有这个类别"),
    ("代表小组", ("另一区块", "区块", "", "阮甲", "", ""), "与第 2 行重复"),
    ("请假", ("阮甲", "", "2026-04-05", "2026-04-09", "", "", ""), "这段时间已有请假记录"),
    ("请假", ("祁乙", "N-2", "2026-01-01", "2026-01-02", "", "", ""), "不能补录已经过去的请假"),
    ("请假", ("无此人", "", "2026-05-01", "2026-05-02", "", "", ""), "没有名为“无此人”的代表"),
    ("值班", ("2026-03-01", "新联络站", "阮甲", ""), "这一天已经过去"),
    ("值班", ("2026-04-02", "新联络站", "阮甲", ""), "这位代表当天不在岗"),
    ("值班", ("2026-03-11", "新代表之家", "阮甲", ""), "值班代表应在这个联络站的驻站名单中"),
    ("接待日", ("新联络站", "2026-03-01 09:00", "2026-03-01 11:00", "村口", "N-2", ""), "接待时间应在现在之后"),
    ("接待日", ("新联络站", "2026-03-13 09:00", "2026-03-14 11:00", "村口", "N-2", ""), "不超过 12 小时"),
    ("接待日", ("新联络站", "2026-03-14 09:00", "2026-03-14 11:00", "村口", "N-9", ""), "没有名为“N-9”的代表"),
]


def test_bad_rows_are_named_by_sheet_line_and_reason_and_nothing_is_written(
    session: Session, full: Sheets, roster: Callable[..., str]
) -> None:
    before, expected = everything(session), []
    for sheet, row, reason in BAD:
        full[sheet] = [*full[sheet], row]
        expected.append((f"第 {len(full[sheet])} 行", reason))
    said = roster(full, code=1)
    lines = [line for line in said.splitlines() if line.startswith("✘")]
    assert len(lines) == len(BAD), said
    for line, (number, reason) in zip(lines, expected, strict=True):
        assert number in line and reason in line
    assert everything(session) == before


def test_after_bad_deputies_the_days_wait_for_them(full: Sheets, roster: Callable[..., str]) -> None:
    full["代表"] = [full["代表"][0], ("", "", "镇", "", "", "", "", "", "", "")]
    said = roster(full, code=1)
    assert "值班：请先改正前面的表" in said
    assert said.count("✘") == 1 + len(full["网格代表"]) - 1


def test_another_substitute_for_the_same_leave_is_not_swapped_silently(
    full: Sheets, roster: Callable[..., str], world: World, session: Session
) -> None:
    roster(full)
    other = session.get_one(Deputy, world.a.spare)
    full["请假"] = [LEAVE_HEAD, ("阮甲", "", "2026-04-01", "2026-04-07", other.name, other.id, "")]
    assert "另一位接替代表" in roster(full, code=1)


def test_each_sheet_may_be_a_file_of_its_own(
    run: Run, world: World, full: Sheets, roster: Callable[..., str], csv_file: MakeFile, clock: FakeClock
) -> None:
    roster({name: rows for name, rows in full.items() if name in ("联络站", "网格", "代表")})
    words: list[object] = []
    for option, title in (("groups", "代表小组"), ("leaves", "请假"), ("duties", "值班"), ("receptions", "接待日")):
        words += [f"--{option}", csv_file(full[title], f"{option}.csv")]
    said = run("import-roster", *words, "--district", world.a.district_id)
    assert said.exit_code == 0, said.output
    assert "值班新增 2" in said.output and "接待日新增 1" in said.output


def test_whoever_watches_sees_every_line_pass(
    session: Session, world: World, full: Sheets, xlsx_file: MakeFile, now: dt.datetime
) -> None:
    seen: list[int] = []
    known, _ = by_sheet(open_tables(xlsx_file(full), sheets=True))
    import_roster(session, world.a.district_id, known, now=now, dry_run=True, progress=seen.append)
    assert sum(seen) == sum(len(table.rows) - 1 for table in known.values())
