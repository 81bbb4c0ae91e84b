"""A station's morning by its one-page guide (docs/guides/stations.md), and what the district then sees of it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from devkit.terminal import PROJECT_ROOT
from service.accounts.roles import Role
from service.bootstrap import utc_now
from service.calendar.workdays import local_date
from service.issues.models import Issue
from service.ledger import actions as ledger
from service.supervision import projection
from service.supervision.models import IssueFact
from tests.bad_days.processes import Phone, RealInstance, eventually, said
from tests.client.conftest import Rows, Sit
from tests.client.desks import clean, reaches
from tests.world import Place

pytestmark = pytest.mark.browser
SPOKEN = {
    "来站接待": "三组的灌溉渠塌了一段，秧田放不进水",
    "电话": "幼儿园门口上下学时车子乱停，老人过不去",
    "纸质登记": "我家的低保材料交了两个月没有回音",
    "入户走访": "独居老人家的电线老化，插座经常冒火花",
    "网格员转来": "小广场的健身器材断了一根横杆",
}
"""One by one at the counter, by how it came."""
MEETING = ("活动室的空调不制冷", "桥头的反光镜被撞歪了", "快递点晚上关门太早")
SCANNED = ("农贸市场的公厕早上不开门", "农贸市场公厕一直锁着进不去", "镇医院的挂号窗口太少排队久")
SAME_AGAIN = "三组的灌溉渠塌了，水放不进田里"
GUIDE = (PROJECT_ROOT / "docs" / "guides" / "stations.md").read_text("utf-8")


def named_in_the_guide(*words: str) -> None:
    """A step is taken only by what the guide calls it."""
    assert [word for word in words if word not in GUIDE] == []


def test_twelve_issues_two_merges_a_look_a_rota_a_day_and_a_report(
    instance: RealInstance, town: Place, sit: Sit, rows: Rows, tmp_path: Path
) -> None:
    base = instance.base_url
    office = sit(town.accounts[Role.DISTRICT], phone=True)
    _counted(rows, set())  # what others have left
    before = _received(office, base)
    phones = [Phone(base).signs_in() for _ in SCANNED]
    who = {"anonymity": "named", "contact": {"name": "赵小兰", "phone": "13900139000"}}
    scanned = [
        phone.post("/issues", said(town, content=text, **who)).json()
        for phone, text in zip(phones, SCANNED, strict=True)
    ]
    clerk = sit(town.accounts[Role.STATION_CLERK])
    clerk.goto(f"{base}/console/")
    numbers = [_registers(clerk, how, text) for how, text in SPOKEN.items()]
    again = _registers(clerk, "电话", SAME_AGAIN, part_of=numbers[0])
    meeting = _writes_down_a_meeting(clerk)
    for phone, issue in zip(phones, scanned, strict=True):
        reaches(phone, issue["id"], "pending_accept")
    _merges(clerk, base, scanned[0]["number"], scanned[1]["number"], "农贸市场")
    _looks_at_a_name(clerk, base, scanned[2]["number"])
    _changes_the_rota(clerk)
    _plans_a_reception_day(clerk)
    _takes_the_monthly_report(clerk, tmp_path)
    everything = {*numbers, again, *meeting, *(one["number"] for one in scanned)}
    assert len(everything) == 12
    _counted(rows, everything)
    assert _received(office, base) == before + 12
    clean(office, "the district's figures")
    taken = _takes_the_table(sit(town.accounts[Role.DISTRICT]), base, tmp_path)
    mine = {number: taken[number] for number in everything}
    assert sorted(row["渠道"] for row in mine.values()) == sorted([*SPOKEN, "电话", *["坝坝会"] * 3, *["扫码"] * 3])
    merged = {number for number, row in mine.items() if row["状态"] == "已并案"}
    assert merged == {again, scanned[1]["number"]}


def _received(office: Page, base: str) -> int:
    office.goto(f"{base}/console/overview?days=7")
    tile = office.locator(".tile", has=office.get_by_role("heading", name="收到事项", exact=True))
    return int(tile.locator(".big").inner_text())


def _menu(page: Page, name: str) -> None:
    named_in_the_guide(name)
    page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()


def _registers(clerk: Page, how: str, text: str, part_of: str | None = None) -> str:
    """At the counter, until the paper is there; the number on it."""
    named_in_the_guide("登记并打印回执", "本人口头同意")
    _menu(clerk, "柜台")
    clerk.get_by_label(how, exact=True).check()
    clerk.get_by_label("反映的内容").fill(text)
    clerk.get_by_label("姓名或称呼").fill("王大爷")
    clerk.get_by_label("本人口头同意登记").check()
    if part_of is not None:
        named_in_the_guide("并入")
        clerk.get_by_label(re.compile(f"并入 {part_of}")).check()
    clerk.get_by_role("button", name="登记并打印回执").click()
    paper = clerk.locator("[aria-label^='回执 ']")
    return str(paper.get_attribute("aria-label")).split(" ")[1]


def _writes_down_a_meeting(clerk: Page) -> list[str]:
    named_in_the_guide("坝坝会", "一次登记多件", "全部登记并打印回执")
    _menu(clerk, "柜台")
    clerk.get_by_role("link", name=re.compile("一次登记多件")).click()
    clerk.get_by_label("每一位都口头同意登记").check()
    for place, text in enumerate(MEETING):
        clerk.get_by_label("反映的内容").nth(place).fill(text)
    clerk.get_by_role("button", name="全部登记并打印回执").click()
    papers = clerk.locator("[aria-label^='回执 ']")
    expect(papers).to_have_count(len(MEETING))
    return [str(papers.nth(place).get_attribute("aria-label")).split(" ")[1] for place in range(len(MEETING))]


def _merges(clerk: Page, base: str, target: str, other: str, words: str) -> None:
    named_in_the_guide("查找", "下一步：预览", "并案")
    _menu(clerk, "事项")
    clerk.get_by_role("link", name="本站（镇街）全部").click()
    clerk.get_by_label("查找", exact=True).fill(words)
    clerk.get_by_role("button", name="查找").click()
    clerk.get_by_label(f"选择 {other}").check()
    clerk.get_by_label("对选中的").select_option(label="并案")
    clerk.get_by_role("button", name="下一步：预览").click()
    option = clerk.locator("select[name=target_id] option", has_text=target)
    clerk.locator("select[name=target_id]").select_option(value=option.get_attribute("value"))
    clerk.get_by_role("button", name="并案 1 件").click()
    clerk.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(clerk.get_by_text("“并案”已完成 1 件。")).to_be_visible()


def _looks_at_a_name(clerk: Page, base: str, number: str) -> None:
    named_in_the_guide("查看真实信息", "理由")
    _menu(clerk, "事项")
    clerk.get_by_role("link", name="本站（镇街）全部").click()
    clerk.get_by_label("查找", exact=True).fill(number)
    clerk.get_by_role("button", name="查找").click()
    clerk.get_by_role("table").get_by_role("link").first.click()
    clerk.locator("summary", has_text="查看真实信息").click()
    clerk.get_by_label("查看理由").fill("需要当面核对就诊的日期")
    clerk.get_by_role("button", name="查看", exact=True).click()
    expect(clerk.get_by_text("赵小兰")).to_be_visible()


def _changes_the_rota(clerk: Page) -> None:
    named_in_the_guide("安排值班")
    _menu(clerk, "联络站")
    clerk.get_by_role("table").get_by_role("link").first.click()
    clerk.locator("summary", has_text="安排值班").click()
    form = clerk.locator("#form-duty")
    form.get_by_label("代表").select_option(index=1)
    form.get_by_label("日期").fill((local_date(utc_now()) + dt.timedelta(days=3)).isoformat())
    form.get_by_role("button", name="安排").click()
    expect(clerk.get_by_text("值班已安排。")).to_be_visible()


def _plans_a_reception_day(clerk: Page) -> None:
    named_in_the_guide("安排接待日", "公告")
    _menu(clerk, "接待日")
    form = clerk.locator("#form-plan-day")
    form.get_by_label("日期").fill((local_date(utc_now()) + dt.timedelta(days=12)).isoformat())
    form.locator("input[name=deputy_ids]").first.check()
    form.get_by_role("button", name="安排").click()
    clerk.get_by_role("button", name="公告", exact=True).click()
    clerk.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(clerk.get_by_text("已经公告，群众可以预约了。")).to_be_visible()


def _takes_the_monthly_report(clerk: Page, folder: Path) -> None:
    named_in_the_guide("上月", "下载报表 PDF")
    _menu(clerk, "统计")
    clerk.get_by_role("link", name="上月", exact=True).click()
    with clerk.expect_download() as coming:
        clerk.get_by_role("link", name="下载报表 PDF").click()
    coming.value.save_as(folder / "report.pdf")
    assert (folder / "report.pdf").read_bytes().startswith(b"%PDF-")


def _counted(rows: Rows, numbers: set[str]) -> None:
    """As the minute's job does it, a little sooner."""

    def there() -> bool:
        with rows() as session:
            ledger.link_new(session, now=utc_now())
            while projection.catch_up(session, now=utc_now()):
                pass
            ids = sa.select(Issue.id).where(Issue.number.in_(numbers))
            counted = sa.select(sa.func.count()).select_from(IssueFact).where(IssueFact.issue_id.in_(ids))
            return bool(session.scalar(counted) == len(numbers))

    eventually(there, 30, "the facts")


def _takes_the_table(office: Page, base: str, folder: Path) -> dict[str, dict[str, str]]:
    """The district's export of the week, by number."""
    office.goto(f"{base}/console/overview?days=7")
    form = office.locator("#form-take")
    form.get_by_label("CSV").check()
    form.get_by_label("用途").fill("核对上午的登记")
    with office.expect_download() as coming:
        form.get_by_role("button", name="导出").click()
    coming.value.save_as(folder / "issues.csv")
    text = (folder / "issues.csv").read_text("utf-8-sig")
    return {row["编号"]: row for row in csv.DictReader(io.StringIO(text))}
