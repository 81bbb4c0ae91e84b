"""What events about messages say: agreed or not per template, and what became of a message. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.incoming.reading import Body, entries, number

ACCEPTED = "accept"
MOST_WORDS = 60


def answers(body: Body) -> dict[str, bool]:
    """``subscribe_msg_popup_event`` and ``subscribe_msg_change_event``: template → agreed.

    Documentation: 小程序订阅消息, 订阅消息事件推送 (``SubscribeStatusString``: accept, reject).
    """
    return {
        one["TemplateId"].strip(): one.get("SubscribeStatusString") == ACCEPTED
        for one in entries(body)
        if isinstance(one.get("TemplateId"), str) and one["TemplateId"].strip()
    }


@dataclass(frozen=True, slots=True)
class Sent:
    """``error`` empty: it arrived. ``template_id`` None: a template message of the official account, reported without it."""

    msgid: str
    template_id: str | None
    error: str


def sent(body: Body) -> Sequence[Sent]:
    """``subscribe_msg_sent_event``: what became of each message; entries without a number are left out."""
    found = []
    for one in entries(body):
        error, msgid = number(one.get("ErrorCode")), one.get("MsgID")
        if error is not None and isinstance(msgid, str | int) and str(msgid):
            found.append(Sent(str(msgid), str(one.get("TemplateId") or "").strip(), str(error) if error else ""))
    return found


def finished(body: Body) -> Sequence[Sent]:
    """``TEMPLATESENDJOBFINISH`` of the official account: what became of one message. Its fields are unverified."""
    msgid, status = body.get("MsgID"), body.get("Status")
    if not isinstance(msgid, str | int) or not str(msgid) or not isinstance(status, str) or not status:
        return []
    return [Sent(str(msgid), None, "" if status == "success" else status[:MOST_WORDS])]
