"""The forms of an issue's actions, drawn from the list the domain gives, and what was typed into them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from console.sight import Seen
from console.typed import Typed
from service.db import db
from service.issues import options
from service.issues.forms import DATE, FORMS, ID, NUMBER, TEXT, UPLOADS
from service.issues.lifecycle import Action

LABELS = {
    "text": "内容",
    "reason": "理由",
    "reason_code": "原因",
    "public_text": "公开的文字（留空：不公开）",
    "deputy_id": "代表",
    "grid_id": "网格",
    "unit_id": "承办单位",
    "co_unit_ids": "协办单位",
    "difficulty": "难度",
    "workdays": "延长几个工作日",
    "done_on": "办完日期",
    "person": "经办人",
    "upload_ids": "照片",
    "plan_date": "计划日期",
    "result": "办理结果",
    "solved": "问题解决了吗",
    "attitude": "服务态度",
    "rating_code": "六位评价码",
    "target_id": "并入哪一件",
    "outcome": "决定",
    "category_id": "类别",
}
SHORT = frozenset({"person", "rating_code"})
HINTS = {"rating_code": "请对方念出纸质回执上的六位数字。评价由本人说了算：说不出的，不能代为评价。输错五次就锁定。"}
DANGEROUS = {
    Action.REJECT_CONTENT: "确定退回这条内容吗？群众会收到您选的原因。",
    Action.DECLINE: "确定不受理吗？群众会收到理由，并且可以申诉一次。",
    Action.MERGE: "确定并案吗？被并的群众会收到通知；之后可以撤销并案。",
    Action.WITHDRAW: "确定撤回吗？",
    Action.RECUSE: "确定回避吗？这件事会交给别的代表。",
    Action.ESCALATE: "确定提请上级人大代表跟进吗？",
}
"""Asked once more before it is done."""


@dataclass(frozen=True, slots=True)
class FieldDrawn:
    name: str
    label: str
    kind: str
    required: bool
    options: list[tuple[str, str]]
    of: str | None
    multiple: bool
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One action's form; ``name`` is also the form's name on the page."""

    name: str
    title: str
    fields: list[FieldDrawn]
    confirm: str | None

    @property
    def has_files(self) -> bool:
        return any(field.kind == UPLOADS for field in self.fields)


def drawn(seen: Seen, offered: dict[str, Any]) -> Drawn:
    fields = [_drawn(seen, field) for field in offered["fields"]]
    return Drawn(offered["name"], offered["title"], fields, DANGEROUS.get(Action(offered["name"])))


def _drawn(seen: Seen, field: dict[str, Any]) -> FieldDrawn:
    kind, of = field["type"], field.get("of")
    choices = [(one["value"], one["title"]) for one in field.get("options") or []]
    if kind == ID and of is not None:
        choices = search_options(seen, of, None)
    if kind == TEXT and field["name"] in SHORT:
        kind = "line"
    return FieldDrawn(
        field["name"],
        LABELS.get(field["name"], field["name"]),
        kind,
        field["required"],
        choices,
        of,
        bool(field.get("multiple")),
        HINTS.get(field["name"], ""),
    )


def words_typed(action: str, typed: Typed) -> dict[str, str]:
    """What a person wrote into the form of ``action``, for copying: no choices, no ids, and no code that is somebody's."""
    fields = FORMS.get(Action(action), ()) if action in set(Action) else ()
    kept = {field.name for field in fields if field.type in (TEXT, DATE, NUMBER)} - {"rating_code"}
    return {name: text for name, text in typed.texts() if name in kept}


def search_options(seen: Seen, of: str, text: str | None) -> list[tuple[str, str]]:
    """:raises NotFound: for what no action open to this viewer points at."""
    found = options.search(db.session(), seen.case, seen.parties, of=of, text=(text or "").strip()[:40] or None)
    return [(one["id"], one["title"]) for one in found]


def read_values(action: Action, typed: Typed) -> dict[str, Any]:
    """What was typed, as the action takes it; the form's own rules are checked by the domain. Pictures come as files."""
    found: dict[str, Any] = {}
    for field in FORMS.get(action, ()):
        if field.type == UPLOADS:
            continue
        value: Any
        if field.type == DATE:
            day = typed.day(field.name)
            value = day.isoformat() if isinstance(day, dt.date) else None
        elif field.type == NUMBER:
            value = typed.number(field.name, least=1, most=60)
        elif field.multiple:
            value = typed.many(field.name)[:10]
        else:
            value = typed.text(field.name, most=4000)
        if value not in (None, "", []):
            found[field.name] = value
    return found
