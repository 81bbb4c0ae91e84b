"""Trouble on demand: what a test or a demonstrator asks the sandbox to do wrong, and how often."""

from dataclasses import dataclass

KINDS = ("latency", "http_500", "timeout_after_accept", "errcode", "malformed")
LONGEST_WAIT = 120.0


@dataclass
class Fault:
    """One order. `value` is seconds for the waiting kinds and the number for `errcode`; the others ignore it."""

    endpoint: str
    kind: str
    value: float
    times: int


def parse_fault(order: object) -> Fault:
    """Read `{endpoint, kind, value?, times?}`. Raises ValueError with a sentence naming what is wrong."""
    if not isinstance(order, dict):
        raise ValueError("请发送一个 JSON 对象:{endpoint, kind, value, times}")
    endpoint, kind = order.get("endpoint"), order.get("kind")
    if not isinstance(endpoint, str) or not endpoint.startswith("/"):
        raise ValueError("endpoint 应是以 / 开头的路径,例如 /cgi-bin/message/subscribe/send")
    if kind not in KINDS:
        raise ValueError(f"kind 应是其中之一:{', '.join(KINDS)}")
    value, times = order.get("value", 0), order.get("times", 1)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -10_000_000 < value < 10_000_000:
        raise ValueError("value 应是数字(秒数或错误码)")
    if kind == "errcode" and not value:
        raise ValueError("kind 为 errcode 时,value 应是非零的错误码")
    if kind in ("latency", "timeout_after_accept") and not 0 <= value <= LONGEST_WAIT:
        raise ValueError(f"value 应在 0 到 {LONGEST_WAIT:g} 秒之间")
    if isinstance(times, bool) or not isinstance(times, int) or times < 1:
        raise ValueError("times 应是不小于 1 的整数")
    return Fault(endpoint, kind, float(value), times)


class FaultPlan:
    """The orders still open, oldest first. Not locked: the state that owns it is."""

    def __init__(self) -> None:
        self._open: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Take one more order."""
        self._open.append(fault)

    def take(self, endpoint: str) -> Fault | None:
        """The next fault of this endpoint, used up by one."""
        for fault in self._open:
            if fault.endpoint == endpoint:
                fault.times -= 1
                if fault.times == 0:
                    self._open.remove(fault)
                return fault
        return None
