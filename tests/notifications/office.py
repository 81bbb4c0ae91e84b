"""A post office for tests: people with and without openids, notices, consents, and a WeChat that does as it is told."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.accounts.models import Account, Identity, PolicyConsent
from service.crypto import ring
from service.db import db
from service.ids import new_id
from service.notifications import actions, consents
from service.notifications.actions import Notice
from service.notifications.models import Notification
from service.sms import SmsError
from service.wechat import WeChatError
from tests.conftest import FakeClock, FakeWeChat
from workers.deliveries import deliver_due
from workers.letters import Doors

TASK_TEMPLATE, RESIDENT_TEMPLATE = "tmpl-issue-task", "tmpl-issue-progress"
DISTRICT = "512002"
_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Sent:
    """One message as the other side got it."""

    channel: str
    to: str
    template_id: str
    page: str
    data: Mapping[str, str]


class Phones(FakeWeChat):
    """``trouble``: openid → what WeChat answers instead of taking the message."""

    def reset(self) -> None:
        super().reset()
        self.got: list[Sent] = []
        self.trouble: Callable[[str], WeChatError | None] = lambda _openid: None
        self.texts_trouble: SmsError | None = None

    def send_subscription(self, *, openid: str, template_id: str, page: str, data: Mapping[str, str]) -> str:
        return self._take("subscription", openid, template_id, page, data)

    def send_official(self, *, openid: str, template_id: str, page: str, data: Mapping[str, str]) -> str:
        return self._take("official", openid, template_id, page, data)

    def send_official_subscription(self, *, openid: str, template_id: str, page: str, data: Mapping[str, str]) -> str:
        return self._take("official notice", openid, template_id, page, data)

    def send(self, *, phone: str, template_id: str, values: Sequence[str]) -> str:
        if self.texts_trouble:
            raise self.texts_trouble
        return self._take("sms", phone, template_id, "", dict(enumerate(values)))  # type: ignore[arg-type]

    def _take(self, channel: str, to: str, template_id: str, page: str, data: Mapping[str, str]) -> str:
        fault = self.trouble(to)
        if fault:
            raise fault
        self.got.append(Sent(channel, to, template_id, page, dict(data)))
        return f"msg-{len(self.got)}"


@dataclass
class Office:
    session: Session
    clock: FakeClock
    phones: Phones
    texts: bool = False
    people: list[str] = field(default_factory=list)

    def person(self, *, openid: bool = True, official: bool = False, phone: str | None = None) -> str:
        """An account; its openids are ``o-<n>`` and ``f-<n>``. With ``phone`` it agreed to be contacted."""
        number = next(_NUMBERS)
        account = Account(id=new_id(), phone=phone, created_on=self.clock.now.date())
        self.session.add(account)
        self.session.flush()
        if phone:
            self._agrees_to_calls(account.id)
        providers = [("wechat_miniprogram", "o")] * openid + [("wechat_official", "f")] * official
        for provider, letter in providers:
            subject = f"{letter}-{number}"
            index = ring().blind_index(subject, f"identity.{provider}")
            self.session.add(Identity(account_id=account.id, provider=provider, subject=subject, subject_index=index))
        self.session.commit()
        self.people.append(account.id)
        return account.id

    def official_openid(self, account_id: str) -> str:
        mine = sa.select(Identity).where(Identity.account_id == account_id, Identity.provider == "wechat_official")
        return self.session.scalars(mine).one().subject

    def _agrees_to_calls(self, account_id: str) -> None:
        now = self.clock.now
        self.session.add(PolicyConsent(account_id=account_id, document="contact", version="1", accepted=True, at=now))

    def agrees(self, account_id: str, template_id: str, times: int = 1) -> None:
        for _ in range(times):
            consents.reported(self.session, account_id=account_id, answers={template_id: True}, now=self.clock.now)
        self.session.commit()

    def tell(self, account_id: str, kind: str, title: str = "请查看", about: str = "test", **changes: object) -> str:
        """Write one notice; its id. ``about``: the first word of its key."""
        key = f"{about}:{next(_NUMBERS)}"
        notice = Notice(account_id, kind, title, "请打开小程序查看。", **changes)  # type: ignore[arg-type]
        actions.write(self.session, [notice], key=key, district_id=DISTRICT, now=self.clock.now)
        self.session.commit()
        self.clock.advance(milliseconds=1)  # so that one was written before the other
        found = self.session.scalars(sa.select(Notification.id).where(Notification.dedupe_key == f"{key}:{kind}"))
        push_id = found.one()
        self.session.commit()
        return push_id

    def work(self) -> None:
        """Deliver until nothing is due."""
        self.session.commit()
        doors = Doors(placeholders=True, texts=self.texts, link="https://daibiao.example.gov.cn/m/")
        while deliver_due(self.phones, self.phones if self.texts else None, self.clock, doors):
            pass

    def push(self, push_id: str) -> Notification:
        self.session.commit()
        self.session.expire_all()
        row = db.session.get_one(Notification, push_id)
        db.session.commit()
        return row

    def state(self, push_id: str) -> str:
        return self.push(push_id).push_state

    def ledger(self) -> None:
        """The running balances are what the ledger adds up to."""
        held = self.session.execute(
            sa.text("select account_id, template_id, remaining from subscription_credits")
        ).all()
        balances = {(account, template): left for account, template, left in held}
        added = {key: total for key, total in consents.recomputed(self.session).items() if total or key in balances}
        assert balances == added
        assert all(left >= 0 for left in balances.values())
        self.session.commit()


def china(clock: FakeClock, hour: int, minute: int = 0) -> None:
    """Turn the clock to that time of the test's Monday in China."""
    clock.now = dt.datetime(2026, 3, 2, tzinfo=dt.UTC) + dt.timedelta(hours=hour - 8, minutes=minute)
