"""The columns of a register file, as imported and exported (contract)."""

from __future__ import annotations

from service.sheets.cells import moment, text
from service.sheets.shapes import Column, Shape

LONGEST_TEXT = 20_000
LONGEST_TOPIC = 300
LONGEST_TITLE = 40
LONGEST_STATION = 120

REGISTER = Shape(
    "register",
    "登记册",
    (
        Column("topic", "主题", text(LONGEST_TOPIC), ("标题", "事由", "留言主题", "title", "subject")),
        Column(
            "text",
            "内容",
            text(LONGEST_TEXT),
            ("详情", "正文", "反映内容", "留言详情", "content", "detail"),
            required=True,
        ),
        Column(
            "category",
            "类别",
            text(LONGEST_TITLE),
            ("分类", "标签", "一级标签", "一级分类", "label"),
            required=True,
        ),
        Column("created_at", "时间", moment, ("日期", "登记时间", "反映时间", "留言时间", "date", "time")),
        Column("reply", "答复", text(LONGEST_TEXT), ("回复", "答复意见", "办理结果", "answer")),
        Column("station", "联络站", text(LONGEST_STATION), ("站点", "代表联络站")),
    ),
)
