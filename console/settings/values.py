"""A parameter's value as fields of a form, and read back from them; what it may be is the domain's to say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from config.defaults import CHOICES, PARAMETERS
from console.typed import Typed
from service.administration.settings import SMS_PURPOSES
from service.notifications.kinds import PURPOSE_TITLES
from service.parameters import catalogue

MOST_NUMBERS = 10


@dataclass(frozen=True, slots=True)
class Field:
    """``type``: number, numbers, text, choice or checks; ``options``: of the last two."""

    name: str
    title: str
    type: str
    value: Any
    options: tuple[tuple[str, str], ...] = ()


def fields(key: str, value: Any) -> list[Field]:
    """The fields that hold ``value``."""
    known = catalogue.known(key)
    unit = f"（{known.unit}）" if known and known.unit else ""
    if key == SMS_PURPOSES:
        options = tuple((purpose.value, title) for purpose, title in PURPOSE_TITLES.items())
        return [Field("value", "新的值", "checks", value, options)]
    if key in CHOICES:
        return [Field("value", "新的值", "choice", value, tuple(catalogue.CHOICE_TITLES[key].items()))]
    if isinstance(value, dict) and known is not None:
        return [_part(part, known.parts[part] + unit, one) for part, one in value.items()]
    if isinstance(value, list):
        return [Field("value", f"新的值{unit}", "numbers", "、".join(map(str, value)))]
    return [Field("value", f"新的值{unit}", "number", value)]


def _part(part: str, title: str, value: Any) -> Field:
    if part == catalogue.USED:
        return Field(part, title, "choice", value, tuple(catalogue.CHOICE_TITLES[part].items()))
    return Field(part, title, "text" if isinstance(value, str) else "number", value)


def read(typed: Typed, key: str) -> Any:
    """The value typed; faults stand in ``typed``."""
    default = PARAMETERS[key]
    if key == SMS_PURPOSES:
        return typed.many("value", [purpose.value for purpose in PURPOSE_TITLES])
    if isinstance(default, dict):
        return {part: _read_part(typed, part, one) for part, one in default.items()}
    if isinstance(default, list):
        return _numbers(typed)
    if key in CHOICES:
        return typed.choice("value", CHOICES[key], required=True)
    return typed.number("value", required=True)


def _read_part(typed: Typed, part: str, default: Any) -> Any:
    if isinstance(default, str):
        return typed.text(part, required=True, most=200)
    return typed.number(part, required=True)


def _numbers(typed: Typed) -> list[int]:
    words = [word for word in re.split(r"[\s,，、;；]+", typed.text("value", required=True, most=100)) if word]
    if any(not re.fullmatch(r"[0-9]{1,4}", word) for word in words) or len(words) > MOST_NUMBERS:
        typed.faults["value"] = f"请填写整数，用顿号隔开，最多 {MOST_NUMBERS} 个，例如 1、2。"
        return []
    numbers = [int(word) for word in words]
    if numbers != sorted(set(numbers)):
        typed.faults["value"] = "请从小到大填写，不要重复。"
    return numbers
