"""Which template of which account a district uses for what: shown, checked, changed. Values live in service/parameters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from config.defaults import PARAMETERS
from config.notices import NOTICE_PREFIX, NOTICES
from service.errors import Invalid
from service.notifications.fields import InvalidField
from service.notifications.kinds import PURPOSE_TITLES, Purpose
from service.notifications.templates import PREFIX, Facts, Template, is_known, parse, render, render_sms
from service.parameters import queries as parameters
from service.parameters import wording
from service.parameters.actions import set_parameter

SMS_KEY = f"{PREFIX}sms"
_EXAMPLES = {
    Purpose.EMERGENCY: "emergency",
    Purpose.TASK: "duty",
    Purpose.DIGEST: "digest",
    Purpose.NEEDS_ANSWER: "state.need_info",
    Purpose.FEEDBACK: "state.feedback_given",
    Purpose.PROGRESS: "state.with_deputy",
    Purpose.RECEPTION: "reception_moved",
}
"""A notice of each purpose, by its name in ``config/notices.py``."""


@dataclass(frozen=True)
class Line:
    """One template of a district. ``fault``: why nothing can be sent by it; ``example``: field → value as it would be sent."""

    key: str
    title: str
    template: Template | None
    template_id: str
    fault: str | None
    example: dict[str, str]


def example_facts(purpose: Purpose, now: dt.datetime, values: Mapping[str, Any] = PARAMETERS) -> Facts:
    """What a message of that purpose might say, in the words of ``values``: a district's parameters."""
    name = _EXAMPLES[purpose]
    title, body = wording.example(name, values[f"{NOTICE_PREFIX}{name}"])
    return Facts(
        NOTICES[name].kind,
        title,
        body,
        "YJ-2026-014-000123",
        now + dt.timedelta(days=2),
        12,
        "https://example.gov.cn/m/",
    )


def lines(session: Session, district_id: str, *, now: dt.datetime, placeholders: bool) -> Iterator[Line]:
    """Every template a district can have, in the order of purposes."""
    values = parameters.load(session, district_id, at=now)
    for key in (key for key in PARAMETERS if key.startswith(PREFIX)):
        title = "短信" if key == SMS_KEY else PURPOSE_TITLES[purpose_of_key(key)]
        template_id = values[key]["id"]
        try:
            template, sent = _example(key, values[key], now, values)
        except InvalidField as fault:
            yield Line(key, title, None, template_id, str(fault), {})
            continue
        missing = None if is_known(template_id, placeholders) else "还没有填写模板编号"
        yield Line(key, title, template, template_id, missing, sent)


def _example(
    key: str, entry: Mapping[str, Any], now: dt.datetime, values: Mapping[str, Any] = PARAMETERS
) -> tuple[Template, dict[str, str]]:
    """:raises InvalidField: naming what in the entry cannot be sent."""
    text = key == SMS_KEY
    template = parse(entry, text_message=text)
    facts = example_facts(purpose_of_key(key), now, values)
    if text:
        return template, dict(zip([field for field, _ in template.fields], render_sms(template, facts), strict=True))
    return template, render(template, facts)


def purpose_of_key(key: str) -> Purpose:
    """What a template's key is for; text messages are shown with the news people answer to."""
    return Purpose.FEEDBACK if key == SMS_KEY else Purpose(key.removeprefix(PREFIX).partition(".")[0])


def example(key: str, entry: Mapping[str, Any], now: dt.datetime) -> dict[str, str]:
    """A message by that entry as it would be sent, field → value.

    :raises Invalid: for fields that WeChat or the messages do not know.
    """
    try:
        return _example(key, entry, now)[1]
    except InvalidField as fault:
        raise Invalid(f"模板不能用：{fault}。", fields={"fields": str(fault)}) from None


def set_template(
    session: Session,
    district_id: str,
    name: str,
    *,
    template_id: str | None,
    kind: str | None,
    fields: Sequence[str],
    now: dt.datetime,
) -> None:
    """Let a district use another template from now on; what is not given stays as it is.

    ``name``: ``<purpose>.subscription``, ``<purpose>.official`` or ``sms``.

    :raises Invalid: for an unknown name, or fields that WeChat or the messages do not know.
    """
    key = f"{PREFIX}{name}"
    if key not in PARAMETERS:
        known = "、".join(key.removeprefix(PREFIX) for key in PARAMETERS if key.startswith(PREFIX))
        raise Invalid(f"没有名为“{name}”的模板，可用：{known}。")
    entry = dict(parameters.load(session, district_id, at=now)[key])
    entry |= {"id": template_id or entry["id"], "kind": kind or entry["kind"]}
    if fields:
        entry["fields"] = list(fields)
    example(key, entry, now)
    set_parameter(session, district_id, key, entry, valid_from=now, now=now)
