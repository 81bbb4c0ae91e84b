"""What a subscription message's fields may hold: WeChat judges each value by the prefix of its key.

Documentation of `subscribeMessage.send`, table 订阅消息参数值内容限制说明, unless a rule says otherwise.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

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


_CAR = _matches(r"[\u4e00-\u9fffA-Za-z0-9][A-Za-z0-9]*[\u4e00-\u9fffA-Za-z0-9]?")

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
    "amount": _matches(r"[¥¥$€£]?\d{1,10}(?:\.\d+)?元?"),
    "car_number": lambda value: len(value) <= 8 and _CAR(value),
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


@dataclass(frozen=True)
class Template:
    """A template as chosen in WeChat's console: what a person reads above its fields."""

    template_id: str
    title: str
    fields: dict[str, str]
    long_term: bool = False


# What the product's placeholder templates look like on a phone, as long as nobody registers others.
_FIELDS = {"thing1": "事项", "character_string2": "编号", "time3": "时间", "thing4": "提示"}
PLACEHOLDERS = {
    "tmpl-issue-progress": Template("tmpl-issue-progress", "意见办理进度提醒", _FIELDS),
    "tmpl-issue-task": Template("tmpl-issue-task", "待办事项提醒", _FIELDS),
    "tmpl-official-task": Template("tmpl-official-task", "待办事项提醒(公众号)", _FIELDS),
}
PLACEHOLDER = "tmpl-"


class TemplateShelf:
    """The templates an account has. Not locked: the state that owns it is.

    Ids beginning with ``tmpl-`` stand in for real ones and are always taken. Any other id is taken as long as no
    template was registered; afterwards only registered ones, as WeChat does (40037).
    """

    def __init__(self) -> None:
        self._registered: dict[str, Template] = {}

    def register(self, template: Template) -> None:
        """Add or replace one."""
        self._registered[template.template_id] = template

    def find(self, template_id: str) -> Template | None:
        """What is known of it, for the page and for the check of its fields."""
        return self._registered.get(template_id) or PLACEHOLDERS.get(template_id)

    def check(self, template_id: object, data: object) -> dict[str, str]:
        """The fields as text. 40037 for an unknown template, 47003 for data that does not fit it.

        Documentation: subscribeMessage.send. That a field the template does not have is ignored is unverified.
        """
        if not isinstance(template_id, str) or not template_id.strip():
            raise WeChatError(40037, "invalid template_id")
        registered = self._registered.get(template_id)
        if registered is None and self._registered and not template_id.startswith(PLACEHOLDER):
            raise WeChatError(40037, "invalid template_id")
        values = check_data(data)
        if registered is not None:
            for name in registered.fields:
                if name not in values:
                    raise WeChatError(47003, f"argument invalid! data.{name}.value is empty")
            values = {name: value for name, value in values.items() if name in registered.fields}
        return values


def parse_template(order: object) -> Template:
    """Read ``{template_id, title, fields: {thing1: 事项}, long_term?}``. Raises ValueError with a sentence."""
    if not isinstance(order, dict) or not isinstance(order.get("template_id"), str) or not order["template_id"].strip():
        raise ValueError("请给出 template_id、title 和 fields")
    fields = order.get("fields")
    if not isinstance(fields, dict) or not fields or not all(isinstance(title, str) for title in fields.values()):
        raise ValueError('fields 应是 {字段: 标题},例如 {"thing1": "事项"}')
    title = str(order.get("title") or order["template_id"])
    return Template(
        order["template_id"],
        title,
        {str(name): str(words) for name, words in fields.items()},
        bool(order.get("long_term")),
    )
