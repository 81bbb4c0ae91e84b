"""By which call a message leaves, and which page it opens."""

from __future__ import annotations

import pytest

from service.parameters.actions import set_parameter
from service.wechat import WeChatError, WeChatFault
from tests.notifications.office import RESIDENT_TEMPLATE, TASK_TEMPLATE, Office
from tests.world import World

PHONE = "13800138000"


def test_a_template_for_long_term_subscribers_goes_as_the_official_accounts_notice(
    office: Office, world: World
) -> None:
    """订阅通知: who did not subscribe is refused by WeChat (43101) and told by the next channel."""
    office.texts = True
    entry = {"id": "long", "kind": "long_term", "fields": ["thing1=title", "time3=until"]}
    key, now = "push.templates.emergency.official", office.clock.now
    set_parameter(office.session, world.a.district_id, key, entry, valid_from=now, now=now)
    subscribed, other = (office.person(openid=False, official=True, phone=PHONE) for _ in range(2))
    refused = office.official_openid(other)
    office.phones.trouble = lambda to: WeChatError(WeChatFault.PERMANENT, 43101, "") if to == refused else None
    pushes = [office.tell(who, "emergency") for who in (subscribed, other)] + [office.tell(subscribed, "task")]
    office.work()
    assert sorted(sent.channel for sent in office.phones.got) == ["official", "official notice", "sms"]
    assert [office.state(push) for push in pushes] == ["sent"] * 3
    office.ledger()


@pytest.mark.parametrize(
    ("kind", "about", "opens"),
    [
        ("task", "binding", "pages/work/requests"),
        ("progress", "bound", "pages/work/me"),
        ("task", "headless", "pages/notices/index"),
    ],
)
def test_a_push_without_an_issue_opens_the_page_where_its_matter_is_settled(
    office: Office, kind: str, about: str, opens: str
) -> None:
    head = office.person()
    office.agrees(head, TASK_TEMPLATE if kind == "task" else RESIDENT_TEMPLATE, 2)
    office.tell(head, kind, about=about)
    office.work()
    assert [sent.page for sent in office.phones.got] == [opens]
