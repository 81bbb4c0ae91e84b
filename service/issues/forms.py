"""What each action asks for: one table, so that every client draws the same fields and no screen repeats a rule. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.errors import Invalid
from service.issues.lifecycle import Action
from service.issues.words import DIFFICULTY_TITLES, RATING_TITLES, SOLVED_TITLES

TEXT, CHOICE, DATE, NUMBER, ID, UPLOADS = "text", "choice", "date", "number", "id", "uploads"
MAX_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Field:
    """``of``: what an id field points at (unit, deputy, issue, grid, reason list …); ``options``: (value, title) pairs."""

    name: str
    type: str
    required: bool = False
    options: tuple[tuple[str, str], ...] = ()
    of: str | None = None
    multiple: bool = False


_RATINGS = tuple((str(value), title) for value, title in RATING_TITLES.items())
_SOLVED = tuple((str(value), title) for value, title in SOLVED_TITLES.items())
_DIFFICULTY = tuple(DIFFICULTY_TITLES.items())
_OUTCOMES = (("AGREE", "同意"), ("REFUSE", "不同意"))
_TEXT = Field("text", TEXT, required=True)
_REASON = Field("reason", TEXT, required=True)
_UNIT = Field("unit_id", ID, required=True, of="unit")
REJECT_REASONS = (
    ("ADVERTISEMENT", "广告推销"),
    ("ABUSE", "辱骂攻击"),
    ("ILLEGAL", "违法信息"),
    ("PRIVACY", "泄露他人隐私"),
    ("MEANINGLESS", "没有具体内容"),
)

FORMS: dict[Action, tuple[Field, ...]] = {
    Action.APPROVE_CONTENT: (Field("public_text", TEXT),),
    Action.REJECT_CONTENT: (
        Field("reason_code", CHOICE, required=True, options=REJECT_REASONS),
        Field("reason", TEXT),
    ),
    Action.EDIT_RESEND: (_TEXT,),
    Action.ACCEPT: (),
    Action.DECLINE: (Field("reason_code", CHOICE, required=True, of="decline_reason"), Field("reason", TEXT)),
    Action.ASK_INFO: (_TEXT,),
    Action.SUPPLEMENT: (_TEXT, Field("upload_ids", UPLOADS, multiple=True)),
    Action.ANSWER: (_TEXT, Field("upload_ids", UPLOADS, multiple=True)),
    Action.REROUTE: (_REASON, Field("deputy_id", ID, of="deputy"), Field("grid_id", ID, of="grid")),
    Action.RECUSE: (_REASON,),
    Action.PROPOSE_UNIT: (_UNIT, Field("reason", TEXT)),
    Action.ASSIGN: (
        _UNIT,
        Field("difficulty", CHOICE, options=_DIFFICULTY),
        Field("co_unit_ids", ID, of="unit", multiple=True),
        Field("reason", TEXT),
    ),
    Action.SIGN: (),
    Action.RETURN: (_REASON,),
    Action.EXTEND: (_REASON, Field("workdays", NUMBER)),
    Action.SUBMIT_RESULT: (
        _TEXT,
        Field("done_on", DATE, required=True),
        Field("person", TEXT, required=True),
        Field("upload_ids", UPLOADS, multiple=True),
    ),
    Action.NOTE_PROGRESS: (_TEXT, Field("upload_ids", UPLOADS, multiple=True)),
    Action.ASK_CO_UNITS: (Field("co_unit_ids", ID, required=True, of="co_unit", multiple=True), _REASON),
    Action.SIGN_OFF: (),
    Action.SEND_BACK: (_REASON,),
    Action.MARK_IN_PLAN: (Field("plan_date", DATE, required=True), _REASON),
    Action.GIVE_FEEDBACK: (_TEXT, Field("upload_ids", UPLOADS, multiple=True)),
    Action.RATE: (
        Field("result", CHOICE, required=True, options=_RATINGS),
        Field("solved", CHOICE, options=_SOLVED),
        Field("attitude", CHOICE, options=_RATINGS),
        Field("reason", TEXT),
        Field("rating_code", TEXT),
    ),
    Action.RATE_AS_FOLLOWER: (Field("result", CHOICE, required=True, options=_RATINGS), Field("reason", TEXT)),
    Action.APPEAL: (_REASON,),
    Action.WITHDRAW: (Field("reason", TEXT),),
    Action.MERGE: (Field("target_id", ID, required=True, of="issue"), Field("reason", TEXT)),
    Action.UNMERGE: (_REASON,),
    Action.ESCALATE: (Field("deputy_id", ID, required=True, of="higher_deputy"), _REASON),
    Action.DECIDE: (
        Field("outcome", CHOICE, required=True, options=_OUTCOMES),
        _REASON,
        Field("unit_id", ID, of="unit"),
        Field("difficulty", CHOICE, options=_DIFFICULTY),
    ),
    Action.SET_CATEGORY: (Field("category_id", ID, required=True, of="category"), Field("reason", TEXT)),
    Action.MARK_EMERGENCY: (_REASON,),
    Action.CONFIRM_EMERGENCY: (_REASON,),
    Action.PUBLISH: (Field("public_text", TEXT, required=True),),
    Action.UNPUBLISH: (Field("reason", TEXT),),
    Action.UNASSIGN: (Field("reason", TEXT),),
}
"""Every action a person can take; the system's own have no form."""

FIELD_NAMES = frozenset(field.name for fields in FORMS.values() for field in fields)


def check(action: Action, values: Mapping[str, Any]) -> dict[str, Any]:
    """The given values, when they fit the form of ``action``.

    :raises Invalid: naming each field that is missing, unknown here, blank or not among the options.
    """
    form = {field.name: field for field in FORMS.get(action, ())}
    faults = {name: "这项操作不需要填写这一项。" for name in values if name not in form}
    cleaned: dict[str, Any] = {}
    for name, field in form.items():
        value = values.get(name)
        if isinstance(value, str):
            value = value.strip()
        if value in (None, "", []):
            if field.required:
                faults[name] = "请填写这一项。"
            continue
        fault = _fault(field, value)
        if fault:
            faults[name] = fault
        cleaned[name] = value
    if faults:
        raise Invalid(fields=faults)
    return cleaned


def _fault(field: Field, value: Any) -> str | None:
    if field.type == TEXT and len(value) > MAX_TEXT:
        return f"最多填写 {MAX_TEXT} 个字。"
    if field.options and value not in {option for option, _ in field.options}:
        return "请从给出的选项中选择。"
    return None
