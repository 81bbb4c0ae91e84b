"""The nine sheets of a roster workbook, each also a CSV file of its own. Empty cells change nothing."""

from __future__ import annotations

from typing import Any

from service.accounts.binding import clean_phone
from service.deputies.mandates import GridRole, GroupKind, Level
from service.errors import Invalid
from service.sheets.cells import choice, code, day, flag, moment, number, one_of, plain, several, text
from service.sheets.shapes import EXAMPLE, Column, Shape
from service.stations.kinds import HostType, StationKind, StationTheme

KINDS = {
    StationKind.HOME: "代表之家",
    StationKind.STATION: "联络站",
    StationKind.POINT: "联系点",
    StationKind.ONLINE: "网上家站",
}
THEMES = {
    StationTheme.GENERAL: "综合",
    StationTheme.ESTATE: "小区",
    StationTheme.PARK: "园区",
    StationTheme.INDUSTRY: "产业",
}
HOSTS = {
    HostType.COMMUNITY: "社区",
    HostType.VILLAGE: "村",
    HostType.NEW_ECONOMY: "新经济组织",
    HostType.NEW_SOCIAL: "新社会组织",
    HostType.PRODUCTION_BASE: "生产基地",
    HostType.PARK: "产业园区",
    HostType.KEY_ENTERPRISE: "骨干企业",
    HostType.KEY_INDUSTRY: "重点行业",
}
LEVELS = {Level.NATIONAL: "全国", Level.PROVINCE: "省", Level.CITY: "市", Level.COUNTY: "区", Level.TOWN: "镇"}
GROUP_KINDS = {GroupKind.TERRITORIAL: "区块", GroupKind.PROFESSIONAL: "专业"}
ROLES = {GridRole.PRIMARY: "主责", GridRole.BACKUP: "备用"}
_ALSO_LEVELS = {f"{title}人大代表": level for level, title in LEVELS.items()}
_ALSO_LEVELS |= {"县": Level.COUNTY, "区县": Level.COUNTY, "县人大代表": Level.COUNTY, "乡": Level.TOWN}
_ALSO_LEVELS |= {"乡镇": Level.TOWN, "乡人大代表": Level.TOWN}


def _phone(cell: Any) -> str:
    try:
        return clean_phone(plain(cell))
    except Invalid as error:
        raise ValueError(next(iter(error.fields.values()))) from None


_NOTE = Column("note", "备注", text(200), ("说明",), example=EXAMPLE)
_TOWNSHIP = ("乡镇", "所属镇街", "镇街代码")

STATIONS = Shape(
    "stations",
    "联络站",
    (
        Column("township", "镇街", text(60), _TOWNSHIP, required=True, example="幸福镇"),
        Column("name", "名称", text(80), ("联络站", "站点名称"), required=True, example="小堰村人大代表联络站"),
        Column("kind", "类型", one_of(StationKind, KINDS), ("家站点类型",), example="联络站"),
        Column("theme", "主题", one_of(StationTheme, THEMES), ("特色",), example="综合"),
        Column("host_type", "建设地点", one_of(HostType, HOSTS), ("七建", "建站类型"), example="村"),
        Column("village", "村社", text(60), ("所在村社", "村社区"), example="小堰村"),
        Column("parent", "上级家站", text(80), ("上级",), example="幸福镇人大代表之家"),
        Column("address", "地址", text(160), example="小堰村便民服务中心一楼"),
        Column("phone", "电话", text(30), ("联系电话",), example="028-00000000"),
        Column("hours", "接待时间", text(120), ("开放时间",), example="工作日 9:00–12:00，14:00–17:00"),
        Column("grids", "网格", several, ("联系网格", "网格编码"), example="512002100201001、512002100201002"),
        _NOTE,
    ),
)
GRIDS = Shape(
    "grids",
    "网格",
    (
        Column("code", "网格编码", code(15), ("编码", "代码"), required=True, example="512002100201001"),
        Column("name", "名称", text(60), ("网格名称",), required=True, example="小堰村第一网格"),
        _NOTE,
    ),
)
DEPUTIES = Shape(
    "deputies",
    "代表",
    (
        Column("number", "编号", text(40), ("代表编号", "证号"), example="YJ-001"),
        Column("name", "姓名", text(40), ("代表姓名",), required=True, example="示例代表"),
        Column(
            "level",
            "级别",
            choice({**{n: k for k, v in LEVELS.items() for n in (k.value, v)}, **_ALSO_LEVELS}, "全国、省、市、区、镇"),
            ("层级",),
            required=True,
            example="镇",
        ),
        Column("township", "镇街", text(60), _TOWNSHIP, example="幸福镇"),
        Column("constituency", "选区", text(80), ("选举单位", "选区或选举单位"), example="第1选区"),
        Column("term", "届次", number(1, 99), ("届",), example="19"),
        Column("from", "任期起", day, ("起", "任职日期", "valid_from"), example="2022-01-01"),
        Column("to", "任期止", day, ("止", "届满日期", "valid_to"), example="2026-12-31"),
        Column("employer", "工作单位", text(80), ("单位",), example="小堰村村民委员会"),
        Column("introduction", "简介", text(2_000), ("介绍",), example="公开的简介"),
        Column("phone", "手机号", _phone, ("手机", "电话", "联系电话"), personal=True, example="13900000000"),
        Column("stations", "驻站", several, ("驻站联络站", "进站"), example="小堰村人大代表联络站"),
        _NOTE,
    ),
)
GRID_DEPUTIES = Shape(
    "grid_deputies",
    "网格代表",
    (
        Column("grid", "网格编码", code(15), ("网格", "编码"), required=True, example="512002100201001"),
        Column("deputy", "代表", text(40), ("姓名", "代表姓名", "name"), required=True, example="示例代表"),
        Column("number", "代表编号", text(40), ("编号",), example="YJ-001"),
        Column("role", "角色", one_of(GridRole, ROLES), ("职责",), required=True, example="主责"),
        Column("from", "起", day, ("开始日期", "valid_from"), example="2022-01-01"),
        Column("to", "止", day, ("结束日期", "valid_to")),
        _NOTE,
    ),
)
UNITS = Shape(
    "units",
    "承办单位",
    (
        Column("name", "名称", text(80), ("单位名称",), required=True, example="城乡建设办公室"),
        Column("township", "镇街", text(60), (*_TOWNSHIP, "所属"), example="幸福镇"),
        Column("is_government", "政府部门", flag, ("是否政府部门",), example="是"),
        Column("phone", "电话", text(30), ("联系电话",), example="028-00000000"),
        _NOTE,
    ),
)
_DEPUTY = Column("deputy", "代表", text(40), ("姓名", "代表姓名"), required=True, example="示例代表")
_NUMBER = Column("number", "代表编号", text(40), ("编号",), example="YJ-001")
_STATION = Column("station", "联络站", text(80), ("家站", "站点名称"), required=True, example="小堰村人大代表联络站")
_OF_TOWNSHIP = Column("township", "镇街", text(60), _TOWNSHIP, example="幸福镇")
GROUPS = Shape(
    "groups",
    "代表小组",
    (
        Column("group", "小组", text(60), ("小组名称", "代表小组"), required=True, example="城乡建设专业小组"),
        Column("kind", "性质", one_of(GroupKind, GROUP_KINDS), ("小组性质",), example="专业"),
        Column("categories", "熟悉类别", several, ("类别",), example="道路交通、环境卫生"),
        Column("deputy", "代表", text(40), ("姓名", "代表姓名", "成员"), example="示例代表"),
        _NUMBER,
        Column("convenor", "召集人", flag, ("组长",), example="否"),
        _NOTE,
    ),
)
LEAVES = Shape(
    "leaves",
    "请假",
    (
        _DEPUTY,
        _NUMBER,
        Column("from", "起", day, ("开始日期",), required=True, example="2026-03-01"),
        Column("to", "止", day, ("结束日期",), required=True, example="2026-03-07"),
        Column("substitute", "接替代表", text(40), ("委托代表",)),
        Column("substitute_number", "接替编号", text(40), ("接替代表编号",), example="YJ-002"),
        Column("reason", "原因", text(200), ("请假原因",), personal=True),
        _NOTE,
    ),
)
DUTIES = Shape(
    "duties",
    "值班",
    (
        Column("on", "日期", day, ("值班日期",), required=True, example="2026-03-02"),
        _STATION,
        _OF_TOWNSHIP,
        _DEPUTY,
        _NUMBER,
        _NOTE,
    ),
)
RECEPTIONS = Shape(
    "receptions",
    "接待日",
    (
        _STATION,
        _OF_TOWNSHIP,
        Column("starts", "开始", moment, ("开始时间",), required=True, example="2026-03-05 09:00"),
        Column("ends", "结束", moment, ("结束时间",), required=True, example="2026-03-05 11:00"),
        Column("place", "地点", text(160), ("接待地点",), example="小堰村便民服务中心一楼"),
        Column("theme", "主题", text(120), ("接待主题",)),
        Column("deputies", "接待代表", several, ("代表",), required=True, example="YJ-001、YJ-002"),
        Column("capacity", "人数上限", number(1, 1_000), ("预约人数",), example="20"),
        _NOTE,
    ),
)
SHEETS = (UNITS, GRIDS, STATIONS, DEPUTIES, GRID_DEPUTIES, GROUPS, LEAVES, DUTIES, RECEPTIONS)
"""In the order in which they are taken: each names only what stands before it."""
PAGES = (STATIONS, GRIDS, DEPUTIES, GRID_DEPUTIES, UNITS, GROUPS, LEAVES, DUTIES, RECEPTIONS)
"""In the order in which a person fills them in."""
