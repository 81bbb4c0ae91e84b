"""What is read from a push, and what is refused: pure functions over the shapes of WeChat's documentation."""

from __future__ import annotations

import json

import pytest

from service.incoming.reading import body_of, media_result, push_of
from service.incoming.subscriptions import Sent, answers, finished, sent
from service.issues.checks.states import reject_reason
from service.issues.checks.texts import pieces
from service.wechat import Suggestion
from tests.safety.pushes import media, xml

WHO = {"ToUserName": "gh", "FromUserName": "o-1", "CreateTime": 1610969440, "MsgType": "event"}
POPUP = """<xml><ToUserName><![CDATA[gh]]></ToUserName><FromUserName><![CDATA[o-1]]></FromUserName>
<CreateTime>1610969440</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe_msg_popup_event]]></Event>
<SubscribeMsgPopupEvent><List><TemplateId><![CDATA[A]]></TemplateId>
<SubscribeStatusString><![CDATA[accept]]></SubscribeStatusString><PopupScene>2</PopupScene></List>
<List><TemplateId><![CDATA[B]]></TemplateId><SubscribeStatusString><![CDATA[reject]]></SubscribeStatusString>
<PopupScene>2</PopupScene></List></SubscribeMsgPopupEvent></xml>"""
ONE_POPUP = """<xml><SubscribeMsgPopupEvent><List><TemplateId>A</TemplateId>
<SubscribeStatusString>accept</SubscribeStatusString></List></SubscribeMsgPopupEvent></xml>"""
SENT = """<xml><SubscribeMsgSentEvent><List><TemplateId><![CDATA[A]]></TemplateId><MsgID>1700827132819554304</MsgID>
<ErrorCode>0</ErrorCode><ErrorStatus><![CDATA[success]]></ErrorStatus></List></SubscribeMsgSentEvent></xml>"""


def test_a_popup_says_yes_or_no_per_template_whether_one_or_many_xml_or_json() -> None:
    assert answers(body_of(POPUP.encode())) == {"A": True, "B": False}
    assert answers(body_of(ONE_POPUP.encode())) == {"A": True}
    as_json = WHO | {
        "Event": "subscribe_msg_change_event",
        "List": [{"TemplateId": "A", "SubscribeStatusString": "reject"}],
    }
    assert answers(body_of(json.dumps(as_json).encode())) == {"A": False}
    alone = as_json | {"List": {"TemplateId": "A", "SubscribeStatusString": "accept", "PopupScene": "0"}}
    assert answers(body_of(json.dumps(alone).encode())) == {"A": True}
    assert answers({"List": None}) == {} == answers({"List": ["x", 3, {"TemplateId": ""}]})


def test_what_became_of_a_message_is_read_with_its_number_and_code() -> None:
    assert sent(body_of(SENT.encode())) == [Sent("1700827132819554304", "A", "")]
    as_json = {"List": {"TemplateId": "A", "MsgID": 17, "ErrorCode": "43101", "ErrorStatus": "user refuse"}}
    assert sent(as_json) == [Sent("17", "A", "43101")]
    assert sent({"List": [{"TemplateId": "A"}]}) == []
    assert finished({"MsgID": "3402361853428531201", "Status": "success"}) == [Sent("3402361853428531201", None, "")]
    assert finished({"MsgID": 17, "Status": "failed:user block"}) == [Sent("17", None, "failed:user block")]
    assert finished({"MsgID": "", "Status": "success"}) == [] == finished({"MsgID": 17})


@pytest.mark.parametrize("form", ["xml", "json"])
def test_a_pictures_result_is_read_in_both_versions_and_both_forms(form: str) -> None:
    def read(body: dict[str, object]) -> tuple[Suggestion | None, int | None]:
        raw = xml(body) if form == "xml" else json.dumps(body)
        found = media_result(body_of(raw.encode()))
        return found.suggestion, found.label

    assert read(media("t")) == (Suggestion.PASS, 100)
    assert read(media("t", "risky", 20002)) == (Suggestion.RISKY, 20002)
    assert read(media("t", "review", 21000)) == (Suggestion.REVIEW, 21000)
    assert read(media("t", errcode=-1008)) == (None, 100), "WeChat could not fetch it: the rest is not to be trusted"
    assert read({"trace_id": "t", "isrisky": 1, "status_code": 0}) == (Suggestion.RISKY, None)
    assert read({"trace_id": "t", "isrisky": 0, "status_code": 0}) == (Suggestion.PASS, None)
    assert read({"trace_id": "t", "isrisky": 0, "status_code": 4294966288}) == (None, None)
    assert read({"trace_id": "t"}) == (None, None), "says nothing: it did not pass"
    assert read({"trace_id": "t", "result": {"suggest": "unknown"}}) == (None, None)


def test_repeats_are_told_by_number_by_picture_or_by_who_when_and_what() -> None:
    def key(**fields: object) -> str:
        return push_of(WHO | fields).repeats_as

    text = {"MsgType": "text", "Content": "查询"}
    assert key(**text, MsgId=5) == key(**text, MsgId="5", CreateTime=1) != key(**text, MsgId=6)
    assert key(**media("a")) == key(**media("a", "risky"), CreateTime=2) != key(**media("b"))
    assert key(Event="subscribe") == key(Event="subscribe") != key(Event="unsubscribe")
    assert key(Event="subscribe") != key(Event="subscribe", CreateTime=1610969441)
    assert key(Event="subscribe") != key(Event="subscribe", FromUserName="o-2")
    one, other = ({"Event": "subscribe_msg_sent_event", "List": {"MsgID": number}} for number in (1, 2))
    assert key(**one) != key(**other), "two messages delivered in the same second"
    done = {"Event": "TEMPLATESENDJOBFINISH", "Status": "success"}
    assert key(**done, MsgID=1) == key(**done, MsgID="1") != key(**done, MsgID=2), "and two of the official account"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe",
        b"<xml>",
        b"<a/>",
        b"{",
        b"[]",
        b"null",
        b"[" * 60_000,
        b'{"a":' * 9_000,
        b"<a>" * 20_000,
        b'{"a": "\\ud800"}',
        b'<!DOCTYPE x [<!ENTITY a "b">]><xml><A>&a;</A></xml>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><A>&a;</A></xml>',
        b"<xml>only words</xml>",
    ],
    ids=repr,
)
def test_what_is_no_push_is_refused_in_one_way(raw: bytes) -> None:
    with pytest.raises(ValueError):
        body_of(raw)


@pytest.mark.parametrize(
    "changes",
    [
        {"MsgType": None},
        {"MsgType": 3},
        {"FromUserName": ""},
        {"FromUserName": "x" * 201},
        {"FromUserName": "a\0b"},
        {"CreateTime": "soon"},
        {"CreateTime": -4},
        {"CreateTime": 10**30},
        {"CreateTime": True},
        {"Event": None},
        {"Event": "drop table"},
        {"Event": {"a": "b"}},
    ],
    ids=repr,
)
def test_a_push_without_what_every_push_has_is_refused(changes: dict[str, object]) -> None:
    push_of(WHO | {"Event": "subscribe"})
    with pytest.raises(ValueError):
        push_of(WHO | {"Event": "subscribe"} | changes)


def test_a_text_is_cut_at_the_ends_of_sentences_and_nothing_is_left_out() -> None:
    assert pieces("短") == ["短"]
    assert pieces("一。二。三。", most=4) == ["一。二。", "三。"]
    assert pieces("没有句号的长句子", most=3) == ["没有句", "号的长", "句子"]
    assert pieces("") == [""]
    for text in ("甲。" * 3000, "乙" * 7001, "丙！" * 1250 + "丁"):
        cut = pieces(text)
        assert "".join(cut) == text and all(0 < len(piece) <= 2500 for piece in cut)


def test_a_risky_label_has_a_reason_residents_know() -> None:
    assert [reject_reason(label) for label in (10001, 20003, 20002, None)] == [
        "ADVERTISEMENT",
        "ABUSE",
        "ILLEGAL",
        "ILLEGAL",
    ]
