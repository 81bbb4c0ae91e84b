"""The town of the journeys, with the product's own WeChat client between it and the sandbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from flask import Flask

from devkit.wechat_sandbox.faults import Fault
from devkit.wechat_sandbox.state import SandboxState
from service.db import db
from service.notifications.models import Notification
from tests.journeys.town import Person, Town

SEND = "/cgi-bin/message/subscribe/send"


@dataclass
class Connected:
    """The town behind the product's own WeChat client, with the sandbox at the other end."""

    app: Flask
    town: Town
    sandbox: SandboxState
    resident: Person
    secret: str

    def fault(self, kind: str, value: float = 0, times: int = 1, endpoint: str = SEND) -> None:
        self.sandbox.add_fault(Fault(endpoint, kind, value, times))

    def work(self) -> None:
        with self.app.app_context():
            self.town.work()

    def accepted_issue(self, *, meanwhile: Callable[[], None] | None = None) -> str:
        """The resident's issue is accepted, which they are told of: one push is due. ``meanwhile``: it has been routed."""
        issue = self.town.submits(self.resident, anonymity="station_only", work=False)
        self.work()
        if meanwhile:
            meanwhile()
        self.town.deputy(self.town.place.primary).does(issue["id"], "accept")
        self.work()
        return str(issue["id"])

    def push(self) -> Notification:
        """The push about the acceptance."""
        db.session.commit()
        db.session.expire_all()
        about = sa.select(Notification).where(Notification.title == "已受理")
        found = db.session.scalars(about).one()
        db.session.commit()  # SQLite's one write lock is for the workers
        return found

    def parked(self) -> str:
        """What an operator reads."""
        db.session.commit()
        shown = self.app.test_cli_runner().invoke(args=["parked"]).output
        db.session.commit()  # as in :meth:`push`
        return shown

    def delivered(self) -> int:
        return len(self.sandbox.messages())
