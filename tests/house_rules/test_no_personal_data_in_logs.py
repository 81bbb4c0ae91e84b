"""A named and an anonymous resident are walked through the service, also where it breaks; no log line knows who they are."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
import structlog
from flask import Flask

from service.accounts.roles import Role
from service.db import db
from service.events import Event
from service.issues import talk
from service.wechat import WeChatError, WeChatFault
from tests.api.conftest import PlainClient
from tests.journeys.town import Person, Town
from workers.reactions import REACTIONS

NAME, PHONE = "欧阳晓岚", "13866667777"
PLACE, WORDS = "幸福村三组老井旁第二户", "老井边的路灯坏了好久"
MESSAGE, RATING, REASON, SEARCH = "我每天晚上七点在家", "师傅态度很好谢谢", "上门核实需要联系本人", "老井边"


class Overheard:
    """Everything written anywhere while the journey ran."""

    def __init__(self, text: str, records: list[logging.LogRecord]) -> None:
        self.text = text + "\n".join(f"{record.getMessage()} {record.exc_text or ''}" for record in records)

    def tells(self, secrets: dict[str, str]) -> list[str]:
        return [name for name, secret in secrets.items() if secret in self.text]


@pytest.fixture
def overheard(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Callable[[], Overheard]:
    caplog.set_level(logging.INFO)

    def listen() -> Overheard:
        out, err = capfd.readouterr()
        return Overheard(out + err, caplog.records)

    return listen


def test_a_whole_journey_leaves_no_trace_of_who_it_was(town: Town, overheard: Callable[[], Overheard]) -> None:
    resident, secrets = town.role(Role.RESIDENT), _secrets(town)
    issue = _named(town, resident)
    secrets["receipt code"] = issue["receipt_code"]
    anonymous = town.submits(town.guest(), content=WORDS, place=PLACE)
    secrets |= {"anonymous code": anonymous["receipt_code"], "rating code": issue["rating_code"] + '"'}
    secrets["receipt code as typed"] = issue["receipt_code"].replace("-", "")
    holder = town.holder(anonymous["receipt_code"])
    holder.post(f"/receipts/{anonymous['receipt_code']}/messages", {"text": MESSAGE}, 201)
    resident.get(f"/issues?box=mine&q={SEARCH}")
    _handled(town, issue["id"], resident)
    town.work()
    resident.get("/me/export")
    town.wait(days=20)
    heard = overheard()
    assert heard.text.count('"event": "request"') > 15, "the walk was logged"
    assert heard.tells(secrets) == []


def test_what_is_refused_leaves_none_either(town: Town, overheard: Callable[[], Overheard]) -> None:
    resident, secrets = town.role(Role.RESIDENT), _secrets(town)
    issue = _named(town, resident)
    secrets["receipt code"] = issue["receipt_code"]
    resident.post("/issues", {"content": WORDS, "contact": {"name": NAME, "phone": PHONE * 3}}, 422)
    resident.does(issue["id"], "withdraw", 409, version=99, reason=MESSAGE)
    resident.does(issue["id"], "accept", 403)
    resident.post("/me/bind", {"invitation_code": "AAAA-BBBB-CCCC", "phone_code": PHONE}, 422)
    other = "1" if issue["receipt_code"].endswith("0") else "0"
    town.holder(issue["receipt_code"][:-1] + other).sees(expect=404)
    town.guest().get(f"/issues/{issue['id']}?q={NAME}", 404)
    heard = overheard()
    assert heard.text.count('"event": "request"') > 8
    assert heard.tells(secrets) == []


def test_what_breaks_says_where_and_never_whose(
    app: Flask, town: Town, overheard: Callable[[], Overheard], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error's message may quote what it choked on: a 500, a failed event and a failed push log kind and place only."""
    resident, secrets = town.role(Role.RESIDENT), _secrets(town)
    issue = _named(town, resident)
    town.people[resident.account_id].post(f"/issues/{issue['id']}/messages", {"text": MESSAGE}, 201)

    def breaks(*_arguments: Any, **_options: Any) -> None:
        raise RuntimeError(f"cannot handle {NAME} {PHONE} {MESSAGE}")

    monkeypatch.setitem(REACTIONS, Event.ISSUE_MESSAGE, (breaks,))  # type: ignore[arg-type]
    town.work()
    monkeypatch.setattr(talk, "say", breaks)
    db.session.commit()
    answer = PlainClient(app, app.response_class).post(
        f"/api/v1/issues/{issue['id']}/messages",
        json={"text": MESSAGE},
        headers={**resident.headers, "Idempotency-Key": "k1"},
    )
    assert answer.status_code == 500 and NAME not in answer.text
    _pushes_fail(town, resident)
    heard = overheard()
    assert '"event": "unexpected_error"' in heard.text and '"event": "event_failed"' in heard.text
    assert heard.tells(secrets) == []


def test_this_rule_would_notice(overheard: Callable[[], Overheard]) -> None:
    structlog.get_logger("control").info("greeting", who=NAME)
    logging.getLogger("control").warning("call %s", PHONE)
    assert overheard().tells({"name": NAME, "phone": PHONE, "place": PLACE}) == ["name", "phone"]


def _secrets(town: Town) -> dict[str, str]:
    accounts = town.place.accounts
    people = [town.person(accounts[Role.RESIDENT]), town.deputy(town.place.primary), town.role(Role.STATION_HEAD)]
    tokens = {f"token {number}": person.headers["Authorization"].split(" ")[1] for number, person in enumerate(people)}
    codes = {f"openid {number}": f"o-{town.place.codes[person.account_id]}" for number, person in enumerate(people)}
    said = {"place": PLACE, "words": WORDS[:5], "message": MESSAGE, "rating": RATING, "reason": REASON}
    return {"name": NAME, "phone": PHONE, **said, **tokens, **codes}


def _named(town: Town, resident: Person) -> dict[str, Any]:
    contact = {"name": NAME, "phone": PHONE}
    issue: dict[str, Any] = town.submits(resident, content=WORDS, place=PLACE, anonymity="named", contact=contact)
    return issue


def _handled(town: Town, issue_id: str, resident: Person) -> None:
    deputy, head = town.deputy(town.place.primary), town.role(Role.STATION_HEAD)
    deputy.does(issue_id, "ask_info", text=f"{NAME}您好，请问是哪一盏？")
    resident.does(issue_id, "supplement", text=f"{PLACE}，打{PHONE}找我")
    head.post(f"/issues/{issue_id}/reveal", {"reason": REASON})
    deputy.does(issue_id, "accept")
    deputy.does(issue_id, "answer", text=f"{NAME}，已经修好。")
    resident.does(issue_id, "rate", result="DISSATISFIED", reason=RATING)


def _pushes_fail(town: Town, resident: Person) -> None:
    template = "tmpl-issue-progress"
    resident.post("/subscriptions", {"template_ids": [template], "results": {template: "accept"}}, 201)
    openid = f"o-{town.place.codes[resident.account_id]}"
    issue = _named(town, resident)
    town.wechat.fault = WeChatError(WeChatFault.PERMANENT, 40003, f"invalid openid {openid} of {NAME}")
    _named(town, resident)  # its content check fails
    town.deputy(town.place.primary).does(issue["id"], "accept")
    town.work()
