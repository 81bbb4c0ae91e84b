"""Text messages by Tencent Cloud's documented interface, against a stand-in that checks every signature itself."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from config.settings import Settings
from service import sms_tencent
from service.sms import SmsError
from service.sms_tencent import TencentSms, build_sms, signature
from service.wechat import WeChatFault
from tests.conftest import make_settings

SECRET = "k" * 36
Answer = Callable[[dict[str, Any]], tuple[int, bytes]]


def status(code: str) -> bytes:
    sent = {
        "SerialNo": "5000:1",
        "PhoneNumber": "+8613800138000",
        "Fee": 1,
        "Code": code,
        "Message": "",
        "IsoCode": "CN",
    }
    return json.dumps({"Response": {"SendStatusSet": [sent], "RequestId": "r"}}).encode()


class Provider(BaseHTTPRequestHandler):
    """Refuses what is not signed as documented (签名方法 v3), then answers as ordered."""

    protocol_version = "HTTP/1.1"
    answer: Answer
    seen: list[dict[str, Any]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self.signed(body):
            code, answer = 200, b'{"Response":{"Error":{"Code":"AuthFailure.SignatureFailure","Message":""}}}'
        else:
            order = json.loads(body)
            type(self).seen.append(order)
            try:
                code, answer = type(self).answer(order)
            except ConnectionAbortedError:
                self.close_connection = True
                return
        self.send_response(code)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def signed(self, body: bytes) -> bool:
        """Written from the documentation, apart from the product's own."""
        headers = self.headers
        stamp = headers["X-TC-Timestamp"]
        day = dt.datetime.fromtimestamp(int(stamp), dt.UTC).date().isoformat()
        fresh = abs(time.time() - int(stamp)) < 300
        lines = [
            "POST",
            "/",
            "",
            f"content-type:{headers['Content-Type']}",
            f"host:{headers['Host']}",
            "x-tc-action:sendsms",
        ]
        lines += ["", "content-type;host;x-tc-action", hashlib.sha256(body).hexdigest()]
        request = hashlib.sha256("\n".join(lines).encode()).hexdigest()
        text = "\n".join(["TC3-HMAC-SHA256", stamp, f"{day}/sms/tc3_request", request])
        key = ("TC3" + SECRET).encode()
        for part in (day, "sms", "tc3_request"):
            key = hmac.digest(key, part.encode(), "sha256")
        wanted = hmac.digest(key, text.encode(), "sha256").hex()
        credential = f"TC3-HMAC-SHA256 Credential=AKID/{day}/sms/tc3_request"
        expected = f"{credential}, SignedHeaders=content-type;host;x-tc-action, Signature={wanted}"
        documented = (headers["X-TC-Version"], headers["X-TC-Action"]) == ("2021-01-11", "SendSms")
        return fresh and documented and headers["Authorization"] == expected

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def provider() -> Iterator[tuple[type[Provider], Settings]]:
    handler = type(
        "ProviderOfOneTest", (Provider,), {"seen": [], "answer": staticmethod(lambda _: (200, status("Ok")))}
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    settings = make_settings(
        "sqlite://",
        sms_provider="tencent",
        sms_api_base_url=f"http://127.0.0.1:{server.server_port}",
        sms_secret_id="AKID",
        sms_secret_key=SECRET,
        sms_app_id="1400006666",
        sms_sign_name="雁江人大",
    )
    try:
        yield handler, settings
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def send(settings: Settings) -> str:
    return TencentSms(settings).send(phone="13800138000", template_id="1110", values=["YJ-2026-1", "https://a.cn/m/"])


def test_the_signature_is_the_one_of_the_documentations_worked_example() -> None:
    """cloud.tencent.com/document/api/362/4208: DescribeInstances of cvm, with the key it prints (stars included)."""
    payload = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
    found = signature(
        "Gu5t9xGARNpq86cd98joQYCN3*******",
        service="cvm",
        host="cvm.tencentcloudapi.com",
        action="DescribeInstances",
        timestamp=1551113065,
        payload=payload,
    )
    assert found == "be4f67d323c78ab9acb7395e43c0dbcf822a9cfac32fea2449a7bc7726b770a3"


def test_a_text_message_is_ordered_as_documented(provider: tuple[type[Provider], Settings]) -> None:
    handler, settings = provider
    assert send(settings) == "5000:1"
    assert handler.seen == [
        {
            "PhoneNumberSet": ["+8613800138000"],
            "SmsSdkAppId": "1400006666",
            "SignName": "雁江人大",
            "TemplateId": "1110",
            "TemplateParamSet": ["YJ-2026-1", "https://a.cn/m/"],
        }
    ]


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ((200, status("FailedOperation.PhoneNumberInBlacklist")), WeChatFault.PERMANENT),
        ((200, status("InvalidParameterValue.IncorrectPhoneNumber")), WeChatFault.PERMANENT),
        ((200, status("LimitExceeded.PhoneNumberDailyLimit")), WeChatFault.PERMANENT),
        ((200, status("FailedOperation.InsufficientBalanceInSmsPackage")), WeChatFault.STOP_BATCH),
        ((200, status("LimitExceeded.DeliveryFrequencyLimit")), WeChatFault.STOP_BATCH),
        ((200, b'{"Response":{"Error":{"Code":"RequestLimitExceeded","Message":""}}}'), WeChatFault.STOP_BATCH),
        ((200, b'{"Response":{"Error":{"Code":"AuthFailure.SecretIdNotFound"}}}'), WeChatFault.TOKEN),
        ((200, b'{"Response":{"Error":{"Code":"InternalError.Timeout"}}}'), WeChatFault.UNKNOWN),
        ((200, b'{"Response":{"Error":{"Code":"InternalError"}}}'), WeChatFault.RETRY),
        ((503, b""), WeChatFault.RETRY),
        ((200, b"<html>"), WeChatFault.UNKNOWN),
        ((200, b"{}"), WeChatFault.UNKNOWN),
    ],
)
def test_every_refusal_says_whether_to_repeat(
    provider: tuple[type[Provider], Settings], answer: tuple[int, bytes], fault: WeChatFault
) -> None:
    handler, settings = provider
    handler.answer = staticmethod(lambda _: answer)
    with pytest.raises(SmsError) as refused:
        send(settings)
    assert refused.value.fault is fault
    assert "138" not in str(refused.value) and SECRET not in str(refused.value)


def test_no_answer_may_have_been_sent_and_no_connection_was_not(
    provider: tuple[type[Provider], Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    handler, settings = provider
    monkeypatch.setattr(sms_tencent, "TIMEOUT", (1.0, 0.2))
    late = threading.Event()

    def hang(_order: dict[str, Any]) -> tuple[int, bytes]:
        late.wait(5)
        return 200, status("Ok")

    handler.answer = staticmethod(hang)
    with pytest.raises(SmsError) as silent:
        send(settings)
    late.set()
    assert silent.value.fault is WeChatFault.UNKNOWN
    with pytest.raises(SmsError) as away:
        send(make_settings("sqlite://", **{**_of(settings), "sms_api_base_url": "http://127.0.0.1:1"}))
    assert away.value.fault is WeChatFault.RETRY


def test_what_was_read_and_not_answered_may_have_been_sent(provider: tuple[type[Provider], Settings]) -> None:
    """Each text message costs money and reaches somebody: it is not repeated by itself."""
    handler, settings = provider

    def drop(_order: dict[str, Any]) -> tuple[int, bytes]:
        raise ConnectionAbortedError

    handler.answer = staticmethod(drop)
    with pytest.raises(SmsError) as dropped:
        send(settings)
    handler.answer = staticmethod(lambda _: (502, b""))
    with pytest.raises(SmsError) as handed_on:
        send(settings)
    handler.answer = staticmethod(lambda _: (503, b""))
    with pytest.raises(SmsError) as busy:
        send(settings)
    assert dropped.value.fault is handed_on.value.fault is WeChatFault.UNKNOWN
    assert busy.value.fault is WeChatFault.RETRY


def test_another_key_is_refused_by_the_stand_in(provider: tuple[type[Provider], Settings]) -> None:
    _, settings = provider
    with pytest.raises(SmsError) as refused:
        send(make_settings("sqlite://", **{**_of(settings), "sms_secret_key": "wrong"}))
    assert refused.value.fault is WeChatFault.TOKEN


def test_text_messages_are_off_unless_they_are_set_up() -> None:
    assert build_sms(make_settings("sqlite://")) is None
    half = make_settings("sqlite://", sms_provider="tencent", sms_secret_id="AKID")
    assert [fault.split()[0] for fault in half.faults()] == ["SMS_SECRET_KEY", "SMS_APP_ID", "SMS_SIGN_NAME"]
    assert make_settings("sqlite://", sms_provider="pigeons").faults() != []


def _of(settings: Settings) -> dict[str, str]:
    return {name: getattr(settings, name) for name in Settings.__dataclass_fields__ if name.startswith("sms_")}
