"""Text messages through Tencent Cloud (腾讯云短信), plain HTTP. Has never met the real service: unverified until then.

Read: cloud.tencent.com/document/api/382/55981 (SendSms, version 2021-01-11), …/382/59177 and …/382/52075 (error codes),
cloud.tencent.com/document/api/362/4208 (签名方法 v3, TC3-HMAC-SHA256; its worked example is a test here).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import NewConnectionError

from config.settings import Settings
from service.sms import Sms, SmsError
from service.wechat import WeChatFault

TIMEOUT = (3.05, 6.0)
SIGNED = "content-type;host;x-tc-action"
JSON_TYPE = "application/json; charset=utf-8"
_FAULTS: tuple[tuple[str, WeChatFault], ...] = (
    ("LimitExceeded.PhoneNumber", WeChatFault.PERMANENT),  # this number has had enough for a day, an hour or 30 seconds
    ("LimitExceeded", WeChatFault.STOP_BATCH),
    ("RequestLimitExceeded", WeChatFault.STOP_BATCH),
    ("FailedOperation.InsufficientBalanceInSmsPackage", WeChatFault.STOP_BATCH),
    ("AuthFailure", WeChatFault.TOKEN),
    ("UnauthorizedOperation", WeChatFault.TOKEN),
    ("InternalError.Timeout", WeChatFault.UNKNOWN),  # 60008: whether it went out is not known
    ("InternalError", WeChatFault.RETRY),
)
"""Beginning of the code → what it means; everything else (number, template, signature, words) cannot be helped by repeating."""


def signature(secret_key: str, *, service: str, host: str, action: str, timestamp: int, payload: bytes) -> str:
    """TC3-HMAC-SHA256 of one POST with a JSON body; ``timestamp`` in seconds, the date in it is UTC's."""
    headers = f"content-type:{JSON_TYPE}\nhost:{host}\nx-tc-action:{action.lower()}\n"
    request = f"POST\n/\n\n{headers}\n{SIGNED}\n{hashlib.sha256(payload).hexdigest()}"
    date = _date(timestamp)
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = f"TC3-HMAC-SHA256\n{timestamp}\n{date}/{service}/tc3_request\n{digest}"
    key = f"TC3{secret_key}".encode()
    for part in (date, service, "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _date(timestamp: int) -> str:
    return dt.datetime.fromtimestamp(timestamp, dt.UTC).strftime("%Y-%m-%d")


HANDED_ON = frozenset({502, 504})
"""A gateway says so of what it had handed on."""


class TencentSms:
    """:class:`service.sms.Sms` over Tencent Cloud's API 3.0."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._host = urlsplit(settings.sms_api_base_url).netloc
        self._http = requests.Session()
        self._http.trust_env = False

    def send(self, *, phone: str, template_id: str, values: Sequence[str]) -> str:
        order = {
            "PhoneNumberSet": [f"+86{phone}"],
            "SmsSdkAppId": self._settings.sms_app_id,
            "SignName": self._settings.sms_sign_name,
            "TemplateId": template_id,
            "TemplateParamSet": list(values),
        }
        answer = self._ask(json.dumps(order, ensure_ascii=False).encode())
        try:
            response = answer["Response"]
            if "Error" in response:
                raise _error(str(response["Error"]["Code"]))
            [status] = response["SendStatusSet"]
            if status["Code"] != "Ok":
                raise _error(str(status["Code"]))
            return str(status["SerialNo"])
        except (KeyError, TypeError, ValueError):
            raise SmsError(WeChatFault.UNKNOWN, "unreadable answer") from None

    def _ask(self, payload: bytes) -> Any:
        """Nothing of the request in an error: the number and the key's name stand in it."""
        try:
            url = f"{self._settings.sms_api_base_url}/"
            answer = self._http.post(url, data=payload, headers=self._headers(payload), timeout=TIMEOUT)
        except requests.ConnectTimeout:
            raise SmsError(WeChatFault.RETRY, "connect timeout") from None
        except requests.RequestException as error:  # unless it never left, it may have been read, and costs money
            fault = WeChatFault.RETRY if _never_left(error) else WeChatFault.UNKNOWN
            raise SmsError(fault, type(error).__name__) from None
        if answer.status_code >= 500:
            handed_on = answer.status_code in HANDED_ON
            raise SmsError(WeChatFault.UNKNOWN if handed_on else WeChatFault.RETRY, f"http {answer.status_code}")
        try:
            return answer.json()
        except ValueError:
            raise SmsError(WeChatFault.UNKNOWN, "unreadable answer") from None

    def _headers(self, payload: bytes) -> dict[str, str]:
        now = int(time.time())
        signed = signature(
            self._settings.sms_secret_key,
            service="sms",
            host=self._host,
            action="SendSms",
            timestamp=now,
            payload=payload,
        )
        credential = f"{self._settings.sms_secret_id}/{_date(now)}/sms/tc3_request"
        return {
            "Authorization": f"TC3-HMAC-SHA256 Credential={credential}, SignedHeaders={SIGNED}, Signature={signed}",
            "Content-Type": JSON_TYPE,
            "X-TC-Action": "SendSms",
            "X-TC-Version": "2021-01-11",
            "X-TC-Region": self._settings.sms_region,
            "X-TC-Timestamp": str(now),
        }


def _never_left(error: requests.RequestException) -> bool:
    """Whether no connection came about: requests wraps urllib3's reason."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError)


def _error(code: str) -> SmsError:
    fault = next((fault for beginning, fault in _FAULTS if code.startswith(beginning)), WeChatFault.PERMANENT)
    return SmsError(fault, code)


def build_sms(settings: Settings) -> Sms | None:
    """The provider of the settings; None where text messages are off."""
    return TencentSms(settings) if settings.sms_provider == "tencent" else None
