"""What a subscription message's fields may hold: WeChat judges each value by the prefix of its key.

Documentation of `subscribeMessage.send`, table 订阅消息参数值内容限制说明, unless a rule says otherwise.
"""

import re
from collections.abc import Callable

from devkit.wechat_sandbox.errors import WeChatError

_DATE = r"\d{4}(?:年\d{1,2}月(?:\d{1,2}日)?|[-/.]\d{1,2}(?:[-/.]\d{1,2})?)"
_CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
_TIME_POINT = rf"(?:{_DATE} )?{_CLOCK}"
_DATE_POINT = rf"{_DATE}(?: {_CLOCK})?"


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda value: compiled.fullmatch(value) is not None


def _thing(value: str) -> bool:
    """Up to 20 characters without control characters."""
    return 0 < len(value) <= 20 and value.isprintable()


def _character_string(value: str) -> bool:
    """Up to 32 letters, digits or symbols, none of them Chinese."""
    return 0 < len(value) <= 32 and value.isascii() and value.isprintable()


# That a span of two times uses "~" is documented; blanks around it are unverified and refused here.
RULES: dict[str, Callable[[str], bool]] = {
    "thing": _thing,
    "character_string": _character_string,
    "number": _matches(r"-?\d{1,32}(?:\.\d{1,31})?"),
    "letter": _matches(r"[A-Za-z]{1,32}"),
    "symbol": _matches(r"[^\w\s]{1,5}"),
    "time": _matches(rf"{_TIME_POINT}(?:~{_TIME_POINT})?"),
    "date": _matches(rf"{_DATE_POINT}(?:~{_DATE_POINT})?"),
    "phrase": _matches(r"[\u4e00-\u9fff]{1,5}"),
    "name": _matches(r"[\u4e00-\u9fff·]{1,10}|[^\u4e00-\u9fff\d]{1,20}"),
    "phone_number": _matches(r"[\d+\-() ]{1,17}"),
}


def check_data(data: object) -> dict[str, str]:
    """The fields as text; 47003 naming the field that breaks its rule.

    Documentation of 47003: "errmsg会提示具体是哪个字段出错"; its wording is unverified. A key whose prefix has no
    rule here is let through.
    """
    if not isinstance(data, dict) or not data:
        raise WeChatError(47003, "argument invalid! data is empty")
    return {str(key): _check_field(str(key), entry) for key, entry in data.items()}


def _check_field(key: str, entry: object) -> str:
    if not isinstance(entry, dict) or not isinstance(entry.get("value"), (str, int, float)):
        raise WeChatError(47003, f"argument invalid! data.{key}.value is empty")
    value = str(entry["value"])
    rule = RULES.get(key.rstrip("0123456789"))
    if not value or (rule is not None and not rule(value)):
        raise WeChatError(47003, f"argument invalid! data.{key}.value invalid")
    return value
