"""The plain way to deliver notices: one RQ job per row, which loads it, sends it, and writes that it was sent."""

from __future__ import annotations

from service.accounts.queries import openids
from service.bootstrap import core
from service.db import db
from service.notifications.models import SENT, Notification

JOB = "devkit.bench.controls.one_job_per_row.send_one"
TEMPLATE = "tmpl-issue-task"


def send_one(notification_id: str) -> None:
    """Run inside a worker whose application context is active."""
    session = db.session()
    try:
        row = session.get_one(Notification, notification_id)
        data = {
            "thing1": row.title[:20],
            "character_string2": row.reference or row.id[:12],
            "time3": row.created_at.strftime("%Y-%m-%d %H:%M"),
            "thing4": row.title[:20],
        }
        openid = openids(session, {row.account_id})[row.account_id]
        core().wechat.send_subscription(openid=openid, template_id=TEMPLATE, page="pages/inbox/index", data=data)
        row.push_state, row.pushed_at = SENT, core().clock()
        session.commit()
    finally:
        db.session.remove()
