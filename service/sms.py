"""The shape of the door to text messages (短信). ``service/sms_tencent.py`` opens it; without a provider it stays shut."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from service.wechat import WeChatFault


class SmsError(Exception):
    """A text message did not go out; ``fault`` as with WeChat. Never carries a number or a secret."""

    def __init__(self, fault: WeChatFault, code: str) -> None:
        self.fault = fault
        self.code = code
        super().__init__(f"{fault}: {code}")


class Sms(Protocol):
    """What the domain asks of a provider."""

    def send(self, *, phone: str, template_id: str, values: Sequence[str]) -> str:
        """Send one text message to a mainland number; the provider's id of it.

        :raises SmsError: saying what the failure means.
        """
