"""What is wrong with a field, in Chinese. Nothing of the input is repeated: it may be somebody's phone number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

MAX_ERRORS = 20
_MAX_NAME = 60
DEFAULT = "填写的内容不正确。"
NUMBER = "请填写数字。"
WHEN = "请填写正确的日期或时间。"
CHOICE = "请从给出的选项中选择。"

MESSAGES: Mapping[str, str] = {
    "missing": "这一项必须填写。",
    "extra_forbidden": "不认识这一项，请去掉。",
    "string_type": "请填写文字。",
    "string_unicode": "含有不能使用的字符，请修改后再试。",
    "string_pattern_mismatch": "格式不正确，或含有不能使用的字符。",
    "string_too_short": "内容太短，至少 {min_length} 个字。",
    "string_too_long": "内容太长，最多 {max_length} 个字。",
    "too_short": "数量太少，至少 {min_length} 项。",
    "too_long": "数量太多，最多 {max_length} 项。",
    "list_type": "请填写一组内容。",
    "dict_type": "内容的格式不正确。",
    "model_type": "内容的格式不正确。",
    "model_attributes_type": "内容的格式不正确。",
    "json_invalid": "内容无法读取，请检查格式（JSON）。",
    "bool_type": "请选择是或否。",
    "bool_parsing": "请选择是或否。",
    "int_type": NUMBER,
    "int_parsing": NUMBER,
    "int_parsing_size": NUMBER,
    "int_from_float": "请填写整数。",
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "finite_number": NUMBER,
    "greater_than": "必须大于 {gt}。",
    "greater_than_equal": "不能小于 {ge}。",
    "less_than": "必须小于 {lt}。",
    "less_than_equal": "不能大于 {le}。",
    "enum": CHOICE,
    "literal_error": CHOICE,
    "union_tag_invalid": CHOICE,
    "union_tag_not_found": "缺少类型说明，无法处理。",
    "is_instance_of": "请选择一个文件。",
    "timezone_aware": "时间必须带时区。",
}


def messages_of(error: ValidationError) -> dict[str, str]:
    """Field path → sentence, at most twenty; the first complaint about a field wins."""
    found: dict[str, str] = {}
    for details in error.errors(include_url=False, include_input=False)[:MAX_ERRORS]:
        found.setdefault(field_name(details), sentence(details))
    return found


def field_name(details: ErrorDetails) -> str:
    """``contact.phone``, ``upload_ids.2``; ``body`` for the whole."""
    name = ".".join(str(part) for part in details["loc"])
    if not name and "discriminator" in details.get("ctx", {}):
        name = str(details["ctx"]["discriminator"]).strip("'")
    visible = "".join(char for char in name if char.isprintable())
    return visible[:_MAX_NAME] or "body"


def sentence(details: ErrorDetails) -> str:
    """Our own validators raise Chinese sentences; everything else comes from the table."""
    kind, context = details["type"], details.get("ctx", {})
    if kind == "value_error":
        return _own_words(context)
    if kind.startswith(("date_", "datetime_", "time_")):
        return WHEN
    return MESSAGES.get(kind, DEFAULT).format_map(context)


def _own_words(context: Mapping[str, Any]) -> str:
    words = str(context.get("error", ""))
    return words if any("一" <= char <= "鿿" for char in words) else DEFAULT
