"""The measures of the rulebook (§12), each with its method in words. Pure.

Only what is known counts: what is still within its time is in no rate, what nobody rated is in no satisfaction. Rates
on fewer than five are withheld.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SMALLEST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Measure:
    """``part`` and ``whole``: names of counters; without ``part`` it is a plain count."""

    name: str
    title: str
    whole: str
    method: str
    part: str | None = None


MEASURES: tuple[Measure, ...] = (
    Measure("submitted", "收到事项", "submitted", "期间内提出、通过内容检查的事项数；撤回的不计。"),
    Measure(
        "acceptance", "受理及时率", "acceptance_decided",
        "期限内受理、要求补充或告知不予受理的 ÷ 期间内提出且已处理或已到期的。还在期限内的不计。", "acceptance_kept",
    ),
    Measure(
        "reply", "响应率", "reply_decided",
        "期限内第一次答复、提问、告知不受理或告知交办的 ÷ 期间内提出且已响应或已到期的。", "reply_kept",
    ),
    Measure(
        "finish", "按时办结率", "finish_decided",
        "每一步都在期限内完成并反馈的 ÷ 期间内到期的。延期批准后按新期限。", "finish_kept",
    ),
    Measure("rating", "评价率", "finished", "有评价的 ÷ 期间内已反馈的。", "rated"),
    Measure(
        "satisfaction", "结果满意率", "rated", "（满意＋基本满意）÷ 期间内已反馈且有评价的；未评价的不计入。", "content"
    ),
    Measure(
        "resolution", "解决率", "solved_asked",
        "本人说“已解决”的 ÷ 期间内已反馈且回答了“问题解决了吗”的；没有回答的不计入。", "solved",
    ),
    Measure(
        "attitude", "态度满意率", "attitude_rated", "对态度（满意＋基本满意）÷ 评价了态度的；未评价的不计入。",
        "attitude_content",
    ),
)  # fmt: skip
COUNTERS = tuple(
    dict.fromkeys(name for measure in MEASURES for name in (measure.whole, measure.part) if name is not None)
)


@dataclass(frozen=True, slots=True)
class Value:
    """``value``: a count, a rate between 0 and 1, or None where the sample is too small; ``sample`` as it is shown."""

    measure: Measure
    value: float | None
    sample: str


def values(counters: Mapping[str, int]) -> list[Value]:
    """Every measure of one row of counters (see :data:`COUNTERS`)."""
    return [_value(measure, counters) for measure in MEASURES]


def _value(measure: Measure, counters: Mapping[str, int]) -> Value:
    whole = counters.get(measure.whole, 0)
    if measure.part is None:
        return Value(measure, float(whole), str(whole))
    if whole < SMALLEST_SHOWN:
        return Value(measure, None, f"少于 {SMALLEST_SHOWN}" if whole else "0")
    return Value(measure, counters.get(measure.part, 0) / whole, str(whole))
