"""Fetch mini-program codes from WeChat: one at a time, looked at before it is kept, between two short transactions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import structlog

import qr
from service.stations import mini_codes
from service.wechat import WeChat, WeChatAway, WeChatError, WeChatFault
from workers.context import transaction

log = structlog.get_logger(__name__)
Clock = Callable[[], dt.datetime]
WAITS = {
    WeChatFault.RETRY: dt.timedelta(minutes=1),
    WeChatFault.UNKNOWN: dt.timedelta(minutes=1),
    WeChatFault.STOP_BATCH: dt.timedelta(hours=1),
    WeChatFault.TOKEN: dt.timedelta(minutes=10),
}
NOT_THE_CODES_FAULT = frozenset({WeChatFault.STOP_BATCH})


def fetch_next(wechat: WeChat, clock: Clock) -> bool:
    """Fetch one waiting code and name how it went; False when none was due, or WeChat asks to be left alone."""
    with transaction() as session:
        claimed = mini_codes.claim(session, now=clock())
    if claimed is None:
        return False
    code, version = claimed
    try:
        picture = wechat.code_image(scene=code, page=mini_codes.PAGE, width=mini_codes.WIDTH)
        reading = qr.inspect(picture, scene=code, width=mini_codes.WIDTH)
    except WeChatError as error:
        return _refused(code, version, error, clock())
    except qr.NotTheCode as error:
        log.warning("mini_code_refused", error=str(error))
        with transaction() as session:
            words, wait = f"微信给的图不能用：{error}", WAITS[WeChatFault.RETRY]
            mini_codes.try_later(session, code, version, error=words, wait=wait, counts=True, now=clock())
        return True
    with transaction() as session:
        mini_codes.keep(session, code, version, picture=picture, reading=reading.value, now=clock())
    return True


def _refused(code: str, version: str, error: WeChatError, now: dt.datetime) -> bool:
    """Whether it is worth to go on with the next one at once."""
    words = f"{error.errcode or error.fault.value} {error.meaning}；{error.next_step}"
    log.warning("mini_code_failed", fault=error.fault.value, errcode=error.errcode)
    with transaction() as session:
        if error.fault is WeChatFault.PERMANENT:
            mini_codes.give_up(session, code, version, error=words)
            return True
        counts = error.fault not in NOT_THE_CODES_FAULT and not isinstance(error, WeChatAway)
        mini_codes.try_later(session, code, version, error=words, wait=WAITS[error.fault], counts=counts, now=now)
    return False
